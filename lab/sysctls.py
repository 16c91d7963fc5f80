"""Kernel settings of the machine that hosts need, because they share its kernel.

Three are what the kubelet insists on. The fourth is a limit that all hosts share: each server's control plane watches a
dozen files, and 128 watchers are not enough for three of them with a virtual machine platform on top.

The old values and the labs that need the new ones are kept in one file, so that two checkouts may run at once and a
crash loses nothing.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from lab.build.cache import locked
from lab.place import DATA_ROOT, LOCKS

WANTED = {"vm/overcommit_memory": "1", "kernel/panic": "10", "kernel/panic_on_oops": "1"}
AT_LEAST = {"fs/inotify/max_user_instances": 2048}
MEMORY = DATA_ROOT / "sysctls.json"
LOCK = LOCKS / "sysctls"
ROOT = Path("/proc/sys")


def load() -> dict[str, Any]:
    """Return {"old": {name: value}, "labs": [id]}."""
    try:
        return dict(json.loads(MEMORY.read_text()))
    except (OSError, ValueError):
        return {"old": {}, "labs": []}


def set_for(lab: str) -> None:
    """Set the values for a lab; the first lab keeps what was there before."""
    with locked(LOCK):
        memory = load()
        if not memory["labs"]:
            memory["old"] = {}
        for name in (*WANTED, *AT_LEAST):
            memory["old"].setdefault(name, current(name))
        memory["labs"] = sorted({*memory["labs"], lab})
        # Written first: a crash between the two lines must not lose the old values.
        MEMORY.write_text(json.dumps(memory))
        write(WANTED)
        write({name: str(value) for name, value in AT_LEAST.items() if int(current(name)) < value})


def release(lab: str) -> None:
    """Put the old values back when no other lab needs the new ones."""
    with locked(LOCK):
        memory = load()
        memory["labs"] = [other for other in memory["labs"] if other != lab]
        if memory["labs"]:
            MEMORY.write_text(json.dumps(memory))
            return
        write(memory["old"])
        MEMORY.unlink(missing_ok=True)


def current(name: str) -> str:
    """Return the value that is in force."""
    return (ROOT / name).read_text().strip()


def write(values: dict[str, str]) -> None:
    """Write the values that differ."""
    for name, value in values.items():
        if current(name) != value:
            (ROOT / name).write_text(value)
