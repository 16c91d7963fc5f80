# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What runs later without us: the apply that outlives the session, the rollback that needs nobody.

With systemd as PID 1 these are transient units; elsewhere detached processes.
This module util is private to the collection.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import files
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.command import attempt, must

UNIT = "/etc/systemd/system/ironacre-nic-boot.service"
WANTED = "/etc/systemd/system/sysinit.target.wants/ironacre-nic-boot.service"
BOOT = """[Unit]
Description=Undo a network change that was not confirmed before the last shutdown
DefaultDependencies=no
After=local-fs.target systemd-remount-fs.service
Before=network-pre.target systemd-networkd.service NetworkManager.service sysinit.target shutdown.target
Wants=network-pre.target
RequiresMountsFor={root}
ConditionPathExists={root}/pending

[Service]
Type=oneshot
ExecStart={python} -I {guard} boot

[Install]
WantedBy=sysinit.target
"""


def systemd() -> bool:
    """True when systemd is PID 1 here."""
    return Path("/proc/1/comm").read_text().strip() == "systemd"


def install_boot_unit(guard: str, root: str) -> bool:
    """Put the boot unit in place; -> changed. It is read at the next boot, so the daemon needs no reload now."""
    text = BOOT.format(python=sys.executable, guard=guard, root=root)
    unit, wanted = Path(UNIT), Path(WANTED)
    if unit.exists() and unit.read_text() == text and wanted.is_symlink():
        return False
    files.put(UNIT, text)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    if not wanted.is_symlink():
        wanted.symlink_to(UNIT)
        files.flush(wanted.parent)
    return True


def later(name: str, argv: Sequence[str], seconds: float) -> None:
    """Run a command after some seconds, whatever happens to this process. PlatformError when it cannot be arranged."""
    if systemd():
        timer = [f"--on-active={seconds}", "--timer-property=AccuracySec=100ms"]
        must(["systemd-run", "--quiet", "--collect", f"--unit={name}", *timer, *argv])
        return
    if os.fork():
        os.wait()
        return
    os.setsid()
    if os.fork() == 0:
        _sleep_and_run(argv, seconds)
    os._exit(0)


def _sleep_and_run(argv: Sequence[str], seconds: float) -> None:
    null = os.open(os.devnull, os.O_RDWR)
    for handle in (0, 1, 2):
        os.dup2(null, handle)
    os.closerange(3, 256)
    time.sleep(seconds)
    try:
        os.execvp(argv[0], list(argv))
    finally:
        os._exit(127)


def cancel(name: str) -> None:
    """Take back a command that has not started. Without systemd it finds out by itself that there is nothing to do."""
    if systemd():
        attempt(["systemctl", "stop", f"{name}.timer"])
