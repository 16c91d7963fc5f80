"""Plain QEMU with the hardware that a VirtualMachine asks for, as KubeVirt would give it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.peers.peers import process

OVMF = Path("/usr/share/OVMF/OVMF_CODE_4M.fd")
CARDS = {"virtio": "virtio-net-pci", "e1000e": "e1000e", "e1000": "e1000", "pcnet": "pcnet"}


def arguments(machine: dict[str, Any], disks: Sequence[Path], console: Path) -> list[str]:
    """disks: raw images in the order of the machine's. console: file that gets what the serial port says."""
    domain = machine["spec"]["template"]["spec"]["domain"]
    memory, cpu = domain["memory"]["guest"].removesuffix("Mi"), domain["cpu"]
    found = ["qemu-system-x86_64", "-M", "q35", "-accel", "tcg", "-cpu", "Nehalem", "-m", memory]
    found += ["-smp", f"sockets={cpu['sockets']},cores={cpu['cores']},threads={cpu['threads']}"]
    found += ["-display", "none", "-no-reboot", "-serial", f"file:{console}"]
    if "efi" in domain["firmware"]["bootloader"]:
        found += ["-drive", f"if=pflash,format=raw,readonly=on,file={OVMF}"]
    for number, (disk, path) in enumerate(zip(domain["devices"]["disks"], disks, strict=True)):
        found += ["-drive", f"file={path},format=raw,if=none,id=d{number},snapshot=on", "-device", _disk(disk, number)]
    for number, card in enumerate(domain["devices"].get("interfaces") or []):
        device = f"{CARDS[card['model']]},netdev=n{number},mac={card['macAddress']}"
        # No card may start the machine: the firmware would ask the network first.
        found += ["-netdev", f"user,id=n{number},net=10.0.{2 + number}.0/24", "-device", f"{device},romfile="]
    return found


def _disk(disk: dict[str, Any], number: int) -> str:
    names = {"virtio": f"virtio-blk-pci,drive=d{number}", "sata": f"ide-hd,drive=d{number},bus=ide.{number}"}
    order = f",bootindex={disk['bootOrder']}" if "bootOrder" in disk else ""
    return names[disk["disk"]["bus"]] + order


@contextmanager
def running(machine: dict[str, Any], disks: Sequence[Path], console: Path) -> Iterator[Path]:
    """The machine; yields its console."""
    with process(*arguments(machine, disks, console)):
        yield console
