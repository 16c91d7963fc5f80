"""Objects of the foreign engines in a real API server; the test plays their controllers, which do not run here.

DataVolume has CDI's own schema. Forklift's modules are not on the public proxy: $IRONACRE_CRDS names a folder with its
CustomResourceDefinitions (forklift*.yaml), and without it only what is stored and watched is tested.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.engines.cdi import CdiEngine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.engines.forklift import ForkliftEngine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.engines.harvester import HarvesterEngine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.engines.run import wait
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KINDS, KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.cdi import Stage, Vddk
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.common import VSphere
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.forklift import Move
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings, StorageRule
from tests.peers import crds, kube_api
from tests.peers.kube_api import api_server
from tests.peers.strict import accepted

SOURCE = VSphere("vcenter.example.com", "vcenter", "DC0", "AA:BB:CC")
SETTINGS = Settings(
    "web01", "default", networks=(NetworkRule("*", "default/vlan10"),), storage=(StorageRule("*", "longhorn"),)
)
VM = Vm(
    "web01",
    id="vm-7",
    uuid="42371a2b-3c4d-5e6f-7081-92a3b4c5d6e7",
    cpu=Cpu(8, 8),
    memory_mib=1024,
    disks=(Disk("2000", 1 << 30, "[ds1] web01/web01.vmdk", datastore="ds1"),),
    nics=(Nic("4000", "VLAN 10", "vmxnet3", "00:50:56:00:00:01"),),
)
MOVE = Move(
    "web01", "default", "default", SOURCE, warm=True, cutover="2027-01-30T22:00:00Z", vddk_image="r.example/v:8"
)
OURS = ("Provider", "NetworkMap", "StorageMap", "Plan", "Migration", "VmwareSource", "VirtualMachineImport")


def foreign_kinds() -> tuple[tuple[str, str, str, str, str], ...]:
    found = [(kind, *KINDS[kind]) for kind in OURS]
    return tuple((*version.split("/"), kind, plural, "Namespaced") for kind, version, plural, _spaced in found)


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesApi]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kube_api, "KINDS", (*kube_api.KINDS, *foreign_kinds()))
        with api_server(tmp_path_factory.mktemp("api")) as path:
            api = KubernetesApi(load_connection(str(path)))
            secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "vcenter", "namespace": "default"}}
            api.create(secret)
            for name, schema in given_schemas():
                crds.install(api, name, schema)
            yield api


def given_schemas() -> list[tuple[str, dict[str, Any]]]:
    folder = os.environ.get("IRONACRE_CRDS")
    found = []
    for path in sorted(Path(folder).glob("forklift*.yaml")) if folder else []:
        for body in yaml.safe_load_all(path.read_text()):
            if body and body["spec"]["names"]["kind"] in OURS:
                schema = dict(body["spec"]["versions"][0]["schema"]["openAPIV3Schema"])
                found.append((body["metadata"]["name"], schema))
    return found


def status(api: KubernetesApi, body: dict[str, Any], **status: Any) -> None:
    """As the controller would write it. The kinds here keep it in the object itself."""
    api.merge(body["kind"], body["metadata"]["name"], {"status": status}, body["metadata"]["namespace"])


def condition(kind: str, category: str = "Required") -> dict[str, str]:
    told = {"type": kind, "status": "True", "category": category, "message": kind.lower()}
    return {**told, "lastTransitionTime": "2026-11-21T12:00:00Z"}


def test_cdi_is_given_its_stages_one_after_the_other(api: KubernetesApi) -> None:
    crds.install(api, "datavolumes.cdi.kubevirt.io", crds.data_volume())
    engine = CdiEngine(api, VM, render(VM, SETTINGS), Vddk(SOURCE, "r.example/vddk:8"))
    assert engine.findings() == []
    first = Stage("snapshot-1")
    engine.add_stages({"2000": (first,)}, final=False)
    body = engine.objects()[0]
    live = api.get("DataVolume", body["metadata"]["name"], "default") or {}
    assert (live["spec"]["checkpoints"], live["spec"]["finalCheckpoint"]) == (
        [{"current": "snapshot-1", "previous": ""}],
        False,
    )
    engine.add_stages({"2000": (first, Stage("snapshot-2", "52 de/4"))}, final=True)
    status(api, body, phase="Succeeded", progress="100.0%")
    live = api.get("DataVolume", body["metadata"]["name"], "default") or {}
    assert len(live["spec"]["checkpoints"]) == 2 and live["spec"]["finalCheckpoint"] is True
    assert wait(engine, "default/web01", 5).done
    assert engine.cancel() and not engine.cancel()


def test_forklifts_objects_are_taken_and_its_migration_is_watched(api: KubernetesApi) -> None:
    engine = ForkliftEngine(api, [VM], SETTINGS, MOVE)
    for body in engine.objects():
        accepted(api, body)
    engine.begin()
    assert engine.watch().phase == "Provider NotReady"
    for body in engine.objects()[:-1]:
        status(api, body, conditions=[condition("Ready")])
    assert engine.watch().phase == "waits for Forklift"
    migration = engine.objects()[-1]
    vm = {"id": "vm-7", "name": "web01", "phase": "Completed", "pipeline": [], "conditions": [condition("Succeeded")]}
    status(api, migration, vms=[vm])
    found = wait(engine, "default/web01", 5)
    assert (found.done, found.machine) == (True, "web01")
    assert (api.get("Migration", migration["metadata"]["name"], "default") or {})["spec"]["cutover"] == MOVE.cutover
    assert engine.cancel() and not engine.cancel()


def test_harvesters_objects_are_taken_and_its_machine_is_mended(api: KubernetesApi) -> None:
    engine = HarvesterEngine(api, VM, SETTINGS, SOURCE)
    engine.begin()
    assert engine.watch().phase == ""
    source, wanted = engine.objects()
    status(api, source, status="clusterReady")
    engine.watch()
    status(api, wanted, importStatus="virtualMachineRunning", importedVirtualMachineName="web01")
    assert wait(engine, "default/web01", 5).machine == "web01"
    domain = {"cpu": {"sockets": 8, "cores": 8}, "memory": {"guest": "1024M"}, "resources": {"limits": {"cpu": "64"}}}
    metadata = {"name": "web01", "namespace": "default"}
    spec = {"template": {"spec": {"domain": domain}}}
    api.create({"apiVersion": "kubevirt.io/v1", "kind": "VirtualMachine", "metadata": metadata, "spec": spec})
    assert engine.mend("web01") and not engine.mend("web01")
    live = (api.get("VirtualMachine", "web01", "default") or {})["spec"]["template"]["spec"]["domain"]
    assert live["cpu"] == {"sockets": 1, "cores": 8, "threads": 1} and live["memory"] == {"guest": "1024Mi"}
