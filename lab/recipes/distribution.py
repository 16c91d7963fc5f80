"""A Debian with both of its initramfs tools, as a guest that is prepared before its import."""

from __future__ import annotations

from lab.build.debian import system_recipe

PACKAGES = (
    "initramfs-tools", "dracut-core", "python3", "kmod", "udev", "systemd", "cpio", "zstd", "iproute2", "e2fsprogs",
    "util-linux",
)  # fmt: skip

RECIPES = (
    system_recipe(
        "guest_distribution", "bookworm", PACKAGES, says="Debian system of the guests that are prepared (a minute)"
    ),
)
