"""The other backends' files, from the same declaration."""

from __future__ import annotations

import json

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import (
    render_ifcfg,
    render_netplan,
    render_networkmanager,
    render_wicked,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from tests.unit.plugins.module_utils._core.nic.test_kernel_and_plan import declared

STATE = parse(declared())


def manager(name: str) -> str:
    return render_networkmanager.render(STATE)[f"{render_networkmanager.FOLDER}/ironacre-{name}.nmconnection"]


def test_networkmanager_profiles() -> None:
    assert "[bond]\nmode=802.3ad\nmiimon=100\nlacp_rate=fast\nxmit_hash_policy=layer3+4\n" in manager("bond0")
    assert "master=br-vm\nslave-type=bridge\n" in manager("bond0")
    assert "[bridge-port]\nvlans=7 pvid untagged,100,200-209\n" in manager("bond0")
    assert "vlan-filtering=true\nvlan-default-pvid=0\nvlans=100\n" in manager("br-vm")
    assert "method=manual\naddress1=10.0.100.11/24\nroute1=10.9.0.0/16,10.0.100.1,50\n" in manager("br-vm.100")
    assert "route2_options=table=200" in manager("br-vm.100")
    assert "routing-rule1=priority 1000 from 10.0.200.0/24 table 200\n" in manager("br-vm.100")


def test_a_profiles_id_and_uuid_are_the_same_each_time() -> None:
    assert manager("bond0") == manager("bond0") and "id=ironacre-bond0\n" in manager("bond0")
    assert render_networkmanager.profile_of("/x/ironacre-bond0.nmconnection") == "bond0"


def test_netplan_says_what_it_can_and_drop_ins_the_rest() -> None:
    document = render_netplan.document(STATE)["network"]
    assert isinstance(document, dict)
    assert document["bonds"]["bond0"]["parameters"]["lacp-rate"] == "fast"
    assert document["vlans"]["br-vm.100"]["routes"][0] == {"to": "10.9.0.0/16", "via": "10.0.100.1", "metric": 50}
    files = render_netplan.render(STATE)
    folder = "/etc/systemd/network/10-netplan"
    assert "VLANFiltering=yes\nDefaultPVID=none" in files[f"{folder}-br-vm.netdev.d/50-ironacre.conf"]
    assert "[BridgeVLAN]\nVLAN=200-209" in files[f"{folder}-bond0.network.d/50-ironacre.conf"]
    assert "[Bond]" not in "".join(files)


def test_netplans_yaml_is_plain() -> None:
    text = render_netplan.render(STATE)[render_netplan.FILE]
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load(text) == json.loads(json.dumps(render_netplan.document(STATE)))


def test_wicked_and_ifcfg_are_rendered() -> None:
    wicked = render_wicked.render(STATE)
    assert "BONDING_SLAVE_1='eno2'" in wicked["/etc/sysconfig/network/ifcfg-bond0"]
    assert "mode=802.3ad miimon=100 lacp_rate=fast" in wicked["/etc/sysconfig/network/ifcfg-bond0"]
    assert "10.9.0.0/16 10.0.100.1 - br-vm.100 metric 50" in wicked["/etc/sysconfig/network/ifroute-br-vm.100"]
    ifcfg = render_ifcfg.render(STATE)
    assert "MASTER='bond0'\nSLAVE='yes'" in ifcfg["/etc/sysconfig/network-scripts/ifcfg-eno1"]
    assert "VLAN_ID='100'" in ifcfg["/etc/sysconfig/network-scripts/ifcfg-br-vm.100"]


@pytest.mark.parametrize(
    ("render", "option"), [(render_networkmanager, "lacp_active"), (render_netplan, "use_carrier")]
)
def test_what_a_backend_cannot_say_is_told(render: object, option: str) -> None:
    state = parse({"interfaces": [{"name": "b", "type": "bond", "bond": {"mode": "802.3ad", option: False}}]})
    assert [place for place, _what in render.cannot(state)] == [f"interfaces.b.bond.{option}"]  # type: ignore[attr-defined]
