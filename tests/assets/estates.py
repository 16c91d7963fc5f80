"""Machines and wishes as estates have them, by a seed."""

from __future__ import annotations

import random
from dataclasses import replace

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Cpu, Disk, Guest, Nic, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.naming import object_name
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import NetworkRule, Settings, StorageRule
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.sizes import Offers, Size

GUESTS = (
    ("rhel9_64Guest", "linux"),
    ("windows2019srv_64Guest", "windows"),
    ("ubuntu64Guest", "linux"),
    ("freebsd13_64Guest", "other"),
    ("", "other"),
)
NETWORKS = ("VM Network", "VLAN 10", "DMZ")
MODELS = ("vmxnet3", "e1000", "e1000e", "pcnet32", "virtio", "")
MODES = (("Block", ("ReadWriteMany",)), ("Filesystem", ("ReadWriteOnce",)))


def some_machine(seed: int) -> Vm:
    """A machine with everything that a source can state."""
    source = random.Random(seed)
    guest, family = source.choice(GUESTS)
    buses = [source.choice(["scsi", "nvme", "sata", "ide"]) for _number in range(source.randrange(1, 12))]
    return Vm(
        name=source.choice(["web01", "Ärger & Söhne", "DB_<1>", "x" * 90]),
        id=f"vm-{seed}",
        uuid=source.choice(["", f"4237{seed:04x}-3c4d-5e6f-7081-92a3b4c5d6e7"]),
        cpu=Cpu(source.randrange(1, 129), source.choice([0, 1, 2, 3, 8])),
        memory_mib=source.randrange(4, 1 << 20),
        guest=Guest(guest, "", family),
        firmware=source.choice(["bios", "efi"]),
        secure_boot=source.random() < 0.3,
        tpm=source.random() < 0.3,
        disks=tuple(
            Disk(str(2000 + n), source.randrange(1, 1 << 33) * 512, bus=bus, unit=n, uuid=f"6000C29a-{seed:08x}-{n}")
            for n, bus in enumerate(buses)
        ),
        nics=tuple(some_interface(source, number) for number in range(source.randrange(0, 6))),
    )


def some_interface(source: random.Random, number: int) -> Nic:
    mac = source.choice(["", f"00:50:56:00:00:{number:02x}"])
    ips = ("192.0.2.7/24",) if source.random() < 0.5 else ()
    return Nic(
        str(4000 + number),
        source.choice(NETWORKS),
        source.choice(MODELS),
        mac,
        connected=source.random() < 0.8,
        ips=ips,
    )


def some_settings(seed: int, vm: Vm) -> Settings:
    """Wishes that map every network and every disk of a machine."""
    source = random.Random(seed + 1)
    targets = [source.choice(["vms/vlan10", "pod", "ignore"]) for _network in NETWORKS]
    if len(vm.nics) > 1:
        # A machine has one interface on the pod network.
        targets = ["vms/dmz" if target == "pod" else target for target in targets]
    connected = all(nic.connected for nic in vm.nics)
    bindings = ["", "bridge", "macvtap", "sriov" if connected else ""]
    mode, access = source.choice(MODES)
    made = Settings(
        object_name(vm.name),
        "vms",
        tuple(
            NetworkRule(network, target, binding=source.choice(bindings) if "/" in target else "")
            for network, target in zip(NETWORKS, targets, strict=True)
        ),
        (StorageRule("*", source.choice(["", "longhorn"]), mode, access),),
        prepared=source.random() < 0.3,
        assume_virtio=source.random() < 0.5,
        disk_bus=source.choice(["", "", "scsi"]),
        cpu_model=source.choice(["", "host-model"]),
        offers=Offers(("rhel.9", "windows.2k19"), (Size("u1.8xlarge", 512, 1 << 24),)),
        labels={"team": source.choice(["a", "Über uns / Team B", "x" * 80])},
    )
    size = "" if made.cpu_model else source.choice(["", "nearest", "u1.8xlarge"])
    return replace(made, instancetype=size, dedicated_io_thread=source.random() < 0.3)
