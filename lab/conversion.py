"""A conversion inside the cluster: the image for the nodes, and the guest that needs it as one of `hci_imports`."""

from __future__ import annotations

from pathlib import Path

from lab.artifacts import note
from lab.build import cache
from lab.build.catalog import all_recipes
from lab.place import Place
from lab.recipes.conversion import ARCHIVE, IMAGE

NAME, NAMESPACE = "to-convert", "conversion"


def write(place: Place) -> Path:
    """Build what is not in the cache and write what a playbook needs to know: archive, image, hci_imports."""
    built = cache.build(all_recipes(), ["virt_v2v_image", "guest_to_convert"])
    guest = {
        "name": NAME,
        "source": {"type": "image", "path": str(built["guest_to_convert"] / "guest.raw")},
        "target": {"namespace": NAMESPACE},
        "mapping": {"storage": [{"source": "*", "volume_mode": "Filesystem", "access_modes": ["ReadWriteMany"]}]},
        # Virtio, on which it comes up only once it was converted.
        "overrides": {"prepared": True, "memory_mib": 512},
        "run_strategy": "Halted",
    }
    facts = {"archive": str(built["virt_v2v_image"] / ARCHIVE), "image": IMAGE, "hci_imports": [guest]}
    return note(place.state / "conversion.yml", facts)
