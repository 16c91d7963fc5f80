# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who starts a cluster and who joins it, decided from what the servers hold and not from their order in the inventory.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, PlatformError, refuse

Info = Mapping[str, Any]


@dataclass(frozen=True)
class Bootstrap:
    """init: the server that creates the cluster, or None when there is one. members: who already belongs to it."""

    init: str | None
    members: tuple[str, ...]


def plan_bootstrap(servers: Mapping[str, Info | None], force: bool = False) -> Bootstrap:
    """Decide. servers: name -> result of rke2_info, or None for a server that was not reached, in inventory order.

    Raises PlatformError when a wrong answer could make a second cluster.
    """
    members = tuple(name for name, info in servers.items() if info and info.get("member"))
    _refuse_two_clusters({name: str((servers[name] or {}).get("ca_sha256") or "") for name in members})
    if members:
        return Bootstrap(None, members)
    foreign = _answering(servers)
    if foreign and not force:
        raise PlatformError(
            f"No server of the inventory holds a cluster's data, but {foreign} answers as one. Starting another "
            "cluster beside it is refused. If it is the cluster to join, put one of its servers into the inventory; "
            "if it is a leftover, stop it; to start anew all the same set rke2_force_bootstrap: true."
        )
    missing = [name for name, info in servers.items() if info is None]
    if missing and not force:
        refuse(
            Finding(
                f"hosts.{name}",
                "not reached, so nobody knows whether it holds the cluster's data",
                "make it reachable, or set rke2_force_bootstrap: true to start a new cluster without it",
            )
            for name in missing
        )
    reached = [name for name, info in servers.items() if info is not None]
    return Bootstrap(reached[0] if reached else None, ())


def _refuse_two_clusters(authorities: Mapping[str, str]) -> None:
    known = {name: authority for name, authority in authorities.items() if authority}
    if len(set(known.values())) > 1:
        told = ", ".join(f"{name} {authority[:12]}" for name, authority in sorted(known.items()))
        raise PlatformError(
            f"The servers belong to different clusters (digests of their certificate authorities: {told}). Nothing was "
            "changed. Remove the wrong ones from the inventory or from their cluster (role rke2, tasks_from: remove)."
        )


def _answering(servers: Mapping[str, Info | None]) -> str:
    """An address on which a supervisor answers although nobody here is a member."""
    for info in servers.values():
        for address, authority in ((info or {}).get("supervisors") or {}).items():
            if authority:
                return str(address)
    return ""


def join_address(name: str, bootstrap: Bootstrap, api: Mapping[str, Any], addresses: Mapping[str, str]) -> str:
    """The address (no scheme, no port) a node joins by; empty for the one that creates the cluster.

    With a shared address (VIP or load balancer) that; else a member's own, else that of the creating server.
    """
    if name == bootstrap.init:
        return ""
    if (api.get("vip") or {}).get("type", "none") != "none":
        return str(api["address"])
    others = [member for member in (*bootstrap.members, bootstrap.init) if member and member != name]
    return addresses[others[0]] if others else ""
