from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.stack_variables import FilterModule

variables = FilterModule().filters()["stack_variables"]


def test_the_inventory_s_words_become_role_variables() -> None:
    assert variables({"use_emulation": True, "cdi": {"upload_node_port": 0}}) == {
        "kubevirt_use_emulation": True,
        "cdi_upload_node_port": 0,
    }


def test_a_typo_stops_the_play() -> None:
    with pytest.raises(AnsibleFilterError, match=r"did you mean longhorn\?"):
        variables({"longhon": {}})
