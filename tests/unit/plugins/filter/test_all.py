"""What every filter keeps: it is found under its own name, documented, and its example is YAML."""

from __future__ import annotations

from importlib import import_module

import pytest
import yaml

from tests.unit.rules.plugins import OURS, names
from tests.unit.rules.tree import checkout

FILTERS = names(checkout(), "filter")


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_is_found_under_its_name_and_documented(name: str) -> None:
    plugin = import_module(f"{OURS}.filter.{name}")
    assert callable(plugin.FilterModule().filters()[name])
    documented = yaml.safe_load(plugin.DOCUMENTATION)
    assert (documented["name"], bool(documented["short_description"])) == (name, True)
    assert yaml.safe_load(plugin.EXAMPLES)
    assert "_value" in yaml.safe_load(plugin.RETURN)
