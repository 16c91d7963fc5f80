"""The systems inside the images that need more than one static program: KubeVirt's launcher and CDI's transfer pods.

Debian 13, because KubeVirt 1.8 wants a libvirt and a QEMU of its own age, whatever the nodes run.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lab.build import debian, oci
from lab.build.debian import mmdebstrap, version_of
from lab.build.recipe import Build, Recipe

SUITE = "trixie"
TRANSFER_PACKAGES = ("qemu-utils", "nbdkit", "ca-certificates", "curl")
LAUNCHER_PACKAGES = (
    "libvirt-daemon-system", "libvirt-daemon-driver-qemu", "qemu-system-x86", "qemu-utils",
    "nftables", "iproute2", "procps", "passt", "swtpm", "swtpm-tools", "ovmf",
    # Not for the launcher: the receiver of imports runs on the same system, so that nodes unpack it once.
    "python3",
)  # fmt: skip

# Every node unpacks these images, so what no pod of the rehearsal runs is left out: other machines' firmware and
# emulators, the hardware names of udev, the parts of systemd that only a booted system uses, and the package tools.
UNUSED = (
    "usr/bin/qemu-system-i386", "usr/bin/qemu-system-x86_64-microvm", "usr/bin/qemu-io", "usr/bin/qemu-storage-daemon",
    "usr/bin/qemu-vmsr-helper", "usr/lib/udev/hwdb*", "usr/lib/systemd/systemd*", "usr/lib/systemd/system",
    "usr/lib/x86_64-linux-gnu/systemd/libsystemd-core*", "usr/share/qemu/openbios*", "usr/share/qemu/skiboot*",
    "usr/share/qemu/slof*", "usr/share/qemu/hppa*", "usr/share/qemu/u-boot*", "usr/share/qemu/trace-events*",
    "usr/share/qemu/palcode*", "usr/share/qemu/s390*", "usr/share/ovmf/OVMF.fd",
    "usr/share/OVMF/*strictnx*", "usr/bin/mdevctl", "usr/bin/sqv", "usr/bin/apt*", "usr/lib/apt", "var/lib/apt",
    "var/cache", "var/log/*.log", "var/log/apt", "var/lib/dpkg/info", "usr/share/zoneinfo", "usr/share/perl*",
    "usr/lib/*/perl*", "usr/share/bash-completion", "usr/lib/*/gconv",
)  # fmt: skip

# KubeVirt starts every launcher as user 107 and knows it as qemu.
QEMU_USER = "qemu:x:107:107::/home/qemu:/bin/bash"
QEMU_GROUP = "qemu:x:107:"


def _trim_hook(*more: str) -> list[str]:
    # One shell inside the new root: its patterns cannot reach the machine's own files.
    trim = f"cd / && rm -rf {' '.join(UNUSED)} && mkdir -p var/cache"
    return [f"chroot \"$1\" /bin/sh -c '{' && '.join((trim, *more))}'"]


def _base(name: str, packages: Sequence[str], says: str, *more: str) -> Recipe:
    def make(build: Build) -> None:
        mmdebstrap(SUITE, packages, build.out / "base.tar", _trim_hook(*more))

    inputs = (Path(__file__), Path(debian.__file__), Path(oci.__file__))
    return Recipe(name, version_of(SUITE, packages), make, inputs=inputs, says=says)


RECIPES = (
    _base("transfer_base", TRANSFER_PACKAGES, "system inside CDI's transfer pods (half a minute)"),
    _base(
        "launcher_base",
        LAUNCHER_PACKAGES,
        "libvirt and QEMU inside KubeVirt's launcher (a minute)",
        f"echo {QEMU_USER} >> /etc/passwd",
        f"echo {QEMU_GROUP} >> /etc/group",
    ),
)
