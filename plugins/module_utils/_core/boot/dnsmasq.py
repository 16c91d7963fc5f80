# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Configuration of dnsmasq: DHCP for known machines only, TFTP of the first boot file.

This module util is private to the collection.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import normal_mac
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, refuse

BIOS_FILE, EFI_FILE = "undionly.kpxe", "snponly.efi"
MODES = ("dhcp", "proxy", "off")
# Client architectures, RFC 4578 and the IANA registry: firmware tells them in option 93.
ARCHITECTURES = (("bios", 0), ("efi64", 7), ("efi64", 9), ("httpboot", 16))


def dnsmasq_config(network: Mapping[str, Any], paths: Mapping[str, str], base_url: str) -> str:
    """The file's text. network: mode, interface, subnet, router, dns, ipv6_prefix. paths: hosts, leases, tftp."""
    _check(network)
    subnet = ipaddress.ip_network(network["subnet"])
    lines = [
        "port=0",
        f"interface={network['interface']}",
        "bind-interfaces",
        "except-interface=lo",
        "log-dhcp",
        "enable-tftp",
        f"tftp-root={paths['tftp']}",
        "dhcp-match=set:ipxe,175",
        *[f"dhcp-match=set:{tag},option:client-arch,{number}" for tag, number in ARCHITECTURES],
    ]
    lines += _proxy(subnet) if network.get("mode") == "proxy" else _dhcp(network, paths, subnet, base_url)
    lines.append(f"dhcp-boot=tag:ipxe,{base_url}/boot.ipxe")
    return "\n".join([*lines, ""])


def _dhcp(network: Mapping[str, Any], paths: Mapping[str, str], subnet: Any, base_url: str) -> list[str]:
    lines = [
        "dhcp-authoritative",
        "dhcp-ignore=tag:!known",
        f"dhcp-hostsfile={paths['hosts']}",
        f"dhcp-leasefile={paths['leases']}",
        f"dhcp-range={subnet.network_address},static,{subnet.netmask},1h",
        # Without an answer the firmware would take the server itself for router and name server.
        f"dhcp-option=option:router{_tail(network.get('router'))}",
        f"dhcp-option=option:dns-server{_tail(*(network.get('dns') or []))}",
        "dhcp-option-force=tag:httpboot,tag:!ipxe,60,HTTPClient",
        f"dhcp-boot=tag:httpboot,tag:!ipxe,{base_url}/{EFI_FILE}",
        f"dhcp-boot=tag:efi64,tag:!ipxe,{EFI_FILE}",
        f"dhcp-boot=tag:bios,tag:!ipxe,{BIOS_FILE}",
    ]
    prefix = network.get("ipv6_prefix")
    if prefix:
        # iPXE waits 12 seconds for a router where nobody advertises one.
        v6 = ipaddress.ip_network(prefix)
        lines += ["enable-ra", f"dhcp-range={v6.network_address},ra-only,{v6.prefixlen},1h"]
        lines += [f"ra-param={network['interface']},10,0"]
    return lines


def _proxy(subnet: Any) -> list[str]:
    """Beside another DHCP server, which keeps giving the addresses."""
    services = (("x86PC", BIOS_FILE), ("X86-64_EFI", EFI_FILE), ("BC_EFI", EFI_FILE))
    return [
        f"dhcp-range={subnet.network_address},proxy,{subnet.netmask}",
        *[f'pxe-service=tag:!ipxe,{kind},"Ironacre",{file}' for kind, file in services],
    ]


def _tail(*values: Any) -> str:
    return "".join(f",{value}" for value in values if value)


def dnsmasq_hosts(nodes: Mapping[str, Mapping[str, Any]]) -> str:
    """The file of known machines: MAC address, address, name. Nodes that are not installed from here have no line."""
    return "".join(f"{line}\n" for line in _host_lines(nodes.items()))


def _host_lines(nodes: Iterable[tuple[str, Mapping[str, Any]]]) -> Iterable[str]:
    for name, node in sorted(nodes):
        mac = (node.get("boot") or {}).get("mac")
        if node.get("provision") == "image" and mac:
            yield f"{normal_mac(mac)},{node['address']},{name.split('.')[0]}"


def _check(network: Mapping[str, Any]) -> None:
    findings = [
        Finding(f"network.{key}", "is missing", "say it; the boot server must not guess where it may answer")
        for key in ("interface", "subnet")
        if not network.get(key)
    ]
    if network.get("mode", "dhcp") not in MODES:
        findings.append(Finding("network.mode", f"is '{network['mode']}'", f"use one of {', '.join(MODES)}"))
    refuse(findings)
