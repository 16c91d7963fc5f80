# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts iPXE runs.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping

TRIES = 5


def entry_script(base_url: str) -> str:
    """What DHCP names: ask for this machine's script, a few times, then boot the disk. Never half a script."""
    query = "mac=${netX/mac:hexhyp}&uuid=${uuid}&serial=${serial:uristring}&platform=${platform}&arch=${buildarch}"
    return _tried(f"chain --autofree --replace {base_url}/v1/boot?{query} ||")


def disk_script(platform: str, reason: str) -> str:
    """Boot the local disk. BIOS firmware may not come back to its boot order, so the disk is named there."""
    command = "sanboot --no-describe --drive 0x80 || exit 0" if platform == "pcbios" else "exit 0"
    return f"#!ipxe\necho {reason}\n{command}\n"


def install_script(node_url: str, mac: str, kernel_args: str) -> str:
    """Boot the agent. Its own archive comes first: an archive may follow a plain one, but not a compressed one."""
    arguments = f"initrd=agent.cpio initrd=ramdisk agent.mac={mac} agent.url={node_url} {kernel_args}".strip()
    return _tried(
        "imgfree",
        f"kernel {node_url}/kernel {arguments} || goto failed",
        f"initrd --name agent.cpio {node_url}/agent.cpio || goto failed",
        f"initrd --name ramdisk {node_url}/ramdisk || goto failed",
        "boot || goto failed",
        ":failed",
    )


def _tried(*attempt: str) -> str:
    """A script of an attempt that falls through where it failed: a few times, then the disk's turn."""
    again = ("inc tries", f"iseq ${{tries}} {TRIES} && goto disk ||", "sleep 2", "goto again")
    return "\n".join(["#!ipxe", "set tries:int32 0", ":again", *attempt, *again, ":disk", "exit 1", ""])


def machine_of(query: Mapping[str, str]) -> dict[str, str]:
    """serial and uuid out of the query iPXE sent; iPXE leaves an unknown setting empty."""
    return {key: query.get(key, "") for key in ("serial", "uuid")}
