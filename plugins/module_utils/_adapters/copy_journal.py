# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The journal of a disk copy on this machine: what is on the medium for certain, block by block.

Two files beside the target: `.import.json` (source, target, done) and `.import.map` (digests of the blocks).
Both are replaced atomically, after the data were flushed. This module util is private to the collection.
"""

from __future__ import annotations

import json
import os
import pathlib

from .._core.vm.blocks import SIZE, BlockMap
from .._core.vm.copy_trust import Errand, trust
from .._core.vm.digest import BLOCK
from .copy_place import look


class CopyJournal:
    """The journal of the copy to `target`."""

    def __init__(self, target: str) -> None:
        self.target = target
        self.state_path, self.map_path = pathlib.Path(f"{target}.import.json"), pathlib.Path(f"{target}.import.map")

    def done_from(self, identity: str) -> str:
        """The digest, when this very source was copied completely; else empty."""
        state = self.state()
        return str(state["digest"]) if state.get("done") and state.get("source") == identity else ""

    def verdict(self, errand: Errand) -> str:
        """What of this journal may be believed. Raises PlatformError where somebody's data would be lost."""
        return trust(errand, self.state() if self.map_path.exists() else {}, look(self.target))

    def load(self, capacity: int) -> BlockMap:
        """The map of what is on the medium; an unknown one when there is none that fits."""
        count = -(-capacity // BLOCK)
        if self.state().get("capacity") == capacity and self.map_path.exists():
            data = self.map_path.read_bytes()
            if len(data) == count * SIZE:
                return BlockMap(capacity, data)
        return BlockMap(capacity)

    def save(self, identity: str, blocks: BlockMap, digest: str = "") -> None:
        """Call after the data were flushed. digest: the copy is complete."""
        _replace(self.map_path, bytes(blocks.data))
        now = look(self.target, inside=False)
        state = {"source": identity, "capacity": blocks.capacity, "done": bool(digest), "digest": digest}
        state |= {"identity": now.identity, "touched": now.touched}
        _replace(self.state_path, json.dumps(state).encode())

    def state(self) -> dict[str, object]:
        """What was written down last; empty when nothing was, or nothing readable."""
        try:
            state: dict[str, object] = json.loads(self.state_path.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return {}
        return state


def _replace(path: pathlib.Path, data: bytes) -> None:
    part = path.with_name(path.name + ".part")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
