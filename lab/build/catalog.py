"""All recipes of the lab, gathered from the modules of lab.recipes."""

from __future__ import annotations

import importlib
import pkgutil

from lab import recipes
from lab.build.recipe import Recipe


def all_recipes() -> dict[str, Recipe]:
    """Return every recipe by its name; two recipes of one name are an error."""
    found: dict[str, Recipe] = {}
    for module in pkgutil.iter_modules(recipes.__path__):
        for recipe in importlib.import_module(f"lab.recipes.{module.name}").RECIPES:
            if recipe.name in found:
                raise ValueError(
                    f"recipe {recipe.name}: declared twice, the second time in lab/recipes/{module.name}.py"
                )
            found[recipe.name] = recipe
    return found
