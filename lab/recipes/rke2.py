"""The rehearsal's RKE2 release: the tar archive, its installer, and the image archives of an air-gapped node."""

from __future__ import annotations

import hashlib
import re
import tarfile
from collections.abc import Iterable
from pathlib import Path

from lab.build.go import GO_ROOT, go_build, module_folder
from lab.build.oci import Entry, Image, write_archive, write_layer
from lab.build.recipe import Build, Recipe, files_below
from lab.recipes.kube import COREDNS, KUBE_VIP, KUBERNETES, KUBERNETES_NEXT, MULTUS, WHEREABOUTS

SOURCE = GO_ROOT.parent / "rke2"
ARCHIVE = "rke2.linux-amd64.tar.gz"
SUMS = "sha256sum-amd64.txt"
ETCD_IMAGE = "rancher/hardened-etcd:v3.6.5-k3s1-build20261121"
HELM_CONTROLLER = "github.com/k3s-io/helm-controller"
MULTUS_MODULE = "gopkg.in/k8snetworkplumbingwg/multus-cni.v4"

# The programs the one binary answers to.
KUBE_NAMES = (
    "etcd",
    "etcdutl",
    "kube-apiserver",
    "kube-controller-manager",
    "kube-proxy",
    "kube-scheduler",
    "kubectl",
    "kubelet",
)


def image_tag(version: str) -> str:
    """Return a version as image tags write it: they have no "+"."""
    return version.replace("+", "-")


def build_release(build: Build, version: str) -> None:
    """Make the archive, the sums and the installer."""
    root = build.work / "root"
    (root / "bin").mkdir(parents=True)
    flags = (f"-X main.version={version}", "-X main.commit=rehearsal")
    go_build(build, SOURCE, ".", root / "bin" / "rke2", ldflags=flags)
    release = SOURCE / "release"
    places = {".sh": "bin", ".service": "lib/systemd/system", ".env": "lib/systemd/system", ".conf": "share/rke2"}
    with tarfile.open(build.out / ARCHIVE, "w:gz", compresslevel=1) as tar:
        _add(tar, root / "bin" / "rke2", "bin/rke2", 0o755)
        for path in files_below(release):
            if path.name != "install.sh":
                _add(tar, path, f"{places[path.suffix]}/{path.name}", 0o755 if path.suffix == ".sh" else 0o644)
        _add(tar, SOURCE.parents[1] / "LICENSE", "share/rke2/LICENSE.txt", 0o644)
    (build.out / "install.sh").write_bytes((release / "install.sh").read_bytes())
    with (build.out / ARCHIVE).open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    (build.out / SUMS).write_text(f"{digest}  {ARCHIVE}\n")


def _add(tar: tarfile.TarFile, path: Path, name: str, mode: int) -> None:
    """Add a file as root's, with a time that does not change from build to build."""
    member = tar.gettarinfo(path, name)
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = "root"
    member.mode = mode
    with path.open("rb") as handle:
        tar.addfile(member, handle)


def kube_layer(build: Build, recipe: str) -> Path:
    """Write the layer that the runtime, Kubernetes and etcd images share: one binary under all its names."""
    links = [Entry(f"/bin/{name}", link="kube") for name in KUBE_NAMES]
    return write_layer(build.work / "kube.tar", [Entry("/bin/kube", source=build.need(recipe) / "kube"), *links])


def runtime_layer(build: Build) -> Path:
    """Write the layer with what a node runs outside of pods, and the built-in manifests."""
    programs = [*files_below(build.need("containerd")), build.need("runc") / "runc"]
    entries = [Entry(f"/bin/{path.name}", source=path) for path in programs]
    entries += [Entry(f"/cni/{path.name}", source=path) for path in files_below(build.need("cni"))]
    entries += [Entry("/cni/whereabouts", source=build.need("whereabouts") / "whereabouts")]
    charts = {path.name: path.read_bytes() for path in files_below(SOURCE / "charts")} | definitions()
    entries += [Entry(f"/charts/{name}", content=text, mode=0o644) for name, text in sorted(charts.items())]
    return write_layer(build.work / "runtime.tar", entries)


def definitions() -> dict[str, bytes]:
    """Return the custom resource definitions of Helm charts and of networks, as their modules publish them."""
    helm = module_folder(GO_ROOT / "helm-controller", HELM_CONTROLLER) / "pkg/crds/yaml/generated"
    multus = module_folder(GO_ROOT / "multus", MULTUS_MODULE) / "deployments/multus-daemonset.yml"
    parts = re.split(r"^---$", multus.read_text(), flags=re.MULTILINE)
    networks = [part for part in parts if "kind: CustomResourceDefinition" in part]
    return {
        "rke2-helm-crd.yaml": b"\n---\n".join(path.read_bytes() for path in sorted(helm.glob("*.yaml"))),
        "rke2-multus-crd.yaml": "---\n".join(networks).encode(),
    }


