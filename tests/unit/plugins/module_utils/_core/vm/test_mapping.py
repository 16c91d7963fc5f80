from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render, volume_names
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import (
    NetworkRule,
    Settings,
    StorageRule,
    settings_of,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.sizes import Offers

UUID = "42371a2b-3c4d-5e6f-7081-92a3b4c5d6e7"
VM = Vm(
    "Web 01",
    cpu=Cpu(8, 8),
    memory_mib=16384,
    uuid=UUID,
    guest=Guest("rhel9_64Guest", "", "linux"),
    disks=(Disk("2000", 1 << 30, "a.vmdk", uuid="6000C29a-0102-0304-0506-0708090a0b0c"),),
    nics=(Nic("4000", "VLAN 10", "vmxnet3", "00:50:56:00:00:01"),),
)
SETTINGS = Settings("web-01", "vms", networks=(NetworkRule("VLAN 10", "vms/vlan10"),))


def template(vm: Vm = VM, settings: Settings = SETTINGS) -> dict[str, Any]:
    found: dict[str, Any] = render(vm, settings).machine["spec"]["template"]["spec"]
    return found


@pytest.mark.parametrize(
    ("cpu", "topology"),
    [
        (Cpu(8, 8), (1, 8)),
        (Cpu(8, 1), (8, 1)),
        (Cpu(8, 2), (4, 2)),
        (Cpu(6, 4), (6, 1)),
        (Cpu(8, 0), (1, 8)),
        (Cpu(1, 1), (1, 1)),
    ],
)
def test_the_number_of_processors_is_kept(cpu: Cpu, topology: tuple[int, int]) -> None:
    found = template(replace(VM, cpu=cpu))["domain"]["cpu"]
    assert (found["sockets"], found["cores"], found["threads"]) == (*topology, 1)


def test_cores_that_do_not_divide_are_told() -> None:
    assert "4 cores per socket" in render(replace(VM, cpu=Cpu(6, 4)), SETTINGS).warnings[0]


def test_memory_is_binary_and_exact() -> None:
    assert template()["domain"]["memory"] == {"guest": "16384Mi"}
    assert template(settings=replace(SETTINGS, memory_mib=512))["domain"]["memory"] == {"guest": "512Mi"}


def test_bios_and_identity() -> None:
    assert template()["domain"]["firmware"] == {
        "uuid": UUID,
        "serial": "VMware-42 37 1a 2b 3c 4d 5e 6f-70 81 92 a3 b4 c5 d6 e7",
        "bootloader": {"bios": {}},
    }


@pytest.mark.parametrize("secure", [False, True])
def test_efi_states_secure_boot_and_keeps_its_variables(secure: bool) -> None:
    domain = template(replace(VM, firmware="efi", secure_boot=secure))["domain"]
    assert domain["firmware"]["bootloader"] == {"efi": {"secureBoot": secure, "persistent": True}}
    assert domain.get("features") == ({"smm": {"enabled": True}} if secure else None)


def test_a_tpm_is_persistent_and_its_contents_are_told_of() -> None:
    vm = replace(VM, tpm=True)
    assert template(vm)["domain"]["devices"]["tpm"] == {"persistent": True}
    assert "TPM" in render(vm, SETTINGS).warnings[0]
    assert "tpm" not in template()["domain"]["devices"]


def test_disks_come_in_boot_order_with_serial_and_one_boot_disk() -> None:
    vm = replace(VM, disks=(Disk("2", 5, "b", unit=1), *VM.disks, Disk("3", 7, "c", bus="sata")))
    disks = template(vm)["domain"]["devices"]["disks"]
    assert [disk.get("bootOrder") for disk in disks] == [1, None, None]
    assert disks[0]["serial"] == "6000C29a010203040506"
    assert [
        volume["spec"]["storage"]["resources"]["requests"]["storage"] for volume in render(vm, SETTINGS).volumes
    ] == [
        str(1 << 30),
        "5",
        "7",
    ]


@pytest.mark.parametrize(
    ("guest", "changes", "bus", "model"),
    [
        ("rhel9_64Guest", {}, "sata", "e1000e"),
        ("rhel9_64Guest", {"assume_virtio": True}, "virtio", "virtio"),
        ("rhel6_64Guest", {"assume_virtio": True}, "sata", "e1000e"),
        ("windows2019srv_64Guest", {"assume_virtio": True}, "sata", "e1000e"),
        ("windows2019srv_64Guest", {"prepared": True}, "virtio", "virtio"),
        ("rhel9_64Guest", {"disk_bus": "scsi"}, "scsi", "e1000e"),
        ("rhel9_64Guest", {"nic_model": "rtl8139"}, "sata", "rtl8139"),
    ],
)
def test_bus_and_model_are_chosen_by_evidence(guest: str, changes: dict[str, Any], bus: str, model: str) -> None:
    spec = template(replace(VM, guest=Guest(guest)), replace(SETTINGS, **changes))
    assert spec["domain"]["devices"]["disks"][0]["disk"] == {"bus": bus}
    assert spec["domain"]["devices"]["interfaces"][0]["model"] == model


@pytest.mark.parametrize(("virtio", "bus"), [(True, "virtio"), (False, "sata")])
def test_the_fact_of_a_prepared_guest_is_evidence(virtio: bool, bus: str) -> None:
    fact = {"virtio": virtio, "interfaces": {"00:50:56:00:00:01": "ens192"}}
    settings = settings_of({"target": {"namespace": "vms"}, "overrides": {"guest": fact}}, "web-01")
    found = template(settings=replace(SETTINGS, prepared=settings.prepared, guest=settings.guest))
    assert found["domain"]["devices"]["disks"][0]["disk"] == {"bus": bus}


def test_the_fact_of_another_guest_is_refused() -> None:
    fact = {"virtio": True, "interfaces": {"00:50:56:00:00:99": "ens192"}}
    with pytest.raises(InputErrors, match=r"overrides\.guest: it is the fact of the cards 00:50:56"):
        render(VM, replace(SETTINGS, prepared=True, guest=fact))


@pytest.mark.parametrize(
    ("model", "found"), [("e1000", "e1000"), ("pcnet32", "pcnet"), ("vmxnet3", "e1000e"), ("", "e1000e")]
)
def test_legacy_cards_stay_what_their_guest_knows(model: str, found: str) -> None:
    spec = template(replace(VM, nics=(replace(VM.nics[0], model=model),)))
    assert spec["domain"]["devices"]["interfaces"][0]["model"] == found


def test_a_multus_network_is_bridged_with_its_address() -> None:
    spec = template()
    assert spec["domain"]["devices"]["interfaces"] == [
        {"name": "net0", "model": "e1000e", "bridge": {}, "macAddress": "00:50:56:00:00:01"}
    ]
    assert spec["networks"] == [{"name": "net0", "multus": {"networkName": "vms/vlan10"}}]


def test_the_pod_network_is_masqueraded_and_loses_addresses() -> None:
    vm = replace(VM, nics=(replace(VM.nics[0], ips=("192.0.2.7/24",)),))
    rendered = render(vm, replace(SETTINGS, networks=(NetworkRule("*", "pod"),)))
    spec = rendered.machine["spec"]["template"]["spec"]
    assert "masquerade" in spec["domain"]["devices"]["interfaces"][0]
    assert spec["networks"] == [{"name": "net0", "pod": {}}]
    assert "192.0.2.7/24" in rendered.warnings[0]


def test_a_disconnected_interface_stays_down() -> None:
    assert (
        template(replace(VM, nics=(replace(VM.nics[0], connected=False),)))["domain"]["devices"]["interfaces"][0][
            "state"
        ]
        == "down"
    )


def test_ignored_and_unmapped_interfaces() -> None:
    assert template(settings=replace(SETTINGS, networks=(NetworkRule("VLAN 10", "ignore"),)))["networks"] == []
    assert template(settings=replace(SETTINGS, networks=(), unmapped="ignore"))["networks"] == []


def test_a_machine_without_interfaces_does_not_get_one_on_the_pod_network() -> None:
    assert template(replace(VM, nics=()))["domain"]["devices"]["autoattachPodInterface"] is False
    ignored = replace(SETTINGS, networks=(NetworkRule("VLAN 10", "ignore"),))
    assert template(settings=ignored)["domain"]["devices"]["autoattachPodInterface"] is False
    assert "autoattachPodInterface" not in template()["domain"]["devices"]


def test_a_machine_has_one_interface_on_the_pod_network() -> None:
    vm = replace(VM, nics=(*VM.nics, Nic("4001", "B")))
    with pytest.raises(InputErrors, match="interfaces 4000, 4001 would all be on the pod network"):
        render(vm, replace(SETTINGS, networks=(NetworkRule("*", "pod"),)))


def test_all_findings_come_at_once_with_place_and_way_out() -> None:
    vm = replace(
        VM, memory_mib=0, nics=(*VM.nics, Nic("4001", "B", mac="01:00:5e:00:00:01")), disks=(Disk("1", 0, rdm=True),)
    )
    with pytest.raises(InputErrors) as error:
        render(vm, replace(SETTINGS, networks=(NetworkRule("VLAN 10", "vlan10"),)))
    places = [finding.place for finding in error.value.findings]
    assert places == [
        "source.Web 01.memory_mib",
        "mapping.networks[0].target",
        "source.Web 01.nics[4001]",
        "source.Web 01.nics[4001].mac",
        "source.Web 01.disks[1].capacity",
        "source.Web 01.disks[1]",
    ]
    assert "add it to mapping.networks" in error.value.message


def test_duplicate_addresses_are_refused() -> None:
    with pytest.raises(InputErrors, match="is also the address of 4000"):
        render(replace(VM, nics=(*VM.nics, replace(VM.nics[0], key="4001"))), SETTINGS)


def test_storage_follows_the_datastore_then_the_star() -> None:
    rules = (StorageRule("*", "slow"), StorageRule("ds1", "fast", "Filesystem", ("ReadWriteOnce",)))
    vm = replace(VM, disks=(replace(VM.disks[0], datastore="ds1"), Disk("2", 5, "b", unit=1)))
    rendered = render(vm, replace(SETTINGS, storage=rules))
    assert [volume["spec"]["storage"]["storageClassName"] for volume in rendered.volumes] == ["fast", "slow"]
    assert rendered.volumes[0]["spec"]["storage"]["accessModes"] == ["ReadWriteOnce"]
    assert rendered.machine["spec"]["template"]["spec"]["evictionStrategy"] == "LiveMigrateIfPossible"
    assert template()["evictionStrategy"] == "LiveMigrate"


def test_a_preference_is_set_only_where_the_cluster_has_it() -> None:
    assert "preference" not in render(VM, SETTINGS).machine["spec"]
    with_it = replace(SETTINGS, offers=Offers(("rhel.9",)))
    assert render(VM, with_it).machine["spec"]["preference"] == {"name": "rhel.9"}


def test_the_machine_is_created_halted_and_hears_its_console() -> None:
    assert render(VM, SETTINGS).machine["spec"]["runStrategy"] == "Halted"
    assert template()["domain"]["devices"]["logSerialConsole"] is True


def test_windows_gets_its_clock() -> None:
    clock = template(replace(VM, guest=Guest("windows9_64Guest", "", "windows")))["domain"]["clock"]
    assert clock == {"timezone": "UTC", "timer": {"hpet": {"present": False}, "hyperv": {}}}


def test_a_long_name_leaves_room_for_the_number_of_its_disk() -> None:
    names = volume_names("w" * 80, 100)
    assert len(set(names)) == 100 and max(map(len, names)) <= 63 and names[99].startswith("w" * 50 + "-disk99")
