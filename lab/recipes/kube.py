"""Kubernetes, its runtime and its add-ons as programs, each from its upstream module."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

from lab.build.go import GO_ROOT, go_build
from lab.build.recipe import Build, Recipe

KUBERNETES = "v1.35.4+rke2r1"
# What upgrade tests go to: the same sources under the next number.
KUBERNETES_NEXT = "v1.35.4+rke2r2"
CONTAINERD = "2.2.0"
RUNC = "1.3.3"
CNI = "1.8.0"
COREDNS = "1.12.4"
MULTUS = "4.2.2"
WHEREABOUTS = "0.8.0"
KUBE_VIP = "0.9.2"

# The plugins of a release that our networks and those of VM networks name.
PLUGINS = {
    "main": ("bridge", "ipvlan", "loopback", "macvlan", "ptp", "vlan"),
    "ipam": ("dhcp", "host-local", "static"),
    "meta": ("bandwidth", "firewall", "portmap", "sbr", "tuning"),
}


def kubernetes_stamp(version: str) -> tuple[str, ...]:
    """Return the linker flags by which every component reports this version."""
    major, minor = version.removeprefix("v").split(".")[:2]
    base = "k8s.io/component-base/version"
    values = {"gitVersion": version, "gitMajor": major, "gitMinor": minor, "gitTreeState": "clean"}
    return tuple(f"-X {base}.{name}={value}" for name, value in values.items())


def build_kubernetes(build: Build, version: str) -> None:
    """Make ``kube``: all of Kubernetes and etcd in one program."""
    go_build(build, GO_ROOT / "kubernetes", ".", build.out / "kube", ldflags=kubernetes_stamp(version))


def kubernetes_recipe(name: str, version: str) -> Recipe:
    """Return the recipe of a version; all versions come out of the same sources."""
    says = f"Kubernetes {version} and etcd (4 minutes)"
    return recipe(name, "kubernetes", version, lambda build: build_kubernetes(build, version), says)


def build_containerd(build: Build) -> None:
    """Make containerd, its shim and ctr, without the storage drivers nobody uses here."""
    module = "github.com/containerd/containerd/v2"
    for program in ("containerd", "containerd-shim-runc-v2", "ctr"):
        go_build(
            build,
            GO_ROOT / "containerd",
            f"{module}/cmd/{program}",
            build.out / program,
            ldflags=(f"-X {module}/version.Version=v{CONTAINERD}",),
            tags=("no_btrfs", "no_devmapper", "no_zfs", "no_aufs"),
        )


def build_runc(build: Build) -> None:
    """Make runc, static, with Debian's libseccomp: pods ask for the default seccomp profile."""
    go_build(
        build,
        GO_ROOT / "runc",
        "github.com/opencontainers/runc",
        build.out / "runc",
        ldflags=("-linkmode external", "-extldflags -static", f"-X main.version={RUNC}"),
        cgo=True,
        tags=("seccomp", "netgo", "osusergo"),
    )


def build_cni(build: Build) -> None:
    """Make the network plugins."""
    for kind, names in PLUGINS.items():
        for name in names:
            package = f"github.com/containernetworking/plugins/plugins/{kind}/{name}"
            go_build(build, GO_ROOT / "cni", package, build.out / name)


def build_coredns(build: Build) -> None:
    """Make CoreDNS with a cluster's plugins."""
    go_build(build, GO_ROOT / "coredns", ".", build.out / "coredns")


def build_multus(build: Build) -> None:
    """Make the thin plugin, its pass-through plugin and the two programs that install them."""
    for name in ("multus", "passthru-cni", "install_multus", "thin_entrypoint"):
        package = f"gopkg.in/k8snetworkplumbingwg/multus-cni.v4/cmd/{name}"
        go_build(build, GO_ROOT / "multus", package, build.out / name)


def build_whereabouts(build: Build) -> None:
    """Make the address plugin and its controller."""
    base = "github.com/k8snetworkplumbingwg/whereabouts/cmd"
    go_build(build, GO_ROOT / "whereabouts", base, build.out / "whereabouts")
    go_build(build, GO_ROOT / "whereabouts", f"{base}/controlloop", build.out / "ip-control-loop")


def build_kube_vip(build: Build) -> None:
    """Make kube-vip."""
    flags = (f"-X main.Version=v{KUBE_VIP}",)
    go_build(build, GO_ROOT / "kube-vip", "github.com/kube-vip/kube-vip", build.out / "kube-vip", ldflags=flags)


def build_pause(build: Build) -> None:
    """Make the program that holds a pod's namespaces."""
    source = GO_ROOT.parent / "rke2" / "pause" / "pause.c"
    subprocess.run(["gcc", "-O2", "-static", "-s", "-o", str(build.out / "pause"), str(source)], check=True)


def recipe(name: str, folder: str, version: str, build: Callable[[Build], None], says: str) -> Recipe:
    """Return the recipe of programs whose sources are pinned in lab/go/<folder>."""
    inputs = (GO_ROOT / folder, GO_ROOT.parent / "build" / "go.py", Path(__file__))
    return Recipe(name, version, build, inputs=inputs, says=says)


RECIPES = (
    kubernetes_recipe("kubernetes", KUBERNETES),
    kubernetes_recipe("kubernetes_next", KUBERNETES_NEXT),
    recipe("containerd", "containerd", CONTAINERD, build_containerd, "containerd (45 seconds)"),
    recipe("runc", "runc", RUNC, build_runc, "runc with libseccomp (20 seconds)"),
    recipe("cni", "cni", CNI, build_cni, "the network plugins (20 seconds)"),
    recipe("coredns", "coredns", COREDNS, build_coredns, "CoreDNS (2 minutes)"),
    recipe("multus", "multus", MULTUS, build_multus, "Multus (1 minute)"),
    recipe("whereabouts", "whereabouts", WHEREABOUTS, build_whereabouts, "whereabouts (1 minute)"),
    recipe("kube_vip", "kube-vip", KUBE_VIP, build_kube_vip, "kube-vip (2 minutes)"),
    Recipe("pause", "1", build_pause, inputs=(GO_ROOT.parent / "rke2" / "pause",), says="the pods' first process"),
)
