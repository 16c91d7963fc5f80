"""What the cases of a change that cuts a whole node off have in common."""

from __future__ import annotations

from typing import Any

from tests.peers.nic.pocket import until
from tests.uml.whole import NICS, PATIENCE, Whole

FOREIGN = {"ipv4": {"addresses": ["198.51.100.9/24"]}, "ipv6": {"addresses": ["fd99::9/64"]}}


def change(node: Whole, addresses: dict[str, Any], timeout: int, mode: str = "active-backup", **more: Any) -> Any:
    """A play that gives the node's link other addresses, and its bond a mode."""
    top = {"name": node.device, "type": "bond" if node.bonded else "ethernet", **addresses}
    nics = []
    if node.bonded:
        nics = [{"name": name, "type": "ethernet"} for name in NICS]
        top |= {"ports": list(NICS), "bond": {"mode": mode, "miimon": 100}}
    options = {"interfaces": [*nics, top], "rollback": {"timeout": timeout}, "allow_disruption": "rebuild", **more}
    task = {"name": "Change", "ironacre.hci.node_nic": options, "register": "done"}
    return [{"hosts": "all", "gather_facts": False, "tasks": [task]}]


def own(node: Whole, *more: str) -> dict[str, Any]:
    """The addresses the node is reached at."""
    return {"ipv4": {"addresses": [f"{node.four}/24", *more]}, "ipv6": {"addresses": [f"{node.six}/64"]}}


def standing(seen: dict[str, Any], device: str) -> dict[str, Any]:
    """What must be as before: files, addresses, and what the link is made of."""
    addresses = {one["local"] for one in seen["links"][device]["addr_info"] if one["scope"] == "global"}
    data = seen["links"][device].get("linkinfo", {}).get("info_data", {})
    ports = sorted(name for name, link in seen["links"].items() if link.get("master") == device)
    return {"files": seen["files"], "addresses": addresses, "mode": data.get("mode"), "ports": ports}


def undone_by(node: Whole, before: dict[str, Any]) -> str:
    """The node is as it was. -> why it went back."""
    until(node.answers, "the old address", PATIENCE, 0.5)
    until(lambda: not node.look()["pending"], "the way back to end", PATIENCE, 1.0)
    seen = node.look()
    assert standing(seen, node.device) == standing(before, node.device), (seen, before)
    assert seen["transactions"][-1]["state"] == "rolled_back", seen["transactions"][-1]
    return str(seen["transactions"][-1]["why"])
