"""The rehearsal's lock file: names the roles ask for, true digests, and no second reading of what cannot change."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import pytest

from lab import artifacts
from lab.build.catalog import all_recipes
from lab.build.recipe import Build, Recipe


@pytest.fixture
def one_recipe(tmp_path: Path) -> tuple[Recipe, dict[str, Path]]:
    def make(build: Build) -> None:
        raise AssertionError("not built here")

    folder = tmp_path / "cache" / "longhorn_manifest-0123456789abcdef"
    folder.mkdir(parents=True)
    (folder / "longhorn.yaml").write_text("kind: List\n")
    return Recipe("longhorn_manifest", "v1.12.0", make), {"longhorn_manifest": folder}


def test_a_row_says_where_the_file_is_and_what_it_must_be(one_recipe: tuple[Recipe, dict[str, Path]]) -> None:
    recipe, results = one_recipe
    artifact = next(artifact for artifact in artifacts.ARTIFACTS if artifact.name == "longhorn_manifest")
    assert artifacts.row(artifact, recipe, results) == {
        "name": "longhorn_manifest",
        "version": "v1.12.0",
        "file": "longhorn.yaml",
        "url": "http://172.31.70.1:8090/artifacts/longhorn.yaml",
        "sha256": hashlib.sha256(b"kind: List\n").hexdigest(),
        "size_bytes": 11,
        "used_by": "controller",
    }


def test_a_digest_is_computed_once(one_recipe: tuple[Recipe, dict[str, Path]]) -> None:
    path = one_recipe[1]["longhorn_manifest"] / "longhorn.yaml"
    first = artifacts.remembered_digest(path)
    path.write_text("something else")
    assert artifacts.remembered_digest(path) == first


def test_names_and_files_are_unique_and_their_recipes_exist() -> None:
    names = [artifact.name for artifact in artifacts.ARTIFACTS]
    files = [artifact.file for artifact in artifacts.ARTIFACTS]
    assert len(set(names)) == len(names)
    assert len(set(files)) == len(files)
    assert {artifact.recipe for artifact in artifacts.ARTIFACTS} <= set(all_recipes())


def test_a_link_is_moved_to_the_new_result_in_one_step(tmp_path: Path) -> None:
    old, new, name = tmp_path / "old", tmp_path / "new", tmp_path / "name"
    old.write_text("old")
    new.write_text("new")
    artifacts.link(name, old)
    artifacts.link(name, new)
    assert name.read_text() == "new"
    inode = os.lstat(name).st_ino
    artifacts.link(name, new)
    assert os.lstat(name).st_ino == inode
