from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.config import Node
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.files import Extras, node_files

CLUSTER: dict[str, Any] = {
    "version": "v1.35.4+rke2r1",
    "api": {"address": "192.0.2.5", "vip": {"type": "kube_vip", "interface": "eth0"}},
    "cni": ["multus", "canal"],
    "token": "secret",
}
SERVER, AGENT = Node("n1", "server", "192.0.2.11"), Node("m1", "agent", "192.0.2.14")
FRESH: dict[str, Any] = {"registered": False, "running": "", "config": {}}
MEMBER: dict[str, Any] = {"registered": True, "running": "v1.35.4+rke2r1", "config": {"cni": ["multus", "canal"]}}


def by_name(files: list[dict[str, Any]]) -> dict[str, list[Any]]:
    return {file["path"].rpartition("/")[2]: list(yaml.safe_load_all(file["content"])) for file in files}


def test_a_fresh_server_has_all_before_its_first_start() -> None:
    extras = Extras(chart_values={"rke2-multus": {"rke2-whereabouts": {"enabled": True}}}, kube_vip_image="vip:1")
    files = node_files(CLUSTER, SERVER, FRESH, "192.0.2.5", extras)
    found = by_name(files)
    assert found["40-join.yaml"] == [{"server": "https://192.0.2.5:9345"}]
    (chart,) = found["ironacre-rke2-multus-config.yaml"]
    assert chart["spec"]["failurePolicy"] == "abort"
    assert yaml.safe_load(chart["spec"]["valuesContent"]) == {"rke2-whereabouts": {"enabled": True}}
    (daemon_set,) = (one for one in found["ironacre-kube-vip.yaml"] if one["kind"] == "DaemonSet")
    container = daemon_set["spec"]["template"]["spec"]["containers"][0]
    environment = {one["name"]: one.get("value") for one in container["env"]}
    assert (container["image"], environment["address"], environment["vip_interface"]) == ("vip:1", "192.0.2.5", "eth0")
    assert {file["mode"] for file in files} == {"0600"}
    assert [file["path"] for file in files if not file["restarts"]] == [
        "/var/lib/rancher/rke2/server/manifests/ironacre-kube-vip.yaml",
        "/var/lib/rancher/rke2/server/manifests/ironacre-rke2-multus-config.yaml",
    ]


def test_once_joined_the_join_file_is_left_alone() -> None:
    assert "40-join.yaml" not in by_name(node_files(CLUSTER, SERVER, MEMBER, "192.0.2.5", Extras()))


def test_a_member_s_server_has_the_same_files_whoever_began() -> None:
    first = node_files(CLUSTER, SERVER, MEMBER, "", Extras())
    assert first == node_files(CLUSTER, SERVER, MEMBER, "192.0.2.5", Extras())


def test_an_agent_gets_no_manifests_and_always_its_server() -> None:
    found = by_name(node_files(CLUSTER, AGENT, MEMBER, "192.0.2.5", Extras(chart_values={"rke2-multus": {}})))
    assert list(found) == ["config.yaml"]
    assert found["config.yaml"][0]["server"] == "https://192.0.2.5:9345"


def test_what_is_optional_is_written_when_it_is_said() -> None:
    extras = Extras(registries={"mirrors": {}}, environment={"HTTP_PROXY": "http://p", "A": "b c"})
    files = {file["path"]: file["content"] for file in node_files(CLUSTER, AGENT, FRESH, "x", extras)}
    assert files["/etc/default/rke2-agent"] == 'A="b c"\nHTTP_PROXY="http://p"\n'
    assert yaml.safe_load(files["/etc/rancher/rke2/registries.yaml"]) == {"mirrors": {}}


@pytest.mark.parametrize(
    ("info", "cluster", "told"),
    [
        (MEMBER, {"cni": "cilium"}, "the cluster was created with"),
        ({**MEMBER, "running": "v1.36.0+rke2r1"}, {}, "cannot go back"),
        (FRESH, {"version": "v1.35"}, "is no RKE2 version"),
    ],
)
def test_what_cannot_be_done_is_refused_before_a_file_is_written(
    info: dict[str, Any], cluster: dict[str, Any], told: str
) -> None:
    with pytest.raises(PlatformError, match=told):
        node_files({**CLUSTER, **cluster}, SERVER, info, "", Extras())