def build_core_images(build: Build, version: str, kubernetes: str) -> None:
    """Make the archive every node needs; kubernetes is the recipe of that version's programs."""
    images = [
        _single(build, "pause", "pause", "registry.k8s.io/pause:3.10.1", "/pause"),
        Image((f"rancher/rke2-runtime:{image_tag(version)}",), (kube_layer(build, kubernetes), runtime_layer(build))),
    ]
    write_archive(build.out / "rke2_images_core.linux-amd64.tar.zst", images)


def build_control_plane_images(build: Build, version: str, kubernetes: str) -> None:
    """Make the archive only servers need: what runs there alone."""
    kube = kube_layer(build, kubernetes)
    images = [
        Image((f"rancher/hardened-kubernetes:{image_tag(version)}-build20261121",), (kube,)),
        Image((ETCD_IMAGE,), (kube,)),
        _single(build, "coredns", "coredns", f"registry.k8s.io/coredns/coredns:v{COREDNS}", "/coredns"),
        _single(build, "kube_vip", "kube-vip", f"ghcr.io/kube-vip/kube-vip:v{KUBE_VIP}", "/kube-vip"),
    ]
    write_archive(build.out / "rke2_images_control_plane.linux-amd64.tar.zst", images)


def _single(build: Build, recipe: str, program: str, tag: str, path: str) -> Image:
    """Return an image that is one program."""
    layer = write_layer(build.work / f"{program}.tar", [Entry(path, source=build.need(recipe) / program)])
    return Image((tag,), (layer,), entrypoint=(path,))


def build_multus_images(build: Build) -> None:
    """Make the archive of nodes with VM networks, and that of their address plugin; paths are the upstream images'."""
    folder = build.need("multus")
    entries: Iterable[Entry] = (
        Entry("/install_multus", source=folder / "install_multus"),
        Entry("/thin_entrypoint", source=folder / "thin_entrypoint"),
        Entry("/usr/src/multus-cni/bin/multus", source=folder / "multus"),
        Entry("/usr/src/multus-cni/bin/passthru", source=folder / "passthru-cni"),
    )
    multus = Image(
        (f"ghcr.io/k8snetworkplumbingwg/multus-cni:v{MULTUS}",),
        (write_layer(build.work / "multus.tar", entries),),
        entrypoint=("/thin_entrypoint",),
    )
    programs = [Entry(f"/{path.name}", source=path) for path in files_below(build.need("whereabouts"))]
    layer = write_layer(build.work / "whereabouts.tar", programs)
    whereabouts = Image((f"ghcr.io/k8snetworkplumbingwg/whereabouts:v{WHEREABOUTS}",), (layer,))
    write_archive(build.out / "rke2_images_multus.linux-amd64.tar.zst", [multus])
    write_archive(build.out / "rke2_images_whereabouts.linux-amd64.tar.zst", [whereabouts])


INPUTS = (SOURCE, GO_ROOT / "helm-controller", GO_ROOT.parent / "build" / "oci.py", Path(__file__))
CORE_NEEDS = ("containerd", "runc", "cni", "whereabouts", "pause")
MULTUS_NEEDS = ("multus", "whereabouts")


def release_recipes(version: str, suffix: str) -> tuple[Recipe, Recipe, Recipe]:
    """Return the recipes of one version: its archive and its image archives. The suffix is part of their names."""
    kubernetes = f"kubernetes{suffix}"

    def release(build: Build) -> None:
        build_release(build, version)

    def core(build: Build) -> None:
        build_core_images(build, version, kubernetes)

    def control_plane(build: Build) -> None:
        build_control_plane_images(build, version, kubernetes)

    return (
        Recipe(
            f"rke2_release{suffix}", version, release, INPUTS, says=f"the release archive of {version} (30 seconds)"
        ),
        Recipe(f"rke2_images_core{suffix}", version, core, INPUTS, (kubernetes, *CORE_NEEDS), "images of every node"),
        Recipe(
            f"rke2_images_control_plane{suffix}",
            version,
            control_plane,
            INPUTS,
            (kubernetes, "kube_vip", "coredns"),
            "images of servers",
        ),
    )


RECIPES = (
    *release_recipes(KUBERNETES, ""),
    *release_recipes(KUBERNETES_NEXT, "_next"),
    Recipe("rke2_images_multus", MULTUS, build_multus_images, INPUTS, MULTUS_NEEDS, "Multus's images"),
)
