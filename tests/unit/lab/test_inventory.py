"""The generated inventory: both kinds of node, secrets for their owner only, the same bytes the second time."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.model import Inventory
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.nics import contradictory_nics
from lab import inventory, place
from lab.rack import model


@pytest.fixture
def where(tmp_path: Path) -> place.Place:
    where = place.Place(tmp_path / "checkout", data_root=tmp_path / "data")
    where.prepare()
    return where


def test_every_node_of_the_rack_is_in_its_group(where: place.Place) -> None:
    inventory.write(where, model.load("default"))
    children = yaml.safe_load((where.inventory / "hosts.yml").read_text())["all"]["children"]
    nodes = children["hci_nodes"]["children"]
    assert list(children["hci_boot"]["hosts"]) == ["boot1"]
    assert list(nodes["hci_servers"]["hosts"]) == ["n1", "n2", "n3"]
    assert nodes["hci_agents"]["hosts"]["m1"] == {"ansible_host": "172.31.70.14"}


def test_a_host_is_only_verified_and_a_machine_is_provisioned(where: place.Place) -> None:
    rack = model.load("default")
    host, machine = (inventory.node_of(where, node) for node in (rack.nodes[0], rack.machines[0]))
    assert (host["provision"], "bmc" in host) == ("existing", False)
    assert machine["bmc"]["address"] == "172.31.71.14"
    assert machine["root_device"] == {"serial": "IA-M1-DISK0"}
    assert machine["nics"][0]["match"] == {"mac": "52:54:00:70:00:14"}


def test_the_networks_of_the_rack_contradict_nothing(where: place.Place) -> None:
    rack = model.load("default")
    nodes = {node.name: {"hci_node": inventory.node_of(where, node)} for node in rack.nodes}
    shared = inventory.platform(where, rack)
    groups = {"hci_servers": ("n1", "n2", "n3"), "hci_agents": ("m1",)}
    found = list(contradictory_nics(Inventory(groups, nodes, {**shared})))
    assert [str(one) for one in found] == []


def test_a_machine_with_redfish_verifies_its_certificate(where: place.Place) -> None:
    machine = model.load("kvm").machines[0]
    bmc = inventory.bmc_of(where, machine)
    assert (bmc["driver"], bmc["verify_tls"], bmc["ca_path"]) == ("redfish", True, str(where.state / "ca.pem"))


def test_the_second_time_writes_nothing(where: place.Place) -> None:
    rack = model.load("default")
    inventory.write(where, rack)
    files = {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in where.inventory.rglob("*.yml")}
    inventory.write(where, rack)
    assert files == {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in where.inventory.rglob("*.yml")}


def test_secrets_are_for_their_owner_and_appear_in_no_other_file(where: place.Place) -> None:
    inventory.write(where, model.load("default"))
    path = where.inventory / "group_vars/all/secrets.yml"
    secrets = yaml.safe_load(path.read_text())
    assert path.stat().st_mode & 0o077 == 0
    others = [other.read_text() for other in where.inventory.rglob("*.yml") if other != path]
    assert not [value for value in secrets.values() for text in others if value in text]


def test_two_checkouts_have_different_names() -> None:
    first, second = (place.Place(Path(path)) for path in ("/srv/one", "/srv/two"))
    assert first.id != second.id
    # The longest interface name nspawn makes of it: vb-ID-boot1.
    assert len(f"vb-{first.id}-boot1") <= 15
