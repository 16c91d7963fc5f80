"""What a machine says on its serial console, and the fault that waits for it."""

from __future__ import annotations

import threading
import time

from lab.machine.faults import Faults
from lab.machine.qemu import QemuMachine

LOOK_SECONDS = 0.2


class Watch:
    """Cuts the power when the serial console says what a fault waits for, after the fault was written."""

    def __init__(self, machine: QemuMachine, faults: Faults) -> None:
        self.machine, self.faults = machine, faults
        self.waiting, self.position = "", 0
        self.lock = threading.Lock()

    def heed(self) -> str:
        """Take note of the fault: what was said until now does not count. Return its text, "" without one.

        Asked before a machine starts, too: a busy one could say the text before anybody has looked.
        """
        with self.lock:
            text = str(self.faults.load().get("power_cut_at", ""))
            if text != self.waiting:
                self.waiting, self.position = text, len(self.said())
            return text

    def look(self) -> None:
        """Let the fault happen when it is time."""
        text = self.heed()
        if text and text.encode() in self.said()[self.position :]:
            self.machine.note(f"fault: power cut at {text!r}")
            self.faults.take_text("power_cut_at")
            self.machine.off()

    def said(self) -> bytes:
        """Return all that has come out of the serial console."""
        return self.machine.console.read_bytes() if self.machine.console.exists() else b""

    def run(self) -> None:
        """Look until the process ends."""
        while True:
            time.sleep(LOOK_SECONDS)
            self.look()
