# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One line that says where an installation stalled, from the last thing that was seen of the machine.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import Progress

HINTS = {
    "kernel": "the kernel was fetched but the agent never spoke: wrong console, missing NIC driver in the ramdisk, no "
    "DHCP answer for the second boot, or the boot server's port is filtered; look at the machine's console",
    "script": "the script was fetched but not the kernel: the boot server's port is filtered, or iPXE cannot "
    "read the file; look at the machine's console",
    "agent": "the agent inspected the machine and did not go on; see the agent's log on the boot server",
    "approved": "the disk was approved and the image was not asked for; see the agent's log on the boot server",
    "downloading": "the image stopped coming: link, MTU or disk of the boot server",
    "verified": "the image is verified but nothing is written: the disk does not answer; see the agent's log",
    "writing": "the disk stopped taking data, or the machine lost power; look at its console and disk",
    "written": "the image is written, growing its file system did not end; see the agent's log",
    "configured": "the node's files are written and the agent did not report its end; see the agent's log",
    "finished": "the image is installed and the machine restarted, but SSH does not answer: it booted something else "
    "(boot order, boot mode), or its network differs from the declared one; look at its console",
}
DHCP_SEEN = re.compile(r"DHCP(DISCOVER|REQUEST)")
DHCP_GIVEN = re.compile(r"DHCP(OFFER|ACK)")


@dataclass(frozen=True)
class Traces:
    """Lines of dnsmasq's log since the boot that concern the machine's MAC address or address."""

    lines: tuple[str, ...] = ()

    def have(self, pattern: str) -> bool:
        return any(re.search(pattern, line) for line in self.lines)


def traces_of(lines: Iterable[str], words: Sequence[str]) -> Traces:
    """words: MAC address and IP address of the machine."""
    lowered = [word.lower() for word in words if word]
    return Traces(tuple(line for line in lines if any(word in line.lower() for word in lowered)))


def diagnose(host: str, progress: Progress, idle: float, traces: Traces, power: str = "") -> str:
    """`host: stalled at <stage> for N s: <why>`."""
    if power == "off":
        why = "the machine is off; it lost power or never started"
    elif progress.stage in ("", "armed"):
        why = "the machine was not told to boot; its BMC was not reached"
    elif progress.stage == "boot":
        why = _before_the_script(traces)
    else:
        why = HINTS.get(progress.stage, "unknown")
    return f"{host}: stalled at {progress.stage or 'start'} for {idle:.0f} s: {why}"


def _before_the_script(traces: Traces) -> str:
    if traces.have("no address available|ignored|not giving name"):
        return "DHCP refused the machine: its MAC address is not in the boot server's list, or its address is taken"
    if traces.have(DHCP_GIVEN.pattern) and traces.have(r"sent .*(kpxe|efi)"):
        return "DHCP and TFTP answered, but no script was asked for: iPXE did not start, or the HTTP port is filtered"
    if traces.have(DHCP_GIVEN.pattern):
        return "DHCP answered, but no boot file was fetched: TFTP is filtered, or the firmware booted something else"
    if traces.have(DHCP_SEEN.pattern):
        return "DHCP was asked and did not answer: another server's subnet, or the service is confused; see its log"
    return (
        "no DHCP request came: the boot override was ignored, the NIC has no PXE or no link, "
        "or the machine is in another network than the boot server"
    )
