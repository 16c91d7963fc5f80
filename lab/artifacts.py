"""The rehearsal's artifacts: recipe results behind stable names, and the lock file that the roles read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.build import cache
from lab.build.catalog import all_recipes
from lab.build.oci import digest_of
from lab.build.recipe import Recipe
from lab.place import Place

BASE_URL = "http://172.31.70.1:8090/artifacts"


@dataclass(frozen=True)
class Artifact:
    """One file of one recipe's result.

    file: its name in the result, which is also its name on the wire.
    used_by: boot, nodes, servers, vm_hosts or controller, as the roles understand it.
    """

    name: str
    recipe: str
    file: str
    used_by: str


ARTIFACTS = (
    Artifact("rke2", "rke2_release", "rke2.linux-amd64.tar.gz", "nodes"),
    Artifact("rke2_install", "rke2_release", "install.sh", "nodes"),
    Artifact("rke2_images_core", "rke2_images_core", "rke2_images_core.linux-amd64.tar.zst", "nodes"),
    Artifact(
        "rke2_images_control_plane",
        "rke2_images_control_plane",
        "rke2_images_control_plane.linux-amd64.tar.zst",
        "servers",
    ),
    Artifact("rke2_images_multus", "rke2_images_multus", "rke2_images_multus.linux-amd64.tar.zst", "nodes"),
    Artifact(
        "rke2_images_whereabouts", "rke2_images_multus", "rke2_images_whereabouts.linux-amd64.tar.zst", "vm_hosts"
    ),
    Artifact("longhorn_images", "longhorn_images", "longhorn_images.linux-amd64.tar.zst", "vm_hosts"),
    Artifact("kubevirt_images", "kubevirt_images", "kubevirt_images.linux-amd64.tar.zst", "vm_hosts"),
    Artifact("cdi_images", "cdi_images", "cdi_images.linux-amd64.tar.zst", "vm_hosts"),
    Artifact("longhorn_manifest", "longhorn_manifest", "longhorn.yaml", "controller"),
    Artifact("kubevirt_operator", "kubevirt_operator", "kubevirt-operator.yaml", "controller"),
    Artifact("cdi_operator", "cdi_operator", "cdi-operator.yaml", "controller"),
    Artifact("node_image", "node_image", "node.raw.zst", "boot"),
    Artifact("agent_kernel", "agent", "vmlinuz", "boot"),
    Artifact("agent_ramdisk", "agent", "agent.img", "boot"),
    Artifact("guest_ova", "guest_ova", "guest.ova", "controller"),
)


def up(place: Place) -> None:
    """Build what the artifacts need, put them where the file server serves them, and write the lock file."""
    recipes = all_recipes()
    known = [artifact for artifact in ARTIFACTS if artifact.recipe in recipes]
    results = cache.build(recipes, dict.fromkeys(artifact.recipe for artifact in known))
    place.artifacts.mkdir(parents=True, exist_ok=True)
    for artifact in known:
        link(place.artifacts / artifact.file, results[artifact.recipe] / artifact.file)
    rows = [row(artifact, recipes[artifact.recipe], results) for artifact in known]
    text = yaml.safe_dump({"artifacts": rows}, sort_keys=False, width=160)
    replace(place.state / "artifacts.lock.yml", text)


def row(artifact: Artifact, recipe: Recipe, results: Mapping[str, Path]) -> dict[str, Any]:
    """Return the lock's entry of an artifact."""
    path = results[artifact.recipe] / artifact.file
    return {
        "name": artifact.name,
        "version": recipe.version,
        "file": artifact.file,
        "url": f"{BASE_URL}/{artifact.file}",
        "sha256": remembered_digest(path),
        "size_bytes": path.stat().st_size,
        "used_by": artifact.used_by,
    }


def remembered_digest(path: Path) -> str:
    """Return the sha256 of a file in the cache. A result never changes once it is there, so it is read only once."""
    memory = path.parent.parent / "digests" / f"{path.parent.name}.json"
    known: dict[str, str] = json.loads(memory.read_text()) if memory.exists() else {}
    if path.name not in known:
        known[path.name] = digest_of(path)
        memory.parent.mkdir(exist_ok=True)
        replace(memory, json.dumps(known, indent=1, sort_keys=True))
    return known[path.name]


def link(name: Path, target: Path) -> None:
    """Make `name` a link to the target, in one step: a server may be reading through the old one."""
    if name.is_symlink() and name.readlink() == target:
        return
    new = name.with_name(f".{name.name}.new")
    new.unlink(missing_ok=True)
    new.symlink_to(target)
    new.replace(name)


def replace(path: Path, text: str) -> None:
    """Write a file so that nobody reads half of it."""
    new = path.with_name(f".{path.name}.new")
    new.write_text(text)
    new.replace(path)


def note(path: Path, facts: dict[str, Any]) -> Path:
    """Write what a playbook needs to know as YAML. -> the file."""
    path.parent.mkdir(exist_ok=True)
    replace(path, yaml.safe_dump(facts, sort_keys=False))
    return path
