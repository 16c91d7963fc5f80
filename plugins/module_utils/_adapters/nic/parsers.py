# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the node's own programs say of rendered files, before anything is put in place.

This module util is private to the collection.
"""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.command import attempt
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding

WAY_OUT = "correct the declared value; this is the node's own parser"
# A networkd of its own: no link of the node is in its network namespace, sysfs is read-only so that it does not wait
# for udev, and it ends by itself.
NETWORKD = """
mount --make-rprivate /; mount -t tmpfs tmpfs /run; mkdir -p /run/systemd/netif/links /run/systemd/netif/leases
mkdir -p /run/systemd/netif/lldp; chown -R systemd-network: /run/systemd/netif
mount --bind "$1" /etc/systemd/network; umount -l /sys; mount -t sysfs -o ro sysfs /sys
SYSTEMD_LOG_TARGET=console SYSTEMD_LOG_COLOR=0 timeout -s TERM 0.6 /lib/systemd/systemd-networkd
"""
LINE = re.compile(r"(?P<place>/etc/systemd/network/[^:\s]+(?::\d+)?):? (?P<told>.+)")
HARMLESS = ("Ignoring file", "already exists", "Failed to open", "Using default interface naming")


def networkd(rendered: Mapping[str, str]) -> list[Finding]:
    """Findings with file and line of a throw-away systemd-networkd; none where it cannot be started."""
    if not Path("/lib/systemd/systemd-networkd").exists() or not shutil.which("unshare"):
        return []
    with tempfile.TemporaryDirectory(prefix="ironacre-nic-") as folder:
        Path(folder).chmod(0o755)
        for path, content in rendered.items():
            Path(folder, Path(path).name).write_text(content)
        argv = ["unshare", "--mount", "--net", "--pid", "--fork", "--mount-proc", "sh", "-c", NETWORKD, "sh", folder]
        _code, out, err = attempt(argv, limit=15)
    found = [match for line in (out + err).splitlines() if (match := LINE.search(line))]
    return [Finding(one["place"], one["told"], WAY_OUT) for one in found if not any(h in one["told"] for h in HARMLESS)]


def networkmanager(rendered: Mapping[str, str]) -> list[Finding]:
    """Findings of a round trip through nmcli: what does not come back as it was written was not understood."""
    found = []
    for path, content in rendered.items():
        code, out, err = attempt(
            ["nmcli", "--offline", "connection", "modify", "connection.autoconnect", "yes"], content
        )
        if code:
            found.append(Finding(path, (err or out).strip(), WAY_OUT))
            continue
        lost = sorted(set(_pairs(content)) - set(_pairs(out)))
        found += [
            Finding(path, f"[{section}] {key}={value} was not understood", WAY_OUT) for section, key, value in lost
        ]
    return found


def _pairs(text: str) -> list[tuple[str, str, str]]:
    """(section, key, value) of a keyfile, in the words of the tool that wrote it last."""
    old = {"master": "controller", "slave-type": "port-type"}
    pairs, section = [], ""
    for line in text.splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif "=" in line and not line.startswith("#"):
            key, _equals, value = line.partition("=")
            pairs.append((section, old.get(key, key), value.strip(";")))
    return [pair for pair in pairs if pair[1] not in ("autoconnect", "timestamp")]


def netplan(rendered: Mapping[str, str]) -> list[Finding]:
    """Findings of `netplan generate` in a folder of its own."""
    with tempfile.TemporaryDirectory(prefix="ironacre-nic-") as folder:
        for path, content in rendered.items():
            target = Path(folder, path.lstrip("/"))
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(content)
            target.chmod(0o600)
        code, out, err = attempt(["netplan", "generate", "--root-dir", folder], limit=30)
    return [Finding("netplan", (err or out).replace(folder, "").strip(), WAY_OUT)] if code else []
