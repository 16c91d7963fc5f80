"""Whether KVM works here, found out by starting a kernel: a device node proves nothing."""

from __future__ import annotations

import os
import subprocess
import tempfile
from contextlib import suppress
from pathlib import Path

from lab.place import DATA_ROOT

SECONDS = 8
KVM = ("-accel", "kvm", "-cpu", "host")


def accel(kernel: Path) -> str:
    """Return kvm or tcg; the answer is kept until the machine starts anew."""
    boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    kept = DATA_ROOT / "accel"
    # Another lab may come up, or be the last to go, at the same time: it is read once, and written whole.
    with suppress(OSError, ValueError):
        at, answer = kept.read_text().split()
        if at == boot:
            return answer
    answer = "kvm" if Path("/dev/kvm").exists() and boots(kernel) else "tcg"
    kept.parent.mkdir(parents=True, exist_ok=True)
    part = kept.with_name(f"accel-{os.getpid()}")
    part.write_text(f"{boot} {answer}\n")
    part.replace(kept)
    return answer


def boots(kernel: Path, processor: tuple[str, ...] = KVM, seconds: float = SECONDS) -> bool:
    """Start a kernel and tell whether it says its name in time."""
    command = [
        "qemu-system-x86_64", *processor, "-m", "256", "-nodefaults", "-display", "none",
        "-no-reboot", "-serial", "stdio", "-kernel", str(kernel), "-append", "console=ttyS0 panic=-1",
    ]  # fmt: skip
    # A file instead of a pipe: what was said before the deadline is wanted too.
    with tempfile.TemporaryFile() as said:
        with suppress(subprocess.TimeoutExpired):
            subprocess.run(command, stdin=subprocess.DEVNULL, stdout=said, stderr=said, timeout=seconds, check=False)
        said.seek(0)
        return b"Linux version" in said.read()
