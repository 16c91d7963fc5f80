# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Interfaces of a machine, the networks they are on, and which rules about them contradict. Pure; part of the mapping.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from ..errors import Finding
from .buses import nic_model
from .model import Nic, Vm
from .settings import BRIDGE, IGNORE, MASQUERADE, POD, SRIOV, NetworkRule, Settings

_TARGET = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?/[a-z0-9]([a-z0-9.-]*[a-z0-9])?")
Object = dict[str, Any]


def networking(vm: Vm, settings: Settings) -> tuple[list[Object], list[Object]]:
    """The interfaces and the networks of the same names."""
    mapped = [(f"net{number}", nic, settings.network(nic.network)) for number, nic in enumerate(vm.nics)]
    kept = [(name, nic, rule) for name, nic, rule in mapped if rule and rule.target != IGNORE]
    interfaces = [_interface(name, nic, rule, vm, settings) for name, nic, rule in kept]
    return interfaces, [_network(name, rule) for name, _nic, rule in kept]


def _interface(name: str, nic: Nic, rule: NetworkRule, vm: Vm, settings: Settings) -> Object:
    interface: Object = {"name": name, **_binding(rule)}
    if rule.binding != SRIOV:
        # There it is the node's own hardware: KubeVirt takes a model and does nothing with it.
        interface["model"] = nic_model(nic, vm, settings)
    if nic.mac:
        interface["macAddress"] = nic.mac
    if not nic.connected:
        interface["state"] = "down"
    return interface


def _binding(rule: NetworkRule) -> Object:
    if rule.target == POD:
        return {MASQUERADE: {}}
    return {"binding": {"name": rule.plugin}} if rule.plugin else {rule.binding or BRIDGE: {}}


def _network(name: str, rule: NetworkRule) -> Object:
    source: Object = {"pod": {}} if rule.target == POD else {"multus": {"networkName": rule.target}}
    return {"name": name, **source}


def rule_findings(rule: NetworkRule, place: str) -> Iterator[Finding]:
    """What is wrong with a rule, whatever machine it is for. place: where it stands, `mapping.networks[0]`."""
    attached = rule.target not in (POD, IGNORE)
    if attached and not _TARGET.fullmatch(rule.target):
        way_out = "write namespace/name of a network attachment, or pod, or ignore"
        yield Finding(f"{place}.target", f"{rule.target!r} is no target", way_out)
    if rule.binding and not attached:
        found = f"{rule.binding!r} is for network attachments, and the target is {rule.target}"
        yield Finding(f"{place}.binding", found, "leave it out, or write namespace/name as target")
    elif rule.binding == MASQUERADE:
        way_out = "write pod as target, or leave the binding out"
        yield Finding(f"{place}.binding", "masquerade is for the pod network only", way_out)
    elif rule.binding == SRIOV and rule.model:
        found = f"{rule.model!r}, and an SR-IOV interface has no model: it is the node's own hardware"
        yield Finding(f"{place}.model", found, "leave it out")
