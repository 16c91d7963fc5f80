"""One emulated machine: power, reset, boot device."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from lab import process
from lab.build.cache import locked
from lab.machine.boot import BootFlags
from lab.machine.qmp import Qmp
from lab.networks import taps
from lab.place import Place
from lab.rack.model import Machine
from lab.shell import run

FIRMWARE = Path("/usr/share/OVMF")


class QemuMachine:
    """The state of a machine lies in files, so that any process may ask and a BMC may be started again."""

    def __init__(self, place: Place, machine: Machine) -> None:
        self.place, self.machine = place, machine
        self.folder = place.data / "machines" / machine.name
        self.pid_file = self.folder / "pid"
        self.mutex = threading.RLock()
        self.before_start: Callable[[], object] = lambda: None

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Let one change happen at a time, whoever asks."""
        with self.mutex, locked(self.folder / "lock"):
            yield

    # Hardware -----------------------------------------------------------------------------------------------------

    def prepare(self, accel: str) -> None:
        """Make an empty disk and firmware settings where there are none, and note how the processor is emulated."""
        self.folder.mkdir(parents=True, exist_ok=True)
        (self.folder / "accel").write_text(accel)
        if not self.disk.exists():
            run("qemu-img", "create", "-q", "-f", "qcow2", str(self.disk), f"{self.machine.disk_gb}G")
        if not (self.folder / "vars.fd").exists():
            shutil.copy(FIRMWARE / "OVMF_VARS_4M.fd", self.folder / "vars.fd")

    @property
    def disk(self) -> Path:
        return self.folder / "disk.qcow2"

    @property
    def console(self) -> Path:
        return self.place.logs / f"{self.machine.name}.log"

    # Boot flags ---------------------------------------------------------------------------------------------------

    @property
    def flags(self) -> BootFlags:
        try:
            return BootFlags(**json.loads((self.folder / "boot.json").read_text()))
        except OSError:
            return BootFlags(efi=self.machine.firmware == "uefi")

    @flags.setter
    def flags(self, flags: BootFlags) -> None:
        scratch = self.folder / f".boot-{threading.get_ident()}"
        scratch.write_text(json.dumps(vars(flags)))
        scratch.replace(self.folder / "boot.json")
        self.note(f"boot flags {flags.target} {flags.enabled} {'UEFI' if flags.efi else 'BIOS'}")

    # Power --------------------------------------------------------------------------------------------------------

    def pid(self) -> int:
        """Return QEMU's process id, 0 when the machine is off."""
        return process.alive(self.pid_file)

    def on(self) -> None:
        """Switch on; a machine that is on stays as it is."""
        with self.changing():
            if self.pid():
                return
            self.before_start()
            flags = self.flags
            self.note(f"power on, boot {flags.active}")
            subprocess.run(self.command(flags), stdin=subprocess.DEVNULL, check=True, capture_output=True, text=True)
            process.remember(self.pid_file, int((self.folder / "qemu.pid").read_text()))
            self.flags = flags.after_start()
            # The firmware of this start has its order already; every later reset reads this one, also one the
            # operating system asks for.
            self.set_order(self.flags)

    def off(self) -> None:
        """Cut the power."""
        with self.changing():
            if pid := self.pid():
                self.note("power off")
                process.kill(pid, signal.SIGKILL, 20)
            self.pid_file.unlink(missing_ok=True)

    def cycle(self) -> None:
        """Switch off and on; refused by nobody, also when the machine is off."""
        self.off()
        self.on()

    def reset(self) -> None:
        """Reset without cutting the power."""
        with self.changing():
            if not self.pid():
                return
            flags = self.flags
            self.note(f"reset, boot {flags.active}")
            self.set_order(flags)
            with Qmp(self.folder / "qmp.sock") as qmp:
                qmp.ask("system_reset")
                qmp.wait("RESET")
            self.flags = flags.after_start()
            self.set_order(self.flags)

    def soft(self) -> None:
        """Press the power button: the operating system shuts down, if it listens."""
        if self.pid():
            self.note("power button")
            with Qmp(self.folder / "qmp.sock") as qmp:
                qmp.ask("system_powerdown")

    def set_order(self, flags: BootFlags) -> None:
        """Set the order for the next reset; an index may never be used twice, not even by its owner."""
        disk, card = order(flags)
        with Qmp(self.folder / "qmp.sock") as qmp:
            for device, index in (("disk0", -1), ("nic0", -1), ("nic0", card), ("disk0", disk)):
                qmp.ask("qom-set", path=f"/machine/peripheral/{device}", property="bootindex", value=index)

    def note(self, text: str) -> None:
        """Write what happened to the machine's event log."""
        with (self.place.logs / f"{self.machine.name}-events.log").open("a") as log:
            log.write(f"{text}\n")

    # Command line -------------------------------------------------------------------------------------------------

    def command(self, flags: BootFlags) -> list[str]:
        """Return QEMU's command line for a start with these boot flags."""
        machine, folder = self.machine, self.folder
        kvm = (folder / "accel").read_text() == "kvm"
        # Without its string instructions the emulated processor copies memory several times faster.
        emulated = ("-accel", "tcg,thread=multi,tb-size=256", "-cpu", "max,-erms,-fsrm")
        processor = ("-accel", "kvm", "-cpu", "host") if kvm else emulated
        # Without graphics the BIOS and iPXE talk on the serial console.
        board = "q35" if flags.efi else "pc,graphics=off"
        disk, card = order(flags)
        first, second = taps(machine.name)
        return [
            "qemu-system-x86_64", "-name", f"{self.place.id}-{machine.name}", "-machine", board,
            *processor, "-smp", str(machine.cpus), "-m", str(machine.memory_mb),
            "-nodefaults", "-display", "none", "-vga", "none",
            "-drive", f"file={self.disk},if=none,id=d0,format=qcow2,cache=unsafe,discard=unmap,detect-zeroes=unmap",
            "-device", f"virtio-blk-pci,id=disk0,drive=d0,serial={machine.serial}-DISK0,bootindex={disk}",
            "-netdev", f"tap,id=n0,ifname={first},script=no,downscript=no",
            "-device", f"virtio-net-pci,id=nic0,netdev=n0,mac={machine.mac},bootindex={card}",
            "-netdev", f"tap,id=n1,ifname={second},script=no,downscript=no",
            "-device", f"virtio-net-pci,id=nic1,netdev=n1,mac={machine.vm_mac},romfile=",
            "-device", "virtio-rng-pci",
            "-chardev", f"file,id=console,path={self.console},append=on", "-serial", "chardev:console",
            "-qmp", f"unix:{folder}/qmp.sock,server=on,wait=off",
            "-smbios", f"type=1,manufacturer=Ironacre,product=Rehearsal,serial={machine.serial},uuid={machine.uuid}",
            *(self.efi_drives() if flags.efi else []),
            "-pidfile", f"{folder}/qemu.pid", "-daemonize",
        ]  # fmt: skip

    def efi_drives(self) -> list[str]:
        """Return UEFI firmware and its settings as flash chips."""
        flash = "if=pflash,format=raw"
        code = f"{flash},unit=0,readonly=on,file={FIRMWARE}/OVMF_CODE_4M.fd"
        return ["-drive", code, "-drive", f"{flash},unit=1,file={self.folder}/vars.fd"]


def order(flags: BootFlags) -> tuple[int, int]:
    """Return the boot index of disk and network card."""
    return (2, 1) if flags.active == "pxe" else (1, 2)
