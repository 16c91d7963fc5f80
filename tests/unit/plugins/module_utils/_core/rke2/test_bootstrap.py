from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.bootstrap import (
    Bootstrap,
    join_address,
    plan_bootstrap,
)

FRESH: dict[str, Any] = {"member": False, "ca_sha256": "", "supervisors": {"192.0.2.12": ""}}
ADDRESSES = {"n1": "192.0.2.11", "n2": "192.0.2.12", "n3": "192.0.2.13"}


def member(authority: str = "aa") -> dict[str, Any]:
    return {"member": True, "ca_sha256": authority, "supervisors": {}}


def test_three_fresh_servers_are_begun_by_the_first() -> None:
    assert plan_bootstrap({"n1": FRESH, "n2": FRESH, "n3": FRESH}) == Bootstrap("n1", ())


def test_a_wiped_first_server_joins_the_others() -> None:
    plan = plan_bootstrap({"n1": FRESH, "n2": member(), "n3": member()})
    assert plan == Bootstrap(None, ("n2", "n3"))
    assert join_address("n1", plan, {}, ADDRESSES) == "192.0.2.12"


def test_members_decide_although_a_server_is_not_reached() -> None:
    assert plan_bootstrap({"n1": None, "n2": member()}).init is None


def test_nothing_is_begun_while_a_server_is_not_reached() -> None:
    with pytest.raises(PlatformError, match="n2: not reached, so nobody knows"):
        plan_bootstrap({"n1": FRESH, "n2": None})
    assert plan_bootstrap({"n1": None, "n2": FRESH}, force=True).init == "n2"


def test_two_clusters_are_never_mixed() -> None:
    with pytest.raises(PlatformError, match="different clusters"):
        plan_bootstrap({"n1": member("aa"), "n2": member("bb")})


def test_nothing_is_begun_beside_a_supervisor_that_answers() -> None:
    answering = {**FRESH, "supervisors": {"192.0.2.12": "", "192.0.2.5": "cc"}}
    with pytest.raises(PlatformError, match=r"192\.0\.2\.5 answers as one"):
        plan_bootstrap({"n1": answering, "n2": FRESH})
    assert plan_bootstrap({"n1": answering}, force=True).init == "n1"


def test_a_shared_address_is_the_way_in_for_all_but_the_first() -> None:
    api = {"address": "192.0.2.5", "vip": {"type": "external"}}
    assert join_address("n1", Bootstrap("n1", ()), api, ADDRESSES) == ""
    assert join_address("n2", Bootstrap("n1", ()), api, ADDRESSES) == "192.0.2.5"
    assert join_address("n1", Bootstrap(None, ("n1",)), api, ADDRESSES) == "192.0.2.5"


def test_without_one_the_way_in_is_another_server() -> None:
    assert join_address("n2", Bootstrap("n1", ()), {}, ADDRESSES) == "192.0.2.11"
    assert join_address("n2", Bootstrap(None, ("n2", "n3")), {}, ADDRESSES) == "192.0.2.13"
    assert join_address("n2", Bootstrap(None, ("n2",)), {}, ADDRESSES) == ""
