"""VM networks: definitions, labels, and what must not go."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import nads

MODEL: dict[str, Any] = {
    "cluster_networks": {"vm": {"bridge": "br-vm", "uplink": "bond0", "mtu": 9000}},
    "vm_networks": [
        {"name": "app", "cluster_network": "vm", "vlan": 210, "mtu": 9000, "namespaces": ["prod", "test"]},
        {"name": "trunk", "cluster_network": "vm", "vlan_trunk": ["200-209", 300]},
        {"name": "flat", "cluster_network": "vm", "untagged": True, "mac_spoof_check": False},
    ],
}
# The keys and types that the CNI bridge plugin takes.
SCHEMA = {"cniVersion": str, "name": str, "type": str, "bridge": str, "ipam": dict, "macspoofchk": bool, "vlan": int,
          "preserveDefaultVlan": bool, "vlanTrunk": list, "mtu": int}  # fmt: skip


def test_nic_13_one_definition_a_network_and_namespace() -> None:
    found = nads.definitions(MODEL)
    places = [(one["metadata"]["namespace"], one["metadata"]["name"]) for one in found]
    assert places == [("prod", "app"), ("test", "app"), ("default", "trunk"), ("default", "flat")]
    for one in found:
        config = json.loads(one["spec"]["config"])
        assert all(isinstance(value, SCHEMA[key]) for key, value in config.items()) and config["type"] == "bridge"


def test_nic_13_tags_as_the_plugin_wants_them() -> None:
    app, _test, trunk, flat = (json.loads(one["spec"]["config"]) for one in nads.definitions(MODEL))
    assert (app["vlan"], app["mtu"], app["preserveDefaultVlan"], app["macspoofchk"]) == (210, 9000, False, True)
    assert (trunk["vlan"], trunk["vlanTrunk"]) == (0, [{"minID": 200, "maxID": 209}, {"id": 300}])
    assert "vlan" not in flat and flat["macspoofchk"] is False


def test_nic_13_pods_get_their_addresses_from_the_plugin_that_the_network_names() -> None:
    ipam = {"type": "host-local", "ranges": [[{"subnet": "10.0.210.0/24"}]]}
    model = {**MODEL, "vm_networks": [{**MODEL["vm_networks"][0], "ipam": ipam}]}
    assert json.loads(nads.definitions(model)[0]["spec"]["config"])["ipam"] == ipam


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"vlan": None}, "does not say how it is tagged"),
        ({"cluster_network": "vn"}, "known are vm"),
        ({"mtu": 9001}, "9001 over the 9000 of its uplink"),
        ({"vlan": 5000}, "write a number from 1 to 4094"),
        ({"name": "App"}, "write a name Kubernetes accepts"),
        ({"ipam": {"range": "10.0.0.0/8"}}, "has no type"),
        ({"namespaces": ["x", "x"]}, "is declared twice in namespace x"),
    ],
)
def test_nic_13_a_contradiction_is_refused(change: dict[str, Any], told: str) -> None:
    model = {**MODEL, "vm_networks": [{**MODEL["vm_networks"][0], **change}]}
    with pytest.raises(InputErrors) as caught:
        nads.definitions(model)
    assert told in str(caught.value)


@pytest.mark.parametrize(
    ("verified", "ready"),
    [
        ({"br-vm": ["100", "200-210", "300"]}, "ready"),
        ({"br-vm": ["200-209"]}, None),
        ({}, None),
        ({"br-vm": None}, "ready"),
    ],
)
def test_nic_13_a_label_only_after_verification(verified: dict[str, Any], ready: str | None) -> None:
    assert nads.labels(MODEL, verified) == {"hci.ironacre.io/cluster-network-vm": ready}


def existing(*names: str) -> list[dict[str, Any]]:
    return [{"metadata": {"name": name, "namespace": "default"}} for name in names]


def test_nic_09_a_network_in_use_is_not_withdrawn() -> None:
    vm = {
        "kind": "VirtualMachine",
        "metadata": {"name": "db", "namespace": "default"},
        "spec": {"template": {"spec": {"networks": [{"name": "n", "multus": {"networkName": "default/old"}}]}}},
    }
    pod = {
        "kind": "Pod",
        "metadata": {
            "name": "web",
            "namespace": "default",
            "annotations": {"k8s.v1.cni.cncf.io/networks": "x, old@eth1"},
        },
    }
    for user in (vm, pod):
        with pytest.raises(InputErrors, match="default/old: is used by"):
            nads.superfluous(MODEL, existing("old", "flat"), [user])
    elsewhere = {**pod, "metadata": {**pod["metadata"], "namespace": "other"}}  # type: ignore[dict-item]
    assert nads.superfluous(MODEL, existing("old", "flat"), [elsewhere]) == [{"name": "old", "namespace": "default"}]
