"""The rack is up: every host answers over SSH with systemd running."""

from __future__ import annotations

from typing import Any

testinfra_hosts = ["ansible://hci_boot", "ansible://hci_servers"]


def test_a_host_is_a_debian_with_systemd(host: Any) -> None:
    assert host.system_info.distribution == "debian"
    assert host.check_output("systemctl is-system-running --wait || true") in {"running", "degraded"}


def test_a_host_has_only_the_networks_of_the_rack(host: Any) -> None:
    addresses = host.check_output("ip -o -4 address show scope global")
    assert "172.31.70." in addresses
