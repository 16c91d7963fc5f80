"""QEMU's control socket."""

from __future__ import annotations

import json
import socket
from pathlib import Path
from types import TracebackType
from typing import Any


class Qmp:
    """One conversation with one QEMU; use as a context manager. Errors of QEMU raise RuntimeError."""

    def __init__(self, path: Path, seconds: float = 60) -> None:
        self.socket = socket.socket(socket.AF_UNIX)
        self.socket.settimeout(seconds)
        self.socket.connect(str(path))
        self.file = self.socket.makefile("rw")
        self.events: list[str] = []
        self.file.readline()
        self.ask("qmp_capabilities")

    def __enter__(self) -> Qmp:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.file.close()
        self.socket.close()

    def read(self) -> dict[str, Any]:
        """Return the next message; a closed socket raises ConnectionError."""
        line = self.file.readline()
        if not line:
            raise ConnectionError("QEMU has closed its control socket")
        return dict(json.loads(line))

    def ask(self, command: str, **arguments: Any) -> Any:
        """Send a command and return its answer."""
        self.file.write(json.dumps({"execute": command, "arguments": arguments}) + "\n")
        self.file.flush()
        while "event" in (answer := self.read()):
            self.events.append(answer["event"])
        if "error" in answer:
            raise RuntimeError(f"QEMU refused {command}: {answer['error']['desc']}")
        return answer["return"]

    def wait(self, event: str) -> None:
        """Wait until QEMU has reported an event of this name."""
        while event not in self.events:
            message = self.read()
            if "event" in message:
                self.events.append(message["event"])
        self.events.remove(event)
