"""The lab's build cache: a key changes with everything that can change the result, and a failure leaves nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab.build import cache
from lab.build.recipe import Build, Recipe, key_of


def writes(text: str):
    """Return a build function that writes one file."""

    def build(build: Build) -> None:
        (build.out / "file").write_text(text)

    return build


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IRONACRE_CACHE", str(tmp_path / "cache"))


def test_the_key_changes_with_version_content_name_and_needs(tmp_path: Path) -> None:
    source = tmp_path / "go.mod"
    source.write_text("module a")
    base = Recipe("a", "1", writes(""), inputs=(source,), needs=("b",))
    keys = {
        key_of(base, {"b": "1"}),
        key_of(base, {"b": "2"}),
        key_of(Recipe("a", "2", writes(""), inputs=(source,), needs=("b",)), {"b": "1"}),
    }
    source.write_text("module b")
    keys.add(key_of(base, {"b": "1"}))
    assert len(keys) == 4


def test_what_is_needed_is_built_first_and_once() -> None:
    order: list[str] = []

    def note(name: str):
        return lambda build: order.append(name)

    recipes = {
        "image": Recipe("image", "1", note("image"), needs=("binary", "base")),
        "binary": Recipe("binary", "1", note("binary"), needs=("base",)),
        "base": Recipe("base", "1", note("base")),
    }
    cache.build(recipes, ["image"])
    cache.build(recipes, ["image", "binary"])
    assert order == ["base", "binary", "image"]


def test_a_result_is_read_by_the_recipe_that_needs_it() -> None:
    def copy(build: Build) -> None:
        (build.out / "copy").write_text((build.need("base") / "file").read_text())

    recipes = {
        "base": Recipe("base", "1", writes("hello")),
        "image": Recipe("image", "1", copy, needs=("base",)),
    }
    assert (cache.build(recipes, ["image"])["image"] / "copy").read_text() == "hello"


def test_recipes_that_need_each_other_are_refused() -> None:
    recipes = {"a": Recipe("a", "1", writes(""), needs=("b",)), "b": Recipe("b", "1", writes(""), needs=("a",))}
    with pytest.raises(ValueError, match="a -> b -> a"):
        cache.build(recipes, ["a"])


def test_a_failed_build_leaves_nothing_and_is_tried_again() -> None:
    def breaks(build: Build) -> None:
        (build.out / "half").write_text("")
        raise RuntimeError("no space")

    with pytest.raises(RuntimeError):
        cache.build({"a": Recipe("a", "1", breaks)}, ["a"])
    assert [path.name for path in cache.cache_root().iterdir()] == ["locks"]
    assert (cache.build({"a": Recipe("a", "1", writes("whole"))}, ["a"])["a"] / "file").read_text() == "whole"


def test_old_results_of_known_recipes_are_pruned_and_others_stay() -> None:
    old = cache.build({"a": Recipe("a", "1", writes(""))}, ["a"])["a"]
    recipes = {"a": Recipe("a", "2", writes(""))}
    new = cache.build(recipes, ["a"])["a"]
    stranger = cache.cache_root() / "other-1"
    stranger.mkdir()
    assert cache.prune(recipes, [new]) == [old]
    assert new.is_dir() and stranger.is_dir()


def test_the_paths_of_results_are_known_before_they_are_built() -> None:
    recipes = {"a": Recipe("a", "1", writes("")), "b": Recipe("b", "1", writes(""), needs=("a",))}
    assert cache.paths(recipes) == cache.build(recipes, recipes)
