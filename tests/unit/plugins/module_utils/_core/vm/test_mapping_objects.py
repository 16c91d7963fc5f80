"""Names, labels and identity of what an import makes."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings

UUID = "42371a2b-3c4d-5e6f-7081-92a3b4c5d6e7"
VM = Vm("Web 01", memory_mib=64, uuid=UUID, disks=(Disk("2000", 1 << 30),), nics=(Nic("4000", "VLAN 10"),))
SETTINGS = Settings("web-01", "vms", networks=(NetworkRule("VLAN 10", "vms/vlan10"),))


def test_labels_are_values_that_the_cluster_takes_and_names_are_kept_in_annotations() -> None:
    machine = render(VM, replace(SETTINGS, labels={"team": "Über uns", "import.ironacre.io/wave": "3"})).machine
    assert machine["metadata"]["labels"] == {
        "team": "ber-uns",
        "import.ironacre.io/wave": "3",
        "app.kubernetes.io/managed-by": "ironacre-import",
        "import.ironacre.io/machine": "web-01",
    }
    assert machine["metadata"]["annotations"] == {
        "import.ironacre.io/name": "Web 01",
        "import.ironacre.io/source": UUID,
    }


def test_a_volume_carries_the_identity_of_its_source() -> None:
    volume = render(VM, SETTINGS).volumes[0]["metadata"]
    assert volume["name"] == "web-01-disk0"
    assert {key: volume["annotations"][f"import.ironacre.io/{key}"] for key in ("vm", "disk", "capacity")} == {
        "vm": UUID,
        "disk": "2000",
        "capacity": str(1 << 30),
    }


@pytest.mark.parametrize("for_all", ["", "e1000"])
def test_the_model_of_one_network_counts_before_that_for_all(for_all: str) -> None:
    settings = replace(SETTINGS, networks=(NetworkRule("VLAN 10", "vms/vlan10", "virtio"),), nic_model=for_all)
    assert (
        render(VM, settings).machine["spec"]["template"]["spec"]["domain"]["devices"]["interfaces"][0]["model"]
        == "virtio"
    )


def test_an_operator_names_a_preference_that_the_cluster_need_not_tell_of() -> None:
    assert render(VM, replace(SETTINGS, preference="own")).machine["spec"]["preference"] == {"name": "own"}
