"""What one machine with a ticket asks for and tells, below /v1/node/<token>/."""

from __future__ import annotations

import json
import time
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.boot_store import BootStore
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.answer import agent_plan, judge
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.archive import as_file, cpio, overlay
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import AGENT_STAGES
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.inspection import parse_inspection
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.spec import RECEIPT_PATH, receipt
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import Ticket


class Machine:
    """The machine of a ticket; `now` is the time of the request."""

    def __init__(self, store: BootStore, ticket: Ticket, agent: Path) -> None:
        self.store, self.ticket, self.agent = store, ticket, agent
        self.now = time.time()
        self.progress = store.progress(ticket.mac)

    @property
    def is_armed(self) -> bool:
        return self.ticket.is_armed(self.now, self.progress.has_reached("finished"))

    def tell(self, stage: str, detail: str) -> None:
        self.store.add_event(self.ticket.mac, stage, detail, self.now)

    def accept(self, stage: str, detail: str) -> bool:
        """An event of the agent."""
        if stage not in AGENT_STAGES:
            return False
        self.tell(stage, detail)
        return True

    def inspect(self, text: str) -> str:
        """Decide about the machine's disks; return the agent's orders."""
        self.store.put(self.ticket.mac, "inspection.tsv", text.encode())
        inspection = parse_inspection(text)
        disks = ", ".join(disk.name for disk in inspection.disks)
        system = inspection.system
        self.tell("agent", f"{system.get('firmware', '')} {system.get('memory_kib', '?')} KiB, disks {disks or 'none'}")
        verdict = judge(self.ticket, self.progress, inspection)
        self.tell(verdict.stage, verdict.reason)
        return agent_plan(verdict, self.ticket)

    def agent_archive(self) -> bytes:
        return cpio({"/agent": self.agent.read_bytes()})

    def overlay(self) -> bytes:
        """The node's files with its receipt, which names the disk that was approved."""
        approved = [event for event in self.store.journal(self.ticket.mac) if event["stage"] == "approved"]
        disk = str(approved[-1]["detail"]) if approved else ""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now))
        text = json.dumps(receipt(self.ticket.spec, disk, moment), indent=1, sort_keys=True)
        return overlay([*self.ticket.files, as_file(RECEIPT_PATH, "0600", f"{text}\n")])
