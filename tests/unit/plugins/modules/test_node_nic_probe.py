from __future__ import annotations

import socket

from ansible_collections.ironacre.hci.plugins.modules import node_nic_probe
from tests.unit.running import Run


def test_a_port_that_accepts_and_one_that_does_not(run: Run) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        assert run(node_nic_probe, {"probes": [{"tcp": place}]})["probes"][0]["ok"]
    result = run(node_nic_probe, {"probes": [{"tcp": place}, {"carrier": "none0"}], "patience": 0}, fails=True)
    assert [one["ok"] for one in result["probes"]] == [False, False]
    assert "there is no none0" in result["msg"] and place in result["msg"]


def test_an_unknown_probe_is_refused(run: Run) -> None:
    assert "(did you mean pmtu?)" in run(node_nic_probe, {"probes": [{"mtu": "10.0.0.1"}]}, fails=True)["msg"]
