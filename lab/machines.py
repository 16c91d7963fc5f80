"""Machines of the rack (to come)."""

from __future__ import annotations

from lab.place import Place
from lab.rack.model import Rack


def up(place: Place, rack: Rack) -> None:
    """Prepare the machines and start their BMCs."""


def down(place: Place, rack: Rack) -> None:
    """Stop machines."""


def status(place: Place, rack: Rack) -> list[tuple[str, str, str]]:
    """Return name, power state, BMC address."""
    return []
