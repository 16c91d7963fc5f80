"""vm_import against a real API server: the module as Ansible runs it, killed, cut off, fed with bad input."""

from __future__ import annotations

import json
import pathlib
import random
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_slots import NAMESPACE, SlotPool
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.slots import Budget
from tests.assets.machines import make_ova, stream_optimized
from tests.peers.cdi_standin import Platform, platform
from tests.peers.kube_api import api_server

MIB = 1 << 20
RAW = [
    random.Random(number).randbytes(6 * MIB).ljust(20 * MIB, b"\0") + b"last sector".ljust(512) for number in range(2)
]
FILES = {f"disk{number}.vmdk": stream_optimized(raw) for number, raw in enumerate(RAW)}
VM = Vm(
    "Web_01",
    memory_mib=64,
    id="web01",
    guest=Guest("debian12_64Guest"),
    disks=tuple(Disk(f"d{n}", len(raw), f"disk{n}.vmdk", "streamOptimized", unit=n) for n, raw in enumerate(RAW)),
    nics=(Nic("300", "VM Network", "vmxnet3"),),
)
RUNNER = """
import importlib, json, sys
from ansible.module_utils.testing import patch_module_args
name, arguments = sys.argv[1], json.loads(sys.argv[2])
module = importlib.import_module(f"ansible_collections.ironacre.hci.plugins.modules.{name}")
with patch_module_args(arguments):
    module.main()
"""


