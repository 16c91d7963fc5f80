# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kernel's links: read by iproute2, sysfs and one ioctl; changed by iproute2 in batches.

This module util is private to the collection.
"""

from __future__ import annotations

import array
import fcntl
import json
import socket
import struct
from collections.abc import Iterable
from itertools import groupby
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.command import attempt, must
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.match import Nic
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import Command

IP = ("ip", "-d", "-j", "-N", "-batch", "-")
# A word or, with `-N`, its number.
ETHER = ("ether", "1", 1)
SIOCETHTOOL, ETHTOOL_GPERMADDR = 0x8946, 0x20
# One process for most of it: starting programs is what a reading costs.
BATCH = "link show\naddr show\nroute show table all\nrule list\n"


class Links:
    """One node's kernel. sys_root: where sysfs is mounted (a test gives a tree of plain files)."""

    def __init__(self, sys_root: str = "/sys", run_root: str = "/run") -> None:
        self.sys, self.run_root = Path(sys_root), Path(run_root)

    def read(self, hardware: Iterable[str] = ()) -> dict[str, Any]:
        """Raw JSON of all tools, as _core.nic.kernel.read takes it. hardware: NICs to ask for ethtool settings."""
        raw: dict[str, Any] = dict(zip(("link", "addr", "route", "rule4"), _documents(must(IP, BATCH))))
        raw["rule6"] = _json(("ip", "-6", "-j", "-N", "rule"))
        raw["vlan"] = _json(("bridge", "-j", "-compressvlans", "vlan"))
        extra: dict[str, dict[str, Any]] = {
            item["ifname"]: {"permanent": permanent(item["ifname"])}
            for item in raw["link"]
            if not (item.get("linkinfo") or {}).get("info_kind") and item.get("link_type") in ETHER
        }
        for name in hardware:
            extra.setdefault(name, {})["options"] = {**ethtool(name), **self._sriov(name)}
        return {**raw, "extra": extra}

    def apply(self, commands: Iterable[Command]) -> None:
        """Do the commands in order, those of one tool in one batch. PlatformError names the line that failed."""
        for tool, group in groupby(commands, key=_program):
            lines = [
                line.partition(" ")[2] if line.startswith("-") and tool[0] == "ip" else line for _tool, line in group
            ]
            if tool[0] in ("ip", "bridge"):
                self._batch(tool, lines)
            elif tool == ("sysfs",):
                for line in lines:
                    name, _equals, value = line.partition("=")
                    (self.sys / name).write_text(value)
            else:
                for line in lines:
                    must([*tool, *line.split()])

    def _batch(self, tool: tuple[str, ...], lines: list[str]) -> None:
        code, out, err = attempt([*tool, "-batch", "-"], "\n".join(lines) + "\n")
        if code:
            told = (err or out).strip()
            raise PlatformError(f"{tool[0]} refused: {told}", commands=lines)

    def nics(self, raw: dict[str, Any], lldp: dict[str, tuple[str, str]] | None = None) -> list[Nic]:
        """Facts of all links that can be matched: real NICs, and virtual ends without a kind of ours."""
        built = ("bond", "bridge", "vlan", "dummy", "vxlan", "macvlan", "tun", "ipvlan", "vrf", "team", "ifb")
        names = [item["ifname"] for item in raw["link"] if (item.get("linkinfo") or {}).get("info_kind") not in built]
        return [self._nic(name, raw, lldp or {}) for name in names if name != "lo"]

    def _nic(self, name: str, raw: dict[str, Any], lldp: dict[str, tuple[str, str]]) -> Nic:
        item = next(one for one in raw["link"] if one["ifname"] == name)
        known = (raw.get("extra") or {}).get(name, {}).get("permanent") or item.get("permaddr")
        slave = ((item.get("linkinfo") or {}).get("info_slave_data") or {}).get("perm_hwaddr")
        base = self.sys / "class/net" / name
        uevent = dict(line.partition("=")[::2] for line in _text(base / "device/uevent").splitlines())
        speed, port = _text(base / "speed"), _text(base / "dev_port")
        system, neighbour = lldp.get(name, (None, None))
        return Nic(
            name=name,
            mac=(known or slave or item.get("address") or "").lower() or None,
            pci=uevent.get("PCI_SLOT_NAME"),
            path=self._udev(int(item.get("ifindex") or 0), "ID_PATH"),
            driver=uevent.get("DRIVER"),
            device=uevent.get("PCI_ID", "").lower() or None,
            speed=max(int(speed), 0) if speed.lstrip("-").isdigit() else 0,
            port=int(port) if port.isdigit() else None,
            lldp_system=system,
            lldp_port=neighbour,
        )

    def _udev(self, index: int, key: str) -> str | None:
        lines = _text(self.run_root / f"udev/data/n{index}").splitlines()
        return next((line.partition("=")[2] for line in lines if line.startswith(f"E:{key}=")), None)

    def _sriov(self, name: str) -> dict[str, object]:
        device = self.sys / "class/net" / name / "device"
        found = {
            f"sriov.{key}": _text(device / f"sriov_{file}") for key, file in (("vfs", "numvfs"), ("total", "totalvfs"))
        }
        counts: dict[str, object] = {key: int(value) for key, value in found.items() if value.isdigit()}
        used = [path.name for path in sorted(device.glob("virtfn*")) if _in_use(path)]
        return {**counts, **({"sriov.used": tuple(used)} if used else {})}


