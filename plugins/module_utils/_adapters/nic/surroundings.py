# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What else on the node has a say in its network: other managers, their files, the resolver's file.

This module util is private to the collection.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import checkpoint
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.command import attempt
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkd import HEAD, PREFIX

RESOLVER = Path("/etc/resolv.conf")
FOLDERS = ("/etc/systemd/network", "/run/systemd/network", "/usr/lib/systemd/network", "/lib/systemd/network")


def resolver(state: State, backend: str) -> dict[str, str]:
    """The resolver's file where nobody else writes it; empty where a daemon does or nothing is declared."""
    if not state.dns.servers or backend == "networkmanager" or RESOLVER.is_symlink():
        return {}
    search = f"search {' '.join(state.dns.search)}\n" if state.dns.search else ""
    return {str(RESOLVER): HEAD + search + "".join(f"nameserver {server}\n" for server in state.dns.servers)}


def existing(wanted: Mapping[str, str]) -> dict[str, str]:
    """Those of the wanted files that are there, with their content."""
    return {path: Path(path).read_text() for path in wanted if Path(path).is_file()}


def default_devices(raw: Mapping[str, Any]) -> list[str]:
    """Links of the node's default routes, however they came."""
    routes = [route for route in raw.get("route") or [] if route.get("dst") == "default" and route.get("dev")]
    return [route["dev"] for route in routes if str(route.get("table") or 254) in ("254", "main")]


def claims(backend: str) -> dict[str, frozenset[str]]:
    """{manager: devices} of the managers that are not the backend."""
    if backend == "networkmanager":
        return {"systemd-networkd": held} if (held := _of_networkd()) else {}
    return {"NetworkManager": held} if (held := _of_networkmanager()) else {}


def _of_networkmanager() -> frozenset[str]:
    if not Path("/run/NetworkManager").is_dir():
        return frozenset()
    code, out, _err = attempt(["nmcli", "-t", "-f", "DEVICE,STATE", "device"])
    states = (line.partition(":") for line in out.splitlines()) if not code else ()
    return frozenset(
        device
        for device, _colon, state in states
        if state.startswith(("connect", "deactivating")) and "(ext" not in state
    )


def _of_networkd() -> frozenset[str]:
    code, out, _err = attempt(["networkctl", "--no-legend", "--no-pager", "list"])
    rows = [line.split() for line in out.splitlines()] if not code else []
    # Where it does not run, it says so only of the last column.
    return frozenset(row[1] for row in rows if len(row) > 4 and row[-1] in ("configuring", "configured", "failed"))


def makers(backend: str, gone: Iterable[str], ours: Mapping[str, str]) -> dict[str, str]:
    """{device: file} of the files that are not ours and would make a device that is to go."""
    found = {}
    if backend == "networkmanager":
        code, out, _err = attempt(["nmcli", "-t", "-e", "no", "-f", "DEVICE,FILENAME", "connection", "show"])
        pairs = [line.partition(":")[::2] for line in out.splitlines()] if not code else []
        found = {device: path for device, path in pairs if device}
    elif backend in ("networkd", "netplan"):
        files = [path for folder in FOLDERS for path in sorted(Path(folder).glob("*.netdev"))]
        found = {_made(path.read_text()): str(path) for path in files if not path.samefile(os.devnull)}
    return {name: found[name] for name in gone if name in found and found[name] not in ours}


def _made(text: str) -> str:
    """The device that a .netdev file makes."""
    return next((line.partition("=")[2].strip() for line in text.splitlines() if line.startswith("Name=")), "")


def checkpoints(backend: str) -> tuple[str, ...]:
    """Checkpoints of NetworkManager that wait, where it is the backend."""
    return tuple(checkpoint.pending()) if backend == "networkmanager" else ()


def shadows(backend: str) -> dict[str, tuple[str, ...]]:
    """{file: name patterns} of .network files that systemd-networkd reads before ours."""
    if backend != "networkd":
        return {}
    found = {}
    for folder in FOLDERS:
        for path in sorted(Path(folder).glob("*.network")):
            if path.name < PREFIX and not path.samefile(os.devnull):
                found[str(path)] = _patterns(path.read_text())
    return {path: patterns for path, patterns in found.items() if patterns}


def _patterns(text: str) -> tuple[str, ...]:
    """The names in the [Match] section."""
    section, names = "", []
    for line in text.splitlines():
        line = line.strip()
        if line.startswith("["):
            section = line
        elif section == "[Match]" and line.startswith("Name="):
            names += line.partition("=")[2].split()
    return tuple(names)
