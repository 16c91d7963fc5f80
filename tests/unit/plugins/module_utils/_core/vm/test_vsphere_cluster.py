"""What a cluster does with a machine, as the rules of the assessment ask for it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_cluster import DRS, GROUPS, RULES, ties_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_estate import Estate, Found, vms_of

GROUP = [{"name": "licensed", "vm": ["vm-1"]}, {"name": "hosts", "host": ["host-1"]}]


def rule(name: str, group: str = "licensed", enabled: bool = True) -> dict[str, Any]:
    return {"name": name, "vmGroupName": group, "affineHostGroupName": "hosts", "enabled": enabled}


@pytest.mark.parametrize(
    ("drs", "by_itself"),
    [
        ({"enabled": True, "defaultVmBehavior": "fullyAutomated"}, True),
        ({"enabled": True}, True),
        ({"enabled": True, "defaultVmBehavior": "partiallyAutomated"}, False),
        ({"enabled": False, "defaultVmBehavior": "fullyAutomated"}, False),
        (None, False),
    ],
)
def test_a_cluster_moves_machines_by_itself(drs: dict[str, Any] | None, by_itself: bool) -> None:
    assert ties_of("vm-1", {DRS: drs} if drs else {})["drs"] is by_itself


def test_rules_between_a_machine_and_hosts_are_named() -> None:
    apart = {"name": "apart", "vm": ["vm-1", "vm-2"], "enabled": True}
    rules = [rule("oracle"), rule("off", enabled=False), rule("others", group="elsewhere"), apart]
    cluster = {RULES: rules, GROUPS: GROUP}
    assert ties_of("vm-1", cluster)["host_rules"] == ["oracle"]
    assert ties_of("vm-2", cluster)["host_rules"] == []


def test_machines_carry_what_their_cluster_does() -> None:
    machine = Found("VirtualMachine", "vm-1", {"name": "db", "runtime.host": "host-1"})
    objects = [
        Found(
            "ClusterComputeResource", "c1", {"name": "c1", DRS: {"enabled": True}, RULES: [rule("x")], GROUPS: GROUP}
        ),
        Found("HostSystem", "host-1", {"name": "esx1", "parent": "c1"}),
        machine,
    ]
    extra = vms_of(Estate("vcenter", {one.ref: one for one in objects}), [machine])[0].extra
    assert (extra["drs"], extra["host_rules"]) == (True, ["x"])
