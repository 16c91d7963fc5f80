"""The rehearsal's machine: from the network its installation leaves to bond, trunk and VLANs. Runs inside the kernel.

The declaration is the lab's own, so that the rack meets nothing that was not seen here.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from cells import bus, command_of, daemon, left, settled, settled_before
from wire import kept, kernel, looked, ping, sh, udev, undone, unplug, until

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import announce
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.files import NETWORK_FILE, first_network
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.merge import with_uplinks
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.nads import LABEL, labels
from lab.rack.model import Machine
from lab.rack.network import TAGGED, network_of, vm_networks

MACHINE = Machine("m1", 14, "agent")
LAB = "172.31.70.1"
# Without the name servers: /etc of this kernel is read-only.
KEYS = ("routes", "probes")


def declared() -> dict[str, Any]:
    """What the inventory says, with the VLANs of the VM networks."""
    node = network_of(MACHINE)
    # A cable of this kernel has no permanent address by which it could be matched.
    nics = [{key: value for key, value in nic.items() if key != "match"} for nic in node["nics"]]
    return with_uplinks({"interfaces": nics, **{key: node[key] for key in KEYS}}, vm_networks(), None)


def rack() -> None:
    """Both cards at one bridge that knows no VLANs, behind it the lab with its access ports."""
    unplug()
    sh("ip netns add sw; ip -n sw link add br-mgmt type bridge forward_delay 0; ip -n sw link set br-mgmt up")
    for number, mac in enumerate((MACHINE.mac, MACHINE.vm_mac)):
        sh(f"ip link add eth{number} address {mac} type veth peer name m{number} netns sw")
        sh(f"ip -n sw link set m{number} master br-mgmt up")
    sh(f"ip -n sw addr add {LAB}/24 dev br-mgmt")
    for vid, subnet in TAGGED.items():
        sh(f"ip -n sw link add link br-mgmt name v{vid} type vlan id {vid}; ip -n sw link set v{vid} up")
        sh(f"ip -n sw addr add {subnet}.1/24 dev v{vid}")


def installed() -> None:
    """The file that the installation leaves, for cards that are known by their name."""
    network = {"subnet": "172.31.70.0/24", "router": LAB, "dns": [LAB]}
    text = first_network({"address": MACHINE.address, "boot": {"mac": MACHINE.mac}}, network)
    Path(NETWORK_FILE).write_text(text.replace(f"PermanentMACAddress={MACHINE.mac}", "Name=eth0"))


def pod(vid: int, address: str) -> None:
    """What the bridge plugin does for a pod on a VLAN of the trunk."""
    sh("ip netns add pod; ip link add veth0 type veth peer name net1 netns pod; ip link set veth0 master br-trunk up")
    sh(f"bridge vlan add dev veth0 vid {vid} pvid untagged")
    sh(f"ip -n pod addr add {address}/24 dev net1; ip -n pod link set net1 up")


def without_one_cable(number: int) -> None:
    """The machine is reached while one cable is cut."""
    sh(f"ip -n sw link set m{number} down")
    assert until(lambda: ping(LAB)), sh("cat /proc/net/bonding/bond0")
    sh(f"ip -n sw link set m{number} up")
    assert until(lambda: kernel().links[f"eth{number}"].carrier)


def test_nic_02_platform_from_the_installed_network_to_bond_and_trunk() -> None:
    udev()
    rack()
    installed()
    bus()
    command, ready = command_of("networkd")
    with daemon(command, ready):
        assert until(lambda: ping(LAB)), sh("ip -br a")
        settled_before("networkd")
        answer = kept(declared(), "networkd")
        assert (answer["examined"].management, answer["examined"].cost) == (("eth0",), "bounce")
        assert until(lambda: "failed" not in sh("networkctl --no-legend --no-pager list")), sh("networkctl")
        links = kernel().links
        assert not links["eth0"].addresses and links["br-trunk.70"].addresses == {f"{MACHINE.address}/24"}
        assert {links[name].mac for name in ("bond0", "br-trunk", "br-trunk.70")} == {MACHINE.mac}
        assert links["bond0"].vlans == {70: "PU", 81: "", 82: ""}, links["bond0"].vlans
        assert not looked(declared(), "networkd").changed, left(declared(), "networkd")
        pod(81, "172.31.81.100")
        assert until(lambda: "1 received" in sh("ip netns exec sw ping -c1 -W1 172.31.81.100", check=False))
        without_one_cable(0)
        without_one_cable(1)
    sh("ip netns del pod; ip link del br-trunk; ip link del bond0; ip link set eth0 down; ip link set eth1 down")
    with daemon(command, ready):
        settled(declared(), "networkd", "after a boot")
        assert until(lambda: ping(LAB))


def test_nic_04_platform_a_bond_on_the_way_to_the_node_is_undone() -> None:
    rack()
    installed()
    bus()
    command, ready = command_of("networkd")
    with daemon(command, ready):
        assert until(lambda: ping(LAB))
        settled_before("networkd")
        broken = declared()
        broken["probes"] = [{"gateway": ["172.31.70.77"]}]
        answer = undone(broken, "networkd", gateway=3.0)
        assert "172.31.70.77 does not answer on br-trunk.70 in VLAN 70" in answer["why"], answer["why"]
        assert until(lambda: ping(LAB)), sh("ip -br a; ip route")
        links = kernel().links
        assert links["eth0"].addresses == {f"{MACHINE.address}/24"} and links["eth0"].master is None
        assert not {"bond0", "br-trunk"} & set(links)
        # It goes on as if nothing had been: the next attempt succeeds.
        kept(declared(), "networkd")


def test_nic_06_platform_neighbours_learn_where_an_address_went() -> None:
    rack()
    addresses = ["172.31.70.14/24", "fd70::14/64"]
    kept({"interfaces": [{"name": "eth0", "type": "ethernet", **both(addresses)}]}, "kernel")
    sh("ip -n sw addr add fd70::1/64 dev br-mgmt nodad")
    assert until(lambda: all("1 received" in sh(f"ip netns exec sw ping -c1 -W1 {one.split('/')[0]}", check=False)
                             for one in addresses))  # fmt: skip
    # However slow this kernel is: the IPv6 address is not yet to be sent from when the change is done.
    announce.PATIENCE = 40.0
    sh("echo 6 > /proc/sys/net/ipv6/conf/default/dad_transmits")
    # No probe, so that the node sends nothing by itself; the bridge has a MAC of its own.
    nics = [{"name": "eth0", "type": "ethernet"}]
    bridge = {"name": "br0", "type": "bridge", "ports": ["eth0"], "mac": "02:00:00:00:77:77", **both(addresses)}
    kept({"interfaces": [*nics, bridge]}, "kernel")
    for one in addresses:
        known = json.loads(sh(f"ip -n sw -j neigh show {one.split('/')[0]} dev br-mgmt"))
        assert known[0]["lladdr"] == "02:00:00:00:77:77", known


def both(addresses: list[str]) -> dict[str, Any]:
    """Addresses under the keys of their families."""
    return {f"ipv{6 if ':' in one else 4}": {"addresses": [one]} for one in addresses}


def test_nic_13_platform_the_label_follows_the_kernel() -> None:
    rack()
    kept(declared(), "kernel")
    carried = {"br-trunk": sorted(kernel().links["bond0"].vlans)}
    ready = labels(vm_networks(), carried)
    assert ready == {f"{LABEL}trunk": "ready", f"{LABEL}lab": None}, ready
    sh("bridge vlan del dev bond0 vid 81")
    carried = {"br-trunk": sorted(kernel().links["bond0"].vlans)}
    assert labels(vm_networks(), carried)[f"{LABEL}trunk"] is None
