"""The system that the User Mode Linux lanes of the node network run: real bonds and VLANs on any host kernel."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from lab.build.debian import forget_identity, mmdebstrap, version_of
from lab.build.recipe import Build, Recipe

SUITE = "bookworm"
PACKAGES = (
    "systemd-sysv", "udev", "dbus", "openssh-server", "python3", "iproute2", "iputils-ping", "kmod", "network-manager",
    "netplan.io", "ethtool", "netbase", "procps",
)  # fmt: skip
MODULES = Path("/usr/lib/uml/modules")
FIND_SHARE = """#!/bin/sh
for word in $(cat /proc/cmdline); do
  case $word in ironacre.share=*) share=${word#*=} ;; esac
done
"""
# First program of a lane: fetches the real one from the folder that the test shares.
LANE = f"""#!/bin/sh
mount -t proc proc /proc; mount -t tmpfs tmpfs /mnt; mkdir /mnt/share
{FIND_SHARE}
mount -t hostfs none /mnt/share -o "$share"
exec /mnt/share/init
"""
# What differs between two whole nodes of one image is a script in that folder.
SETUP = f"""{FIND_SHARE}
mkdir -p /share; mount -t hostfs none /share -o "$share"
exec sh /share/setup.sh
"""
UNIT = """[Unit]
Description=Set this node up as the test says
DefaultDependencies=no
After=systemd-remount-fs.service
Before=network-pre.target ssh.service sysinit.target ironacre-nic-boot.service
Wants=network-pre.target
ConditionKernelCommandLine=ironacre.share

[Service]
Type=oneshot
ExecStart=/sbin/ironacre-setup

[Install]
WantedBy=sysinit.target
"""
# Found to cost start-up time in a test node or to wait for what is not there.
MASKED = (
    "systemd-networkd-wait-online.service",
    "NetworkManager-wait-online.service",
    "NetworkManager.service",
    "getty@.service",
    "apt-daily.timer",
    "apt-daily-upgrade.timer",
    "e2scrub_all.timer",
    "fstrim.timer",
    "dpkg-db-backup.timer",
    "wpa_supplicant.service",
    "ModemManager.service",
    "systemd-timesyncd.service",
    "proc-sys-fs-binfmt_misc.automount",
    "systemd-journal-flush.service",
    "e2scrub_reap.service",
)


def make(build: Build) -> None:
    """Write `tree` (root of the fast lanes, over hostfs) and `root.img` (disk of the full nodes)."""
    tree = build.out / "tree"
    mmdebstrap(SUITE, PACKAGES, tree)
    forget_identity(tree)
    for folder in MODULES.iterdir():
        shutil.copytree(folder, tree / "lib/modules" / folder.name, symlinks=True)
    for name, text in (("ironacre-lane", LANE), ("ironacre-setup", SETUP)):
        (tree / "sbin" / name).write_text(text)
        (tree / "sbin" / name).chmod(0o755)
    units = tree / "etc/systemd/system"
    (units / "ironacre-share.service").write_text(UNIT)
    wanted = units / "sysinit.target.wants"
    wanted.mkdir(exist_ok=True)
    (wanted / "ironacre-share.service").symlink_to("../ironacre-share.service")
    for unit in MASKED:
        (units / unit).unlink(missing_ok=True)
        (units / unit).symlink_to("/dev/null")
    networkd = units / "multi-user.target.wants/systemd-networkd.service"
    networkd.unlink(missing_ok=True)
    networkd.symlink_to("/lib/systemd/system/systemd-networkd.service")
    (tree / "etc/fstab").write_text("/dev/ubda / ext4 defaults 0 1\n")
    size = int(subprocess.run(["du", "-sm", str(tree)], capture_output=True, text=True, check=True).stdout.split()[0])
    image = build.out / "root.img"
    subprocess.run(["mke2fs", "-q", "-t", "ext4", "-d", str(tree), str(image), f"{size + 300}M"], check=True)


RECIPES = (
    Recipe(
        "uml_root",
        version_of(SUITE, PACKAGES),
        make,
        inputs=(Path(__file__),),
        says="Debian system of the User Mode Linux tests (about a minute)",
    ),
)
