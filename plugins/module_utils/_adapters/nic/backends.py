# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The daemons that own a node's network files: which files are ours, how they are checked and taken into use.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import checkpoint, files, parsers
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.command import attempt, must
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import (
    render_ifcfg,
    render_netplan,
    render_networkd,
    render_networkmanager,
    render_wicked,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Device

SILENT = 124  # out of time
PAUSE, TRIES = 1.0, 3


class Backend:
    """No daemon at all: the kernel alone (live images, tests). What is set is gone after a reboot."""

    name = "kernel"
    patterns: tuple[str, ...] = ()
    # True: the kernel first, so that the daemon finds all done. False: the daemon builds, then the kernel is mended.
    kernel_first = True

    def render(self, state: State) -> dict[str, str]:
        """State -> files of ours."""
        return {}

    def cannot(self, state: State) -> list[tuple[str, str]]:
        """(place, what) the backend has no word for."""
        return []

    def current(self) -> dict[str, str]:
        """The files of ours that are there."""
        return files.read(self.patterns)

    def verify(self, rendered: Mapping[str, str]) -> list[Finding]:
        """What the node's own parser says of files before they are put in place."""
        return []

    def activate(self, changed: Iterable[str], devices: Iterable[Device]) -> list[str]:
        """Make the daemon read its files again. -> what went wrong on the way and was overcome."""
        return []

    def prepare_boot(self) -> None:
        """At boot, with the former files in place and before any daemon runs. PlatformError when it cannot."""

    def hold(self, seconds: float) -> str:
        """Let the daemon go back by itself, some time after so many seconds. -> what `release` takes; or empty."""
        return ""

    def release(self, held: str) -> None:
        """The daemon is not to go back. PlatformError when it will."""

    def revert(self, held: str) -> None:
        """The daemon is to go back now."""


class Networkd(Backend):
    """systemd-networkd."""

    name = "networkd"
    patterns = tuple(
        f"{render_networkd.FOLDER}/{render_networkd.PREFIX}*.{kind}" for kind in ("network", "netdev", "link")
    )

    def render(self, state: State) -> dict[str, str]:
        return render_networkd.render(state)

    def cannot(self, state: State) -> list[tuple[str, str]]:
        return render_networkd.cannot(state)

    def verify(self, rendered: Mapping[str, str]) -> list[Finding]:
        return parsers.networkd(rendered)

    def activate(self, changed: Iterable[str], devices: Iterable[Device]) -> list[str]:
        overcome = reload()
        revive(device.name for device in devices)
        return overcome


class NetworkManager(Backend):
    """NetworkManager: profiles are taken into use one by one, never by `reapply`, which refuses or pretends."""

    name = "networkmanager"
    patterns = (f"{render_networkmanager.FOLDER}/{render_networkmanager.PREFIX}*.nmconnection",)
    kernel_first = False

    def render(self, state: State) -> dict[str, str]:
        return render_networkmanager.render(state)

    def cannot(self, state: State) -> list[tuple[str, str]]:
        return render_networkmanager.cannot(state)

    def verify(self, rendered: Mapping[str, str]) -> list[Finding]:
        return parsers.networkmanager(rendered)

    def activate(self, changed: Iterable[str], devices: Iterable[Device]) -> list[str]:
        must(["nmcli", "connection", "reload"])
        names = [render_networkmanager.profile_of(path) for path in changed if Path(path).exists()]
        # Masters before their ports, and VLANs after what they stand on.
        built = [device.name for device in devices if device.kind == "vlan"]
        order = [device.name for device in reversed(list(devices)) if device.kind != "vlan"] + built
        for name in sorted(names, key=lambda name: order.index(name) if name in order else len(order)):
            # A failure here is judged by what the kernel says afterwards.
            attempt(["nmcli", "--wait", "10", "connection", "up", "id", render_networkmanager.PREFIX + name], limit=20)
        return []

    def hold(self, seconds: float) -> str:
        return checkpoint.create(seconds)

    def release(self, held: str) -> None:
        checkpoint.drop(held)

    def revert(self, held: str) -> None:
        checkpoint.back(held)


class Netplan(Backend):
    """netplan over systemd-networkd, with drop-ins for what netplan has no key for."""

    name = "netplan"
    patterns = (
        render_netplan.FILE,
        f"{render_networkd.FOLDER}/10-netplan-*.d/{render_netplan.DROP_IN}",
        f"{render_networkd.FOLDER}/{render_networkd.PREFIX}*.link",
    )

    def render(self, state: State) -> dict[str, str]:
        return render_netplan.render(state)

    def cannot(self, state: State) -> list[tuple[str, str]]:
        return render_netplan.cannot(state)

    def verify(self, rendered: Mapping[str, str]) -> list[Finding]:
        return parsers.netplan(rendered)

    def activate(self, changed: Iterable[str], devices: Iterable[Device]) -> list[str]:
        self.prepare_boot()
        overcome = reload()
        revive(device.name for device in devices)
        return overcome

    def prepare_boot(self) -> None:
        # What networkd reads was made of the files of the undone change, earlier in this boot.
        must(["netplan", "generate"], limit=30)


def reload() -> list[str]:
    """Make networkd read its files. -> failures that were overcome; PlatformError with the last one when they were not.

    Its call ends at the first link that cannot be told anew and leaves the rest as it was; the next call goes on. Why a
    link could not is not known: 44 reloads of networkd 252 on a busy host, while a NIC became a port and was freed, all
    succeeded. So each failure is told among the task's `problems`, and the third one in a row is final.
    """
    overcome: list[str] = []
    while True:
        code, out, err = attempt(["networkctl", "reload"], limit=45)
        if not code:
            return overcome
        overcome.append(f"networkctl reload: exit {code}: {(err or out).strip()}")
        if code == SILENT or len(overcome) == TRIES:
            raise PlatformError(overcome[-1])
        time.sleep(PAUSE)


def revive(names: Iterable[str]) -> None:
    """Make networkd take up again what it gave up, as a NIC whose former gateway went while its new files came.

    It leaves such a link alone for good, also at later reloads.
    """
    _code, out, _err = attempt(["networkctl", "--no-legend", "--no-pager", "list"])
    ours = set(names)
    words = (line.split() for line in out.splitlines())
    failed = [line[1] for line in words if len(line) > 2 and line[-1] == "failed" and line[1] in ours]
    if failed:
        attempt(["networkctl", "reconfigure", *failed], limit=45)


class RenderOnly(Backend):
    """wicked and ifcfg: the files are made and shown; nothing here can run them."""

    def __init__(self, name: str) -> None:
        self.name = name

    def render(self, state: State) -> dict[str, str]:
        return render_wicked.render(state) if self.name == "wicked" else render_ifcfg.render(state)

    def activate(self, changed: Iterable[str], devices: Iterable[Device]) -> list[str]:
        raise PlatformError(f"backend {self.name} only renders files; use check mode, or another backend")


def backend(name: str) -> Backend:
    """The backend of this name; of `auto` the one that runs on this node. PlatformError when none can be told."""
    known = {one.name: one for one in (Networkd, NetworkManager, Netplan, Backend)}
    if name == "auto":
        name = running()
    return known[name]() if name in known else RenderOnly(name)


def running() -> str:
    """The backend whose daemon runs."""
    if list(Path("/etc/netplan").glob("*.yaml")) and Path("/usr/sbin/netplan").exists():
        return "netplan"
    active = [
        name
        for name, unit in (("networkmanager", "NetworkManager"), ("networkd", "systemd-networkd"))
        if Path(
            f"/run/{'NetworkManager/NetworkManager.pid' if name == 'networkmanager' else 'systemd/netif/state'}"
        ).exists()
        or attempt(["systemctl", "is-active", "--quiet", unit])[0] == 0
    ]
    if not active:
        raise PlatformError("neither systemd-networkd nor NetworkManager runs on this node; state the option backend")
    if len(active) > 1:
        raise PlatformError("systemd-networkd and NetworkManager both run on this node; state the option backend")
    return active[0]
