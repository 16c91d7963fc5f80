"""The lab's guests, started by QEMU out of their own OVA: what an import must bring to life again."""

from __future__ import annotations

import os
import re
import tarfile
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from lab.build import cache, ovf
from lab.build.recipe import Build
from lab.recipes import guest as guests
from tests.peers.peers import eventually, free_port, needs, process

OVMF = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
MACS = ("52:54:00:80:00:22", "52:54:00:80:00:23")
TOOLS = ("mmdebstrap", "qemu-system-x86_64", "qemu-img", "grub-mkimage", "mkfs.ext4", "mkfs.vfat", "mcopy", "depmod")
SECONDS = 240.0
WHOLE_DISK = re.compile("[vs]d[a-z]")

BIOS = guests.Guest(ovf.Machine("bios", macs=MACS[:1]))
# As a machine comes from elsewhere: other firmware, more disks and cards, and no paravirtual driver.
FOREIGN = guests.Guest(
    ovf.Machine("foreign", macs=MACS, firmware="efi", memory_mib=512), disks_mib=(96, 8), modules=guests.PLAIN
)


@dataclass
class Running:
    port: int
    log: Path

    def console(self) -> str:
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def get(self, path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/{path}", timeout=5) as answer:
                text: str = answer.read().decode()
                return text.strip()
        except OSError:
            return ""


def build(guest: guests.Guest, folder: Path) -> Path:
    recipes = {recipe.name: recipe for recipe in guests.RECIPES}
    results = cache.build(recipes, ["guest_system"])
    out, work = folder / "out", folder / "work"
    out.mkdir()
    work.mkdir()
    guests.build_guest(Build(out=out, work=work, results=results), guest)
    with tarfile.open(out / f"{guest.machine.name}.ova") as tar:
        tar.extractall(out)  # our own archive, made a moment ago
    return out


@contextmanager
def started(guest: guests.Guest, folder: Path, disk: str, card: str) -> Iterator[Running]:
    """Run the guest's unpacked OVA; disk and card are QEMU's names of the buses."""
    running = Running(free_port(), folder / "console.log")
    machine = guest.machine
    command = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "Nehalem", "-m", str(machine.memory_mib)]
    command += ["-display", "none", "-no-reboot", "-serial", f"file:{running.log}"]
    if machine.firmware == "efi":
        command += ["-drive", f"if=pflash,format=raw,readonly=on,file={OVMF}"]
    for number in range(len(guest.disks_mib)):
        file = folder / f"{machine.name}-disk{number + 1}.vmdk"
        command += ["-drive", f"file={file},format=vmdk,if=none,id=d{number},snapshot=on"]
        command += ["-device", f"{disk},drive=d{number}" + (f",bus=ide.{number}" if disk == "ide-hd" else "")]
    # Each card in a network of its own: two with one address would answer through each other.
    for number, mac in enumerate(machine.macs):
        forward = f",hostfwd=tcp:127.0.0.1:{running.port}-:80" if number == 0 else ""
        command += [
            "-netdev",
            f"user,id=n{number},net=10.0.{2 + number}.0/24{forward}",
            "-device",
            f"{card},netdev=n{number},mac={mac}",
        ]
    with process(*command):
        yield running


def disks(partitions: str) -> list[tuple[str, str]]:
    """Return size in KiB and name of each line of /proc/partitions."""
    return [(line.split()[2], line.split()[3]) for line in partitions.splitlines()[2:]]


@pytest.fixture
def able() -> None:
    needs(*TOOLS)
    if os.geteuid() or not OVMF.exists():
        pytest.skip("missing: root, to unpack the guest's kernel" if os.geteuid() else "missing: the package ovmf")


@pytest.mark.usefixtures("able")
@pytest.mark.parametrize(
    ("guest", "disk", "card"), [(BIOS, "virtio-blk-pci", "virtio-net-pci"), (FOREIGN, "ide-hd", "e1000e")]
)
def test_a_guest_lives_and_knows_its_disks_and_cards(guest: guests.Guest, disk: str, card: str, tmp_path: Path) -> None:
    folder = build(guest, tmp_path)
    with started(guest, folder, disk, card) as running:
        eventually(lambda: "IRONACRE-GUEST-UP" in running.console(), "the guest says that it is up", SECONDS)
        eventually(lambda: running.get("index.html"), "the guest answers over HTTP", SECONDS)
        assert running.get("hostname") == guest.machine.name
        assert running.get("mac").split() == list(guest.machine.macs)
        sizes = [size for size, name in disks(running.get("disk")) if WHOLE_DISK.fullmatch(name)]
        # Both are probed at once: which of them comes first is not promised.
        assert sorted(sizes) == sorted(str(size * 1024) for size in guest.disks_mib)
        before = float(running.get("index.html"))
        eventually(lambda: float(running.get("index.html") or 0) > before, "its clock goes on", SECONDS)
