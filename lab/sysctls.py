"""The three kernel settings the kubelet insists on, set on the machine because hosts share its kernel.

The old values and the labs that need the new ones are kept in one file, so that two checkouts may run at once and a
crash loses nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab.build.cache import locked
from lab.place import DATA_ROOT

WANTED = {"vm/overcommit_memory": "1", "kernel/panic": "10", "kernel/panic_on_oops": "1"}
MEMORY = DATA_ROOT / "sysctls.json"
ROOT = Path("/proc/sys")


def load() -> dict[str, Any]:
    """Return {"old": {name: value}, "labs": [id]}."""
    try:
        return dict(json.loads(MEMORY.read_text()))
    except (OSError, ValueError):
        return {"old": {}, "labs": []}


def set_for(lab: str) -> None:
    """Set the values for a lab; the first lab keeps what was there before."""
    with locked(MEMORY.with_suffix(".lock")):
        memory = load()
        if not memory["labs"]:
            memory["old"] = {name: (ROOT / name).read_text().strip() for name in WANTED}
        memory["labs"] = sorted({*memory["labs"], lab})
        # Written first: a crash between the two lines must not lose the old values.
        MEMORY.write_text(json.dumps(memory))
        write(WANTED)


def release(lab: str) -> None:
    """Put the old values back when no other lab needs the new ones."""
    with locked(MEMORY.with_suffix(".lock")):
        memory = load()
        memory["labs"] = [other for other in memory["labs"] if other != lab]
        if memory["labs"]:
            MEMORY.write_text(json.dumps(memory))
            return
        write(memory["old"])
        MEMORY.unlink(missing_ok=True)


def write(values: dict[str, str]) -> None:
    """Write the values that differ."""
    for name, value in values.items():
        if (ROOT / name).read_text().strip() != value:
            (ROOT / name).write_text(value)
