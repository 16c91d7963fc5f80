from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.modules import node_nic_info
from tests.unit.running import Run


def test_this_machines_network_is_read(run: Run) -> None:
    result = run(node_nic_info, {})
    assert result["changed"] is False and result["pending"] is None
    names = {nic["name"] for nic in result["nics"]}
    assert "lo" not in names and names <= set(result["links"])
    assert all("addresses" in facts for name, facts in result["links"].items() if name != "(node)")
