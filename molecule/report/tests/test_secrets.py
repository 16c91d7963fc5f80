"""After the whole chain, no secret of the rack is to be read by others: on no node, nor beside the controller.

What ansible-playbook itself says is searched by tools.checks, in the logs of all scenarios (`-vvv`).
"""

from __future__ import annotations

import json
from typing import Any

import yaml
from kube import LAB
from leaks import found

testinfra_hosts = ["local://", "ansible://hci_boot", "ansible://hci_nodes"]
SECRETS: dict[str, str] = yaml.safe_load((LAB / "inventory/group_vars/all/secrets.yml").read_text())

PLACES = "/etc/rancher /var/lib/rancher/rke2/server /var/lib/rancher/rke2/agent /var/lib/ironacre/boot"
NAMES = ("*.key", "*.kubeconfig", "rke2.yaml", "config.yaml", "token", "ticket.json")
NAMED = "\\( " + " -o ".join(f"-name '{name}'" for name in NAMES) + " \\)"


def test_no_file_that_others_may_read_and_no_process_shows_a_secret(host: Any) -> None:
    assert SECRETS, "the lab has no secrets: nothing was tested"
    told = found(host, SECRETS.values())
    assert told["read"] > 0, "no file was read: nothing was tested"
    assert (told["files"], told["processes"]) == ([], [])


def test_facts_hold_no_secret(host: Any) -> None:
    if host.backend.get_connection_type() == "local":
        # What the controller keeps of the runs, and what it hands on to people.
        facts = (LAB / "stages.json").read_text() + (LAB / "rack1-report.html").read_text()
    else:
        facts = json.dumps(host.ansible("setup"))
    assert [name for name, secret in SECRETS.items() if secret in facts] == []


def test_what_opens_the_cluster_and_the_nodes_is_for_its_owner_only(host: Any) -> None:
    if host.backend.get_connection_type() == "local":
        keys = [path for path in (LAB / "host-keys").iterdir() if path.suffix != ".pub"]
        private = [LAB / "kubeconfig-rack1", LAB / "id_ed25519", *(LAB / "inventory").rglob("secrets.yml"), *keys]
        modes = {str(path): path.stat().st_mode & 0o777 for path in private}
        expected = {"kubeconfig-rack1", "id_ed25519", "secrets.yml", *(path.name for path in keys[:1])}
    else:
        # One question for all files: a node has dozens of keys. What images bring along is nobody's secret.
        told = host.run(f"find -L {PLACES} -path '*/agent/containerd' -prune -o -type f {NAMED} -printf '%m %p\\n'")
        modes = {path: int(mode, 8) for mode, path in (line.split(" ", 1) for line in told.stdout.splitlines())}
        boot = "hci_boot" in host.ansible.get_variables()["group_names"]
        expected = {"ticket.json"} if boot else {"config.yaml", "client-kubelet.key", "kubelet.kubeconfig"}
    assert expected and expected <= {path.rsplit("/", 1)[-1] for path in modes}, (
        "keys were not found: nothing was tested"
    )
    assert [path for path, mode in modes.items() if mode & 0o077] == []
