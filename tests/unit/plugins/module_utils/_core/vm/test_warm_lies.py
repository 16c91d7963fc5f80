"""A source whose change tracking tells too little."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source import ALLOCATED, Area, Snapshot
from tests.unit.plugins.module_utils._core.vm.one_move import MIB, WISH, Move


@pytest.mark.parametrize("compare_all", [False, True])
def test_import_change_tracking_that_lies_does_no_harm_when_everything_is_compared(
    compare_all: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    move = Move()
    true_answer = move.source.changed

    def lying(disk: Disk, snapshot: Snapshot | None, since: str) -> list[Area]:
        areas = true_answer(disk, snapshot, since)
        return areas if since == ALLOCATED else [area for area in areas if area.offset // MIB != 5]

    monkeypatch.setattr(move.source, "changed", lying)
    move.run(replace(WISH, state="precopied"))
    move.source.write("2000", 5 * MIB, b"untold" * 10)
    state = move.run(replace(WISH, compare_all=compare_all))
    assert state.phase == "done" and move.equal() == compare_all
