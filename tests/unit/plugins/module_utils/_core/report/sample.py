"""A report with something of everything, as plain data."""

from __future__ import annotations

from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.stages import Stage, with_run

WORKED = {"check": (0.8, 0), "provision": (171.3, 14), "configure": (38.4, 21), "cluster": (142.9, 58)}
WORKED_TOO = {"stack": (118.6, 31), "import": (61.2, 9), "migrate": (14.8, 1)}


def node(number: int, **more: Any) -> dict[str, Any]:
    return {
        "name": f"n{number}",
        "role": "server",
        "address": f"172.31.70.{10 + number}",
        "provision": "existing",
        "serial": f"IA-N{number}",
        "ready": True,
        "version": "v1.35.4+rke2r1",
        "system": "Debian 12",
        "kernel": "6.1.0-28-amd64",
        "cpus": 2,
        "memory": 23.4,
        "nics": ["host0", "br-vm", "eth-vm"],
        **more,
    }


def document() -> dict[str, Any]:
    """A healthy rack of three servers and one agent, with one imported VM that has moved."""
    names = ["n1", "n2", "n3", "m1"]
    agent = {"role": "agent", "provision": "image", "name": "m1", "serial": "IA-M1", "address": "172.31.70.14"}
    history: dict[str, Any] = {}
    for run in (WORKED, WORKED_TOO):
        history = with_run(history, str(len(history)), [Stage(n, s, 40, c) for n, (s, c) in run.items()])
    history = with_run(history, "again", [Stage(n, s / 11, 40) for n, (s, _) in {**WORKED, **WORKED_TOO}.items()])
    return {
        "title": "rack1",
        "generated": "2026-11-21 11:02 UTC",
        "version": "v1.35.4+rke2r1",
        "api": "https://172.31.70.5:6443",
        "nodes": [*(node(n) for n in (1, 2, 3)), node(4, **agent, memory=2.9, vm_host=False, nics=["eth0", "eth1"])],
        "networks": [
            {"name": "management", "about": "172.31.70.0/24", "kind": "management", "nodes": names},
            {"name": "flat", "about": "untagged on br-vm", "nodes": names[:3]},
        ],
        "vms": [
            {
                "name": "guest1",
                "namespace": "vms",
                "status": "Running",
                "node": "n2",
                "networks": ["flat"],
                "addresses": ["172.31.80.21"],
                "facts": {"imported from": "guest1.ova", "disk": "64 MiB, digests of source and target are equal"},
                "route": ["n1", "n2"],
            }
        ],
        "components": [
            {"name": "RKE2", "version": "v1.35.4+rke2r1", "state": "4 of 4 nodes Ready"},
            {"name": "Multus", "version": "v4.2.2", "state": "4 of 4 pods ready"},
            {"name": "Longhorn", "version": "v1.10.0", "state": "default class is ready"},
            {"name": "KubeVirt", "version": "v1.8.4", "state": "Deployed"},
            {"name": "CDI", "version": "v1.65.0", "state": "Deployed"},
        ],
        "notes": ["Rehearsal: RKE2's launcher and Longhorn are stand-ins; Kubernetes, KubeVirt and CDI are real."],
        "history": history,
    }
