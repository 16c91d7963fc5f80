from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkd import (
    FOLDER,
    HEAD,
    PREFIX,
    cannot,
    render,
)

TRUNK = {
    "interfaces": [
        {"name": "eno1", "type": "ethernet", "match": {"mac": "02:00:00:00:01:01"}, "mtu": 9000},
        {"name": "eno2", "type": "ethernet", "mtu": 9000},
        {
            "name": "bond-vm",
            "type": "bond",
            "mtu": 9000,
            "ports": ["eno1", "eno2"],
            "bond": {"mode": "802.3ad", "lacp_rate": "fast", "miimon": 100, "xmit_hash_policy": "layer3+4"},
        },
        {
            "name": "br-vm",
            "type": "bridge",
            "bridge": {"vlan_filtering": True, "default_pvid": 0, "self_vlans": [100]},
            "ports": [{"name": "bond-vm", "vlans": [100, "200-209"], "pvid": 7}],
        },
        {
            "name": "br-vm.100",
            "type": "vlan",
            "parent": "br-vm",
            "id": 100,
            "ipv4": {"addresses": ["10.0.100.11/24"]},
            "ipv6": {"method": "slaac"},
        },
    ],
    "routes": [{"to": "default", "via": "10.0.100.1", "metric": 100}],
    "dns": {"servers": ["10.0.0.2"], "search": ["lab.example"]},
}


def file(name: str, raw: dict = TRUNK) -> str:
    return render(parse(raw))[f"{FOLDER}/{PREFIX}{name}"].removeprefix(HEAD)


def test_a_nic_is_found_by_its_permanent_address_and_joins_its_bond() -> None:
    assert file("eno1.network") == (
        "[Match]\nType=ether\nPermanentMACAddress=02:00:00:00:01:01\n\n[Link]\nMTUBytes=9000\nRequiredForOnline=no\n\n"
        "[Network]\nBond=bond-vm\nLinkLocalAddressing=no\nIPv6AcceptRA=no\nConfigureWithoutCarrier=yes\n"
        "KeepConfiguration=static\n"
    )


def test_bond_options_are_written_with_their_units() -> None:
    assert file("bond-vm.netdev") == (
        "[NetDev]\nName=bond-vm\nKind=bond\nMTUBytes=9000\n\n[Bond]\nMode=802.3ad\nMIIMonitorSec=100ms\n"
        "TransmitHashPolicy=layer3+4\nLACPTransmitRate=fast\n"
    )


def test_an_uplink_carries_its_vlans_in_ranges() -> None:
    assert file("bond-vm.network").endswith(
        "[BridgeVLAN]\nPVID=7\nEgressUntagged=7\n\n[BridgeVLAN]\nVLAN=100\n\n[BridgeVLAN]\nVLAN=200-209\n"
    )


def test_a_vlan_aware_bridge_has_its_own_vlan_and_knows_its_devices() -> None:
    assert "VLANFiltering=yes\nDefaultPVID=none" in file("br-vm.netdev")
    assert "VLAN=br-vm.100\n" in file("br-vm.network")
    assert file("br-vm.network").endswith("[BridgeVLAN]\nVLAN=100\n")


def test_the_addressed_link_holds_route_resolvers_and_autoconfiguration() -> None:
    text = file("br-vm.100.network")
    assert "IPv6AcceptRA=yes\nAddress=10.0.100.11/24\nDNS=10.0.0.2\nDomains=lab.example\n" in text
    assert text.endswith("[Route]\nDestination=0.0.0.0/0\nGateway=10.0.100.1\nMetric=100\n")


def test_what_networkd_cannot_say_is_told() -> None:
    raw = {"interfaces": [{"name": "b", "type": "bond", "bond": {"mode": "802.3ad", "lacp_active": False}}]}
    assert [place for place, _what in cannot(parse(raw))] == ["interfaces.b.bond.lacp_active"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"typ": "bond"}, "interfaces[0].typ: is not known; known are name, type"),
        ({"mtu": "9k"}, "interfaces[0].mtu: '9k' is not accepted; write a number from 68 to 65535"),
        ({"bond": {"mod": "802.3ad"}}, "(did you mean mode?)"),
        ({"bond": {"mode": "lacp"}}, "interfaces[0].bond.mode: 'lacp' is not known"),
        ({"ipv4": {"addresses": ["10.0.0.1"]}}, "has no prefix length"),
        ({"ports": [{"name": "x", "vlans": ["5000"]}]}, "'5000' is outside of 1-4094"),
    ],
)
def test_a_wrong_shape_names_the_place_and_the_way_out(change: dict, told: str) -> None:
    with pytest.raises(InputErrors) as caught:
        parse({"interfaces": [{"name": "b", "type": "bond", **change}]})
    assert told in str(caught.value)


def test_all_errors_come_at_once() -> None:
    with pytest.raises(InputErrors) as caught:
        parse({"interfaces": [{"name": "b"}, {"type": "tun", "name": "c"}], "dns": {"server": []}})
    assert len(caught.value.findings) == 3
