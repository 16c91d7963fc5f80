"""The file of the boot service: complete, the same for the same sources, and free of what it does not need."""

from __future__ import annotations

import io
import subprocess
import sys
import zipfile
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.plugin_utils.service_archive import pack

SOURCE = Path(__file__).parents[4] / "roles/boot_server/files/boot_service"


def test_equal_sources_give_equal_bytes(tmp_path: Path) -> None:
    copy = tmp_path / "boot_service"
    copy.mkdir()
    for path in SOURCE.glob("*.py"):
        (copy / path.name).write_bytes(path.read_bytes())
    assert pack(SOURCE) == pack(copy)


def test_it_holds_code_only() -> None:
    with zipfile.ZipFile(io.BytesIO(pack(SOURCE))) as archive:
        names = archive.namelist()
    assert {"__main__.py", "boot_service/server.py"} <= set(names)
    assert not [name for name in names if not name.endswith(".py")]


def test_it_runs_without_the_collection(tmp_path: Path) -> None:
    """It asks for its configuration, so everything it imports was found inside of it."""
    program = tmp_path / "service.pyz"
    program.write_bytes(pack(SOURCE))
    ended = subprocess.run(
        [sys.executable, "-I", str(program), str(tmp_path / "none.json")], capture_output=True, text=True, check=False
    )
    assert "none.json" in ended.stderr
    assert "ModuleNotFoundError" not in ended.stderr
