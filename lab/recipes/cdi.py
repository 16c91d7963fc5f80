"""The Containerized Data Importer as upstream wrote it: programs, images under upstream's names, operator manifest."""

from __future__ import annotations

import subprocess
from pathlib import Path

from lab.build import go, oci
from lab.build.go import GO_ROOT, go_build, module_folder
from lab.build.oci import Entry, Image, write_archive, write_layer
from lab.build.recipe import Build, Recipe
from lab.recipes import kubevirt
from lab.recipes.kubevirt import IDENTITY, REGISTRY

VERSION = "v1.65.0"
MODULE = "kubevirt.io/containerized-data-importer"
SOURCE = GO_ROOT / "cdi"

STATIC = ("cdi-operator", "cdi-apiserver", "cdi-uploadproxy")
# These convert and measure disks with qemu-img; the controller's readiness is asked with cat.
WITH_SYSTEM = ("cdi-uploadserver", "cdi-importer", "cdi-cloner", "cdi-controller")


def build_programs(build: Build) -> None:
    """Compile all programs into ``bin``."""
    target = build.out / "bin"
    target.mkdir()
    for name in (*STATIC, *WITH_SYSTEM):
        go_build(build, SOURCE, f"{MODULE}/cmd/{name}", target / name)
    go_build(build, SOURCE, f"{MODULE}/tools/manifest-generator", target / "manifest-generator")


def build_manifest(build: Build) -> None:
    """Let upstream's own generator write its release manifest: first the parts, then the whole."""
    parts = build.work / "parts"
    parts.mkdir()
    _generator(build, parts / "operator-everything.yaml.in", "-resource-type=operator", "-resource-group=everything")
    template = module_folder(SOURCE, MODULE) / "manifests/templates/release/cdi-operator.yaml.in"
    target = build.out / "cdi-operator.yaml"
    _generator(build, target, f"-template={template}", "-cr-name=cdi", f"-generated-manifests-path={parts}")


def _generator(build: Build, target: Path, *arguments: str) -> None:
    command = [str(build.need("cdi") / "bin/manifest-generator"), *arguments, "-namespace=cdi", "-verbosity=1"]
    command += [f"-docker-repo={REGISTRY}", f"-docker-tag={VERSION}", f"-operator-version={VERSION}"]
    command += ["-deploy-cluster-resources=true", "-pull-policy=IfNotPresent"]
    for name in (*STATIC, *WITH_SYSTEM):
        command.append(f"-{name.removeprefix('cdi-')}-image={REGISTRY}/{name}:{VERSION}")
    command.append(f"-ovirt-populator-image={REGISTRY}/cdi-importer:{VERSION}")
    with target.open("wb") as handle:
        subprocess.run(command, stdout=handle, check=True)


def build_images(build: Build) -> None:
    """Write all images into one archive; the others share one system."""
    base = build.need("transfer_base") / "base.tar"
    images = [_image(build, name, IDENTITY, ()) for name in STATIC]
    images += [_image(build, name, (), (base,)) for name in WITH_SYSTEM]
    write_archive(build.out / "cdi_images.linux-amd64.tar.zst", images)


def _image(build: Build, name: str, identity: tuple[Entry, ...], below: tuple[Path, ...]) -> Image:
    entries = [*identity, Entry(f"/usr/bin/{name}", source=build.need("cdi") / "bin" / name)]
    entrypoint = (f"/usr/bin/{name}",) if name == "cdi-operator" else (f"/usr/bin/{name}", "-alsologtostderr")
    if name == "cdi-cloner":
        script = module_folder(SOURCE, MODULE) / "cmd/cdi-cloner/cloner_startup.sh"
        entries.append(Entry("/usr/bin/cloner_startup.sh", source=script))
        entrypoint = ("/usr/bin/cloner_startup.sh",)
    layer = write_layer(build.work / f"{name}.tar", entries)
    return Image((f"{REGISTRY}/{name}:{VERSION}",), (*below, layer), entrypoint=entrypoint, user="1001")


INPUTS = (Path(__file__), Path(kubevirt.__file__), Path(go.__file__), Path(oci.__file__))

RECIPES = (
    Recipe("cdi", VERSION, build_programs, inputs=(SOURCE, GO_ROOT / "libnbd"), says="CDI's programs (4 minutes)"),
    Recipe("cdi_operator", VERSION, build_manifest, inputs=INPUTS, needs=("cdi",), says="CDI's manifest"),
    Recipe("cdi_images", VERSION, build_images, inputs=INPUTS, needs=("cdi", "transfer_base"), says="CDI's images"),
)
