"""The stand-in for a VMware vCenter: our program around govmomi's simulator."""

from __future__ import annotations

from pathlib import Path

from lab.build import go
from lab.build.go import go_build
from lab.build.recipe import Build, Recipe

VERSION = "0.55.1"  # of govmomi
SOURCE = Path(__file__).resolve().parents[1] / "vcenter"


def build_program(build: Build) -> None:
    """Compile the stand-in."""
    go_build(build, SOURCE, ".", build.out / "vcenter")


RECIPES = (
    Recipe(
        "vcenter", VERSION, build_program, inputs=(SOURCE, Path(go.__file__)),
        says="the vCenter stand-in (1 minute)",
    ),
)  # fmt: skip
