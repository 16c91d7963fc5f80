"""Recipes of the rack: all can be built in an order, and their keys follow what they are made of."""

from __future__ import annotations

import pytest

from lab.__main__ import build
from lab.build import cache, debian
from lab.build.catalog import all_recipes
from lab.build.recipe import key_of


def test_every_recipe_is_there_once_and_so_is_what_it_needs() -> None:
    recipes = all_recipes()
    assert {"rootfs", "node_image", "agent"} <= set(recipes)
    ordered = [recipe.name for recipe in cache.in_order(recipes, recipes)]
    assert sorted(ordered) == sorted(recipes)
    for recipe in recipes.values():
        assert all(ordered.index(need) < ordered.index(recipe.name) for need in recipe.needs)


def test_what_a_rack_is_made_of_needs_nothing_that_is_on_demand(monkeypatch: pytest.MonkeyPatch) -> None:
    recipes, asked = all_recipes(), []
    monkeypatch.setattr(cache, "build", lambda _recipes, names: asked.extend(names))
    build([])
    on_demand = {name for name, recipe in recipes.items() if recipe.on_demand}
    assert on_demand and {recipe.name for recipe in cache.in_order(recipes, asked)} == set(recipes) - on_demand


def test_every_input_is_there() -> None:
    missing = [path for recipe in all_recipes().values() for path in recipe.inputs if not path.exists()]
    assert missing == []


def test_a_package_set_has_a_version_whatever_its_order() -> None:
    assert debian.version_of("bookworm", ["a", "b"]) == debian.version_of("bookworm", ["b", "a"])
    others = {debian.version_of("bookworm", ["a"]), debian.version_of("trixie", ["a", "b"])}
    assert debian.version_of("bookworm", ["a", "b"]) not in others


def test_the_agents_first_program_is_part_of_its_key(tmp_path) -> None:
    agent = all_recipes()["agent"]
    folder = next(path for path in agent.inputs if path.is_dir())
    assert (folder / "init").exists()
    changed = tmp_path / "agent"
    changed.mkdir()
    (changed / "init").write_text("#!/bin/sh\n")
    inputs = tuple(changed if path == folder else path for path in agent.inputs)
    other = type(agent)(agent.name, agent.version, agent.build, inputs, agent.needs)
    assert key_of(other, {}) != key_of(agent, {})
