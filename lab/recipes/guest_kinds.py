"""Guests in every form that an import takes, on demand: BIOS and UEFI, one disk and two, one card and two."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from lab.build import exports, ovf
from lab.build.recipe import Build, Recipe
from lab.recipes import guest as guests

# Addresses of their own: a cluster refuses a second machine with one that is in use.
MACS = tuple(f"52:54:00:80:00:{number}" for number in range(31, 36))
# With firmware efi GRUB finds no room for the kernel in less.
BIOS = guests.Guest(ovf.Machine("bios", macs=MACS[:1]), root=True)
UEFI = guests.Guest(ovf.Machine("uefi", macs=MACS[1:3], firmware="efi", memory_mib=512), disks_mib=(96, 8), root=True)
# A system that was installed on other hardware: its initramfs has what it needed there.
BARE = replace(BIOS, machine=replace(BIOS.machine, name="bare", macs=MACS[3:4]), modules=guests.PLAIN)
# One that comes from a hypervisor of the same family: it knows nothing but virtio.
KVM = replace(UEFI, machine=replace(UEFI.machine, name="kvm", macs=MACS[4:]), modules=guests.VIRTIO)
GUESTS = {guest.machine.name: guest for guest in (BIOS, UEFI, BARE, KVM)}


@dataclass(frozen=True)
class Written:
    """Where a guest lies: its raw disks, and by kind what an import is given."""

    disks: tuple[Path, ...]
    kinds: dict[str, Path]


def written(folder: Path, guest: guests.Guest) -> Written:
    """The forms of a guest below the recipe's folder."""
    name = guest.machine.name
    kinds = {
        "ova": folder / f"{name}.ova",
        "ovf": folder / "ovf" / f"{name}.ovf",
        "vmx": folder / "vmx" / f"{name}.vmx",
        "libvirt": folder / "libvirt" / f"{name}.xml",
    }
    kinds |= {kind: folder / f"{name}.{kind}" for kind in exports.IMAGES}
    more = (folder / f"data{number}.raw" for number in range(2, len(guest.disks_mib) + 1))
    return Written((kinds["raw"], *more), kinds)


def write(folder: Path, guest: guests.Guest, disks: Sequence[Path]) -> None:
    """Write what the OVA and the raw disks do not say yet."""
    name = guest.machine.name
    exports.write_ovf(folder / "ovf", folder / f"{name}.ova")
    exports.write_vmx(folder / "vmx", guest.machine, disks)
    exports.write_domain(folder / "libvirt", guest.machine, disks)
    for kind in exports.IMAGES:
        if kind != "raw":
            exports.convert(disks[0], folder / f"{name}.{kind}", kind)


def recipe(guest: guests.Guest) -> Recipe:
    """Return the recipe of one guest in all its forms."""
    name = guest.machine.name

    def make(build: Build) -> None:
        guests.build_guest(build, guest)
        disks = [build.out / f"{name}.raw"]
        for number, size in enumerate(guest.disks_mib[1:], 2):
            disks.append(guests.data_disk(build.out / f"data{number}.raw", size, number))
        write(build.out, guest, disks)

    inputs = (*guests.INPUTS, Path(__file__), Path(exports.__file__))
    return Recipe(
        f"guest_{name}", "1", make, inputs=inputs, needs=("guest_system",), says=f"the guest {name}, in all forms"
    )


RECIPES = tuple(recipe(guest) for guest in GUESTS.values())
