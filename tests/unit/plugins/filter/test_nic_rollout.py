from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.nic_rollout import nic_rollout


def test_nic_14_who_changed_and_who_was_not_touched() -> None:
    told = nic_rollout(["n1", "n2", "n3"], {"n1": "committed", "n2": "rolled_back"})
    assert told["untouched"] == ["n3"] and told["text"] == "committed: n1; rolled back: n2; untouched: n3"
