"""The systems the rack's hosts run: Debian with everything the roles expect, because the rack has no package mirror."""

from __future__ import annotations

from lab.build.debian import system_recipe

# What a node of the platform needs whether it is a host or a machine.
NODE_PACKAGES = (
    "systemd-sysv", "dbus", "openssh-server", "python3", "ca-certificates", "netbase",
    "iproute2", "iptables", "nftables", "conntrack", "socat", "ethtool", "iputils-ping",
    "kmod", "procps", "util-linux", "e2fsprogs", "curl", "zstd", "open-iscsi", "nfs-common",
)  # fmt: skip

# A host may also be the boot server, so that one system serves all.
HOST_PACKAGES = (*NODE_PACKAGES, "dnsmasq-base", "ipxe", "cpio", "tcpdump")

RECIPES = (system_recipe("rootfs", "bookworm", HOST_PACKAGES, "Debian system of the rack's hosts (about a minute)"),)