@dataclass
class Bench:
    platform: Platform
    kubeconfig: pathlib.Path
    folder: pathlib.Path

    def start(self, module: str, options: dict[str, Any]) -> subprocess.Popen[str]:
        arguments = json.dumps({"kubeconfig": str(self.kubeconfig), **options})
        command = [sys.executable, "-c", RUNNER, module, arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def run(self, module: str, **options: Any) -> dict[str, Any]:
        process = self.start(module, options)
        out, error = process.communicate(timeout=600)
        assert out.strip().startswith("{"), error
        print(out[:1500])
        found: dict[str, Any] = json.loads(out.strip().splitlines()[-1])
        return found

    def kill(self, process: subprocess.Popen[str]) -> None:
        """Kill a module that `start` began, or that has just ended by itself."""
        process.kill()
        process.communicate()
        self.platform.forget_requests()

    def options(self, name: str, ova: pathlib.Path, **changes: Any) -> dict[str, Any]:
        plain = {
            "name": name,
            "source": {"path": str(ova)},
            "target": {"namespace": "vms"},
            "mapping": {"networks": [{"source": "VM Network", "target": "pod"}]},
            "verify": {"digest": "stream"},
            "wait_timeout": 120,
        }
        return {**plain, **changes}

    def disks(self, name: str) -> list[bytes]:
        return [self.platform.volume(f"{name}-disk{number}").read_bytes() for number in (0, 1)]


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    folder = tmp_path_factory.mktemp("cluster")
    with api_server(folder) as kubeconfig, platform(kubeconfig, folder) as running:
        yield Bench(running, kubeconfig, folder)


@pytest.fixture(scope="module")
def ova(tmp_path_factory: pytest.TempPathFactory) -> pathlib.Path:
    return make_ova(tmp_path_factory.mktemp("ova") / "web01.ova", VM, FILES)


def changes_of(
    bench: Bench, kinds: tuple[str, ...] = ("ConfigMap", "DataVolume", "VirtualMachine", "Lease")
) -> list[str]:
    found = [item for kind in kinds for item in bench.platform.api.list(kind, "vms")]
    return sorted(f"{item['metadata']['name']} {item['metadata']['resourceVersion']}" for item in found)


def test_import_lands_byte_for_byte_and_the_second_run_changes_nothing(bench: Bench, ova: pathlib.Path) -> None:
    first = bench.run("vm_import", **bench.options("first", ova))
    assert (first["changed"], first["phase"]) == (True, "done"), first
    assert bench.disks("first") == RAW
    machine = bench.platform.api.get("VirtualMachine", "first", "vms") or {}
    assert machine["spec"]["runStrategy"] == "Always"
    before = changes_of(bench)
    second = bench.run("vm_import", **bench.options("first", ova))
    assert (second["changed"], second["phase"]) == (False, "done")
    assert changes_of(bench) == before
    info = bench.run("vm_import_info", namespace="vms", name="first")
    assert [entry["phase"] for entry in info["imports"]] == ["done"]


def test_import_check_mode_renders_everything_and_changes_nothing(bench: Bench, ova: pathlib.Path) -> None:
    before = changes_of(bench)
    found = bench.run("vm_import", **bench.options("checked", ova), _ansible_check_mode=True)
    assert found["changed"] and len(found["volumes"]) == 2
    assert found["machine"]["metadata"]["name"] == "checked"
    assert changes_of(bench) == before


def test_import_leaves_what_people_changed_on_the_machine(bench: Bench, ova: pathlib.Path) -> None:
    bench.run("vm_import", **bench.options("edited", ova))
    machine = bench.platform.api.get("VirtualMachine", "edited", "vms") or {}
    machine["spec"]["template"]["spec"]["domain"]["memory"]["guest"] = "128Mi"
    bench.platform.api.replace({**machine, "kind": "VirtualMachine"})
    assert not bench.run("vm_import", **bench.options("edited", ova))["changed"]
    changed = bench.options("edited", ova, overrides={"memory_mib": 256})
    assert bench.run("vm_import", **changed)["changed"]
    machine = bench.platform.api.get("VirtualMachine", "edited", "vms") or {}
    assert machine["spec"]["template"]["spec"]["domain"]["memory"] == {"guest": "256Mi"}
    assert not bench.run("vm_import", **changed)["changed"]


def test_import_of_a_machine_that_was_removed_asks_before_it_comes_back(bench: Bench, ova: pathlib.Path) -> None:
    bench.run("vm_import", **bench.options("removed", ova))
    bench.platform.api.delete("VirtualMachine", "removed", "vms")
    assert "removed since" in bench.run("vm_import", **bench.options("removed", ova))["msg"]
    assert bench.run("vm_import", **bench.options("removed", ova), state="absent")["changed"]
    assert bench.run("vm_import", **bench.options("removed", ova))["phase"] == "done"


def test_import_killed_at_random_points_goes_on(bench: Bench, ova: pathlib.Path) -> None:
    source = random.Random(5)
    for round_number in range(4):
        name = f"killed{round_number}"
        process = bench.start("vm_import", bench.options(name, ova))
        wanted = bench.platform.received + source.randrange(0, 12 * MIB)
        while process.poll() is None and bench.platform.received < wanted:
            bench.platform.end.wait(0.01)
        bench.kill(process)
        found = bench.run("vm_import", **bench.options(name, ova))
        assert found["phase"] == "done", found
        assert bench.disks(name) == RAW


@pytest.mark.parametrize("fault", ["cut", "busy"])
def test_import_survives_the_upload_server(bench: Bench, ova: pathlib.Path, fault: str) -> None:
    if fault == "cut":
        bench.platform.cut_after = bench.platform.received + 3 * MIB
    else:
        bench.platform.refuse = [503, 502]
    found = bench.run("vm_import", **bench.options(f"fault-{fault}", ova))
    assert found["phase"] == "done", found
    assert bench.disks(f"fault-{fault}") == RAW


def test_import_tells_all_contradictions_with_the_cluster_at_once(bench: Bench, ova: pathlib.Path) -> None:
    mapping = {
        "networks": [{"source": "VM Network", "target": "vms/nix"}],
        "storage": [{"storage_class": "nix"}],
    }
    found = bench.run("vm_import", **bench.options("bad", ova, mapping=mapping))
    assert found["failed"] and len(found["findings"]) >= 2
    assert "no storage class nix (found: peer)" in found["msg"]
    assert "no network attachment vms/nix" in found["msg"]
    assert bench.platform.api.list("DataVolume", "vms", "import.ironacre.io/machine=bad") == []


def test_import_copies_when_it_holds_its_slots_and_frees_them(bench: Bench, ova: pathlib.Path) -> None:
    (other := SlotPool(bench.platform.api, [Budget("host", "esx1", 1)])).take(10)
    options = bench.options("slotted", ova, slots=[{"kind": "host", "name": "esx1", "count": 1}], slots_timeout=0)
    assert "host esx1: 1 of 1 slots are held by" in bench.run("vm_import", **options)["msg"]
    other.release()
    assert bench.run("vm_import", **options)["phase"] == "done" and bench.disks("slotted") == RAW
    assert bench.platform.api.list("Lease", NAMESPACE) == []


def test_import_unmapped_network_fails_before_any_byte_moves(bench: Bench, ova: pathlib.Path) -> None:
    found = bench.run("vm_import", **bench.options("unmapped", ova, mapping={}))
    assert "its network 'VM Network' has no mapping" in found["msg"]
    assert "vmimport-unmapped" not in str(changes_of(bench))


@pytest.mark.parametrize("kind", ["truncated", "manifest"])
def test_import_bad_archives_leave_nothing_that_looks_done_and_a_good_one_goes_on(
    bench: Bench, tmp_path: pathlib.Path, kind: str
) -> None:
    ova = make_ova(tmp_path / "web01.ova", VM, FILES, wrong="disk1.vmdk" if kind == "manifest" else "")
    if kind == "truncated":
        ova.write_bytes(ova.read_bytes()[: -4 * MIB])
    name = f"bad-{kind}"
    found = bench.run("vm_import", **bench.options(name, ova))
    assert found["failed"] and "web01.ova" in found["msg"]
    assert bench.platform.api.get("VirtualMachine", name, "vms") is None
    make_ova(ova, VM, FILES)
    again = bench.run("vm_import", **bench.options(name, ova))
    assert again["phase"] == "done", again
    assert bench.disks(name) == RAW


def test_import_never_takes_over_what_it_did_not_make(bench: Bench, ova: pathlib.Path) -> None:
    bench.platform.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "vms"}})
    volume = {"kind": "DataVolume", "metadata": {"name": "foreign-disk0", "namespace": "vms"}}
    bench.platform.api.create({"apiVersion": "cdi.kubevirt.io/v1beta1", **volume})
    found = bench.run("vm_import", **bench.options("foreign", ova))
    assert "belongs to something else" in found["msg"]


