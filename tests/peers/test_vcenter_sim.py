"""The vCenter stand-in does what docs/lab-vcenter.md says: reading, files, exports, power."""

from __future__ import annotations

import os
import subprocess
import urllib.parse
from pathlib import Path

import pytest

from lab import vsphere
from lab.recipes.vcenter import SOURCE
from tests.peers.peers import needs
from tests.peers.vcenter_estate import MIB, SIZE, cookie, disks, estate, flat, machine, request
from tests.peers.vcenter_sim import VcenterSim, generated, serving, wait
from tools.checks.lint import GO_AS_THE_LAB


def test_a_wrong_password_is_refused_and_nothing_answers_without_a_login(vcenter: VcenterSim) -> None:
    from pyVmomi import vim

    with pytest.raises(vim.fault.InvalidLogin):
        vcenter.login(pwd="wrong")
    si = vcenter.login()
    path = flat(machine(vcenter, "off", si))
    assert request(vcenter, path)[0] == 401
    vcenter.expire_sessions()
    with pytest.raises(vim.fault.NotAuthenticated):
        _ = si.content.rootFolder.childEntity
    assert vcenter.journal()["logins"] == {"refused": 1, "accepted": 1}


def test_pyvmomi_reads_whole_objects_and_finds_what_the_estate_says(vcenter: VcenterSim) -> None:
    from pyVmomi import vim

    vm = machine(vcenter, "on")
    assert (vm.runtime.powerState, vm.summary.config.memorySizeMB, vm.config.firmware) == ("poweredOn", 1024, "efi")
    assert (vm.config.hardware.numCPU, vm.config.hardware.numCoresPerSocket) == (4, 2)
    assert (vm.parent.name, vm.runtime.host.name, vm.snapshot) == ("web", "esx2", None)
    assert sorted(network.name for network in vm.network) == ["DV 20", "VLAN 10"]
    card = next(d for d in vm.config.hardware.device if isinstance(d, vim.vm.device.VirtualVmxnet3))
    assert (card.macAddress, card.addressType) == ("00:50:56:00:00:01", "manual")
    assert [disk.capacityInBytes for disk in disks(vm.config)] == [SIZE, MIB]
    assert vm.guest.net[0].ipConfig.ipAddress[0].prefixLength == 24
    assert machine(vcenter, "golden").config.template
    assert vcenter.changes() == []


def test_a_datastore_file_is_read_by_ranges(vcenter: VcenterSim, vcenter_image: Path) -> None:
    vm = machine(vcenter, "off")
    path, session = flat(vm), cookie(vm)
    content = vcenter_image.read_bytes()
    status, body, headers = request(vcenter, path, Cookie=session)
    assert (status, body == content, headers["Accept-Ranges"]) == (200, True, "bytes")
    first = 5 * MIB - 7
    status, body, headers = request(vcenter, path, Cookie=session, Range=f"bytes={first}-{first + 99}")
    assert (status, body) == (206, content[first : first + 100])
    assert headers["Content-Range"] == f"bytes {first}-{first + 99}/{SIZE}"
    status, body, headers = request(vcenter, path, "HEAD", Cookie=session)
    assert (status, body, headers["Content-Length"]) == (200, b"", str(SIZE))
    assert request(vcenter, path, Cookie=session, Range=f"bytes={SIZE}-")[0] == 416
    assert request(vcenter, path.replace("DC0", "DC1"), Cookie=session)[0] == 404


def test_files_of_a_running_machine_are_locked_and_vsan_has_none(vcenter: VcenterSim) -> None:
    vm = machine(vcenter, "on")
    assert request(vcenter, flat(vm), Cookie=cookie(vm))[0] == 500
    other = machine(vcenter, "vsan")
    assert request(vcenter, flat(other), Cookie=cookie(other))[0] == 404


