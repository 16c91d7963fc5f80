from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.rke2_node_files import FilterModule

CLUSTER: dict[str, Any] = {"version": "v1.35.4+rke2r1", "api": {"address": "192.0.2.5"}, "token": "t", "cni": ["canal"]}
NODE = {
    "name": "n1",
    "role": "server",
    "address": "192.0.2.11",
    "labels": {"a": "1"},
    "taints": ["k:NoSchedule"],
    "config": {},
}
FRESH: dict[str, Any] = {"registered": False, "running": "", "config": None}
files = FilterModule().filters()["rke2_node_files"]


def test_the_files_are_what_the_module_takes() -> None:
    rendered = files(CLUSTER, NODE, FRESH, "192.0.2.5", environment={"NO_PROXY": "x"})
    assert [file["path"].rpartition("/")[2] for file in rendered] == ["config.yaml", "40-join.yaml", "rke2-server"]
    assert "k:NoSchedule" in rendered[1]["content"]
    assert {frozenset(file) for file in rendered} == {frozenset({"path", "content", "mode", "restarts"})}


def test_a_typo_stops_the_play_with_the_nearest_key() -> None:
    with pytest.raises(AnsibleFilterError, match=r"did you mean tls-san\?"):
        files({**CLUSTER, "server_config": {"tls-sam": []}}, NODE, FRESH)
