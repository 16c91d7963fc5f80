"""The rack's vCenter stand-in: what it is started with, and how imports reach it."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import inventory, place, vsphere
from lab.machine import authority
from lab.rack import model
from lab.shell import run


@pytest.fixture
def where(tmp_path: Path) -> place.Place:
    where = place.Place(tmp_path / "checkout", data_root=tmp_path / "data")
    where.prepare()
    return where


def test_its_certificate_is_of_the_lab_and_carries_address_and_name(where: place.Place) -> None:
    vsphere.daemon(where, Path("/vcenter"))
    certificate = str(where.data / "keys" / "vcenter.pem")
    for subject in (("-verify_ip", "172.31.70.1"), ("-verify_hostname", "vcenter.rack.test")):
        run("openssl", "verify", "-CAfile", str(authority.authority(where)), *subject, certificate)


def test_its_password_is_in_a_file_and_not_on_the_command_line(where: place.Place) -> None:
    command = vsphere.daemon(where, Path("/vcenter")).command
    secret = inventory.files(where, model.load("default"))["group_vars/all/secrets.yml"]["vault_vcenter_password"]
    assert (where.data / "secrets" / "vcenter").read_text() == secret
    assert not [word for word in command if secret in word]


def test_an_import_finds_it_in_the_inventory_and_verifies_it(where: place.Place) -> None:
    source = inventory.files(where, model.load("default"))["group_vars/all/vcenter.yml"]["lab_vcenter"]
    assert (source["hostname"], source["ca_path"]) == ("172.31.70.1", str(where.state / "ca.pem"))
    assert source["password"] == "{{ vault_vcenter_password }}"


def test_only_the_controller_reaches_what_rehearses_faults(where: place.Place) -> None:
    daemon = vsphere.daemon(where, Path("/vcenter"))
    assert daemon.namespace == where.controller
    assert "-control=127.0.0.1:8991" in daemon.command
