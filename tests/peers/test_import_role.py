"""The role vm_import by the real ansible-playbook against a real API server: its services come and go with it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.assets.machines import make_ova, stream_optimized
from tests.peers.cdi_standin import Platform, platform
from tests.peers.kube_api import api_server
from tests.peers.peers import needs
from tests.peers.roles import run_role
from tests.peers.small_vm import RAW, VM


@dataclass
class Role:
    platform: Platform
    kubeconfig: Path
    folder: Path
    ova: Path

    def run(self, *options: str, **variables: Any) -> dict[str, int]:
        """-> the counts of the recap (ok, changed, failures, ...)."""
        given = {
            "vm_import_kubeconfig": str(self.kubeconfig),
            "vm_import_source": {"path": str(self.ova)},
            "vm_import_verify": {"digest": "stream"},
            **{f"vm_import_{name}": value for name, value in variables.items()},
        }
        return run_role(self.folder, "vm_import", given, *options)

    def services(self, namespace: str) -> dict[str, str]:
        """Name -> the machine it selects."""
        found = self.platform.api.list("Service", namespace)
        return {one["metadata"]["name"]: one["spec"]["selector"]["import.ironacre.io/machine"] for one in found}


@pytest.fixture(scope="module")
def role(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Role]:
    needs("python:kubernetes")
    folder = tmp_path_factory.mktemp("cluster")
    ova = make_ova(folder / "web01.ova", VM, {"disk0.vmdk": stream_optimized(RAW)})
    with api_server(folder) as kubeconfig, platform(kubeconfig, folder) as running:
        yield Role(running, kubeconfig, folder, ova)


def test_services_select_the_machine_under_the_name_it_got_and_leave_when_undeclared(role: Role) -> None:
    both = [{"port": 80, "node_port": 30080}, {"port": 22, "node_port": 30022}]
    import_ = {"name": "import-1", "target": {"namespace": "shop", "name": "Web_01"}}
    role.run(**import_, services=both)
    machine = role.platform.api.get("VirtualMachine", "web-01", "shop") or {}
    labels = machine["spec"]["template"]["metadata"]["labels"]
    assert labels["import.ironacre.io/machine"] == "web-01"
    assert role.services("shop") == {"web-01-80": "web-01", "web-01-22": "web-01"}
    assert role.run(**import_, services=both)["changed"] == 0
    assert role.run(**import_, services=both[:1])["changed"] == 1
    assert role.services("shop") == {"web-01-80": "web-01"}


def test_check_mode_passes_before_the_namespace_exists_and_makes_nothing(role: Role) -> None:
    services = [{"port": 80, "node_port": 30090}]
    counts = role.run("--check", name="new", target={"namespace": "not-yet"}, services=services)
    assert counts["changed"] == 2, "the namespace and the import"
    assert role.platform.api.get("Namespace", "not-yet") is None


def test_absent_takes_the_services_of_a_cancelled_import_and_leaves_those_of_a_finished_one(role: Role) -> None:
    services = [{"port": 80, "node_port": 30100}]
    done = {"name": "done", "target": {"namespace": "kept"}, "services": services}
    role.run(**done)
    assert role.run(**done, state="absent")["changed"] == 0
    assert role.services("kept") == {"done-80": "done"}
    role.platform.api.delete("VirtualMachine", "done", "kept")
    assert role.run("--check", **done, state="absent")["changed"] == 2, "the state and the service"
    assert role.services("kept") == {"done-80": "done"}
    role.run(**done, state="absent")
    assert role.services("kept") == {}
    assert role.run(**done, state="absent")["changed"] == 0