def test_an_export_is_a_vmdk_that_qemu_reads_with_equal_content(
    vcenter: VcenterSim, vcenter_image: Path, tmp_path: Path
) -> None:
    needs("qemu-img")
    vm = machine(vcenter, "off")
    lease = vm.ExportVm()
    assert lease.state == "ready"
    urls = {url.targetId: url for url in lease.info.deviceUrl}
    assert {name: url.disk for name, url in urls.items()} == {"disk-0.vmdk": True, "off.nvram": False}
    assert urls["disk-0.vmdk"].sslThumbprint.replace(":", "").lower() == vcenter.fingerprint("sha1")
    status, body, headers = request(vcenter, urllib.parse.urlsplit(urls["disk-0.vmdk"].url).path)
    assert (status, "Content-Length" in headers) == (200, False)
    (tmp_path / "disk.vmdk").write_bytes(body)
    compare = ["qemu-img", "compare", "-f", "vmdk", "-F", "raw", str(tmp_path / "disk.vmdk"), str(vcenter_image)]
    assert "identical" in subprocess.run(compare, check=True, capture_output=True, text=True).stdout
    (entry,) = lease.HttpNfcLeaseGetManifest()
    assert (entry.size, entry.disk, entry.capacity) == (len(body), True, SIZE)
    lease.HttpNfcLeaseProgress(100)
    lease.HttpNfcLeaseComplete()
    assert request(vcenter, urllib.parse.urlsplit(urls["disk-0.vmdk"].url).path)[0] == 404
    assert vcenter.changes() == [("ExportVm", "off"), ("HttpNfcLeaseComplete", "off")]


def test_a_running_machine_is_not_exported_and_an_exported_one_does_not_start(vcenter: VcenterSim) -> None:
    from pyVmomi import vim

    with pytest.raises(vim.fault.InvalidPowerState):
        machine(vcenter, "on").ExportVm()
    vm = machine(vcenter, "off")
    lease = vm.ExportVm()
    with pytest.raises(vim.fault.TaskInProgress):
        wait(vm.PowerOnVM_Task())
    lease.HttpNfcLeaseAbort()


def test_an_expired_lease_tells_and_serves_nothing(vcenter: VcenterSim) -> None:
    from pyVmomi import vim

    lease = machine(vcenter, "off").ExportVm()
    path = urllib.parse.urlsplit(lease.info.deviceUrl[0].url).path
    assert vcenter.expire_leases() == 1
    assert (lease.state, request(vcenter, path)[0]) == ("error", 404)
    with pytest.raises(vim.fault.Timedout):
        lease.HttpNfcLeaseProgress(50)


def test_shutting_down_needs_tools_and_a_guest_that_listens(vcenter: VcenterSim) -> None:
    from pyVmomi import vim

    with pytest.raises(vim.fault.ToolsUnavailable):
        machine(vcenter, "toolless").ShutdownGuest()
    machine(vcenter, "deaf").ShutdownGuest()
    assert vcenter.machines()["deaf"]["power"] == "poweredOn"


def test_a_machine_that_is_off_writes_nothing_and_tells_nothing(vcenter_image: Path, tmp_path: Path) -> None:
    with serving(tmp_path, estate(vcenter_image)) as vcenter:
        vm = machine(vcenter, "on")
        vcenter.write("on", b"last words", 8 * MIB)
        vm.ShutdownGuest()
        assert (vm.runtime.powerState, vm.guest.toolsRunningStatus) == ("poweredOff", "guestToolsNotRunning")
        assert list(vm.guest.net) == []
        with pytest.raises(OSError, match="409"):
            vcenter.scribble("on")
        assert request(vcenter, flat(vm), Cookie=cookie(vm))[1][8 * MIB :][:10] == b"last words"
        assert vcenter.changes() == [("ShutdownGuest", "on")]


