"""The filters of provisioning hand over to the core what the roles have."""

from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.artifact_entry import artifact_entry
from ansible_collections.ironacre.hci.plugins.filter.dnsmasq_config import dnsmasq_config
from ansible_collections.ironacre.hci.plugins.filter.provision_decision import provision_decision
from ansible_collections.ironacre.hci.plugins.filter.provision_stall import provision_stall

SPEC = {"host": "n1", "serial": "SRV-1"}
DOWN = {"unreachable": True, "msg": "ssh: connect to host 192.0.2.1 port 22: No route to host"}


@pytest.mark.parametrize(
    ("read", "action"),
    [
        (DOWN, "install"),
        ({"unreachable": True, "msg": "root@192.0.2.1: Permission denied (publickey)."}, "refuse"),
        ({"unreachable": True, "msg": "Host key verification failed."}, "refuse"),
        ({"receipt": None}, "refuse"),
        ({"receipt": {"digest": "other", "spec": {}}}, "refuse"),
    ],
)
def test_how_ssh_answered(read: dict[str, Any], action: str) -> None:
    assert provision_decision(read, "n1", SPEC)["action"] == action


def test_a_fault_is_told_in_the_words_of_the_journal() -> None:
    journal = {"fault": "failed: checksum of node.raw.zst is a, declared is b; nothing was written", "stage": "agent"}
    assert provision_stall(journal, "n1") == f"n1: the installation ended: {journal['fault']}"


def test_a_stall_is_told_with_its_hop() -> None:
    journal = {"fault": "", "stage": "boot", "idle": 480.0, "traces": []}
    assert provision_stall(journal, "n1").startswith("n1: stalled at boot for 480 s: no DHCP request came")


def test_an_artifact_that_nobody_pinned_is_refused() -> None:
    entry = {"name": "node_image", "version": "1", "file": "f", "url": "http://h/f", "sha256": None, "used_by": "boot"}
    with pytest.raises(AnsibleFilterError, match="node_image"):
        artifact_entry({"artifacts": [entry]}, "node_image")
    assert artifact_entry({"artifacts": [{**entry, "sha256": "a" * 64}]}, "node_image")["file"] == "f"


def test_a_network_without_interface_is_refused() -> None:
    with pytest.raises(AnsibleFilterError, match=r"network\.interface"):
        dnsmasq_config({"subnet": "192.0.2.0/24"}, {}, "http://b")
