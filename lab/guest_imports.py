"""Guests of every kind of file that an import takes, as `hci_imports` of a namespace of their own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from lab.artifacts import replace
from lab.build import cache, exports
from lab.build.catalog import all_recipes
from lab.place import Place
from lab.recipes import guest_kinds
from lab.recipes.guest_kinds import GUESTS, Written

NAMESPACE = "guests"
UP, ROOT, LOST = "IRONACRE-GUEST-UP", "IRONACRE-GUEST-ROOT", "IRONACRE-GUEST-NO-ROOT"
SECOND = "VM Network 2"


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
        """Addresses it must have. Of two cards the second one stays out."""
        return GUESTS[self.guest].machine.macs[:1] if self.described else ()

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
    """Build the guests that are not in the cache and write their imports for a playbook."""
    names = dict.fromkeys(case.guest for case in CASES)
    built = cache.build(all_recipes(), [f"guest_{name}" for name in names])
    forms = {name: guest_kinds.written(built[f"guest_{name}"], GUESTS[name]) for name in names}
    target = place.state / "guests.yml"
    target.parent.mkdir(exist_ok=True)
    replace(target, yaml.safe_dump({"hci_imports": list(imports(forms))}, sort_keys=False))
    return target


def imports(forms: dict[str, Written]) -> Iterator[dict[str, Any]]:
    """The imports. forms: by guest, where each kind lies."""
    for case in CASES:
        path = forms[case.guest].kinds[case.kind]
        yield {
            "name": f"guest-{case.kind}",
            "source": {"type": case.kind if case.described else "image", "path": str(path)},
            "target": {"namespace": NAMESPACE},
            "mapping": {
                # The pod network takes one card, and a bridge needs a kernel with dummy links.
                "networks": [{"source": SECOND, "target": "ignore"}, {"source": "*", "target": "pod"}],
                "storage": [{"source": "*", "volume_mode": "Filesystem", "access_modes": ["ReadWriteMany"]}],
            },
            "sink": case.sink,
            "overrides": {"prepared": case.prepared} | ({} if case.described else {"memory_mib": 128}),
        }
