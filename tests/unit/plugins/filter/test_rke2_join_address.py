from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.rke2_join_address import FilterModule

SERVERS = {"n1": {"address": "192.0.2.11"}, "n2": {"address": "192.0.2.12"}}
join = FilterModule().filters()["rke2_join_address"]


def test_the_creating_server_joins_nobody_and_the_others_the_shared_address() -> None:
    api = {"address": "192.0.2.5", "vip": {"type": "kube_vip"}}
    plan = {"init": "n1", "members": []}
    assert [join(plan, name, api, SERVERS) for name in SERVERS] == ["", "192.0.2.5"]


def test_without_a_shared_address_a_member_is_the_way_in() -> None:
    assert join({"init": "", "members": ["n2"]}, "n1", {"address": "x"}, SERVERS) == "192.0.2.12"
