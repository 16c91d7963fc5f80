"""Kernel, time and network of the nodes are as declared."""

from __future__ import annotations

from typing import Any

testinfra_hosts = ["ansible://hci_servers"]


def test_packets_are_forwarded(host: Any) -> None:
    assert host.sysctl("net.ipv4.ip_forward") == 1


def test_the_bridge_for_vms_is_there(host: Any) -> None:
    assert host.interface("br-vm").exists
