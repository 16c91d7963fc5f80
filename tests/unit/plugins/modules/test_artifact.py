from __future__ import annotations

import hashlib
import http.server
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.modules import artifact
from tests.unit.running import Run

CONTENT = bytes(range(256)) * 4096


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


class Files(http.server.ThreadingHTTPServer):
    """A file server with ranges, faults and a record of what was asked for."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.files: dict[str, bytes] = {"/image.tar": CONTENT}
        self.asked: list[tuple[str, str | None]] = []
        self.cut_after: int | None = None
        self.ranges = True

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Files

    def do_GET(self) -> None:
        span = self.headers.get("Range")
        self.server.asked.append((self.path, span))
        data = self.server.files.get(self.path)
        if data is None:
            self.send_error(404)
            return
        start = int(span.removeprefix("bytes=").rstrip("-")) if span and self.server.ranges else 0
        self.send_response(206 if start else 200)
        self.send_header("Content-Length", str(len(data) - start))
        self.end_headers()
        self.wfile.write(data[start : self.server.cut_after])

    def log_message(self, *_args: Any) -> None:
        """Tests read `asked` instead."""


@pytest.fixture
def files() -> Iterator[Files]:
    with Files() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def arguments(files: Files, tmp_path: Path) -> dict[str, Any]:
    one = {"url": f"{files.url}/image.tar", "sha256": digest(CONTENT), "dest": str(tmp_path / "images" / "image.tar")}
    return {"artifacts": [one], "state_dir": str(tmp_path / "state"), "timeout": 5}


def test_a_file_is_fetched_once_and_then_neither_fetched_nor_hashed(
    files: Files, arguments: dict[str, Any], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dest = tmp_path / "images" / "image.tar"
    assert run(artifact, arguments)["fetched"] == [str(dest)]
    assert dest.read_bytes() == CONTENT
    monkeypatch.setattr(f"{artifact.ArtifactStore.__module__}.file_digest", lambda path: pytest.fail("hashed again"))
    again = run(artifact, arguments)
    assert (again["changed"], len(files.asked)) == (False, 1)


def test_check_mode_tells_and_leaves_nothing(arguments: dict[str, Any], run: Run, tmp_path: Path) -> None:
    assert run(artifact, arguments, check=True)["changed"] is True
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_lies_there_already_is_adopted(files: Files, arguments: dict[str, Any], run: Run) -> None:
    dest = Path(arguments["artifacts"][0]["dest"])
    dest.parent.mkdir()
    dest.write_bytes(CONTENT)
    dest.chmod(0o644)
    assert (run(artifact, arguments)["changed"], files.asked) == (False, [])


def test_an_altered_file_is_fetched_anew(arguments: dict[str, Any], run: Run) -> None:
    run(artifact, arguments)
    dest = Path(arguments["artifacts"][0]["dest"])
    dest.write_bytes(b"other")
    assert run(artifact, arguments)["changed"] is True
    assert dest.read_bytes() == CONTENT


def test_a_wrong_digest_names_both_and_puts_nothing_in_place(files: Files, arguments: dict[str, Any], run: Run) -> None:
    files.files["/image.tar"] = CONTENT[:-1] + b"!"
    failed = run(artifact, arguments, fails=True)
    assert failed["expected"] == digest(CONTENT)
    assert failed["found"] == digest(CONTENT[:-1] + b"!")
    assert f"{files.url}/image.tar: the file has another digest" in failed["msg"]
    assert "lock_artifacts.yml" in failed["msg"]
    assert not Path(arguments["artifacts"][0]["dest"]).exists()


def test_a_cut_download_fails_and_the_next_run_resumes_it(files: Files, arguments: dict[str, Any], run: Run) -> None:
    files.cut_after = 300_000
    failed = run(artifact, arguments, fails=True)
    assert failed["kept_bytes"] == 300_000
    files.cut_after = None
    run(artifact, arguments)
    assert files.asked[-1][1] == "bytes=300000-"
    assert Path(arguments["artifacts"][0]["dest"]).read_bytes() == CONTENT


def test_a_server_without_ranges_is_read_from_the_start(files: Files, arguments: dict[str, Any], run: Run) -> None:
    files.cut_after = 1000
    run(artifact, arguments, fails=True)
    files.cut_after, files.ranges = None, False
    run(artifact, arguments)
    assert Path(arguments["artifacts"][0]["dest"]).read_bytes() == CONTENT


def test_a_part_of_another_file_does_not_poison_the_download(files: Files, arguments: dict[str, Any], run: Run) -> None:
    good, files.files["/image.tar"] = files.files["/image.tar"], b"old" * 1000
    files.cut_after = 1000
    run(artifact, arguments, fails=True)
    files.files["/image.tar"], files.cut_after = good, None
    assert run(artifact, arguments)["changed"] is True


def test_a_missing_file_says_where_and_what(files: Files, arguments: dict[str, Any], run: Run) -> None:
    files.files.clear()
    message = run(artifact, arguments, fails=True)["msg"]
    assert f"{files.url}/image.tar: cannot be fetched" in message
    assert "404" in message


def test_the_mode_is_kept_right(arguments: dict[str, Any], run: Run) -> None:
    run(artifact, arguments)
    arguments["artifacts"][0]["mode"] = "0755"
    assert run(artifact, arguments)["changed"] is True
    assert Path(arguments["artifacts"][0]["dest"]).stat().st_mode & 0o777 == 0o755


def test_prune_removes_what_it_once_put_there_and_nothing_else(
    files: Files, arguments: dict[str, Any], run: Run, tmp_path: Path
) -> None:
    run(artifact, arguments)
    images = tmp_path / "images"
    (images / "by-hand.tar").write_bytes(b"x")
    files.files["/next.tar"] = b"next"
    after = {"url": f"{files.url}/next.tar", "sha256": digest(b"next"), "dest": str(images / "next.tar")}
    result = run(artifact, {**arguments, "artifacts": [after], "prune": [str(images)]})
    assert result["removed"] == [str(images / "image.tar")]
    assert sorted(path.name for path in images.iterdir()) == ["by-hand.tar", "next.tar"]
