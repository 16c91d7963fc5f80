"""KubeVirt as upstream wrote it: its programs, their images under upstream's names, and its operator manifest."""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path

from lab.build import go, oci
from lab.build.go import GO_ROOT, go_build, module_folder
from lab.build.oci import CAPABILITY_XATTR, Entry, Image, file_capability, write_archive, write_layer
from lab.build.recipe import Build, Recipe

VERSION = "v1.8.4"
MODULE = "kubevirt.io/kubevirt"
SOURCE = GO_ROOT / "kubevirt"
REGISTRY = "quay.io/kubevirt"
# The image that vm_import's receiver asks for: any system with Python will do, and the launcher's has it.
RECEIVER = "docker.io/library/python:3.13.5-slim"
CAP_NET_BIND_SERVICE = 10

STATIC = (
    "virt-exportproxy",
    "virt-exportserver",
    "virt-launcher/libvirt-hook-client",
    "virt-tail",
    "virt-launcher-monitor",
)
WITH_LIBVIRT = ("virt-handler", "virt-launcher", "virt-probe", "virt-freezer", "virt-chroot")
CONTROL = ("virt-operator", "virt-api", "virt-controller")
LAUNCHER = ("virt-launcher", "virt-probe", "virt-freezer", "virt-tail", "libvirt-hook-client", "container-disk")

# Images without a base hold one static program; these files are all that its runtime looks up.
IDENTITY = (
    Entry(
        "/etc/passwd", content=b"root:x:0:0::/root:/sbin/nologin\nnonroot:x:1001:1001::/:/sbin/nologin\n", mode=0o644
    ),
    Entry("/etc/group", content=b"root:x:0:\nnonroot:x:1001:\n", mode=0o644),
    Entry("/tmp", mode=0o1777),
)

# Debian has the monolithic libvirt daemon only; KubeVirt starts the modular one and looks for its socket.
VIRTQEMUD = b"""#!/bin/sh
[ "$1" = -f ] && ln -sf libvirt-sock /var/run/libvirt/virtqemud-sock
exec /usr/sbin/libvirtd "$@"
"""


# KubeVirt looks for its firmware under other names than Debian's.
FIRMWARE = {
    "OVMF_CODE.fd": "OVMF_CODE_4M.fd",
    "OVMF_VARS.fd": "OVMF_VARS_4M.fd",
    "OVMF_CODE.secboot.fd": "OVMF_CODE_4M.secboot.fd",
    "OVMF_VARS.secboot.fd": "OVMF_VARS_4M.ms.fd",
}


def build_programs(build: Build) -> None:
    """Compile all programs into ``bin``."""
    flags = [f"-X kubevirt.io/client-go/version.gitVersion={VERSION}"]
    target = build.out / "bin"
    target.mkdir()
    go_build(build, SOURCE, ".", target / "kubevirt", ldflags=flags)
    go_build(build, SOURCE, f"{MODULE}/tools/manifest-templator", target / "manifest-templator")
    for name in STATIC:
        go_build(build, SOURCE, f"{MODULE}/cmd/{name}", target / Path(name).name, ldflags=flags)
    for name in WITH_LIBVIRT:
        go_build(build, SOURCE, f"{MODULE}/cmd/{name}", target / name, ldflags=flags, cgo=True)
    source = module_folder(SOURCE, MODULE) / "cmd/container-disk-v2alpha/main.c"
    subprocess.run(["gcc", "-O2", "-static", "-s", "-o", target / "container-disk", source], check=True)


def build_manifest(build: Build) -> None:
    """Let upstream's own generator write its release manifest."""
    upstream = module_folder(SOURCE, MODULE)
    included = build.work / "included.yaml.in"
    template = upstream / "manifests/release/kubevirt-operator.yaml.in"
    generated = upstream / "manifests/generated"
    _templator(
        build, included, ["--process-files", f"--generated-manifests-dir={generated}/", f"--input-file={template}"]
    )
    arguments = ["--process-vars", "--namespace=kubevirt", "--csv-namespace=placeholder", "--cdi-namespace=cdi"]
    arguments += [f"--csv-version={VERSION[1:]}", f"--container-prefix={REGISTRY}", f"--container-tag={VERSION}"]
    arguments += ["--image-pull-policy=IfNotPresent", "--verbosity=2", f"--input-file={included}"]
    arguments += [f"--kubevirt-logo-path={upstream}/assets/kubevirt_logo.png"]
    _templator(build, build.out / "kubevirt-operator.yaml", arguments)


