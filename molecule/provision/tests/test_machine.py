"""The machine runs the image: it was powered off when this began."""

from __future__ import annotations

from typing import Any

testinfra_hosts = ["ansible://hci_agents"]


def test_the_machine_runs_what_was_installed(host: Any) -> None:
    assert host.system_info.distribution == "debian"
    assert host.check_output("findmnt -n -o SOURCE /").startswith("/dev/")
