"""Probes, matching, what others put on our links, both address families. Runs inside the kernel."""

from __future__ import annotations

import json
from pathlib import Path

from trunk import bond, trunk
from wire import JOURNAL, gateway, kept, kernel, looked, ping, sh, switch, undone, until, written_down

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import probes
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.transaction import Transaction
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse


def test_nic_07_lacp_tells_why_it_does_not_carry() -> None:
    probe = parse({"probes": [{"lacp": "bond0", "min_ports": 2}]}).probes
    switch(lacp=False)
    sh("ip -n sw link set s1 up; ip -n sw link set s2 up")
    kept(bond({"mode": "802.3ad", "miimon": 100, "lacp_rate": "fast"}), "kernel")
    told = probes.run(probe, Links(), 5)[0]
    assert not told.ok and "the partner is silent" in told.evidence, told
    switch()
    kept(bond({"mode": "802.3ad", "miimon": 100, "lacp_rate": "fast"}), "kernel")
    told = probes.run(probe, Links(), 90)[0]
    assert told.ok, told
    sh("ip -n sw link set s2 down")
    told = probes.run(probe, Links(), 3)[0]
    assert not told.ok and "eno2: no carrier" in told.evidence, told
    # A second aggregator at the other side: one cable goes to another switch.
    sh(
        "ip -n sw link set s2 nomaster; ip -n sw link add swc type bond mode 802.3ad miimon 100 lacp_rate fast; "
        "ip -n sw link set s2 down; ip -n sw link set s2 master swc; ip -n sw link set s2 up; ip -n sw link set swc up"
    )
    told = probes.run(probe, Links(), 8)[0]
    assert not told.ok and "aggregator" in told.evidence, told


def test_nic_07_a_silent_partner_rolls_back() -> None:
    switch(lacp=False)
    sh("ip -n sw link set s1 up; ip -n sw link set s2 up")
    silent = bond({"mode": "802.3ad", "miimon": 100, "lacp_rate": "fast"})
    answer = undone({**silent, "probes": [{"lacp": "bond0", "min_ports": 2}]}, "kernel", lacp=4.0)
    assert "silent" in answer["why"] and "bond0" not in kernel().links


def test_nic_08_path_mtu_and_missing_vlan_are_named() -> None:
    switch()
    kept(trunk([100, 210]), "kernel")
    assert until(lambda: ping("10.0.100.1"))
    jumbo = parse({"probes": [{"pmtu": "10.0.100.1", "size": 9000, "dev": "br-vm.100"}]}).probes
    sh("ip -n sw link set swb.100 mtu 9000")
    assert probes.run(jumbo, Links(), 90)[0].ok
    sh("for link in swb.100 swb s1 s2; do ip -n sw link set $link mtu 1500; done")
    told = probes.run(jumbo, Links(), 5)[0]
    assert not told.ok and "9000 bytes do not reach 10.0.100.1; smaller ones pass" in told.evidence, told
    desired = trunk([100, 210])
    desired["interfaces"][3]["bridge"]["self_vlans"] = [100, 210]
    desired["interfaces"].append(
        {"name": "br-vm.210", "type": "vlan", "parent": "br-vm", "id": 210, "ipv4": {"addresses": ["10.0.210.11/24"]}}
    )
    desired["probes"] = [{"gateway": ["10.0.210.1"]}]
    answer = undone(desired, "kernel", gateway=3.0)
    assert "10.0.210.1 does not answer on br-vm.210 in VLAN 210" in answer["why"]
    gateway("swb", 210, "10.0.210.1/24")
    kept(desired, "kernel")


def test_nic_08_a_duplicate_address_is_told_with_its_holder() -> None:
    switch()
    kept(trunk([100]), "kernel")
    assert until(lambda: ping("10.0.100.1"))
    probe = parse({"probes": [{"duplicate": "10.0.100.11"}]}).probes
    assert probes.run(probe, Links())[0].ok
    sh("ip -n sw addr add 10.0.100.11/24 dev swb.100")
    told = probes.run(probe, Links())[0]
    mac = json.loads(sh("ip -n sw -j link show swb.100"))[0]["address"]
    assert not told.ok and mac in told.evidence, told


