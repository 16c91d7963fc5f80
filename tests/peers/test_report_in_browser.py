"""The report in a real browser: it is drawn, wide and narrow, and asks nobody for anything."""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate import Estate
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate_page import estate_page
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.model import report_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.page import page
from tests.unit.plugins.module_utils._core.report.estates import large, small
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


def browse(folder: Path, *options: str, text: str = "") -> str:
    (folder / "report.html").write_text(text or page(report_of(document())))
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


# Tells in the page's title what is out of place: texts of the chart that overlap, and what is wider than the page.
PROBE = """<script>
const wide = [...document.querySelectorAll('section')].filter(e => e.getBoundingClientRect().right > innerWidth + 1);
let over = 0;
for (const svg of document.querySelectorAll('svg')) {
  const boxes = [...svg.querySelectorAll('text')].map(t => t.getBoundingClientRect());
  boxes.forEach((a, i) => boxes.slice(i + 1).forEach(b => {
    if (a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 2 && b.top < a.bottom - 2) over++; }));
}
document.title = `wide ${wide.length} overlaps ${over} bars ${document.querySelectorAll('rect').length}`;
</script>"""


@pytest.mark.parametrize(("make", "bars"), [(small, 3), (large, 688)])
@pytest.mark.parametrize("width", [1400, 520])
def test_an_estate_is_drawn_and_nothing_runs_out_of_its_place(
    tmp_path: Path, make: Callable[[], Estate], bars: int, width: int
) -> None:
    text = estate_page(make()).replace("</body>", f"{PROBE}</body>")
    dom = browse(tmp_path, f"--window-size={width},2000", "--dump-dom", text=text)
    assert f"<title>wide 0 overlaps 0 bars {bars}</title>" in dom


@pytest.mark.parametrize("scheme", [(), ("--force-dark-mode", "--blink-settings=preferredColorScheme=0")])
def test_an_estate_is_readable_on_both_papers(tmp_path: Path, scheme: tuple[str, ...]) -> None:
    picture = tmp_path / "estate.png"
    browse(tmp_path, *scheme, "--window-size=1280,1500", f"--screenshot={picture}", text=estate_page(large()))
    assert pixels(picture)[2] > 300


def test_a_hostile_name_runs_nothing(tmp_path: Path) -> None:
    text = estate_page(small()).replace("alert(&#x27;x&#x27;)", "document.title=1")
    dom = browse(tmp_path, "--dump-dom", text=text)
    assert "<title>Head office: estate report</title>" in dom and "&lt;script&gt;document.title=1" in dom
