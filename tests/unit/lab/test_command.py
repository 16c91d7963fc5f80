"""Which rack a command is about."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.__main__ import rack_name
from lab.place import Place
from lab.shell import LabError


@pytest.fixture
def where(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Place:
    monkeypatch.delenv("RACK", raising=False)
    where = Place(tmp_path, data_root=tmp_path / "data")
    where.prepare()
    return where


def test_the_rack_that_is_up_counts(where: Place) -> None:
    assert rack_name(where) == "default"
    (where.state / "rack").write_text("uefi\n")
    assert rack_name(where) == "uefi"


@pytest.mark.parametrize("same", ["uefi", ""])
def test_naming_it_again_or_nothing_is_fine(where: Place, monkeypatch: pytest.MonkeyPatch, same: str) -> None:
    (where.state / "rack").write_text("uefi\n")
    monkeypatch.setenv("RACK", same)
    assert rack_name(where) == "uefi"


def test_another_rack_is_refused_while_one_is_up(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    (where.state / "rack").write_text("default\n")
    monkeypatch.setenv("RACK", "uefi")
    with pytest.raises(LabError, match="rack default is up; take it down before RACK=uefi"):
        rack_name(where)


def test_without_a_lab_the_variable_chooses(where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RACK", "uefi")
    assert rack_name(where) == "uefi"
