# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Does an LACP bond carry traffic on all its ports, to one partner? This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link

SILENT = "00:00:00:00:00:00"
FLOWING = {"collecting", "distributing"}


def is_slow(kernel: Kernel, bond: str) -> bool:
    """True when the partners exchange packets only every 30 seconds."""
    link = kernel.links.get(bond)
    return bool(link and link.options.get("lacp_rate") == "slow")


def fault(kernel: Kernel, bond: str, min_ports: int | None = None) -> str:
    """What is wrong with the bond's aggregation; empty when nothing is."""
    link = kernel.links.get(bond)
    if not link or link.kind != "bond":
        return f"there is no bond {bond}"
    info: Mapping[str, Any] = link.data.get("ad_info") or {}
    ports = [kernel.links[name] for name in kernel.ports(bond)]
    needed = len(ports) if min_ports is None else min_ports
    good = [port for port in ports if not port_fault(port, info)]
    if len(good) >= max(needed, 1):
        return ""
    told = [f"{port.name}: {port_fault(port, info)}" for port in ports if port not in good]
    return f"{bond}: {len(good)} of {needed} ports carry traffic" + (f" ({'; '.join(told)})" if told else "")


def port_fault(port: Link, info: Mapping[str, Any]) -> str:
    """Why a port does not carry traffic; empty when it does."""
    if not port.carrier:
        return "no carrier"
    if info.get("partner_mac", SILENT) == SILENT:
        return "the partner is silent: it sends no LACP"
    if port.port.get("ad_aggregator_id") != info.get("aggregator"):
        return f"in aggregator {port.port.get('ad_aggregator_id')}, the bond uses {info.get('aggregator')}"
    for side, key in (("this side", "ad_actor_oper_port_state_str"), ("the partner", "ad_partner_oper_port_state_str")):
        if not set(port.port.get(key) or ()) >= FLOWING:
            return f"{side} is not collecting and distributing"
    return ""
