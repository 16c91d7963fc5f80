"""The documentation tells what is there: tables are current, links lead somewhere, commands exist."""

from __future__ import annotations

import re
from pathlib import Path
from types import ModuleType

import pytest

from tests.unit.rules.tree import CHECKOUT, checkout
from tools import inventory_page, rules_page

PAGES = [path for path in checkout().files if path.endswith(".md")]
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)\s]*)?\)")


@pytest.mark.parametrize("page", [inventory_page, rules_page])
def test_tables_are_those_of_the_schema_and_of_the_catalogue(page: ModuleType) -> None:
    assert page.PAGE.read_text() == page.written(page.PAGE.read_text()), "run `make docs`"


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
