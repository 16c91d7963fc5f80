from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.cdi_objects import FilterModule

render = FilterModule().filters()["cdi_objects"]


def test_the_custom_resource_comes_before_what_needs_its_kinds() -> None:
    rendered = render({}, "cdi", [{"storage_class": "vm"}], 31001)
    assert rendered["cdi"]["kind"] == "CDI"
    assert [one["kind"] for one in rendered["others"]] == ["StorageProfile", "Service"]
    assert render({}, "cdi")["others"] == []
