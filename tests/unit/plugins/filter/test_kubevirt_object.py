from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.filter.kubevirt_object import FilterModule

render = FilterModule().filters()["kubevirt_object"]


def test_settings_are_the_role_s_variables() -> None:
    assert render({"namespace": "kv", "infra_replicas": 1})["metadata"] == {"name": "kubevirt", "namespace": "kv"}
    with pytest.raises(TypeError, match="unexpected"):
        render({"infra_replica": 1})
