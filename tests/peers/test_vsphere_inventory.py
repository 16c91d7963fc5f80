"""vm_source_info reads a vCenter: all of it, in few round trips, changing nothing, over connections it verified."""

from __future__ import annotations

import ssl
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source_options import Login
from ansible_collections.ironacre.hci.plugins.modules import vm_source_info
from tests.peers.vcenter_sim import VcenterSim, generated, serving
from tests.peers.vsphere_source import MIB, SIZE, disk_content, estate, image, opened, options, raised
from tests.unit.running import Run


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[VcenterSim]:
    folder = tmp_path_factory.mktemp("inventory")
    with serving(folder / "vcenter", estate(image(folder / "disk.raw"))) as sim:
        yield sim


@pytest.fixture
def sim(started: VcenterSim) -> VcenterSim:
    started.clear()
    return started


def read(run: Run, sim: VcenterSim, **more: Any) -> dict[str, Any]:
    source = options(sim, **more.pop("source", {}))
    return run(vm_source_info, {"source": source, **more})


def test_a_machine_is_described_as_the_estate_has_it(run: Run, sim: VcenterSim) -> None:
    (found,) = read(run, sim, names=["web01"])["vms"]
    assert (found["cpu"]["count"], found["cpu"]["cores_per_socket"], found["memory_mib"]) == (8, 8, 1024)
    assert (found["firmware"], found["secure_boot"], found["power"]) == ("efi", True, "on")
    assert (found["tools"], found["guest"]["id"], found["guest"]["family"]) == ("running", "rhel9_64Guest", "linux")
    assert found["source"] == {
        "type": "vcenter", "datacenter": "DC0", "cluster": "c1", "host": "esx1", "folder": "/prod/web",
    }  # fmt: skip
    first, second = found["disks"]
    assert (first["capacity"], first["bus"], first["controller_model"], first["unit"]) == (SIZE, "scsi", "pvscsi", 0)
    assert (first["datastore"], first["thin"], first["tracking"], first["rdm"]) == ("ds1", True, True, False)
    assert (second["capacity"], second["bus"], second["thin"]) == (MIB, "sata", False)
    nics = [(nic["network"], nic["model"], nic["mac"], nic["mac_type"], nic["connected"]) for nic in found["nics"]]
    assert nics == [
        ("VLAN 10", "vmxnet3", "00:50:56:00:00:01", "static", True),
        ("DV 20", "e1000e", "00:50:56:00:00:02", "vpx", False),
    ]
    assert found["nics"][0]["ips"] == ["192.0.2.5/24"]


def test_what_is_around_the_machines(run: Run, sim: VcenterSim) -> None:
    found = read(run, sim)
    networks = {one["name"]: one["type"] for one in found["networks"]}
    assert (networks["VLAN 10"], networks["DV 20"]) == ("standard", "distributed")
    assert not [name for name in networks if "Uplink" in name]
    assert [(one["name"], one["type"]) for one in found["datastores"]] == [("ds1", "VMFS"), ("objects", "vsan")]
    assert {one["name"]: one["cluster"] for one in found["hosts"]} == {"esx1": "c1", "esx2": "c1", "alone": "alone"}
    assert found["api"]["type"] == "vcenter"
    assert {vm["name"]: vm["snapshots"] for vm in found["vms"] if vm["snapshots"]} == {"snapped": ["theirs"]}


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        ({"folder": "/prod"}, ["off", "web01"]),
        ({"folder": "prod/web"}, ["web01"]),
        ({"pattern": "*s*"}, ["snapped", "toolless", "vsan"]),
        ({"source": {"vm": "off"}}, ["off"]),
        ({"source": {"datacenter": "DC7"}}, []),
    ],
)
def test_machines_are_chosen(run: Run, sim: VcenterSim, filters: dict[str, Any], names: list[str]) -> None:
    assert [vm["name"] for vm in read(run, sim, **filters)["vms"]] == names


def test_reading_changes_nothing_and_takes_the_same_few_calls_for_any_number(run: Run, sim: VcenterSim) -> None:
    read(run, sim)
    few = sim.journal()
    assert few["changes"] == []
    assert sum(few["calls"].values()) <= 8


def test_pages_hold_together(run: Run, sim: VcenterSim) -> None:
    whole = read(run, sim)
    sim.clear()
    paged = read(run, sim, page_size=3)
    assert {key: paged[key] for key in whole if key != "invocation"} == {
        key: value for key, value in whole.items() if key != "invocation"
    }
    assert sim.journal()["calls"]["ContinueRetrievePropertiesEx"] > 4


