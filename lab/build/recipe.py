"""A recipe turns inputs into a folder of files; its key is a digest of everything that can change the result."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True)
class Recipe:
    """One buildable thing.

    name: unique, used as the cache folder's prefix.
    version: upstream's version, or a number that is raised when the result changes without an input changing.
    build: writes its files into ``build.out``; reads earlier results through ``build.need(name)``.
    inputs: files or folders of this tree whose content decides the result.
    needs: names of the recipes that must be built first.
    says: what a person waiting for it reads.
    on_demand: no rack needs it; it is built by name only.
    """

    name: str
    version: str
    build: Callable[[Build], None]
    inputs: tuple[Path, ...] = ()
    needs: tuple[str, ...] = ()
    says: str = ""
    on_demand: bool = False


@dataclass(frozen=True)
class Build:
    """What a recipe sees while it is built."""

    out: Path
    work: Path
    results: Mapping[str, Path] = field(default_factory=dict)

    def need(self, name: str) -> Path:
        """Return the folder that the recipe `name` made."""
        return self.results[name]


def files_below(path: Path) -> list[Path]:
    """Return the files of a tree in a stable order, a plain file as itself."""
    if path.is_file():
        return [path]
    return sorted(item for item in path.rglob("*") if item.is_file() and "__pycache__" not in item.parts)


def key_of(recipe: Recipe, keys: Mapping[str, str]) -> str:
    """Return the recipe's content key: version, input files and the keys of what it needs."""
    digest = hashlib.sha256(f"{recipe.name}\n{recipe.version}\n".encode())
    for path in recipe.inputs:
        for item in files_below(path):
            digest.update(f"{item.relative_to(path.parent)}\n".encode())
            digest.update(hashlib.sha256(item.read_bytes()).digest())
    for name in recipe.needs:
        digest.update(f"{name}={keys[name]}\n".encode())
    return digest.hexdigest()[:16]