def test_import_refuses_while_another_run_is_alive(bench: Bench, ova: pathlib.Path) -> None:
    spec = {"holderIdentity": "other-host/b/1/2", "leaseDurationSeconds": 60}
    spec["renewTime"] = "2999-01-01T00:00:00.000000Z"
    bench.platform.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "vms"}})
    lease = {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", "spec": spec}
    bench.platform.api.create({**lease, "metadata": {"name": "vmimport-owned", "namespace": "vms"}})
    found = bench.run("vm_import", **bench.options("owned", ova))
    assert "other-host/b/1/2 drives this import" in found["msg"]


def test_import_absent_removes_what_is_not_done_and_leaves_what_is(bench: Bench, ova: pathlib.Path) -> None:
    bench.platform.refuse = [500]
    bench.run("vm_import", **bench.options("cancelled", ova))
    assert bench.run("vm_import", **bench.options("cancelled", ova), state="absent")["changed"]
    assert "cancelled" not in str(changes_of(bench))
    bench.run("vm_import", **bench.options("kept", ova))
    assert not bench.run("vm_import", **bench.options("kept", ova), state="absent")["changed"]
    assert bench.platform.api.get("VirtualMachine", "kept", "vms")


def test_import_refuses_a_mac_that_another_machine_has(bench: Bench, tmp_path: pathlib.Path) -> None:
    nic = replace(VM.nics[0], mac="52:54:00:80:00:55")
    ova = make_ova(tmp_path / "web01.ova", replace(VM, nics=(nic,)), FILES)
    assert bench.run("vm_import", **bench.options("one", ova))["phase"] == "done"
    assert "is already the address of vms/one" in bench.run("vm_import", **bench.options("two", ova))["msg"]
