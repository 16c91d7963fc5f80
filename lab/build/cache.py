"""The cache: one folder a result, named by recipe and key, appearing whole or not at all."""

from __future__ import annotations

import fcntl
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from lab.build.recipe import Build, Recipe, key_of


def cache_root() -> Path:
    """Return the cache folder: $IRONACRE_CACHE, else ~/.cache/ironacre."""
    return Path(os.environ.get("IRONACRE_CACHE") or Path.home() / ".cache" / "ironacre")


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold an exclusive lock on `path`, so that two runs do not build the same thing."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def in_order(recipes: Mapping[str, Recipe], wanted: Iterable[str]) -> list[Recipe]:
    """Return the wanted recipes and all they need, what is needed first."""
    ordered: dict[str, Recipe] = {}

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            raise ValueError(f"recipes need each other: {' -> '.join((*path, name))}")
        if name in ordered:
            return
        for need in recipes[name].needs:
            visit(need, (*path, name))
        ordered[name] = recipes[name]

    for name in wanted:
        visit(name, ())
    return list(ordered.values())


def build(recipes: Mapping[str, Recipe], wanted: Iterable[str]) -> dict[str, Path]:
    """Build the wanted recipes that are not in the cache; return each one's folder."""
    keys: dict[str, str] = {}
    results: dict[str, Path] = {}
    for recipe in in_order(recipes, wanted):
        keys[recipe.name] = key_of(recipe, keys)
        results[recipe.name] = build_one(recipe, keys[recipe.name], results)
    return results


def paths(recipes: Mapping[str, Recipe]) -> dict[str, Path]:
    """Return where the result of each recipe lies once it is built."""
    keys: dict[str, str] = {}
    for recipe in in_order(recipes, recipes):
        keys[recipe.name] = key_of(recipe, keys)
    return {name: cache_root() / f"{name}-{key}" for name, key in keys.items()}


def build_one(recipe: Recipe, key: str, results: Mapping[str, Path]) -> Path:
    """Return the recipe's folder, made now if it is not there; a failed build leaves nothing in its place."""
    target = cache_root() / f"{recipe.name}-{key}"
    with locked(cache_root() / "locks" / recipe.name):
        if target.is_dir():
            return target
        started = time.monotonic()
        print(f"build {recipe.name} {recipe.version}: {recipe.says}", file=sys.stderr, flush=True)
        with tempfile.TemporaryDirectory(prefix=f".{recipe.name}-", dir=cache_root()) as scratch:
            out, work = Path(scratch, "out"), Path(scratch, "work")
            out.mkdir()
            work.mkdir()
            recipe.build(Build(out=out, work=work, results=results))
            out.rename(target)
        print(f"built {recipe.name} in {time.monotonic() - started:.0f} s", file=sys.stderr, flush=True)
        return target


def prune(recipes: Mapping[str, Recipe], keep: Iterable[Path]) -> list[Path]:
    """Remove results of these recipes that are not in `keep`; return what was removed."""
    kept = set(keep)
    names = tuple(f"{name}-" for name in recipes)
    old = [path for path in cache_root().iterdir() if path.name.startswith(names) and path not in kept]
    for path in old:
        shutil.rmtree(path)
    return old
