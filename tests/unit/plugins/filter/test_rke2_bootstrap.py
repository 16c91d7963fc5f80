from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.rke2_bootstrap import FilterModule

FRESH = {"member": False, "ca_sha256": "", "supervisors": {}}
bootstrap = FilterModule().filters()["rke2_bootstrap"]


def test_the_plan_is_plain_data() -> None:
    assert bootstrap({"n1": FRESH, "n2": FRESH}) == {"init": "n1", "members": []}
    assert bootstrap({"n1": {}, "n2": {**FRESH, "member": True}}) == {"init": "", "members": ["n2"]}


def test_a_server_of_which_nothing_is_known_stops_the_play() -> None:
    with pytest.raises(AnsibleFilterError, match="n2: not reached"):
        bootstrap({"n1": FRESH, "n2": {}})
