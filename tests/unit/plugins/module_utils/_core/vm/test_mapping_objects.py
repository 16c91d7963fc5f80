"""Names, labels and identity of what an import makes."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings, settings_of

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


PLUGIN = {"binding": {"name": "macvtap"}, "model": "e1000e"}


@pytest.mark.parametrize(
    ("binding", "found"),
    [
        ("", {"bridge": {}, "model": "e1000e"}),
        ("bridge", {"bridge": {}, "model": "e1000e"}),
        ("sriov", {"sriov": {}}),
        ("macvtap", PLUGIN),
    ],
)
def test_an_attachment_is_bound_as_its_rule_says_and_keeps_its_address(binding: str, found: dict[str, Any]) -> None:
    mapping = {"networks": [{"source": "VLAN 10", "target": "vms/vlan10", "model": None, "binding": binding or None}]}
    rules = settings_of({"target": {"namespace": "vms"}, "mapping": mapping}, "web-01").networks
    vm = replace(VM, nics=(replace(VM.nics[0], mac="00:50:56:00:00:01"),))
    spec = render(vm, replace(SETTINGS, networks=rules, nic_model="e1000e")).machine["spec"]["template"]["spec"]
    own = {"name": "net0", "macAddress": "00:50:56:00:00:01"}
    assert spec["domain"]["devices"]["interfaces"] == [{**own, **found}]
    assert spec["networks"] == [{"name": "net0", "multus": {"networkName": "vms/vlan10"}}]


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (NetworkRule("*", "pod", binding="macvtap"), "[0].binding: 'macvtap' is for network attachments, and the"),
        (NetworkRule("*", "ignore", binding="bridge"), "[0].binding: 'bridge' is for network attachments, and the"),
        (NetworkRule("*", "vms/lan", binding="masquerade"), "[0].binding: masquerade is for the pod network only;"),
        (NetworkRule("*", "vms/lan", "virtio", "sriov"), "[0].model: 'virtio', and an SR-IOV interface has no model"),
        (NetworkRule("*", "lan", binding="sriov"), "[0].target: 'lan' is no target; write namespace/name of a"),
    ],
)
def test_a_rule_that_contradicts_itself_is_refused(rule: NetworkRule, told: str) -> None:
    with pytest.raises(InputErrors) as error:
        render(VM, replace(SETTINGS, networks=(rule,)))
    assert [f"mapping.networks{told}" in error.value.message, len(error.value.findings)] == [True, 1]


@pytest.mark.parametrize("binding", ["sriov", "macvtap"])
def test_only_hardware_of_the_node_cannot_be_disconnected(binding: str) -> None:
    vm = replace(VM, nics=(replace(VM.nics[0], connected=False),))
    settings = replace(SETTINGS, networks=(NetworkRule("VLAN 10", "vms/vlan10", binding=binding),))
    if binding == "sriov":
        with pytest.raises(InputErrors, match=r"nics\[4000\]: is disconnected, and an SR-IOV interface cannot be"):
            render(vm, settings)
    else:
        interfaces = render(vm, settings).machine["spec"]["template"]["spec"]["domain"]["devices"]["interfaces"]
        assert interfaces[0]["state"] == "down"


def test_who_gets_hardware_of_the_node_is_told_to_have_its_driver() -> None:
    notes = [
        render(VM, replace(SETTINGS, networks=(NetworkRule("*", "vms/lan", binding=binding),))).warnings
        for binding in ("sriov", "")
    ]
    assert notes == [("interface 4000 becomes a virtual function of the node's card, and needs its driver",), ()]


def test_an_operator_names_a_preference_that_the_cluster_need_not_tell_of() -> None:
    assert render(VM, replace(SETTINGS, preference="own")).machine["spec"]["preference"] == {"name": "own"}
