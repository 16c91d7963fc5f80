"""Build recipes, one module a subject. Each module offers RECIPES, a tuple of lab.build.recipe.Recipe."""
