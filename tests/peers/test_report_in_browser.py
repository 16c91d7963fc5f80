"""The report in a real browser: it is drawn, wide and narrow, and asks nobody for anything."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import zlib
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.model import report_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.page import page
from tests.unit.plugins.module_utils._core.report.sample import document

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
QUIET = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
)

pytestmark = pytest.mark.skipif(BROWSER is None, reason="the report in a browser: chromium is missing")


def browse(folder: Path, *options: str) -> str:
    (folder / "report.html").write_text(page(report_of(document())))
    command = [str(BROWSER), *QUIET, f"--user-data-dir={folder / 'profile'}", *options, f"file://{folder}/report.html"]
    env = {**os.environ, "HOME": str(folder)}
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=120, check=True)
    return done.stdout


def pixels(path: Path) -> tuple[int, int, int]:
    """Width, height and number of different lines of a PNG: a blank picture has one."""
    data = path.read_bytes()
    width, height = struct.unpack(">II", data[16:24])
    body, at = b"", 8
    while at < len(data):
        (size,) = struct.unpack(">I", data[at : at + 4])
        body += data[at + 8 : at + 8 + size] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + size
    raw = zlib.decompress(body)
    step = len(raw) // height
    return width, height, len({raw[n * step : (n + 1) * step] for n in range(height)})


def test_the_browser_understands_every_part(tmp_path: Path) -> None:
    dom = browse(tmp_path, "--dump-dom")
    titles = re.findall(r"<h2>([^<]+)</h2>", dom)
    assert titles == ["Rack", "Networks", "Virtual machines", "Stages", "Components", "Nodes"]
    assert dom.count('class="unit"') == 4
    assert dom.count("<circle") == 4 + 3 + 1


@pytest.mark.parametrize("width", [1200, 480])
def test_it_is_drawn(tmp_path: Path, width: int) -> None:
    picture = tmp_path / "report.png"
    browse(tmp_path, f"--window-size={width},1600", f"--screenshot={picture}")
    assert pixels(picture)[:2] == (width, 1600)
    assert pixels(picture)[2] > 100
