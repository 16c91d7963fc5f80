# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node's kernel and services: modules, sysctls, units, KVM.

This module util is private to the collection.
"""

from __future__ import annotations

import fcntl
import os
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.node.platform import Plan, State, Wanted

Run = Callable[[list[str]], tuple[int, str, str]]
# ioctl KVM_CREATE_VM: opening the device proves nothing, it exists where no guest can run.
_KVM_CREATE_VM = 0xAE01
# A function that is built in has no entry among the modules; these show it.
_TRACES = {
    "overlay": ("/proc/filesystems", "overlay"),
    "br_netfilter": ("/proc/sys/net/bridge", ""),
    "tun": ("/dev/net/tun", ""),
    "vhost_net": ("/dev/vhost-net", ""),
    "iscsi_tcp": ("/sys/class/iscsi_transport/tcp", ""),
}


class OperatingSystem:
    """run: runs a command, returns (rc, stdout, stderr). root: where the file system begins."""

    def __init__(self, run: Run, root: str = "/") -> None:
        self._run = run
        self._root = Path(root)

    def _at(self, path: str) -> Path:
        return self._root / path.lstrip("/")

    def read(self, wanted: Wanted) -> State:
        """Everything at once."""
        names = [*wanted.sysctls, *wanted.minimums]
        values = {name: self._sysctl_path(name) for name in names}
        there = {name: path for name, path in values.items() if path.is_file()}
        return State(
            modules=frozenset(name for name in wanted.modules if self._has_module(name)),
            loadable=self._at(f"/lib/modules/{os.uname().release}").is_dir() and shutil.which("modprobe") is not None,
            sysctls={name: path.read_text().strip() for name, path in there.items()},
            fixed=frozenset(name for name, path in there.items() if not os.access(path, os.W_OK)),
            services=self._services(wanted.services),
            programs=frozenset(name for name in wanted.programs if self._find(name)),
            kvm=wanted.kvm != "ignored" and self._makes_machines(),
            time_synchronized=wanted.time != "ignored" and self._time_synchronized(),
        )

    def _sysctl_path(self, name: str) -> Path:
        return self._at("/proc/sys/" + name.replace(".", "/"))

    def _has_module(self, name: str) -> bool:
        if self._at(f"/sys/module/{name}").is_dir():
            return True
        path, word = _TRACES.get(name, ("", ""))
        if path:
            return word in self._at(path).read_text().split() if word else self._at(path).exists()
        builtin = self._at(f"/lib/modules/{os.uname().release}/modules.builtin")
        return builtin.is_file() and f"/{name}.ko" in builtin.read_text().replace("-", "_")

    def _services(self, units: Iterable[str]) -> dict[str, str]:
        states = {}
        for unit in units:
            output = self._run(["systemctl", "show", unit, "--property=LoadState,ActiveState"])[1]
            fields = dict(line.partition("=")[::2] for line in output.splitlines())
            states[unit] = fields.get("ActiveState", "") if fields.get("LoadState") == "loaded" else ""
        return states

    def _find(self, program: str) -> bool:
        return shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin") is not None

    def _makes_machines(self) -> bool:
        try:
            with self._at("/dev/kvm").open("rb+", buffering=0) as device:
                os.close(fcntl.ioctl(device, _KVM_CREATE_VM, 0))
        except OSError:
            return False
        return True

    def _time_synchronized(self) -> bool:
        output = self._run(["timedatectl", "show", "--property=NTPSynchronized", "--value"])[1]
        return output.strip() == "yes"

    def apply(self, plan: Plan) -> None:
        """Do what the plan says. Raises PlatformError at the first step that fails."""
        for name in plan.load:
            self._must(["modprobe", name])
        for name, value in plan.put.items():
            self._write(name, value)
        for unit in plan.start:
            self._must(["systemctl", "enable", "--now", unit])

    def _write(self, name: str, value: str) -> None:
        try:
            self._sysctl_path(name).write_text(value)
        except OSError as error:
            raise PlatformError(f"sysctl {name}: cannot be set to {value}: {error.strerror}") from error

    def _must(self, command: list[str]) -> None:
        code, _output, error = self._run(command)
        if code:
            raise PlatformError(f"{' '.join(command)}: {error.strip() or code}")
