"""What goes when only the declared may stay, and what stays all the same."""

from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import exclusive
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Route
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import owned, wanted

DECLARED = {
    "interfaces": [
        {"name": "eno1", "type": "ethernet"},
        {"name": "br0", "type": "bridge", "ports": [{"name": "eno1", "vlans": [7]}], "bridge": {"vlan_filtering": True},
         "ipv4": {"addresses": ["10.0.0.2/24"]}},
    ]
}  # fmt: skip
LINKS = (
    Link("eno1", master="br0", vlans={7: "", 8: "", 9: ""}),
    Link("eno2", master="bond9"),
    Link("br0", "bridge", addresses=frozenset({"10.0.0.2/24", "10.0.0.5/32", "10.9.0.2/24"})),
    Link("tap1", "tun", master="br0", vlans={8: "PU"}),
    Link("bond9", "bond"),
    Link("br9", "bridge"),
    Link("br9.4", "vlan", parent="br9"),
    Link("cni0", "bridge"),
    Link("bond8", "bond", master="br8"),
    Link("br8", "bridge"),
    Link("tap8", "tun", master="br8"),
    Link("mgmt.5", "vlan", parent="bond7"),
    Link("bond7", "bond"),
)
KERNEL = Kernel({link.name: link for link in LINKS}, frozenset({Route("10.8.0.0/16", "br0", "10.0.0.1")}))


def test_nic_11_only_what_nobody_lives_on_goes_and_in_an_order_that_works() -> None:
    assert exclusive.surplus(KERNEL, parse(DECLARED), ("mgmt.5", "bond7")) == ("br9.4", "br9", "bond9")


def test_nic_11_declared_links_lose_what_nobody_declared_but_not_what_guests_use() -> None:
    state = parse(DECLARED)
    target, ours = exclusive.extend(wanted(state), owned(None, KERNEL, state), KERNEL, state, ())
    assert target.absent == ("br9.4", "mgmt.5", "br9", "bond9", "bond7")
    assert ours.vlans["eno1"] == {7, 9} and ours.addresses["br0"] == {"10.0.0.2/24", "10.9.0.2/24"}
    assert KERNEL.routes <= ours.routes
