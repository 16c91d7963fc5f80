from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import convert
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.convert_job import (
    BEGUN,
    DONE,
    end_of,
    job,
    mark_patch,
    users_of,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.libvirt import parse_domain

WISH = convert.Conversion("web01", "vms", ("web01-disk0", "web01-disk1"), "registry.example.com/v2v:1")
INSPECTION = """<?xml version='1.0' encoding='utf-8'?>
<v2v-inspection>
  <program>virt-v2v-in-place</program>
  <disks><disk index='0'><virtual-size>6442450944</virtual-size></disk></disks>
  <firmware type='uefi'/>
  <operatingsystem><name>windows</name><osinfo>win2k19</osinfo><arch>x86_64</arch><mountpoints/></operatingsystem>
</v2v-inspection>
"""
LOG = f"""[   0.0] Setting up the source: -i libvirtxml /input/domain.xml
[   9.9] Converting Windows Server 2019 to run on KVM
virt-v2v-in-place: warning: there is no QXL driver
virt-v2v-in-place: This guest has virtio drivers installed.
[ 412.3] Finishing off
{convert.BEGIN}
{INSPECTION}
{convert.END}
{convert.STATUS} 0
"""


def test_the_domain_says_what_virt_v2v_reads() -> None:
    """Read back by the parser that reads the domains of libvirt itself."""
    wish = replace(WISH, firmware="efi", addresses=(convert.Address("00:50:56:01:02:03", "192.0.2.3"),))
    found = parse_domain(convert.domain_xml(wish, ["Block", "Filesystem"]).encode(), "domain")
    assert [(disk.file, disk.format, disk.bus, disk.key) for disk in found.disks] == [
        ("/dev/disk0", "raw", "sata", "sda"),
        ("/disks/1/disk.img", "raw", "sata", "sdb"),
    ]
    assert (found.name, found.firmware, found.memory_mib) == ("web01", "efi", 4096)
    assert [nic.mac for nic in found.nics] == ["00:50:56:01:02:03"]


def test_names_of_disks_go_on_behind_z() -> None:
    found = parse_domain(convert.domain_xml(WISH, ["Block"] * 29).encode(), "domain")
    assert [disk.key for disk in found.disks][24:29] == ["sdy", "sdz", "sdaa", "sdab", "sdac"]


@pytest.mark.parametrize(
    ("address", "argument"),
    [
        (convert.Address("00:50:56:01:02:03", "192.0.2.3"), "00:50:56:01:02:03:ip:192.0.2.3"),
        (convert.Address("00:50:56:01:02:03", "192.0.2.3", "192.0.2.1", 24),
         "00:50:56:01:02:03:ip:192.0.2.3,192.0.2.1,24"),
        (convert.Address("00:50:56:01:02:03", "192.0.2.3", "", 24, ("192.0.2.53", "192.0.2.54")),
         "00:50:56:01:02:03:ip:192.0.2.3,,24,192.0.2.53,192.0.2.54"),
    ],
)  # fmt: skip
def test_an_address_is_told_as_virt_v2v_takes_it(address: convert.Address, argument: str) -> None:
    arguments = convert.arguments(replace(WISH, addresses=(address,)))
    assert arguments[-2:] == ["--mac", argument] and arguments[:2] == ["--root", "first"]


def test_all_errors_are_told_at_once() -> None:
    bad = replace(
        WISH,
        claims=(),
        root="$(reboot)",
        drivers_image="a",
        drivers_claim="b",
        addresses=(convert.Address("00-50", "192.0.2.3", nameservers=("192.0.2.53",)),),
        memory_mib=1024,
    )
    assert [finding.place for finding in convert.findings(bad)] == [
        "volumes",
        "root",
        "memory_mib",
        "virtio_win",
        "addresses[0].mac",
        "addresses[0].prefix",
    ]
    assert not list(convert.findings(WISH))


def test_a_log_tells_step_status_and_what_was_found() -> None:
    told = convert.read_log(LOG)
    assert (told.status, told.step, told.error) == (0, "Finishing off", "")
    assert told.inspection == {
        "operating_system": {"name": "windows", "osinfo": "win2k19", "arch": "x86_64"},
        "firmware": "uefi",
        "disks": [6442450944],
        "virtio": True,
    }
    assert told.tail[-1] == f"{convert.STATUS} 0"


def test_a_conversion_without_drivers_is_told() -> None:
    bare = LOG.replace("guest has virtio", "guest does not have virtio")
    assert convert.read_log(bare).inspection["virtio"] is False
    assert "virtio" not in convert.read_log("").inspection


def test_a_log_so_far_has_no_status_and_a_failure_has_its_error() -> None:
    assert convert.read_log(LOG.partition(convert.BEGIN)[0]).status is None
    told = convert.read_log(f"[ 3.1] Inspecting\nvirt-v2v-in-place: error: no root device found\n{convert.STATUS} 1\n")
    assert (told.status, told.error, told.inspection) == (1, "no root device found", {})


def test_a_job_has_each_volume_in_its_mode_and_is_tried_once() -> None:
    found = job(WISH, ["Block", "Filesystem"])
    container = found["spec"]["template"]["spec"]["containers"][0]
    assert container["volumeDevices"] == [{"name": "disk0", "devicePath": "/dev/disk0"}]
    assert {"name": "disk1", "mountPath": "/disks/1"} in container["volumeMounts"]
    assert container["resources"]["limits"]["devices.kubevirt.io/kvm"] == "1"
    assert (found["spec"]["backoffLimit"], found["spec"]["activeDeadlineSeconds"]) == (0, 7200)
    slow = job(replace(WISH, kvm=False), ["Block", "Block"])["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "LIBGUESTFS_BACKEND_SETTINGS", "value": "force_tcg"} in slow["env"]
    assert "devices.kubevirt.io/kvm" not in slow["resources"]["limits"]


@pytest.mark.parametrize(
    ("wish", "size"),
    [
        ({}, 1792),
        ({"kvm": False}, 1280),
        ({"drivers_claim": "win"}, 1024),
        ({"drivers_claim": "win", "drivers_path": "virtio-win"}, 1792),
    ],
)
def test_the_machines_of_virt_v2v_fit_into_the_job(wish: dict[str, object], size: int) -> None:
    """One has twice what libguestfs is told; a second one, for drivers in an ISO, once."""
    body = job(replace(WISH, **wish), ["Block", "Block"])
    container = body["spec"]["template"]["spec"]["containers"][0]
    assert {"name": "LIBGUESTFS_MEMSIZE", "value": str(size)} in container["env"]
    assert container["resources"]["limits"]["memory"] == "4096Mi"


def test_the_least_memory_is_named() -> None:
    slow = replace(WISH, kvm=False, drivers_claim="win")
    (found,) = convert.findings(slow)
    assert found.place == "memory_mib" and "give at least 4608" in found.way_out
    assert not list(convert.findings(replace(slow, memory_mib=4608)))


@pytest.mark.parametrize(
    ("wish", "volume"),
    [
        ({"drivers_image": "example.com/win:1"},
         {"image": {"reference": "example.com/win:1", "pullPolicy": "IfNotPresent"}}),
        ({"drivers_claim": "win"}, {"persistentVolumeClaim": {"claimName": "win", "readOnly": True}}),
    ],
)  # fmt: skip
def test_drivers_come_from_an_image_or_a_claim(wish: dict[str, str], volume: dict[str, object]) -> None:
    pod = job(replace(WISH, **wish), ["Block", "Block"])["spec"]["template"]["spec"]
    assert {"name": "drivers", **volume} in pod["volumes"]
    assert {"name": "VIRTIO_WIN", "value": "/drivers/virtio-win.iso"} in pod["containers"][0]["env"]


def test_what_does_not_change_the_result_is_not_in_the_digest() -> None:
    assert replace(WISH, deadline=1, kvm=False).digest == WISH.digest
    assert replace(WISH, root="/dev/sda2").digest != WISH.digest


def test_pods_that_use_the_volumes_are_named() -> None:
    def pod(name: str, claim: str, phase: str = "Running", **labels: str) -> dict[str, object]:
        volumes = [{"name": "x", "emptyDir": {}}, {"name": "d", "persistentVolumeClaim": {"claimName": claim}}]
        return {"metadata": {"name": name, "labels": labels}, "spec": {"volumes": volumes}, "status": {"phase": phase}}

    pods = [
        pod("launcher", "web01-disk1"),
        pod("over", "web01-disk0", "Succeeded"),
        pod("other", "db-disk0"),
        pod("own", "web01-disk0", **{"batch.kubernetes.io/job-name": "convert-web01"}),
    ]
    assert users_of(pods, WISH.claims, "convert-web01") == ["launcher"]


def test_what_the_cluster_ended_is_told_and_what_ended_by_itself_is_not() -> None:
    late = {"status": {"conditions": [{"type": "FailureTarget", "reason": "DeadlineExceeded"}]}}
    assert "give it more timeout" in end_of(late, None)
    by_itself = {"status": {"conditions": [{"type": "Failed", "reason": "BackoffLimitExceeded"}]}}
    assert end_of(by_itself, {"status": {"containerStatuses": [{"state": {"terminated": {"reason": "Error"}}}]}}) == ""
    assert end_of({}, {"status": {"reason": "Evicted"}}).startswith("Evicted: ")


def test_a_mark_takes_the_place_of_the_one_before() -> None:
    annotations = mark_patch({DONE: "y"})["metadata"]["annotations"]
    assert annotations[DONE] == "y" and annotations[BEGUN] is None
