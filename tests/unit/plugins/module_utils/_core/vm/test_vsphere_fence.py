"""The fence around a machine that moved away."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import vsphere_fence as fences
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vsphere_fence import MARKER, Fence, Plug
from tests.assets.vsphere import any_vm, properties_of

DEVICES = properties_of(next(vm for vm in map(any_vm, range(99)) if len(vm.nics) > 1))["config.hardware.device"]


def test_the_marker_remembers() -> None:
    fence = Fence("prod/web01", {"4000": Plug(True, False), "4001": Plug()}, {"startOrder": 3})
    assert fences.fence_of([{"key": "other", "value": "x"}, {"key": MARKER, "value": fence.dump()}]) == fence


@pytest.mark.parametrize(
    "value", ["{", "[]", "{}", '{"target": "a", "plugs": {"1": {"x": 1}}}', '{"target": 1, "plugs": 2}']
)
def test_a_damaged_marker_is_still_a_fence(value: str) -> None:
    assert fences.fence_of([{"key": MARKER, "value": value}]) == Fence("unknown")


@pytest.mark.parametrize("values", [[], [{"key": MARKER, "value": ""}], [{"key": MARKER}]])
def test_without_a_marker_there_is_none(values: list[dict[str, str]]) -> None:
    assert fences.fence_of(values) is None


def test_one_interface_that_would_come_up_is_no_fence() -> None:
    shut = [{**one, "connectable": {"startConnected": False, "connected": False}} for one in DEVICES]
    assert fences.is_shut(shut)
    assert not fences.is_shut([*shut[:-1], {**shut[-1], "connectable": {"startConnected": True, "connected": False}}])


@pytest.mark.parametrize("annotation", ["", "owner: team a", "two\nlines\n"])
def test_the_note_comes_and_goes_and_leaves_what_people_wrote(annotation: str) -> None:
    noted = fences.with_note(annotation, "prod/web01")
    assert "Imported as prod/web01" in noted
    assert fences.with_note(noted, "prod/web01") == noted
    assert fences.without_note(noted) == annotation