def _templator(build: Build, target: Path, arguments: Sequence[str]) -> None:
    with target.open("wb") as handle:
        subprocess.run([build.need("kubevirt") / "bin/manifest-templator", *arguments], stdout=handle, check=True)


def build_images(build: Build) -> None:
    """Write all images into one archive; launcher and handler share the system below them."""
    programs, base = build.need("kubevirt") / "bin", build.need("launcher_base") / "base.tar"
    control = write_layer(build.work / "control.tar", [*IDENTITY, *_control(programs)])
    handler = write_layer(build.work / "handler.tar", _programs(programs, ("virt-handler", "virt-chroot")))
    launcher = write_layer(build.work / "launcher.tar", _launcher(programs))
    images = [_image(name, (control,), user="1001") for name in CONTROL]
    images += [_image("virt-handler", (base, handler)), _image("virt-launcher", (base, launcher))]
    images.append(Image((RECEIVER,), (base,), entrypoint=("/usr/bin/python3",)))
    for name in ("virt-exportproxy", "virt-exportserver"):
        layer = write_layer(build.work / f"{name}.tar", [*IDENTITY, *_programs(programs, (name,))])
        images.append(_image(name, (layer,), user="1001"))
    write_archive(build.out / "kubevirt_images.linux-amd64.tar.zst", images)


def _image(name: str, layers: tuple[Path, ...], user: str = "") -> Image:
    return Image((f"{REGISTRY}/{name}:{VERSION}",), layers, entrypoint=(f"/usr/bin/{name}",), user=user)


def _programs(programs: Path, names: Sequence[str]) -> list[Entry]:
    return [Entry(f"/usr/bin/{name}", source=programs / name) for name in names]


def _control(programs: Path) -> list[Entry]:
    links = [Entry(f"/usr/bin/{name}", link="kubevirt") for name in CONTROL]
    return [*_programs(programs, ("kubevirt",)), *links]


def _launcher(programs: Path) -> list[Entry]:
    upstream = module_folder(SOURCE, MODULE) / "cmd/virt-launcher"
    monitor = {CAPABILITY_XATTR: file_capability(CAP_NET_BIND_SERVICE)}
    configuration = ("qemu.conf", "virtqemud.conf")
    return [
        *_programs(programs, LAUNCHER),
        Entry("/usr/bin/virt-launcher-monitor", source=programs / "virt-launcher-monitor", xattrs=monitor),
        Entry("/usr/bin/node-labeller.sh", source=upstream / "node-labeller/node-labeller.sh"),
        Entry("/usr/sbin/virtqemud", content=VIRTQEMUD),
        *(Entry(f"/usr/share/OVMF/{name}", link=target) for name, target in FIRMWARE.items()),
        *(Entry(f"/etc/libvirt/{name}", source=upstream / name, mode=0o644) for name in configuration),
        Entry("/etc/libvirt/hooks/qemu", source=upstream / "qemu", uid=107, gid=107),
        Entry("/home/qemu", uid=107, gid=107),
        # Relative, because virt-handler reads it through /proc/<pid>/root.
        Entry("/var/run", link="../run"),
    ]


INPUTS = (Path(__file__), Path(go.__file__), Path(oci.__file__))

RECIPES = (
    Recipe(
        "kubevirt", VERSION, build_programs, inputs=(SOURCE, GO_ROOT / "libnbd"), says="KubeVirt's programs (4 minutes)"
    ),
    Recipe(
        "kubevirt_operator", VERSION, build_manifest, inputs=INPUTS, needs=("kubevirt",), says="KubeVirt's manifest"
    ),
    Recipe(
        "kubevirt_images",
        VERSION,
        build_images,
        inputs=INPUTS,
        needs=("kubevirt", "launcher_base"),
        says="KubeVirt's images",
    ),
)
