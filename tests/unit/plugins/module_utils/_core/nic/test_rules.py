"""Every rule has an id, one case that breaks it and one that keeps it."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import fleet, preflight, validate
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse

Raw = dict[str, Any]


def eth(name: str = "eno1", **more: Any) -> Raw:
    return {"name": name, "type": "ethernet", **more}


def bond(ports: list[str], name: str = "bond0", **values: Any) -> Raw:
    return {"name": name, "type": "bond", "ports": ports, "bond": {"miimon": 100, **values}}


def vlan(parent: str = "eno1", vid: int = 7, name: str = "v7", **more: Any) -> Raw:
    return {"name": name, "type": "vlan", "parent": parent, "id": vid, **more}


def bridge(ports: list[Any], self_vlans: list[Any] | None = None, filtering: bool = True, **more: Any) -> Raw:
    return {
        "name": "br0",
        "type": "bridge",
        "ports": ports,
        **more,
        "bridge": {"vlan_filtering": filtering, "self_vlans": self_vlans},
    }


def ip(address: str) -> Raw:
    return {"ipv6" if ":" in address else "ipv4": {"addresses": [address]}}


def of(*interfaces: Raw, **more: Any) -> Raw:
    return {"interfaces": list(interfaces), **more}


TWO = (eth("a"), eth("b"))
AT = eth(**ip("10.0.0.2/24"))
# id: (a declaration that breaks the rule, one that keeps it)
CASES: dict[str, tuple[Raw, Raw]] = {
    "name-length": (of(bridge([], name="br-much-too-long1")), of(bridge([], name="br-quite-long-x"))),
    "name-unique": (of(eth(), eth()), of(*TWO)),
    "mac-unique": (
        of(eth("a", match={"mac": "02:00:00:00:00:01"}), eth("b", match={"mac": "02:00:00:00:00:01"})),
        of(eth("a", match={"mac": "02:00:00:00:00:01"}), eth("b", match={"mac": "02:00:00:00:00:02"})),
    ),
    "address-unique": (of(eth("a", **ip("10.0.0.2/24")), eth("b", **ip("10.0.0.2/32"))), of(AT)),
    "port-known": (of(bond(["a"])), of(eth("a"), bond(["a"]))),
    "port-owner": (of(*TWO, bond(["a", "b"]), bond(["a"], "bond1")), of(*TWO, bond(["a"]), bond(["b"], "bond1"))),
    "port-address": (
        of(eth("a", **ip("10.0.0.2/24")), bond(["a"])),
        of(eth("a"), {**bond(["a"]), **ip("10.0.0.2/24")}),
    ),
    "type-keys": (of(eth(id=7)), of(eth(), vlan())),
    "vlan-complete": (of({"name": "v7", "type": "vlan", "id": 7}), of(eth(), vlan())),
    "vlan-twice": (of(eth(), vlan(), vlan(name="w7")), of(eth(), vlan(), vlan(vid=8, name="v8"))),
    "loop": (of(bond(["v7"]), vlan("bond0")), of(eth(), bond(["eno1"]), vlan("bond0"))),
    "bond-mode": (
        of(*TWO, bond(["a", "b"], mode="active-backup", lacp_rate="fast")),
        of(*TWO, bond(["a", "b"], mode="802.3ad", lacp_rate="fast")),
    ),
    "bond-monitor": (
        of(*TWO, bond(["a", "b"], arp_interval=100)),
        of(*TWO, bond(["a", "b"], miimon=0, arp_interval=100)),
    ),
    "bond-primary": (
        of(*TWO, bond(["a"], mode="active-backup", primary="b")),
        of(*TWO, bond(["a", "b"], mode="active-backup", primary="b")),
    ),
    "bond-min-links": (of(*TWO, bond(["a", "b"], min_links=3)), of(*TWO, bond(["a", "b"], min_links=2))),
    "bond-lacp-alone": (of(eth("a"), bond(["a"], mode="802.3ad")), of(*TWO, bond(["a", "b"], mode="802.3ad"))),
    "bond-unmonitored": (of(*TWO, bond(["a", "b"], miimon=None)), of(*TWO, bond(["a", "b"]))),
    "bridge-filtering": (
        of(eth(), bridge([{"name": "eno1", "vlans": [7]}], filtering=False)),
        of(eth(), bridge([{"name": "eno1", "vlans": [7]}])),
    ),
    "bridge-vlan-device": (
        of(eth(), bridge(["eno1"]), vlan("br0")),
        of(eth(), bridge([{"name": "eno1", "vlans": [7]}], [7]), vlan("br0")),
    ),
    "bridge-uplink-vlan": (
        of(eth(), bridge([{"name": "eno1", "vlans": [8]}], [7])),
        of(eth(), bridge([{"name": "eno1", "vlans": [7]}], [7])),
    ),
    "bridge-many-vlans": (
        of(eth(), bridge([{"name": "eno1", "vlans": ["2-600"]}])),
        of(eth(), bridge([{"name": "eno1", "vlans": ["2-500"]}])),
    ),
    "mtu-chain": (of(eth(), vlan(mtu=9000)), of(eth(mtu=9000), vlan(mtu=9000))),
    "mtu-ipv6": (of(eth(mtu=1000, **ip("fd00::2/64"))), of(eth(mtu=1280, **ip("fd00::2/64")))),
    "address-family": (of(eth(ipv4={"addresses": ["fd00::2/64"]})), of(eth(ipv6={"addresses": ["fd00::2/64"]}))),
    "subnet-overlap": (
        of(eth("a", **ip("10.0.0.2/16")), eth("b", **ip("10.0.5.2/24"))),
        of(eth("a", **ip("10.0.0.2/24")), eth("b", **ip("10.0.5.2/24"))),
    ),
    "route-device": (
        of(AT, routes=[{"to": "default", "via": "10.1.0.1"}]),
        of(AT, routes=[{"to": "default", "via": "10.0.0.1"}]),
    ),
    "route-gateway": (
        of(AT, routes=[{"to": "default", "via": "10.1.0.1", "dev": "eno1"}]),
        of(AT, routes=[{"to": "default", "via": "10.1.0.1", "dev": "eno1", "onlink": True}]),
    ),
    "route-default": (
        of(AT, routes=[{"to": "default", "via": f"10.0.0.{n}"} for n in (1, 3)]),
        of(AT, routes=[{"to": "default", "via": f"10.0.0.{n}", "metric": n} for n in (1, 3)]),
    ),
    "probe-device": (of(AT, probes=[{"carrier": "eno9"}]), of(AT, probes=[{"carrier": "eno1"}])),
}


def broken(raw: Raw) -> set[str]:
    errors, warnings = validate.validate(parse(raw))
    return {one.rule for one in [*errors, *warnings]}


def test_nic_12_every_rule_has_its_two_cases() -> None:
    assert set(CASES) == set(preflight.RULES)


@pytest.mark.parametrize("name", CASES)
def test_nic_12_a_broken_rule_is_told(name: str) -> None:
    assert name in broken(CASES[name][0])


@pytest.mark.parametrize("name", CASES)
def test_nic_12_a_kept_rule_is_silent(name: str) -> None:
    assert name not in broken(CASES[name][1])


def test_nic_12_what_stands_on_a_nic_may_have_its_mac() -> None:
    mac = "02:00:00:00:00:01"
    nics = (eth("a", match={"mac": mac}), eth("b"), {**bond(["a", "b"]), "mac": mac}, {**bridge(["bond0"]), "mac": mac})
    assert "mac-unique" not in broken(of(*nics))
    assert "mac-unique" in broken(of(*nics, eth("c", mac=mac)))


def test_a_finding_names_its_rule() -> None:
    errors, _warnings = validate.validate(parse(CASES["mtu-chain"][0]))
    assert str(errors[0]) == "interfaces.v7.mtu: 9000 over the 1500 of eno1; set mtu on eno1 [mtu-chain]"


FLEET: dict[str, tuple[Raw, Raw]] = {
    "fleet-address": ({"n1": of(AT), "n2": of(AT)}, {"n1": of(AT), "n2": of(eth(**ip("10.0.0.3/24")))}),
    "fleet-mac": (
        {host: of(eth(match={"mac": "02:00:00:00:00:01"})) for host in ("n1", "n2")},
        {"n1": of(eth(match={"mac": "02:00:00:00:00:01"})), "n2": of(eth(match={"mac": "02:00:00:00:00:02"}))},
    ),
    "fleet-mtu": (
        {"n1": of(eth(mtu=9000, **ip("10.0.0.2/24"))), "n2": of(eth(**ip("10.0.0.3/24")))},
        {"n1": of(eth(mtu=9000, **ip("10.0.0.2/24"))), "n2": of(eth(mtu=9000, **ip("10.0.0.3/24")))},
    ),
}


def test_nic_12_every_rule_of_the_fleet_has_its_two_cases() -> None:
    assert set(FLEET) == set(fleet.RULES)


@pytest.mark.parametrize("name", FLEET)
def test_nic_12_hosts_are_compared_before_any_is_touched(name: str) -> None:
    breaks, keeps = FLEET[name]
    assert [one.rule for one in fleet.findings(breaks)] == [name]
    assert fleet.findings(keeps) == []


def test_nic_12_one_hosts_own_errors_come_with_all_others() -> None:
    told = fleet.findings({"n1": of(eth(mtuu=1)), "n2": CASES["loop"][0]})
    assert [one.place.partition(".")[0] for one in told] == ["n1", "n2", "n2"]
    assert {one.rule for one in told} == {"shape", "loop"}
