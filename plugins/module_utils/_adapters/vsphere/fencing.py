# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Puts up and takes down the fence around a machine that moved away.

This module util is private to the collection.
"""

from __future__ import annotations

import contextlib
from typing import Any

from ..._core.errors import PlatformError
from ..._core.vm.vsphere_devices import is_nic
from ..._core.vm.vsphere_fence import MARKER, Fence, Plug, fence_of, is_shut, plugs_of, with_note, without_note
from .inventory import plain
from .power import Power
from .tasks import Tasks

_TIMEOUT = 120.0
_PATHS = ("config.hardware.device", "config.extraConfig", "config.annotation", "runtime.host")
_POWER_INFO = ("config.powerInfo",)
_NEVER = {"startAction": "none", "startOrder": -1, "startDelay": -1, "stopAction": "systemDefault", "stopDelay": -1}


class Fencing:
    """The fence of one machine. Only a machine that is off is fenced: its successor lives."""

    def __init__(self, tasks: Tasks, machine: Any, power: Power) -> None:
        self.tasks, self.machine, self.power, self.session = tasks, machine, power, tasks.session

    def fence(self, target: str) -> None:
        """Unplug all interfaces, take it out of autostart, leave the marker. What was before is remembered once."""
        if self.power.state() != "off":
            raise PlatformError(
                f"{self.session.place}: {self.power.name}: is not off, so it is not fenced; shut it down first"
            )
        found = self._read()
        known = fence_of(plain(found.get("config.extraConfig")) or ())
        if known and known.target == target and is_shut(plain(found["config.hardware.device"])):
            return
        plugs = known.plugs if known else plugs_of(plain(found["config.hardware.device"]))
        autostart = known.autostart if known else self._autostart(found)
        fence = Fence(target, plugs, autostart)
        note = with_note(str(found.get("config.annotation") or ""), target)
        unplugged = {key: Plug(connected=False, start_connected=False) for key in plugs}
        self._write(found, fence.dump(), note, unplugged, "fence")
        if autostart:
            self._start_with_host(found, _NEVER)

    def is_fenced(self) -> bool:
        """True when the marker is there and no interface would come up."""
        found = self._read()
        marked = fence_of(plain(found.get("config.extraConfig")) or ())
        return marked is not None and is_shut(plain(found["config.hardware.device"]))

    def unfence(self) -> None:
        """Plug in what was plugged in before, and remove the marker. Nothing happens without one."""
        found = self._read()
        known = fence_of(plain(found.get("config.extraConfig")) or ())
        if known is None:
            return
        note = without_note(str(found.get("config.annotation") or ""))
        self._write(found, "", note, dict(known.plugs), "take down the fence of")
        if known.autostart:
            self._start_with_host(found, known.autostart)

    def _read(self) -> dict[str, Any]:
        return self.tasks.inventory.raw(self.machine, _PATHS)

    def _write(self, found: dict[str, Any], marker: str, note: str, plugs: dict[str, Plug], what: str) -> None:
        vim = self.session.vim
        spec = vim.vm.ConfigSpec(
            annotation=note,
            extraConfig=[vim.option.OptionValue(key=MARKER, value=marker)],
            deviceChange=[
                self._edit(device, plugs[str(device.key)])
                for device in found["config.hardware.device"]
                if is_nic(plain(device)) and str(device.key) in plugs
            ],
        )
        self.tasks.run(lambda: self.machine.ReconfigVM_Task(spec), f"{what} {self.power.name}", _TIMEOUT)

    def _edit(self, device: Any, plug: Plug) -> Any:
        device_spec = self.session.vim.vm.device.VirtualDeviceSpec
        connect = self.session.vim.vm.device.VirtualDevice.ConnectInfo
        if device.connectable is None:
            device.connectable = connect(allowGuestControl=True)
        device.connectable.startConnected = plug.start_connected
        device.connectable.connected = plug.connected and plug.start_connected
        return device_spec(operation=device_spec.Operation.edit, device=device)

    def _manager(self, found: dict[str, Any]) -> Any:
        """The host's list of machines that start with it; None where there is none, as in a cluster with HA."""
        host = found.get("runtime.host")
        if host is None:
            return None
        return self.tasks.inventory.raw(host, ("configManager.autoStartManager",)).get("configManager.autoStartManager")

    def _autostart(self, found: dict[str, Any]) -> dict[str, Any] | None:
        """How the machine starts with its host; None when it does not. Who may not see that cannot change it either."""
        with contextlib.suppress(PlatformError):
            manager = self._manager(found)
            entries = manager and plain(self.tasks.inventory.raw(manager, _POWER_INFO).get(_POWER_INFO[0]))
            for entry in entries or ():
                if entry.get("key") == self.machine._moId and str(entry.get("startAction")).lower() == "poweron":
                    return {key: entry[key] for key in _NEVER if key in entry}
        return None

    def _start_with_host(self, found: dict[str, Any], settings: Any) -> None:
        manager, vim = self._manager(found), self.session.vim
        if manager is None:
            return
        info = vim.host.AutoStartManager.AutoPowerInfo(
            key=self.machine, waitForHeartbeat="systemDefault", **{**_NEVER, **settings}
        )
        spec = vim.host.AutoStartManager.Config(powerInfo=[info])
        self.session.call(lambda: manager.Reconfigure(spec), f"autostart of {self.power.name}")
