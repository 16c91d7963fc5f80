"""Guests of every kind of file that an import takes, as `hci_imports` of a namespace of their own."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lab.artifacts import note
from lab.build import cache, exports
from lab.build.catalog import all_recipes
from lab.place import Place
from lab.rack.network import TAP
from lab.recipes import guest_kinds
from lab.recipes.guest_kinds import GUESTS, Written

NAMESPACE = "guests"
UP, ROOT, LOST = "IRONACRE-GUEST-UP", "IRONACRE-GUEST-ROOT", "IRONACRE-GUEST-NO-ROOT"
SECOND = "VM Network 2"
# KubeVirt's launcher opens the device as this user.
LAUNCHER = 107


@dataclass(frozen=True)
class Case:
    """kind: ova, ovf, vmx, libvirt, or that of an image. prepared: it is taken to have virtio drivers."""

    kind: str
    guest: str
    prepared: bool = False
    sink: str = "cdi_upload"

    @property
    def described(self) -> bool:
        """Whether the source says what machine it is; of an image nobody knows."""
        return self.kind not in exports.IMAGES

    @property
    def macs(self) -> tuple[str, ...]:
        """Addresses that its cards must have."""
        return GUESTS[self.guest].machine.macs if self.described else ()

    @property
    def bindings(self) -> tuple[dict[str, Any], ...]:
        """How its cards are bound: the pod network takes one of them."""
        bound: tuple[dict[str, Any], ...] = ({"masquerade": {}}, {"binding": {"name": TAP}})
        return bound[: len(self.macs)]

    @property
    def bus(self) -> str:
        """Bus that its disks get."""
        return "virtio" if self.prepared else "sata"

    @property
    def firmware(self) -> str:
        return GUESTS[self.guest].machine.firmware if self.described else "bios"

    @property
    def disks(self) -> int:
        return len(GUESTS[self.guest].disks_mib) if self.described else 1

    @property
    def found(self) -> str:
        """What it says of its root: drivers that nobody put into it find none."""
        return LOST if self.prepared and self.guest == "bare" else ROOT


# Each kind once; each of BIOS and UEFI with virtio and with what foreign hypervisors have. `bare` comes up on the
# hardware it knows, and not on virtio: nobody has prepared it.
CASES = (
    Case("ova", "bios", prepared=True),
    Case("ovf", "uefi", sink="receiver"),
    Case("vmx", "bare"),
    Case("libvirt", "kvm", prepared=True),
    Case("raw", "bios", prepared=True),
    Case("qcow2", "bare", prepared=True),
    Case("vmdk", "bios"),
    Case("vhd", "bios", prepared=True),
    Case("vhdx", "bios", sink="receiver"),
)


def write(place: Place) -> Path:
    """Build the guests that are not in the cache and write what a playbook needs to import them.

    program: the network plugin that the nodes need. objects: what must be in the cluster before.
    """
    names = dict.fromkeys(case.guest for case in CASES)
    built = cache.build(all_recipes(), [*(f"guest_{name}" for name in names), "cni_tap"])
    forms = {name: guest_kinds.written(built[f"guest_{name}"], GUESTS[name]) for name in names}
    needed = {"program": str(built["cni_tap"] / TAP), "objects": objects(), "hci_imports": list(imports(forms))}
    return note(place.state / "guests.yml", needed)


def objects() -> list[dict[str, Any]]:
    """The namespace and in it the network of the second card: a tap device in the pod, connected to nothing."""
    plugin = {"cniVersion": "1.0.0", "name": TAP, "type": TAP, "owner": LAUNCHER, "group": LAUNCHER}
    return [
        {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": NAMESPACE}},
        {
            "apiVersion": "k8s.cni.cncf.io/v1",
            "kind": "NetworkAttachmentDefinition",
            "metadata": {"name": TAP, "namespace": NAMESPACE},
            "spec": {"config": json.dumps(plugin)},
        },
    ]


def imports(forms: dict[str, Written]) -> Iterator[dict[str, Any]]:
    """The imports. forms: by guest, where each kind lies."""
    for case in CASES:
        path = forms[case.guest].kinds[case.kind]
        yield {
            "name": f"guest-{case.kind}",
            "source": {"type": case.kind if case.described else "image", "path": str(path)},
            "target": {"namespace": NAMESPACE},
            "mapping": {
                "networks": [
                    {"source": SECOND, "target": f"{NAMESPACE}/{TAP}", "binding": TAP},
                    {"source": "*", "target": "pod"},
                ],
                "storage": [{"source": "*", "volume_mode": "Filesystem", "access_modes": ["ReadWriteMany"]}],
            },
            "sink": case.sink,
            "overrides": {"prepared": case.prepared} | ({} if case.described else {"memory_mib": 128}),
        }