def test_a_network_card_is_disconnected_and_notes_are_kept(vcenter_image: Path, tmp_path: Path) -> None:
    from pyVmomi import vim

    with serving(tmp_path, estate(vcenter_image)) as vcenter:
        vm = machine(vcenter, "off")
        card = next(d for d in vm.config.hardware.device if isinstance(d, vim.vm.device.VirtualEthernetCard))
        card.connectable.startConnected = card.connectable.connected = False
        edit = vim.vm.device.VirtualDeviceSpec(operation="edit", device=card)
        note = vim.option.OptionValue(key="ironacre.state", value="moved")
        spec = vim.vm.ConfigSpec(deviceChange=[edit], annotation="moved", extraConfig=[note])
        wait(vm.ReconfigVM_Task(spec))
        assert (vcenter.machines()["off"]["connected"], vm.config.annotation) == ([False], "moved")
        assert {"ironacre.state": "moved"}.items() <= {o.key: o.value for o in vm.config.extraConfig}.items()
        wait(vm.PowerOnVM_Task())
        kept = next(d for d in vm.config.hardware.device if isinstance(d, vim.vm.device.VirtualEthernetCard))
        assert (kept.macAddress, kept.connectable.connected) == (card.macAddress, False)


def test_a_template_is_made_a_machine_and_back(vcenter: VcenterSim) -> None:
    from pyVmomi import vmodl

    vm = machine(vcenter, "golden")
    with pytest.raises(vmodl.MethodFault):
        wait(vm.PowerOnVM_Task())
    vm.MarkAsVirtualMachine(machine(vcenter, "off").resourcePool)
    assert not vm.config.template
    vm.MarkAsTemplate()
    assert vm.config.template


def test_what_destroys_is_written_down(vcenter_image: Path, tmp_path: Path) -> None:
    with serving(tmp_path, estate(vcenter_image)) as vcenter:
        vm = machine(vcenter, "off")
        path, session = flat(vm), cookie(vm)
        wait(vm.Destroy_Task())
        assert vcenter.changes("Destroy_Task", "UnregisterVM") == [("Destroy_Task", "off")]
        assert request(vcenter, path, Cookie=session)[0] == 404


def test_an_esxi_host_serves_the_same_machines(vcenter_image: Path, tmp_path: Path) -> None:
    said = estate(vcenter_image)
    said["hosts"] = [{"name": "esx1"}]
    said["machines"] = [one for one in said["machines"] if one["name"] != "vsan"]
    for one in said["machines"]:
        one.pop("host", None)
    with serving(tmp_path, said, esxi=True) as vcenter:
        vm = machine(vcenter, "off")
        assert (
            request(vcenter, flat(vm, datacenter="ha-datacenter"), Cookie=cookie(vm))[1] == vcenter_image.read_bytes()
        )
        assert vm.ExportVm().info.deviceUrl[0].url.startswith("https://*/nfc/")
        assert vcenter.login().content.about.apiType == "HostAgent"


def test_a_generated_estate_of_many_is_the_same_each_time(tmp_path: Path) -> None:
    said = generated(40)
    assert said == generated(40) and said != generated(40, seed=2)
    with serving(tmp_path, said) as vcenter:
        assert sorted(vcenter.machines()) == [f"app{number:03}" for number in range(1, 41)]


def test_the_rack_has_machines_that_are_off_and_machines_that_run(vcenter_image: Path, tmp_path: Path) -> None:
    with serving(tmp_path, vsphere.estate(vcenter_image)) as sim:
        assert {name: state["power"] for name, state in sim.machines().items()} == {
            "legacy-cold": "poweredOff",
            "legacy-warm": "poweredOn",
            "estate-web": "poweredOn",
            "estate-db": "poweredOn",
            "estate-old": "poweredOff",
            "estate-dmz": "poweredOn",
        }
        assert sim.content("legacy-warm") == vcenter_image.read_bytes()


def test_its_parts_pass_their_own_tests() -> None:
    needs("go")
    environment = {**os.environ, **GO_AS_THE_LAB}
    done = subprocess.run(["go", "test", "./..."], cwd=SOURCE, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
