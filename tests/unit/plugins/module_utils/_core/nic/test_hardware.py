"""Rings, offloads and virtual functions: in the kernel's words, and kept by each backend."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import (
    render_netplan,
    render_networkd,
    render_networkmanager,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import differences
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import read
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import owned, wanted

MAC = "02:00:00:00:01:01"
SRIOV = {"vfs": 2, "vf_defaults": {"trust": False}, "per_vf": {1: {"vlan": 7, "mac": "02:00:00:00:09:01"}}}
CARD: dict[str, Any] = {
    "name": "eno1",
    "type": "ethernet",
    "match": {"mac": MAC},
    "ethtool": {"ring": {"rx": 4096}, "offload": {"gro": False}, "channels": {"combined": 8}},
    "sriov": SRIOV,
}


def of(**more: Any) -> dict[str, Any]:
    return {"interfaces": [{**CARD, **more}]}


def raw(trust: bool = False, vlan: int = 7) -> dict[str, Any]:
    """A card as `ip -d -j link` and ethtool tell it."""
    functions = [
        {"vf": 0, "address": "02:00:00:00:09:00", "trust": trust, "spoofchk": True, "rate": {"max_tx": 0, "min_tx": 0}},
        {"vf": 1, "address": "02:00:00:00:09:01", "trust": False, "vlan_list": [{"vlan": vlan}], "rate": {"max_tx": 0}},
    ]
    options = {"ring.rx": 4096, "offload.gro": False, "channels.combined": 8, "sriov.vfs": 2, "sriov.total": 8}
    link = {"ifname": "eno1", "mtu": 1500, "flags": ["UP", "LOWER_UP"], "address": MAC, "vfinfo_list": functions}
    return {"link": [link], "extra": {"eno1": {"options": options}}}


def lines(said: dict[str, Any]) -> list[str]:
    state, kernel = parse(of()), read(said)
    target = wanted(state)
    steps = plan(differences(kernel, target, owned(None, kernel, state)), kernel, target)
    return [f"{tool} {line}" for step in steps for tool, line in step.commands]


def test_nic_02_a_card_as_declared_needs_nothing() -> None:
    assert lines(raw()) == []


def test_nic_02_each_virtual_function_is_set_by_itself() -> None:
    assert lines(raw(trust=True, vlan=0)) == [
        "ip link set dev eno1 vf 0 trust off",
        "ip link set dev eno1 vf 1 vlan 7",
    ]


def test_networkd_keeps_the_settings_and_the_name() -> None:
    text = render_networkd.render(parse(of()))["/etc/systemd/network/05-ironacre-eno1.link"]
    assert text.removeprefix(render_networkd.HEAD) == (
        f"[Match]\nType=ether\nPermanentMACAddress={MAC}\n\n[Link]\nNamePolicy=keep kernel database onboard slot path\n"
        "AlternativeNamesPolicy=database onboard slot path\nRxBufferSize=4096\nGenericReceiveOffload=no\n"
        "CombinedChannels=8\nSR-IOVVirtualFunctions=2\n\n[SR-IOV]\nVirtualFunction=0\nTrust=no\n\n"
        "[SR-IOV]\nVirtualFunction=1\nTrust=no\nVLANId=7\nMACAddress=02:00:00:00:09:01\n"
    )


def test_networkd_is_asked_for_nothing_it_cannot_keep() -> None:
    told = render_networkd.cannot(parse(of(match=None, ethtool={"offload": {"rx-fcs": True}})))
    assert [place for place, _what in told] == ["interfaces.eno1.match", "interfaces.eno1.ethtool.offload.rx-fcs"]
    limited = {**SRIOV, "vf_defaults": {"max_tx_rate": 100}}
    assert render_networkd.cannot(parse(of(sriov=limited))) == [
        ("interfaces.eno1.sriov", "systemd has no key for max_tx_rate")
    ]


def test_netplan_leaves_cards_to_the_same_file() -> None:
    path = "/etc/systemd/network/05-ironacre-eno1.link"
    assert render_netplan.render(parse(of()))[path] == render_networkd.render(parse(of()))[path]
    assert path not in render_netplan.render(parse(of(ethtool={}, sriov=None)))


def test_networkmanager_keeps_them_in_the_profile() -> None:
    (text,) = render_networkmanager.render(parse(of())).values()
    assert "[ethtool]\nring-rx=4096\nfeature-gro=false\nchannels-combined=8\n" in text
    assert "[sriov]\ntotal-vfs=2\nvf.0=trust=false\nvf.1=trust=false vlans=7 mac=02:00:00:00:09:01\n" in text


def test_a_function_in_use_is_seen(tmp_path: Path) -> None:
    device = tmp_path / "class/net/eno1/device"
    for number in range(3):
        (device / f"virtfn{number}").mkdir(parents=True)
    for number, driver in ((0, "vfio-pci"), (1, "iavf")):
        (tmp_path / f"drivers/{driver}").mkdir(parents=True)
        (device / f"virtfn{number}/driver").symlink_to(tmp_path / f"drivers/{driver}")
    (device / "virtfn1/net/eno1v1").mkdir(parents=True)
    assert Links(str(tmp_path))._sriov("eno1") == {"sriov.used": ("virtfn0",)}
