from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines import cdi
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.common import VSphere, Watched
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings

VM = Vm(
    "web01",
    memory_mib=1024,
    uuid="42371a2b-3c4d-5e6f-7081-92a3b4c5d6e7",
    disks=(Disk("2000", 1 << 30, "[ds1] web01/web01.vmdk"), Disk("2001", 2 << 30, "[ds1] web01/web01_1.vmdk", unit=1)),
)
WISH = cdi.Vddk(VSphere("vcenter.example.com", "vcenter", thumbprint="AA:BB"), "registry.example.com/vddk:8")
RENDERED = render(VM, Settings("web01", "vms"))


def test_a_cold_copy_is_one_volume_per_disk_without_stages() -> None:
    found = cdi.volumes(VM, RENDERED, WISH)
    assert [volume["metadata"]["name"] for volume in found] == ["web01-disk0", "web01-disk1"]
    assert found[0]["spec"]["source"] == {
        "vddk": {
            "backingFile": "[ds1] web01/web01.vmdk",
            "url": "https://vcenter.example.com/sdk",
            "uuid": VM.uuid,
            "secretRef": "vcenter",
            "thumbprint": "AA:BB",
            "initImageURL": "registry.example.com/vddk:8",
        }
    }
    assert (
        "checkpoints" not in found[0]["spec"] and found[0]["spec"]["storage"] == RENDERED.volumes[0]["spec"]["storage"]
    )


def test_each_snapshot_is_a_stage_and_only_the_last_run_is_final() -> None:
    stages = {"2000": (cdi.Stage("snapshot-1"), cdi.Stage("snapshot-2", "52 de c0/2"))}
    first, second = cdi.volumes(VM, RENDERED, WISH, stages, final=False)
    assert first["spec"]["checkpoints"] == [
        {"current": "snapshot-1", "previous": ""},
        {"current": "snapshot-2", "previous": "52 de c0/2"},
    ]
    assert first["spec"]["finalCheckpoint"] is False and "checkpoints" not in second["spec"]


def test_what_vddk_cannot_work_with_is_told_at_once() -> None:
    vm = replace(VM, uuid="", disks=(Disk("2000", 1),))
    found = cdi.findings(vm, cdi.Vddk(VSphere("", "")))
    assert [finding.place for finding in found] == [
        "source.hostname",
        "engine_options.secret",
        "source.thumbprint",
        "source.web01.uuid",
        "source.web01.disks[2000].file",
    ]
    assert not list(cdi.findings(VM, WISH))


@pytest.mark.parametrize(
    ("status", "watched"),
    [
        (None, Watched("not there")),
        ({}, Watched("Pending")),
        ({"phase": "ImportInProgress", "progress": "12.5%"}, Watched("ImportInProgress", "12.5%")),
        ({"phase": "Paused", "progress": "N/A"}, Watched("Paused")),
        ({"phase": "Succeeded", "progress": "100.0%"}, Watched("Succeeded", "100.0%", done=True)),
        (
            {
                "phase": "ImportInProgress",
                "restartCount": 2,
                "conditions": [
                    {"type": "Running", "status": "False", "reason": "Error", "message": "no such snapshot"}
                ],
            },
            Watched("ImportInProgress", reason="Error: no such snapshot; its importer began again 2 times"),
        ),
    ],
)
def test_how_far_a_volume_is(status: dict[str, Any] | None, watched: Watched) -> None:
    assert cdi.watched(None if status is None else {"status": status}) == watched


def test_a_machine_is_done_when_all_its_disks_are() -> None:
    done, late = Watched("Succeeded", done=True), Watched("ImportInProgress", "40%", reason="slow")
    found = cdi.together({"a": done, "b": late})
    assert (found.done, found.failed, found.progress) == (False, False, "1 of 2 disks")
    assert found.reason == "b is ImportInProgress 40%: slow"
    assert cdi.together({"a": done}).done and not cdi.together({}).done
    assert cdi.together({"a": done, "b": Watched("Failed", failed=True)}).failed
