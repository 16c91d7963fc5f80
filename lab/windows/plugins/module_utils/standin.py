# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The state of a Windows that is not there: a folder with its files and a JSON file with everything else.

What it imitates stands in docs/lab-windows.md.
"""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

STATE = "IRONACRE_WINDOWS"


class Windows:
    """state: version, product_type, architecture, uuid, language, interfaces, registry, store, services, protected.

    registry: entries [type, value] by name, by key in lower case. store: packages as pnputil lists them.
    """

    def __init__(self, folder: str | None = None) -> None:
        self.folder = Path(folder or os.environ[STATE])
        self.state: dict[str, Any] = json.loads(self._file.read_text())

    @property
    def _file(self) -> Path:
        return self.folder / "state.json"

    def save(self) -> None:
        self._file.write_text(json.dumps(self.state, indent=1, sort_keys=True))

    def note(self, argv: list[str]) -> None:
        """Which commands ran, for tests to look at."""
        with (self.folder / "commands.log").open("a") as log:
            log.write(f"{json.dumps(argv)}\n")

    def path(self, name: str) -> Path:
        """Where a file of the guest lies. Windows does not tell cases apart, so all of them are small here."""
        drive, _colon, rest = name.lower().replace("/", "\\").partition(":")
        return self.folder / "disk" / drive / rest.strip("\\").replace("\\", "/")

    def key(self, name: str) -> dict[str, list[Any]] | None:
        found: dict[str, list[Any]] | None = self.state["registry"].get(name.lower())
        return found

    def below(self, name: str) -> list[str]:
        """Names of the keys right below one."""
        start = f"{name.lower()}\\"
        return sorted({key[len(start) :].split("\\")[0] for key in self.state["registry"] if key.startswith(start)})

    def exists(self, name: str) -> bool:
        return self.key(name) is not None or bool(self.below(name))

    def entry(self, key: str, name: str) -> tuple[str, list[Any]] | None:
        """The name as it is written, and [type, value]."""
        values = self.key(key) or {}
        return next(((known, value) for known, value in values.items() if known.lower() == name.lower()), None)

    def set_value(self, key: str, name: str, kind: str, data: Any) -> None:
        found = self.entry(key, name)
        self.state["registry"].setdefault(key.lower(), {})[found[0] if found else name] = [kind, data]


def checksum(path: Path, algorithm: str = "sha1") -> str:
    return hashlib.new(algorithm, path.read_bytes()).hexdigest()
