# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boot server's state: one folder per machine, changed by atomic renames and appended lines. No database.

<state>/machines/<mac>/ticket.json (root and the service only), journal.jsonl, inspection.tsv, agent.log.
This module util is private to the collection. It also runs inside the boot service: standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import Progress, event_line, progress_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import (
    Ticket,
    normal_mac,
    same_token,
    ticket_from,
)


def new_token(mac: str) -> str:
    """The machine's address, so that its folder is found without a search, and 128 bits nobody can guess."""
    return f"{normal_mac(mac).replace(':', '')}-{secrets.token_hex(16)}"


class BootStore:
    """Files of a folder that belongs to the service; whoever writes gives them to the folder's owner."""

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)

    def machine(self, mac: str) -> Path:
        return self.folder / "machines" / normal_mac(mac).replace(":", "-")

    def ticket(self, mac: str) -> Ticket | None:
        path = self.machine(mac) / "ticket.json"
        try:
            return ticket_from(json.loads(path.read_text()))
        except FileNotFoundError:
            return None

    def by_token(self, token: str) -> Ticket | None:
        mac = token.partition("-")[0]
        ticket = self.ticket(mac) if len(mac) == 12 and mac.isalnum() else None
        return ticket if ticket and same_token(ticket.token, token) else None

    def save(self, ticket: Ticket) -> None:
        self.put(ticket.mac, "ticket.json", json.dumps(ticket.as_dict(), sort_keys=True).encode())

    def put(self, mac: str, name: str, content: bytes) -> None:
        """Write a file as a whole, or not at all."""
        folder = self.machine(mac)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        part = folder / f".{name}.{os.getpid()}.part"
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        self._give(folder, part)
        part.replace(folder / name)

    def add_event(self, mac: str, stage: str, detail: str, now: float) -> None:
        """One short line in one write, so that two writers never mix."""
        folder = self.machine(mac)
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "journal.jsonl"
        line = json.dumps(event_line(stage, detail, now)).encode() + b"\n"
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, line)
        finally:
            os.close(handle)
        self._give(folder, path)

    def journal(self, mac: str) -> list[dict[str, Any]]:
        return list(self._lines(self.machine(mac) / "journal.jsonl"))

    def progress(self, mac: str) -> Progress:
        return progress_of(self.journal(mac))

    def add_log(self, mac: str, content: bytes, limit: int = 1 << 20) -> None:
        path = self.machine(mac) / "agent.log"
        size = path.stat().st_size if path.exists() else 0
        if size < limit:
            with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "ab") as target:
                target.write(content[: limit - size])

    @staticmethod
    def _lines(path: Path) -> Iterator[dict[str, Any]]:
        try:
            lines = path.read_bytes().splitlines()
        except FileNotFoundError:
            return
        for line in lines:
            with contextlib.suppress(ValueError):  # a line torn by a power cut
                yield json.loads(line)

    def _give(self, *paths: Path) -> None:
        """The module writes as root, the service must read; it cannot give away itself, and need not."""
        owner = self.folder.stat()
        if os.geteuid() == 0:
            for path in (self.folder / "machines", *paths):
                os.chown(path, owner.st_uid, owner.st_gid)