def _in_use(function: Path) -> bool:
    """A virtual function given to a machine, or whose link has moved into a container."""
    driver = function / "driver"
    given = driver.exists() and driver.resolve().name == "vfio-pci"
    return given or (driver.exists() and not list(function.glob("net/*")))


def _program(command: Command) -> tuple[str, ...]:
    """The program of a command. A batch of `ip` is of one family, which is an option before it."""
    tool, line = command
    return (tool, line.partition(" ")[0]) if tool == "ip" and line.startswith("-") else (tool,)


def permanent(name: str) -> str | None:
    """The MAC burnt into the NIC; None where the driver knows none."""
    request = bytearray(struct.pack("II32s", ETHTOOL_GPERMADDR, 32, b""))
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as handle:
        buffer = array.array("B", request)
        address, _length = buffer.buffer_info()
        try:
            fcntl.ioctl(handle, SIOCETHTOOL, struct.pack("16sP", name.encode(), address))
        except OSError:
            return None
        size = struct.unpack_from("I", buffer, 4)[0]
        mac = bytes(buffer[8 : 8 + size])
    return ":".join(f"{byte:02x}" for byte in mac) if size == 6 and any(mac) else None


def ethtool(name: str) -> dict[str, object]:
    """Ring sizes, channels and offloads as `ring.rx`, `channels.combined`, `offload.gro`; what the NIC tells."""
    rings, features = (_tool(flag, name) for flag in ("-g", "-k"))
    found: dict[str, object] = {f"ring.{key}": value for key, value in rings.items() if key in ("rx", "tx")}
    channels = _tool("-l", name)
    found.update({f"channels.{key}": value for key, value in channels.items() if isinstance(value, int)})
    found.update({f"offload.{key}": value["active"] for key, value in features.items() if isinstance(value, dict)})
    short = {
        "gro": "generic-receive-offload",
        "gso": "generic-segmentation-offload",
        "tso": "tcp-segmentation-offload",
        "lro": "large-receive-offload",
        "rx": "rx-checksumming",
        "tx": "tx-checksumming",
    }
    found.update(
        {f"offload.{key}": found[f"offload.{long}"] for key, long in short.items() if f"offload.{long}" in found}
    )
    return found


def _tool(flag: str, name: str) -> dict[str, Any]:
    code, out, _err = attempt(["ethtool", "--json", flag, name])
    found = json.loads(out) if not code and out.strip().startswith("[") else []
    return dict(found[0]) if found else {}


def _documents(text: str) -> list[Any]:
    """JSON documents one after the other."""
    decoder, found, at = json.JSONDecoder(), [], 0
    while at < len(text.rstrip()):
        document, at = decoder.raw_decode(text, at + len(text[at:]) - len(text[at:].lstrip()))
        found.append(document)
    return found


def _json(argv: tuple[str, ...]) -> list[Any]:
    code, out, err = attempt(argv)
    if code and argv[0] == "ip" and "-6" in argv:
        return []  # a kernel without IPv6
    if code:
        raise PlatformError(f"{' '.join(argv)}: exit {code}: {err.strip()}")
    return list(json.loads(out)) if out.strip() else []


def _text(path: Path) -> str:
    try:
        return path.read_text().strip()
    except OSError:
        return ""
