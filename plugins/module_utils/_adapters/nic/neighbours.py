# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is at the other end of the cable: LLDP, from systemd-networkd's store or from the wire.

This module util is private to the collection.
"""

from __future__ import annotations

import select
import socket
import struct
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import ETHER
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import lldp
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import State

# Switches send every 30 seconds.
PATIENCE = 35.0
STORE = Path("/run/systemd/netif/lldp")


def read(raw: Mapping[str, Any], state: State) -> dict[str, tuple[str, str]]:
    """{device: (system, port)} when a match asks for it; nothing is listened for otherwise."""
    asked = [item for item in state.interfaces if item.match and (item.match.lldp_system or item.match.lldp_port)]
    if not asked:
        return {}
    links = {
        item["ifname"]: int(item["ifindex"])
        for item in raw["link"]
        if item.get("link_type") in ETHER and "LOWER_UP" in item.get("flags", [])
    }
    stored = {name: found for name, index in links.items() if (found := _stored(index))}
    missing = [name for name in links if name not in stored]
    return {**stored, **(listen(missing, sum(item.expect for item in asked) - len(stored)) if missing else {})}


def _stored(index: int) -> tuple[str, str] | None:
    """What networkd heard on a link: 8 bytes of length before each frame."""
    path = STORE / str(index)
    content = path.read_bytes() if path.exists() else b""
    if len(content) < 8:
        return None
    length = struct.unpack_from("<Q", content)[0]
    return lldp.neighbour(content[8 : 8 + length])


def listen(names: Iterable[str], enough: int, patience: float = PATIENCE) -> dict[str, tuple[str, str]]:
    """Hear the neighbours' announcements on these links; ends early when enough have spoken."""
    found: dict[str, tuple[str, str]] = {}
    handles = {_socket(name): name for name in names}
    end = time.monotonic() + patience
    try:
        while len(found) < max(enough, 1) and (left := end - time.monotonic()) > 0:
            ready, _write, _error = select.select(list(handles), [], [], left)
            for handle in ready:
                heard = lldp.neighbour(handle.recv(2048))
                if heard:
                    found[handles[handle]] = heard
    finally:
        for handle in handles:
            handle.close()
    return found


def _socket(name: str) -> socket.socket:
    handle = socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(lldp.ETHERTYPE))
    handle.bind((name, lldp.ETHERTYPE))
    # The announcements go to a group address that a NIC drops unless it is asked not to.
    member = struct.pack("IHH8s", socket.if_nametoindex(name), 0, 6, bytes.fromhex("0180c200000e") + b"\0\0")
    handle.setsockopt(263, 1, member)
    return handle
