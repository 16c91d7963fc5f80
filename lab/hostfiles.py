"""The files that make one system out of the shared root file system: name, network, keys, and what must not run."""

from __future__ import annotations

import shutil
from pathlib import Path

from lab import keys
from lab.place import Place
from lab.rack.model import MGMT, MGMT6, Host, Rack

# These would reach through to the real machine (device modes, kernel-wide settings, its file systems), or cost time.
MASKED = (
    "systemd-udevd.service", "systemd-udevd-kernel.socket", "systemd-udevd-control.socket",
    "systemd-udev-trigger.service", "systemd-sysctl.service", "systemd-modules-load.service", "systemd-binfmt.service",
    "proc-sys-fs-binfmt_misc.automount", "systemd-pstore.service", "fstrim.timer", "e2scrub_all.timer",
    "e2scrub_reap.service", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "rpcbind.service",
    "rpcbind.socket", "open-iscsi.service", "console-getty.service", "nfs-client.target", "run-rpc_pipefs.mount",
    "systemd-tmpfiles-clean.timer",
)  # fmt: skip

# Control groups are mounted read-only by nspawn, but they are the host's own, so they may be opened up. Device nodes
# are made here, in the host's own /dev: a bind mount would be the machine's node, and its mode would change there.
EARLY_SCRIPT = """#!/bin/sh
set -eu
mount --make-rshared /
for group in /sys/fs/cgroup/*/; do
    ! mountpoint -q "$group" || mount -o remount,rw,bind "$group"
done
node() { [ -e "$1" ] || { mkdir -p "${1%/*}"; mknod -m "$2" "$1" c "$3" "$4"; }; }
node /dev/kmsg 600 1 11
node /dev/net/tun 666 10 200
node /dev/fuse 666 10 229
"""

EARLY_UNIT = """[Unit]
Description=Open control groups, mount propagation and device nodes for a Kubernetes node
DefaultDependencies=no
Before=sysinit.target systemd-journald.service systemd-networkd.service
[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/local/sbin/lab-early
[Install]
WantedBy=sysinit.target
"""

NETWORK = """[Match]
Name=host0
[Network]
Address={address}/24
Address={address6}/64
Gateway={gateway}
IPv6AcceptRA=no
"""


def files(host: Host, rack: Rack) -> dict[str, str]:
    """Return the text files of a host by their path below its root."""
    everybody = "\n".join(f"{item.address} {item.name}" for item in (*rack.hosts, *rack.machines))
    return {
        "etc/hostname": f"{host.name}\n",
        "etc/hosts": f"127.0.0.1 localhost\n::1 localhost\n{everybody}\n",
        "etc/resolv.conf": f"nameserver {MGMT}.1\noptions timeout:1 attempts:1\n",
        "etc/fstab": "",
        "etc/systemd/network/10-host0.network": NETWORK.format(
            address=host.address, address6=f"{MGMT6}{host.number}", gateway=f"{MGMT}.1"
        ),
        "etc/systemd/journald.conf.d/lab.conf": "[Journal]\nReadKMsg=no\nStorage=volatile\n",
        "etc/ssh/sshd_config.d/lab.conf": "PermitRootLogin prohibit-password\nPasswordAuthentication no\nUseDNS no\n",
        "etc/systemd/system/lab-early.service": EARLY_UNIT,
    }


def write(place: Place, host: Host, rack: Rack, root: Path) -> None:
    """Write everything a host needs into its root file system."""
    for name, text in files(host, rack).items():
        target = root / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)
    units = root / "etc/systemd/system"
    for unit in MASKED:
        link(units / unit, "/dev/null")
    link(units / "sysinit.target.wants/lab-early.service", "../lab-early.service")
    link(units / "multi-user.target.wants/systemd-networkd.service", "/lib/systemd/system/systemd-networkd.service")
    executable(root / "usr/local/sbin/lab-early", EARLY_SCRIPT)
    credentials(place, host, root)


def credentials(place: Place, host: Host, root: Path) -> None:
    """Put the lab's login key and the host's own key pair in."""
    ssh = root / "root/.ssh"
    ssh.mkdir(mode=0o700, parents=True, exist_ok=True)
    (ssh / "authorized_keys").write_text(keys.public(keys.login_key(place)) + "\n")
    private = keys.host_key(place, host.name)
    target = root / "etc/ssh/ssh_host_ed25519_key"
    shutil.copy(private, target)
    target.chmod(0o600)
    shutil.copy(private.with_name(private.name + ".pub"), target.with_name(target.name + ".pub"))


def executable(path: Path, text: str) -> None:
    """Write a script that may be run."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)


def link(path: Path, target: str) -> None:
    """Make a symbolic link, in the place of whatever is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    path.symlink_to(target)
