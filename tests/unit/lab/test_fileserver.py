"""The lab's file server, asked over a real socket."""

from __future__ import annotations

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import fileserver

DATA = bytes(range(256)) * 8192


@pytest.fixture
def base(tmp_path: Path) -> Iterator[str]:
    folder = tmp_path / "artifacts"
    folder.mkdir()
    (tmp_path / "secret").write_text("no")
    (tmp_path / "cache").write_bytes(DATA)
    (folder / "file").symlink_to(tmp_path / "cache")
    (folder / "empty").write_bytes(b"")
    handler = type("Handler", (fileserver.Handler,), {"folder": folder, "log_message": lambda *_: None})
    server = fileserver.Server(("127.0.0.1", 0), handler)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
    yield f"http://127.0.0.1:{server.server_port}/artifacts"
    server.shutdown()
    server.server_close()


def get(url: str, **headers: str) -> tuple[int, bytes, dict[str, str]]:
    """Return status, body and headers."""
    try:
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=10) as answer:
            return answer.status, answer.read(), dict(answer.headers)
    except urllib.error.HTTPError as error:
        return error.code, error.read(), dict(error.headers)


def test_a_whole_file_and_an_empty_one(base: str) -> None:
    assert get(f"{base}/file")[:2] == (200, DATA)
    assert get(f"{base}/empty")[:2] == (200, b"")


@pytest.mark.parametrize(("asked", "first", "last"), [("0-99", 0, 100), ("1000-", 1000, None), ("5-99999999", 5, None)])
def test_a_range_is_exactly_what_was_asked_for(base: str, asked: str, first: int, last: int | None) -> None:
    status, body, headers = get(f"{base}/file", Range=f"bytes={asked}")
    assert (status, body) == (206, DATA[first:last])
    assert headers["Content-Range"] == f"bytes {first}-{first + len(body) - 1}/{len(DATA)}"


def test_a_range_behind_the_end_is_refused_with_the_size(base: str) -> None:
    status, _, headers = get(f"{base}/file", Range=f"bytes={len(DATA)}-")
    assert (status, headers["Content-Range"]) == (416, f"bytes */{len(DATA)}")


@pytest.mark.parametrize("path", ["missing", "../secret", "%2e%2e/secret", ""])
def test_nothing_outside_the_folder_is_served(base: str, path: str) -> None:
    assert get(f"{base}/{path}")[0] == 404
