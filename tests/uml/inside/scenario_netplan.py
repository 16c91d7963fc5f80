"""netplan above systemd-networkd, and what others put on networkd's links. Runs inside the kernel."""

from __future__ import annotations

from cells import (
    after_a_boot,
    bus,
    command_of,
    daemon,
    have,
    kept,
    kernel,
    left,
    settled_before,
    sh,
    switch,
)
from trunk import trunk


def test_nic_02_netplan_create_vlans_and_boot() -> None:
    have("netplan")
    after_a_boot("netplan")
    command, ready = command_of("netplan")
    with daemon(command, ready):
        for desired in (trunk([100, 201]), trunk([100, 201], lacp_rate="slow"), trunk([100, 201], mtu=1500)):
            kept(desired, "netplan")
            assert not left(desired, "netplan"), left(desired, "netplan")
    assert sorted(kernel().links["bond0"].vlans) == [100, 201]


def test_nic_11_networkd_a_virtual_address_survives_reload_and_restart() -> None:
    switch()
    bus()
    command, ready = command_of("networkd")
    with daemon(command, ready):
        kept(trunk([100]), "networkd")
        sh("ip addr add 10.0.100.5/32 dev br-vm.100")
        kept(trunk([100, 101]), "networkd")
    with daemon(command, ready):
        settled_before("networkd")
        kept(trunk([100, 102]), "networkd")
        assert "10.0.100.5/32" in kernel().links["br-vm.100"].addresses
