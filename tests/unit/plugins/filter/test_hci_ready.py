from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.hci_ready import FilterModule


def test_recorded_objects_are_judged() -> None:
    ready = FilterModule().filters()["hci_ready"]
    assert ready({"cdis": []}, "cdi", {"version": "v1.65.0"}) == ["the CDI object is not there"]
    assert ready({"a/v1/b": []}, "kinds", {"kinds": ["a/v1/b"]}) == []
