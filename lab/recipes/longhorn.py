"""The stand-in for Longhorn: our program in an image under upstream's name, and a manifest with upstream's CRDs."""

from __future__ import annotations

import re
from pathlib import Path

from lab.build import go, oci
from lab.build.go import go_build, module_folder
from lab.build.oci import Entry, Image, write_archive, write_layer
from lab.build.recipe import Build, Recipe

VERSION = "v1.12.0"
MODULE = "github.com/longhorn/longhorn-manager"
SNAPSHOTTER = "github.com/kubernetes-csi/external-snapshotter/client/v8"
SOURCE = Path(__file__).resolve().parents[1] / "longhorn"
SNAPSHOT_CRDS = ("volumesnapshotclasses", "volumesnapshotcontents", "volumesnapshots")

# Upstream's file is a chart template; this is the one thing in it that a chart would fill in.
CHART_LABELS = re.compile(r'^  labels: \{\{- include "longhorn\.labels" .*\}\}$', re.MULTILINE)
LABELS = f"""  labels:
    app.kubernetes.io/name: longhorn
    app.kubernetes.io/instance: longhorn
    app.kubernetes.io/version: {VERSION}"""


def build_program(build: Build) -> None:
    """Compile the stand-in."""
    go_build(build, SOURCE, ".", build.out / "longhorn-manager", ldflags=[f"-X main.version={VERSION}"])


def build_images(build: Build) -> None:
    """Write its image; the program needs nothing but itself and a folder for temporary files."""
    entries = [
        Entry("/usr/local/sbin/longhorn-manager", source=build.need("longhorn") / "longhorn-manager"),
        Entry("/tmp", mode=0o1777),
    ]
    layer = write_layer(build.work / "layer.tar", entries)
    # Without a registry in the name the runtime looks for Docker Hub's, spelled out.
    tag = f"docker.io/longhornio/longhorn-manager:{VERSION}"
    image = Image((tag,), (layer,), entrypoint=("/usr/local/sbin/longhorn-manager",))
    write_archive(build.out / "longhorn_images.linux-amd64.tar.zst", [image])


def build_manifest(build: Build) -> None:
    """Put upstream's CRDs in front of the stand-in's own objects."""
    parts = [longhorn_crds()]
    folder = module_folder(SOURCE, SNAPSHOTTER) / "config/crd"
    parts += [(folder / f"snapshot.storage.k8s.io_{name}.yaml").read_text() for name in SNAPSHOT_CRDS]
    parts.append((SOURCE / "manifest.yaml").read_text())
    documents = "\n---\n".join(part.strip().removeprefix("---").strip() for part in parts)
    (build.out / "longhorn.yaml").write_text(f"{documents}\n")


def longhorn_crds() -> str:
    """Return Longhorn's CRDs as plain YAML."""
    text, found = CHART_LABELS.subn(LABELS, (module_folder(SOURCE, MODULE) / "k8s/crds.yaml").read_text())
    if not found or "{{" in text:
        raise ValueError(f"{MODULE} {VERSION}: k8s/crds.yaml holds template parts this recipe does not know")
    return text


INPUTS = (Path(__file__), Path(go.__file__), Path(oci.__file__))

RECIPES = (
    Recipe(
        "longhorn", VERSION, build_program, inputs=(SOURCE, Path(go.__file__)),
        says="the Longhorn stand-in (2 minutes)",
    ),
    Recipe("longhorn_images", VERSION, build_images, inputs=INPUTS, needs=("longhorn",), says="its image"),
    Recipe(
        "longhorn_manifest", VERSION, build_manifest, inputs=(*INPUTS, SOURCE / "manifest.yaml", SOURCE / "go.mod"),
        says="its manifest with upstream's CRDs",
    ),
)  # fmt: skip
