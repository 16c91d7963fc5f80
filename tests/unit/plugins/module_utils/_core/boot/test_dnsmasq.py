"""dnsmasq's configuration. tests/peers/test_dnsmasq.py asks dnsmasq itself."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.dnsmasq import dnsmasq_config, dnsmasq_hosts
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors

NETWORK = {"interface": "eth0", "subnet": "192.0.2.0/24", "router": "192.0.2.1", "dns": ["192.0.2.1"]}
PATHS = {"hosts": "/etc/hosts.d", "leases": "/var/leases", "tftp": "/srv/tftp"}


def lines(**network: Any) -> list[str]:
    return dnsmasq_config({**NETWORK, **network}, PATHS, "http://192.0.2.2:8080").splitlines()


def test_only_known_machines_get_an_address() -> None:
    assert {"dhcp-ignore=tag:!known", "dhcp-range=192.0.2.0,static,255.255.255.0,1h"} <= set(lines())


def test_each_firmware_gets_its_boot_file() -> None:
    assert {
        "dhcp-boot=tag:bios,tag:!ipxe,undionly.kpxe",
        "dhcp-boot=tag:efi64,tag:!ipxe,snponly.efi",
        "dhcp-boot=tag:httpboot,tag:!ipxe,http://192.0.2.2:8080/snponly.efi",
        "dhcp-boot=tag:ipxe,http://192.0.2.2:8080/boot.ipxe",
    } <= set(lines())


def test_without_a_router_none_is_told() -> None:
    assert "dhcp-option=option:router" in lines(router=None)


def test_a_proxy_gives_no_addresses() -> None:
    found = lines(mode="proxy")
    assert "dhcp-range=192.0.2.0,proxy,255.255.255.0" in found
    assert not [line for line in found if "static" in line or "hostsfile" in line or "authoritative" in line]


def test_a_router_is_advertised_where_a_prefix_is_declared() -> None:
    assert "dhcp-range=fd70:1ab::,ra-only,64,1h" in lines(ipv6_prefix="fd70:1ab::/64")
    assert "enable-ra" not in lines()


def test_all_that_is_missing_is_told_at_once() -> None:
    with pytest.raises(InputErrors) as error:
        dnsmasq_config({"mode": "sometimes"}, PATHS, "http://b")
    places = [finding.place for finding in error.value.findings]
    assert places == ["network.interface", "network.subnet", "network.mode"]


def test_only_nodes_installed_from_here_are_known() -> None:
    nodes: dict[str, Any] = {
        "n2.example.org": {"provision": "image", "address": "192.0.2.12", "boot": {"mac": "52-54-00-70-00-12"}},
        "n1": {"provision": "existing", "address": "192.0.2.11", "boot": {"mac": "52:54:00:70:00:11"}},
        "n3": {"address": "192.0.2.13"},
    }
    assert dnsmasq_hosts(nodes) == "52:54:00:70:00:12,192.0.2.12,n2\n"
