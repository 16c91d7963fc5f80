from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines import harvester
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.common import VSphere, Watched
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings, StorageRule

SOURCE = VSphere("vcenter.example.com", "credentials", "DC0")
VM = Vm(
    "Web_01",
    cpu=Cpu(8, 8),
    memory_mib=16384,
    disks=(Disk("2000", 1 << 30, datastore="ds1"),),
    nics=(Nic("4000", "VLAN 10"),),
    source={"folder": "/DC0/vm/prod"},
)
SETTINGS = Settings(
    "web-01", "vms", networks=(NetworkRule("VLAN 10", "vms/vlan10"),), storage=(StorageRule("*", "longhorn"),)
)


def test_the_controllers_objects() -> None:
    source = harvester.source_object(SOURCE, "vms")
    assert source["spec"] == {
        "endpoint": "https://vcenter.example.com/sdk",
        "dc": "DC0",
        "credentials": {"name": "credentials", "namespace": "vms"},
    }
    found = harvester.machine_import(VM, SETTINGS, SOURCE)
    assert found["spec"]["virtualMachineName"] == "Web_01" and found["spec"]["folder"] == "/DC0/vm/prod"
    assert found["spec"]["networkMapping"] == [{"sourceNetwork": "VLAN 10", "destinationNetwork": "vms/vlan10"}]
    assert found["spec"]["storageClass"] == "longhorn"
    assert found["spec"]["sourceCluster"]["name"] == source["metadata"]["name"]


def test_what_the_controller_would_drop_in_silence_is_told() -> None:
    settings = replace(
        SETTINGS,
        networks=(NetworkRule("DMZ", "pod"), NetworkRule("LAN", "vms/lan", binding="macvtap")),
        storage=(StorageRule("ds1", "a"), StorageRule("*", "b")),
    )
    vm = replace(
        VM,
        nics=(Nic("4000", "VLAN 10"), Nic("4001", "DMZ")),
        disks=(*VM.disks, Disk("2001", 1, datastore="ds2")),
    )
    found = harvester.findings(vm, settings, replace(SOURCE, datacenter=""))
    assert [finding.place for finding in found] == [
        "mapping.networks[1].binding",
        "source.datacenter",
        "source.Web_01.nics[4000]",
        "source.Web_01.nics[4001]",
        "mapping.storage",
    ]
    assert not list(harvester.findings(VM, SETTINGS, SOURCE))


def made(**domain: Any) -> dict[str, Any]:
    return {"spec": {"template": {"spec": {"domain": domain}}}}


def test_the_machine_gets_its_processors_and_memory_back() -> None:
    """The controller makes 8 sockets of 8 cores out of one socket of 8, and decimal megabytes."""
    patch = harvester.mend(VM, SETTINGS)
    domain = patch["spec"]["template"]["spec"]["domain"]
    assert domain["cpu"] == {"sockets": 1, "cores": 8, "threads": 1} and domain["memory"] == {"guest": "16384Mi"}
    bad = made(cpu={"sockets": 8, "cores": 8}, memory={"guest": "16384M"}, resources={"limits": {"cpu": "64"}})
    assert not harvester.is_mended(bad, patch)
    good = {"sockets": 1, "cores": 8, "threads": 1, "model": "host-model"}
    assert harvester.is_mended(made(cpu=good, memory={"guest": "16384Mi"}, resources={}), patch)
    limited = made(cpu=good, memory={"guest": "16384Mi"}, resources={"limits": {"memory": "17179869184"}})
    assert not harvester.is_mended(limited, patch)


@pytest.mark.parametrize(
    ("status", "watched"),
    [
        (None, Watched("not there")),
        ({"importStatus": "disksExported"}, Watched("disksExported")),
        (
            {
                "importStatus": "diskImagesSubmitted",
                "diskImportStatus": [{"diskName": "a", "VirtualMachineImage": "i"}, {"diskName": "b"}],
            },
            Watched("diskImagesSubmitted", "1 of 2 images"),
        ),
        (
            {"importStatus": "virtualMachineRunning", "importedVirtualMachineName": "web-01"},
            Watched("virtualMachineRunning", done=True, machine="web-01"),
        ),
        (
            {
                "importStatus": "sourceReady",
                "importConditions": [{"type": "VMExportFailed", "status": "True", "message": "no space left"}],
            },
            Watched("sourceReady", failed=True, reason="no space left"),
        ),
    ],
)
def test_how_far_the_controller_is(status: dict[str, Any] | None, watched: Watched) -> None:
    assert harvester.watched(None if status is None else {"status": status}) == watched


def test_a_source_is_reached_or_not() -> None:
    assert harvester.ready({"status": {"status": "clusterReady"}}).done
    assert harvester.ready({"status": {"status": "clusterNotReady"}}).failed
    assert not harvester.ready({}).failed
