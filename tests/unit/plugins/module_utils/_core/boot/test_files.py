"""The files of a fresh node."""

from __future__ import annotations

import base64

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.files import (
    HOST_KEY,
    NETWORK_FILE,
    first_network,
    node_files,
)
from tests.unit.plugins.module_utils._core.boot.samples import NODE

NETWORK = {"subnet": "192.0.2.0/25", "router": "192.0.2.1", "dns": ["192.0.2.1", "192.0.2.2"]}


def test_the_first_network_is_that_of_the_nic_that_booted() -> None:
    lines = first_network(NODE, NETWORK).splitlines()
    assert {"PermanentMACAddress=52:54:00:70:00:14", "Address=192.0.2.14/25", "Gateway=192.0.2.1"} <= set(lines)
    assert [line for line in lines if line.startswith("DNS")] == ["DNS=192.0.2.1", "DNS=192.0.2.2"]


def test_without_a_router_there_is_no_gateway() -> None:
    assert "Gateway" not in first_network(NODE, {"subnet": "192.0.2.0/24"})


def test_names_keys_and_modes() -> None:
    files = {file["path"]: file for file in node_files("n1.example.org", NODE, NETWORK, "PRIVATE\n", "PUBLIC")}
    text = {path: base64.b64decode(file["content"]).decode() for path, file in files.items()}
    assert text["/etc/hostname"] == "n1\n"
    assert text["/root/.ssh/authorized_keys"] == "ssh-ed25519 AAAA operator\n"
    assert (text[HOST_KEY], files[HOST_KEY]["mode"]) == ("PRIVATE\n", "0600")
    assert files["/root/.ssh/authorized_keys"]["mode"] == "0600"
    assert NETWORK_FILE in files