def test_a_large_estate_needs_a_handful_of_round_trips(run: Run, tmp_path: Path) -> None:
    with serving(tmp_path / "large", generated(300)) as sim:
        sim.clear()
        assert len(read(run, sim)["vms"]) == 300
        assert sum(sim.journal()["calls"].values()) <= 12


def test_names_that_nobody_has_are_an_error(run: Run, sim: VcenterSim) -> None:
    found = run(vm_source_info, {"source": options(sim), "names": ["web01", "web09", "x"]}, fails=True)
    assert [finding["place"] for finding in found["findings"]] == ["names[1]", "names[2]"]


def test_a_session_that_ends_between_two_pages_is_renewed(run: Run, sim: VcenterSim) -> None:
    sim.fault("session", "expire", method="ContinueRetrievePropertiesEx")
    assert len(read(run, sim, page_size=3)["vms"]) == 8
    assert sim.journal()["logins"]["accepted"] == 2


def test_a_session_that_keeps_ending_is_given_up(run: Run, sim: VcenterSim) -> None:
    sim.fault("session", "expire", method="CreateContainerView", count=-1)
    assert "NotAuthenticated" in run(vm_source_info, {"source": options(sim)}, fails=True)["msg"]
    assert sim.journal()["logins"]["accepted"] == 2


def test_an_overloaded_server_is_asked_again_later(sim: VcenterSim) -> None:
    pauses: list[float] = []
    sim.fault("sdk", "status", status=503, count=3)
    with opened(sim, pauses) as package:
        assert package.vm("off").name == "off"
    assert len(pauses) == 3
    assert pauses == sorted(pauses)


def test_a_wrong_password_fails_at_once(run: Run, sim: VcenterSim) -> None:
    found = run(vm_source_info, {"source": options(sim, password="not this one")}, fails=True)
    assert "refuses the login" in found["msg"]
    assert "not this one" not in str(found)
    assert sim.journal()["logins"] == {"refused": 1}


def test_without_its_authority_nothing_is_sent(run: Run, sim: VcenterSim) -> None:
    found = run(vm_source_info, {"source": options(sim, ca_path=None)}, fails=True)
    shown = found["msg"].replace(":", "").lower()
    assert "is not trusted" in found["msg"]
    assert sim.thumbprint in shown
    assert sim.journal()["calls"] == {}


@pytest.mark.parametrize("algorithm", ["sha1", "sha256"])
def test_a_thumbprint_replaces_the_authority(run: Run, sim: VcenterSim, algorithm: str) -> None:
    pin = sim.fingerprint(algorithm).upper()
    found = read(run, sim, source={"ca_path": None, "thumbprint": pin, "validate_certs": False})
    assert len(found["vms"]) == 8


def test_another_thumbprint_is_refused_before_anything_is_sent(run: Run, sim: VcenterSim) -> None:
    pinned = options(sim, ca_path=None, thumbprint="ab" * 32)
    found = run(vm_source_info, {"source": pinned}, fails=True)
    assert "somebody stands between" in found["msg"]
    assert (sim.journal()["calls"], sim.journal()["http"]) == ({}, {})


def test_every_connection_of_a_pinned_session_is_compared(sim: VcenterSim) -> None:
    """The session was good; then somebody stands between, and the disk would come from there."""
    with opened(sim, ca_path=None, thumbprint=sim.thumbprint) as package:
        vm = package.vm("off")
        package.session.trust.login = Login(sim.host, thumbprint="ab" * 32, port=sim.port)
        assert "somebody stands between" in raised(lambda: package.disk(vm.disks[0]))


def test_the_certificate_is_verified_by_name(sim: VcenterSim) -> None:
    with opened(sim) as package:
        assert package.session.trust.context.verify_mode is ssl.CERT_REQUIRED
        assert package.session.trust.context.check_hostname
        assert len(disk_content(package, "off")) == SIZE


def test_an_esxi_host_is_read_alone(run: Run, tmp_path: Path) -> None:
    alone = {"machines": [{"name": "alone", "disks": [{"capacity_bytes": MIB}]}]}
    with serving(tmp_path / "esxi", alone, esxi=True) as sim:
        found = read(run, sim, source={"type": "esxi"})
        assert found["api"]["type"] == "esxi"
        assert [(vm["name"], vm["source"]["type"]) for vm in found["vms"]] == [("alone", "esxi")]
        with opened(sim) as package:
            assert disk_content(package, "alone") == bytes(MIB)
