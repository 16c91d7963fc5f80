from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.config import (
    Node,
    immutable_faults,
    join_config,
    merge,
    node_config,
)

CLUSTER: dict[str, Any] = {
    "version": "v1.35.4+rke2r1",
    "api": {"address": "192.0.2.5"},
    "cluster_cidr": "10.42.0.0/16",
    "service_cidr": "10.43.0.0/16",
    "cluster_dns": "10.43.0.10",
    "cni": ["multus", "canal"],
    "token": "secret",
}
SERVER = Node("n1", "server", "192.0.2.11", {"b": "2", "a": "1"}, ("x=y:NoSchedule",))
AGENT = Node("m1", "agent", "192.0.2.14")


def faults(cluster: dict[str, Any], node: Node) -> str:
    with pytest.raises(InputErrors) as error:
        node_config(cluster, node)
    return error.value.message


def test_a_server_says_what_the_cluster_is() -> None:
    assert node_config(CLUSTER, SERVER) == {
        "node-name": "n1",
        "node-ip": "192.0.2.11",
        "nonroot-devices": True,
        "write-kubeconfig-mode": "0600",
        "tls-san": ["192.0.2.5"],
        "cni": ["multus", "canal"],
        "cluster-cidr": "10.42.0.0/16",
        "service-cidr": "10.43.0.0/16",
        "cluster-dns": "10.43.0.10",
        "token": "secret",
    }


def test_an_agent_says_nothing_a_server_decides() -> None:
    config = node_config({**CLUSTER, "config": {"etcd-arg": ["x"], "kubelet-arg": ["max-pods=200"]}}, AGENT)
    assert config == {
        "node-name": "m1",
        "node-ip": "192.0.2.14",
        "nonroot-devices": True,
        "token": "secret",
        "kubelet-arg": ["max-pods=200"],
    }


def test_each_layer_wins_over_the_one_before() -> None:
    cluster = {**CLUSTER, "config": {"debug": 1, "snapshotter": 1}, "server_config": {"debug": 2, "selinux": 2}}
    config = node_config(cluster, Node("n1", "server", "192.0.2.11", config={"debug": 3}))
    assert (config["debug"], config["snapshotter"], config["selinux"]) == (3, 1, 2)


def test_a_plus_appends_to_what_is_there() -> None:
    assert merge({"kubelet-arg": ["a"]}, {"kubelet-arg+": ["b"]}) == {"kubelet-arg": ["a", "b"]}
    assert merge({"kubelet-arg": "a"}, {"kubelet-arg+": "b"}) == {"kubelet-arg": ["a", "b"]}
    assert merge({}, {"tls-san+": ["b"]}) == {"tls-san": ["b"]}


@pytest.mark.parametrize(
    ("layer", "key", "told"),
    [
        (
            "config",
            "kubelet-args",
            "hci_cluster.config.kubelet-args: RKE2 would skip this key; did you mean kubelet-arg?",
        ),
        ("server_config", "tls-sans", "did you mean tls-san?"),
        ("server_config", "cluster-init", "RKE2 always starts its own etcd"),
        ("server_config", "zzz", "remove it"),
    ],
)
def test_a_key_rke2_would_skip_is_refused_with_the_nearest(layer: str, key: str, told: str) -> None:
    assert told in faults({**CLUSTER, layer: {key: 1}}, SERVER)


def test_a_server_s_key_under_agent_config_is_told() -> None:
    assert "only servers take it" in faults({**CLUSTER, "agent_config": {"etcd-arg": []}}, AGENT)


def test_all_key_faults_come_at_once() -> None:
    message = faults(
        {**CLUSTER, "config": {"one": 1, "two": 2}}, Node("n1", "server", "x", config={"service-cidr": "y"})
    )
    assert len(message.splitlines()) == 3
    assert "must be the same on all servers" in message


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"token": ""}, "no token"),
        ({"cni": ["canal", "multus"]}, "one network, or multus and then one network"),
        ({"cni": ["multus"]}, "multus alone"),
        ({"cni": "calicoo"}, "did you mean calico?"),
        ({"config": {"profile": "cis-1.23"}}, "use one of cis, etcd"),
    ],
)
def test_a_value_rke2_would_die_of_is_refused(changes: dict[str, Any], told: str) -> None:
    assert told in faults({**CLUSTER, **changes}, SERVER)


def test_the_comma_form_of_cni_is_taken() -> None:
    assert node_config({**CLUSTER, "cni": "multus,canal"}, SERVER)["cni"] == "multus,canal"


def test_what_a_cluster_keeps_for_life_is_guarded() -> None:
    wanted = node_config({**CLUSTER, "cluster_cidr": "10.52.0.0/16", "cni": "cilium"}, SERVER)
    found = list(immutable_faults(SERVER, node_config(CLUSTER, SERVER), wanted))
    assert [finding.place.rpartition(".")[2] for finding in found] == ["cluster-cidr", "cni"]
    assert list(immutable_faults(SERVER, {"cni": "canal"}, {"cni": ["canal"]})) == []


def test_joining_has_a_file_of_its_own() -> None:
    assert join_config(CLUSTER, SERVER, "192.0.2.5") == {
        "server": "https://192.0.2.5:9345",
        "node-label": ["a=1", "b=2"],
        "node-taint": ["x=y:NoSchedule"],
    }
    assert join_config(CLUSTER, AGENT, "fd00::5") == {"server": "https://[fd00::5]:9345"}
    assert "server" not in join_config(CLUSTER, SERVER, "")
