"""The boot server serves."""

from __future__ import annotations

from typing import Any

testinfra_hosts = ["ansible://hci_boot"]


def test_the_boot_server_serves_artifacts(host: Any) -> None:
    assert host.socket("tcp://0.0.0.0:8080").is_listening
