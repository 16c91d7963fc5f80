"""The network plugin that makes a tap device in a pod, for machines whose second card is bound by it.

Not with the other plugins: no rack needs it, and what they are made of is part of the key of the images of nodes.
"""

from __future__ import annotations

from pathlib import Path

from lab.build.go import GO_ROOT, go_build
from lab.build.recipe import Build, Recipe
from lab.recipes.kube import CNI

SOURCE = GO_ROOT / "tap"


def build_tap(build: Build) -> None:
    """Make the program `tap`."""
    go_build(build, SOURCE, "github.com/containernetworking/plugins/plugins/main/tap", build.out / "tap")


RECIPES = (
    Recipe(
        "cni_tap",
        CNI,
        build_tap,
        inputs=(SOURCE, Path(__file__)),
        says="the network plugin tap (5 seconds)",
        on_demand=True,
    ),
)
