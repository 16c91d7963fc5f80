"""What the lab needs on the machine: root, Linux, Debian packages."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

from lab.shell import LabError

# A tool that proves a package is there, and the package.
TOOLS = {
    "mmdebstrap": "mmdebstrap",
    "systemd-nspawn": "systemd-container",
    "ip": "iproute2",
    "nsenter": "util-linux",
    "dnsmasq": "dnsmasq-base",
    "qemu-system-x86_64": "qemu-system-x86",
    "qemu-img": "qemu-utils",
    "/usr/share/OVMF/OVMF_CODE_4M.fd": "ovmf",
    "/usr/lib/ipxe/qemu/pxe-virtio.rom": "ipxe-qemu",
    "grub-mkimage": "grub-common",
    "/usr/lib/grub/i386-pc/boot.img": "grub-pc-bin",
    "/usr/lib/grub/x86_64-efi/kernel.img": "grub-efi-amd64-bin",
    "mcopy": "mtools",
    "mkfs.vfat": "dosfstools",
    "mkfs.ext4": "e2fsprogs",
    "sfdisk": "fdisk",
    "sgdisk": "gdisk",
    "zstd": "zstd",
    "cpio": "cpio",
    "busybox": "busybox-static",
    "depmod": "kmod",
    "ssh-keygen": "openssh-client",
    "openssl": "openssl",
    "curl": "curl",
    "gcc": "gcc",
    "/usr/lib/x86_64-linux-gnu/libc.a": "libc6-dev",
    "/usr/include/libvirt/libvirt.h": "libvirt-dev",
    "/usr/include/seccomp.h": "libseccomp-dev",
    "pkg-config": "pkg-config",
    "ipmitool": "ipmitool",
    "linux.uml": "user-mode-linux",
}


def present(tool: str) -> bool:
    """Tell whether a tool (a name) or a file (a path) is there."""
    path = f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin"
    return Path(tool).exists() if tool.startswith("/") else shutil.which(tool, path=path) is not None


def missing() -> list[str]:
    """Return the packages that are not installed."""
    return sorted({package for tool, package in TOOLS.items() if not present(tool)})


def install() -> None:
    """Install what is missing and say so."""
    packages = missing()
    if not packages:
        print("lab: nothing to install")
        return
    require_root()
    print(f"lab: installing {' '.join(packages)}", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update", "-qq"], check=True, env=environment)
    subprocess.run(
        ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *packages], check=True, env=environment
    )


def require() -> None:
    """Raise LabError that names the packages that are missing."""
    if packages := missing():
        raise LabError(f"packages are missing: {' '.join(packages)}; run `python -m lab setup` as root")


def require_root() -> None:
    """Raise LabError for anybody but root: namespaces, mounts and control groups are the lab's material."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        raise LabError("the lab needs root on Linux; run it with sudo")
