"""Faults of a machine, written as a file and taken back one by one as they happen.

``.lab/faults/NAME.yml`` with any of these keys:

* ``busy: N``: the BMC refuses the next N commands.
* ``lose_boot: N``: the BMC says yes to the next N boot overrides and forgets them.
* ``power_cut_at: TEXT``: the power is cut, once, when TEXT has come out of the serial console after this was written.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import yaml

KEYS = ("busy", "lose_boot", "power_cut_at")


class Faults:
    """The fault file of one machine."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lock = threading.Lock()

    def load(self) -> dict[str, Any]:
        """Return the pending faults; a broken file is no fault."""
        try:
            data = yaml.safe_load(self.path.read_text())
        except (OSError, yaml.YAMLError):
            return {}
        return {key: data[key] for key in KEYS if key in data} if isinstance(data, dict) else {}

    def take(self, name: str) -> bool:
        """Use up one of a counted fault; return whether there was one."""
        with self.lock:
            data = self.load()
            left = int(data.get(name, 0))
            if left <= 0:
                return False
            self.save({**data, name: left - 1})
            return True

    def take_text(self, name: str) -> None:
        """Remove a fault that has happened."""
        with self.lock:
            self.save({key: value for key, value in self.load().items() if key != name})

    def save(self, data: dict[str, Any]) -> None:
        """Write what is left, whole or not at all; nothing left removes the file."""
        rest = {key: value for key, value in data.items() if value not in (0, "")}
        if not rest:
            self.path.unlink(missing_ok=True)
            return
        scratch = self.path.with_suffix(".new")
        scratch.write_text(yaml.safe_dump(rest))
        scratch.replace(self.path)
