"""The kernel alone: bonds in all modes, VLAN-aware bridges, prediction, rollback. Runs inside the kernel."""

from __future__ import annotations

from typing import Any

from trunk import bond, trunk
from wire import JOURNAL, kept, kernel, looked, netlink_events, ping, sh, switch, undone, until

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import describe, options

# One value of each option that is not the kernel's default.
OTHER: dict[str, Any] = {
    "miimon": 200, "updelay": 400, "downdelay": 400, "peer_notif_delay": 200, "use_carrier": False,
    "xmit_hash_policy": "layer3+4", "lacp_rate": "fast", "lacp_active": False, "ad_select": "bandwidth",
    "ad_user_port_key": 5, "ad_actor_sys_prio": 100, "ad_actor_system": "02:00:00:00:09:09", "min_links": 1,
    "primary": "eno2", "primary_reselect": "better", "fail_over_mac": "active", "arp_interval": 100,
    "arp_ip_target": ["10.0.100.1"], "arp_validate": "active", "arp_all_targets": "all", "arp_missed_max": 5,
    "num_grat_arp": 3, "resend_igmp": 2, "all_slaves_active": True, "packets_per_slave": 2, "tlb_dynamic_lb": False,
    "lp_interval": 2,
}  # fmt: skip
NAMES = ("eno1", "eno2", "bond0", "br-vm", "br-vm.100")
# Only active-backup validates; the ARP monitor excludes the MII monitor and what hangs on it.
ARP = ("arp_interval", "arp_ip_target", "arp_validate", "arp_all_targets", "arp_missed_max")
MII = ("miimon", "updelay", "downdelay", "peer_notif_delay", "use_carrier")


def test_nic_01_all_bond_modes_with_all_their_options() -> None:
    switch(lacp=False)
    for mode in options.MODES:
        for other in (ARP, MII) if mode == "active-backup" else (ARP,):
            usable = [name for name in OTHER if mode in options.BOND[name].modes and name not in other]
            values = {"mode": mode, **{name: OTHER[name] for name in usable}}
            answer = kept(bond(values), "kernel")
            have = kernel().links["bond0"].options
            for name, value in values.items():
                want = tuple(value) if isinstance(value, list) else value
                assert have[name] == want, (mode, name, have[name], want, answer.get("problems"))
            assert not looked(bond(values), "kernel").changed
    with netlink_events() as events:
        assert not looked(bond(values), "kernel").changed
    assert events == [], events


def test_nic_01_option_by_option_the_class_is_what_the_kernel_demands() -> None:
    switch(lacp=False)
    kept(bond({"mode": "802.3ad", "miimon": 100}), "kernel")
    for name, cost in (
        ("xmit_hash_policy", "live"),
        ("lacp_rate", "bounce"),
        ("ad_select", "bounce"),
        ("min_links", "live"),
    ):
        desired = bond({"mode": "802.3ad", "miimon": 100, name: OTHER[name]})
        assert looked(desired, "kernel").cost == cost, name
        kept(desired, "kernel")
    assert looked(bond({"mode": "active-backup", "miimon": 100}), "kernel").cost == "rebuild"
    sh("ip link set bond0 address 02:00:00:00:0b:0d")
    kept(bond({"mode": "active-backup", "miimon": 100}), "kernel")
    assert kernel().links["bond0"].mac == "02:00:00:00:0b:0d"
    assert kernel().links["bond0"].options["mode"] == "active-backup" and kernel().ports("bond0") == ["eno1", "eno2"]


def test_nic_02_kernel_every_change_of_a_trunk() -> None:
    switch()
    kept(trunk([100, "200-209"]), "kernel")
    assert until(lambda: ping("10.0.100.1")), sh("ip -br a; bridge vlan")
    for desired in (
        trunk([100, "200-204"]),
        trunk([100, 300]),
        trunk([100, 300], lacp_rate="slow"),
        trunk([100, 300], mtu=1500),
    ):
        kept(desired, "kernel")
        assert not looked(desired, "kernel").changed
    assert sorted(kernel().links["bond0"].vlans) == [100, 300]
    assert kernel().links["bond0"].mtu == 1500 and kernel().links["eno1"].mtu == 1500
    kept({"interfaces": [{"name": "eno1", "type": "ethernet"}, {"name": "eno2", "type": "ethernet"}]}, "kernel")
    links = kernel().links
    assert not {"bond0", "br-vm", "br-vm.100"} & set(links) and links["eno1"].master is None


def test_nic_03_the_prediction_is_what_happens() -> None:
    switch()
    steps = [
        trunk([100, "200-209"]),
        trunk([100, "200-204"], lacp_rate="slow"),
        trunk([100], mtu=1500),
        bond({"mode": "active-backup", "miimon": 100}, ipv4={"addresses": ["10.5.0.2/24", "10.5.1.2/24"]}),
        bond({"mode": "active-backup", "miimon": 50}, ipv4={"addresses": ["10.5.1.2/24"]}),
    ]
    for desired in steps:
        now, journal = describe.describe(kernel(), NAMES), JOURNAL.known()
        found = looked(desired, "kernel")
        assert describe.describe(kernel(), NAMES) == now and JOURNAL.known() == journal
        before = describe.describe(found.kernel, found.touched())
        predicted = describe.predict(before, found.found)
        kept(desired, "kernel")
        after = describe.describe(kernel(), found.touched())
        for name, facts in predicted.items():
            stated = {one.about for one in found.found if (one.device or describe.NODE) == name}
            for about in stated - {"exists", "route", "rule"}:
                assert after[name].get(about) == facts.get(about), (name, about, after[name], facts)
        assert set(after) == set(predicted)


def test_nic_04_a_failed_probe_puts_all_back_byte_by_byte() -> None:
    switch()
    kept(trunk([100]), "kernel")
    assert until(lambda: ping("10.0.100.1"))
    names = ["eno1", "eno2", "bond0", "br-vm", "br-vm.100"]
    before = describe.describe(kernel(), names)
    broken = {**trunk([100, 200], mtu=1500, mode="balance-rr"), "probes": [{"gateway": ["10.0.100.77"]}]}
    del broken["interfaces"][2]["bond"]["lacp_rate"]
    answer = undone(broken, "kernel", gateway=3.0)
    assert "10.0.100.77 does not answer on br-vm.100 in VLAN 100" in answer["why"], answer
    assert describe.describe(kernel(), names) == before
    assert until(lambda: ping("10.0.100.1"))
    assert JOURNAL.pending() is None


def test_nic_04_a_new_device_is_gone_after_the_rollback() -> None:
    switch()
    broken = {**trunk([100]), "probes": [{"tcp": "10.0.100.1:9"}]}
    undone(broken, "kernel", tcp=2.0)
    assert not {"bond0", "br-vm", "br-vm.100"} & set(kernel().links)
    assert kernel().links["eno1"].mtu == 1500
