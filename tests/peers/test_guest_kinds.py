"""Guests in every form an import takes: what is read is byte for byte what was written, and it comes up again.

Each description is imported into the hardware that the mapping chooses for it, and started there by plain QEMU. Images
hold one and the same disk; they are compared, and one of them is started.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import open_package
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import Rendered, render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings
from lab.build import cache, exports
from lab.recipes import guest as guests
from lab.recipes import guest_kinds
from lab.recipes.guest_kinds import GUESTS, Written
from tests.peers.peers import eventually, needs
from tests.peers.virtual_machine import OVMF, running

TOOLS = (
    "mmdebstrap", "qemu-system-x86_64", "qemu-img", "qemu-nbd", "grub-mkimage", "mkfs.ext4", "mkfs.vfat", "mcopy",
    "depmod",
)  # fmt: skip
SECONDS = 900.0
SETTINGS = Settings("guest", "vms", networks=(NetworkRule("*", "vms/lan"),))
UP, ROOT, LOST = "IRONACRE-GUEST-UP", "IRONACRE-GUEST-ROOT", "IRONACRE-GUEST-NO-ROOT"
# As vm_guest leaves it on the guest.
FACT = {"virtio": True}


@pytest.fixture(scope="module")
def guest() -> Callable[[str], Written]:
    needs(*TOOLS)
    if os.geteuid() or not OVMF.exists():
        pytest.skip("missing: root, to unpack the guest's kernel" if os.geteuid() else "missing: the package ovmf")
    recipes = {recipe.name: recipe for recipe in (*guests.RECIPES, *guest_kinds.RECIPES)}

    def find(name: str) -> Written:
        built = cache.build(recipes, [f"guest_{name}"])
        return guest_kinds.written(built[f"guest_{name}"], GUESTS[name])

    return find


def imported(
    kind: str, path: Path, folder: Path, overrides: Mapping[str, Any] | None = None
) -> tuple[Rendered, list[Path]]:
    """The machine by the mapping, and its disks as the import's own readers give them."""
    package = open_package({"type": "image" if kind in exports.IMAGES else kind, "path": str(path)})
    vm = package.vm()
    rendered = render(vm, Settings(**{**vars(SETTINGS), **(overrides or {})}))
    disks = []
    for number, disk in enumerate(rendered.disks):
        target = folder / f"disk{number}.raw"
        with target.open("wb") as file:
            file.truncate(disk.capacity)
            for offset, data in package.disk(disk).extents():
                file.seek(offset)
                file.write(data)
        disks.append(target)
    return rendered, disks


def same(left: Path, right: Path) -> bool:
    command = ["qemu-img", "compare", "-f", "raw", "-F", "raw", str(left), str(right)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def heard(console: Path, *words: str) -> str:
    """What the guest says until it said all of these."""

    def said() -> str:
        text = console.read_text(errors="replace") if console.exists() else ""
        return text if all(word in text for word in words) else ""

    text: str = eventually(said, f"the guest says {words}", SECONDS)
    return text


@pytest.mark.parametrize(
    ("name", "kind", "overrides", "bus"),
    [
        ("bios", "ova", {"prepared": True, "guest": FACT}, "virtio"),
        ("bios", "vmx", {}, "sata"),
        ("uefi", "ovf", {}, "sata"),
        ("uefi", "libvirt", {"prepared": True, "guest": FACT}, "virtio"),
        ("bios", "vhdx", {"memory_mib": 128, "prepared": True}, "virtio"),
    ],
)
def test_a_guest_comes_up_on_the_hardware_of_the_mapping(
    guest: Callable[[str], Written], tmp_path: Path, name: str, kind: str, overrides: dict[str, Any], bus: str
) -> None:
    written = guest(name)
    rendered, disks = imported(kind, written.kinds[kind], tmp_path, overrides)
    described = kind not in exports.IMAGES
    assert [same(raw, disk) for raw, disk in zip(written.disks, disks, strict=described)] == [True] * len(disks)
    devices = rendered.machine["spec"]["template"]["spec"]["domain"]["devices"]
    assert {disk["disk"]["bus"] for disk in devices["disks"]} == {bus}
    macs = GUESTS[name].machine.macs if described else ()
    with running(rendered.machine, disks, tmp_path / "console") as console:
        words = [f"GUEST-MAC eth{number} {mac}" for number, mac in enumerate(macs)]
        # Which card is eth0 is the kernel's choice.
        text = heard(console, UP, ROOT, *(word.rpartition(" ")[2] for word in words))
    assert LOST not in text


@pytest.mark.parametrize("kind", sorted(exports.IMAGES))
def test_every_image_holds_the_same_disk(guest: Callable[[str], Written], tmp_path: Path, kind: str) -> None:
    written = guest("bios")
    rendered, disks = imported(kind, written.kinds[kind], tmp_path, {"memory_mib": 128})
    assert len(rendered.disks) == 1 and same(written.disks[0], disks[0])


@pytest.mark.parametrize(("prepared", "bus", "said"), [(False, "sata", ROOT), (True, "virtio", LOST)])
def test_a_guest_without_drivers_needs_its_old_hardware_or_to_be_prepared(
    guest: Callable[[str], Written], tmp_path: Path, prepared: bool, bus: str, said: str
) -> None:
    """What vm_guest is for: the same guest with the drivers in its initramfs is the guest `bios` above."""
    written = guest("bare")
    rendered, disks = imported("ova", written.kinds["ova"], tmp_path, {"prepared": prepared})
    devices = rendered.machine["spec"]["template"]["spec"]["domain"]["devices"]
    assert devices["disks"][0]["disk"] == {"bus": bus}
    with running(rendered.machine, disks, tmp_path / "console") as console:
        heard(console, UP, said)
