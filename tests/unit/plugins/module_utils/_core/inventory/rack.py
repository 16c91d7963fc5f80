"""A rack without contradictions, to be broken one value at a time."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.check import check
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory

CLUSTER: dict[str, Any] = {
    "name": "rack1",
    "version": "v1.35.4+rke2r1",
    "api": {"address": "10.20.0.10", "vip": {"type": "kube_vip", "interface": "br-mgmt"}},
    "token": "secret",
}


def node(number: int) -> dict[str, Any]:
    """A node that is to be installed."""
    return {
        "provision": "image",
        "address": f"10.20.0.{number}",
        "bmc": {"address": f"10.20.1.{number}", "username": "admin", "password": "secret"},
        "identity": {"serial": f"SRV{number}"},
        "boot": {"mac": f"52:54:00:00:00:{number}"},
        "root_device": {"serial": f"DISK{number}"},
        "os": {"image": "node_image"},
        "nics": [
            {"name": "mgmt0", "type": "ethernet"},
            {"name": "br-mgmt", "type": "bridge", "ports": ["mgmt0"], "ipv4": {"addresses": [f"10.20.0.{number}/24"]}},
        ],
    }


def rack() -> dict[str, Any]:
    """groups, hosts and shared values, as plain data."""
    names = {"n1": 11, "n2": 12, "n3": 13, "n4": 14}
    return {
        "groups": {
            "hci_boot": ["boot1"],
            "hci_nodes": list(names),
            "hci_servers": ["n1", "n2", "n3"],
            "hci_agents": ["n4"],
        },
        "hosts": {"boot1": {}, **{name: {"hci_node": node(number)} for name, number in names.items()}},
        "shared": {"hci_cluster": deepcopy(CLUSTER)},
    }


GONE = object()


def broken(changes: Mapping[str, Any]) -> Inventory:
    """The rack with values replaced. Keys are paths such as `hosts.n1.hci_node.boot.mac`; GONE takes a value away."""
    data = rack()
    for path, value in changes.items():
        target: Any = data
        *head, last = (int(step) if step.isdigit() else step for step in path.split("."))
        for step in head:
            target = target.setdefault(step, {}) if isinstance(target, dict) else target[step]
        if value is GONE:
            del target[last]
        else:
            target[last] = value
    return Inventory(data["groups"], data["hosts"], data["shared"])


def findings(changes: Mapping[str, Any]) -> list[str]:
    """What the check says about the rack with the changes."""
    return [str(finding) for finding in check(broken(changes)).findings]
