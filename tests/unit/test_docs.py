"""The documentation tells what is there: tables are current, links lead somewhere, commands exist."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.unit.rules.tree import CHECKOUT, checkout
from tools.inventory_page import PAGE, written

PAGES = [path for path in checkout().files if path.endswith(".md")]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


def test_the_tables_of_the_inventory_are_those_of_the_schema() -> None:
    assert PAGE.read_text() == written(PAGE.read_text()), "run `make docs`"


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_to_files(page: str) -> None:
    targets = [target for target in LINK.findall(checkout().text(page)) if "://" not in target]
    assert [target for target in targets if not (CHECKOUT / Path(page).parent / target).exists()] == []


@pytest.mark.parametrize("page", PAGES)
def test_make_targets_exist(page: str) -> None:
    targets = set(re.findall(r"^([a-z-]+):", checkout().text("Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make ([a-z-]+)", checkout().text(page))) <= targets


@pytest.mark.parametrize("page", PAGES)
def test_playbooks_exist(page: str) -> None:
    told = set(re.findall(r"playbooks/[a-z_]+\.yml", checkout().text(page)))
    assert {path for path in told if path not in checkout().files} == set()
