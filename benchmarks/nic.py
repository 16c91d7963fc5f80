"""What the node network costs: the plan of a large node, the merge of a large fleet, an unchanged look at this node.

PYTHONPATH=.ansible/collections .ansible/venv/bin/python benchmarks/nic.py [--json FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.examine import examine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import merge, preflight
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import differences
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkd import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import owned, wanted

INTERFACES, VIDS, HOSTS = 200, 300, 100


def large_node() -> dict[str, Any]:
    """100 NICs, each the port of a VLAN-aware bridge with 300 VLANs."""
    found: list[dict[str, Any]] = []
    for number in range(INTERFACES // 2):
        port = {"name": f"eno{number}", "vlans": [f"2-{VIDS + 1}"]}
        found.append({"name": f"eno{number}", "type": "ethernet", "mtu": 9000})
        found.append({"name": f"br{number}", "type": "bridge", "ports": [port], "bridge": {"vlan_filtering": True}})
    return {"interfaces": found}


def plan_of_a_large_node() -> int:
    """Parse, check, compare with a bare node, plan, render. -> number of steps."""
    state = parse(large_node())
    preflight.refuse_static(state)
    links = {f"eno{number}": Link(f"eno{number}") for number in range(INTERFACES // 2)}
    kernel = Kernel(links)
    target = wanted(state)
    steps = plan(differences(kernel, target, owned(None, kernel, state)), kernel, target)
    render(state)
    return len(steps)


def merge_of_a_fleet() -> int:
    """Class, group and host layers of 100 hosts with a bond, a trunk and 300 VLANs. -> number of hosts."""
    networks = {
        "cluster_networks": {"vm": {"bridge": "br-vm", "uplink": "bond0"}},
        "vm_networks": [{"name": f"v{vid}", "cluster_network": "vm", "vlan": vid} for vid in range(2, VIDS + 2)],
    }
    bridge = {"name": "br-vm", "type": "bridge", "ports": ["bond0"], "bridge": {"vlan_filtering": True}}
    bond = {"name": "bond0", "type": "bond", "ports": ["eno1", "eno2"], "bond": {"mode": "802.3ad"}}
    for number in range(HOSTS):
        own = {
            "name": "br-vm.2",
            "type": "vlan",
            "parent": "br-vm",
            "id": 2,
            "ipv4": {"addresses": [f"10.0.{number}.2/24"]},
        }
        layers = [
            ("class", {"interfaces": [bond, bridge]}),
            ("group", {"dns": {"servers": ["10.0.0.2"]}}),
            ("host", {"interfaces": [own]}),
        ]
        merge.with_uplinks(merge.merge(layers)[0], networks, None)
    return HOSTS


def unchanged_look() -> int:
    """All that an unchanged run does beyond being a task: read the kernel and our files, compare. -> devices."""
    found = examine({"interfaces": []}, "networkd", Journal(tempfile.gettempdir()), Links(), [])
    return len(found.kernel.links)


def measure(work: Callable[[], int], times: int = 5) -> float:
    """Best of some runs, CPU seconds of ours and of programs we start: other work on the machine does not count."""
    best = float("inf")
    for _round in range(times):
        started = sum(os.times()[:4])
        work()
        best = min(best, sum(os.times()[:4]) - started)
    return round(best, 3)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--json", type=Path)
    options = arguments.parse_args()
    figures = {
        f"plan of {INTERFACES} interfaces with {VIDS} VLANs": measure(plan_of_a_large_node),
        f"merge of the layers of {HOSTS} hosts": measure(merge_of_a_fleet),
        "unchanged look at this node": measure(unchanged_look),
    }
    for name, seconds in figures.items():
        print(f"{name:45} {seconds:6.3f} s")
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