def test_nic_10_the_right_card_whatever_its_name() -> None:
    switch(lacp=False)
    sh(
        "ip link set eno1 down; ip link set eno2 down; "
        "ip link set eno1 name x; ip link set eno2 name eno1; ip link set x name eno2"
    )
    desired = {
        "interfaces": [
            {
                "name": "uplink",
                "type": "ethernet",
                "match": {"mac": "02:00:00:00:01:01"},
                "ipv4": {"addresses": ["10.9.0.2/24"]},
            }
        ]
    }
    kept(desired, "kernel")
    assert kernel().links["eno2"].addresses == {"10.9.0.2/24"} and not kernel().links["eno1"].addresses
    sh("for number in 1 2; do ip link set eno$number up; ip -n sw link set s$number up; done")
    try:
        looked({"interfaces": [{"name": "any", "type": "ethernet", "match": {"min_speed": 1000}}]}, "kernel")
    except InputErrors as error:
        assert "matches 2 NICs, expected 1" in str(error) and "02:00:00:00:01:01" in str(error), error
    else:
        raise AssertionError("an ambiguous match was accepted")


def test_nic_11_what_others_put_on_the_bridge_stays() -> None:
    switch()
    kept(trunk([100, "200-209"]), "kernel")
    sh(
        "ip tuntap add vm1 mode tap; ip link set vm1 master br-vm up; bridge vlan add dev vm1 vid 205; "
        "bridge vlan add dev bond0 vid 999; "
        "ip addr add 10.0.100.200/32 dev br-vm.100"
    )
    kept(trunk([100, "205-209"]), "kernel")
    links = kernel().links
    assert links["vm1"].master == "br-vm" and 205 in links["vm1"].vlans
    assert (
        999 in links["bond0"].vlans
        and 200 not in links["bond0"].vlans
        and "10.0.100.200/32" in links["br-vm.100"].addresses
    )
    for desired, told in ((trunk([100]), "vm1 still uses VLAN 205"), (bond({"mode": "802.3ad"}), "carries vm1")):
        try:
            looked(desired, "kernel")
        except InputErrors as error:
            assert told in str(error), error
        else:
            raise AssertionError(f"accepted though {told}")


def test_nic_11_exclusive_takes_the_undeclared_and_leaves_guests() -> None:
    switch()
    kept(trunk([100, 205]), "kernel")
    sh(
        "ip tuntap add vm1 mode tap; ip link set vm1 master br-vm up; bridge vlan add dev vm1 vid 205; "
        "bridge vlan add dev bond0 vid 999; ip addr add 10.66.0.1/24 dev br-vm.100; "
        "ip link add br9 type bridge; ip link add link br9 name br9.4 type vlan id 4; ip link add cni0 type bridge"
    )
    assert not looked(trunk([100, 205]), "kernel").changed
    found = looked(trunk([100, 205]), "kernel", scope="exclusive")
    assert [step.device for step in found.steps if step.about == "exists"] == ["br9.4", "br9"], found.steps
    kept(trunk([100, 205]), "kernel", scope="exclusive")
    links = kernel().links
    assert not {"br9", "br9.4"} & set(links) and {"cni0", "vm1"} <= set(links) and links["vm1"].master == "br-vm"
    assert sorted(links["bond0"].vlans) == [100, 205] and links["br-vm.100"].addresses == {"10.0.100.11/24"}
    assert not looked(trunk([100, 205]), "kernel", scope="exclusive").changed


def test_nic_16_both_families_on_the_way_to_the_node() -> None:
    switch(ports=1, lacp=False)
    sh("ip -n sw link set s1 up; ip -n sw addr add fd00:1::1/64 dev s1 nodad; ip -n sw addr add 10.1.0.1/24 dev s1")
    for addresses in (
        {"ipv6": {"addresses": ["fd00:1::2/64"]}},
        {"ipv6": {"addresses": ["fd00:1::2/64"]}, "ipv4": {"addresses": ["10.1.0.2/24"]}},
    ):
        desired = {
            "interfaces": [{"name": "eno1", "type": "ethernet", **addresses}],
            "routes": [{"to": "default", "via": "fd00:1::1"}],
            "probes": [{"gateway": ["fd00:1::1"]}],
        }
        answer = kept(desired, "kernel")
        assert not looked(desired, "kernel").changed, looked(desired, "kernel").found
        found = looked({**desired, "interfaces": [{**desired["interfaces"][0], "mtu": 1400}]}, "kernel")
        assert found.management == ("eno1",) and found.on_management(), answer
    txn = written_down(
        looked(
            {"interfaces": [{"name": "eno1", "type": "ethernet", "ipv6": {"addresses": ["fd00:9::2/64"]}}]}, "kernel"
        ),
        {"timeout": 60, "on_failure": "leave", "keep": 5},
    )
    JOURNAL.mark(txn)
    JOURNAL.note(txn, "armed")
    Transaction(txn, JOURNAL).apply()
    assert not ping("fd00:1::1")
    Transaction(txn, JOURNAL).rollback("timer")
    assert JOURNAL.state(txn)["state"] == "rolled_back" and until(lambda: ping("fd00:1::1")), JOURNAL.state(txn)
    assert Path("/var/lib/ironacre/nic/pending").exists() is False
