"""The reader against a web server that keeps state and breaks on purpose."""

from __future__ import annotations

import hashlib
import http.server
import random
import threading
from collections.abc import Iterator

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.http_source import HttpSource
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.streams import read_into

DATA = random.Random(1).randbytes(9_000_000)


class Server(http.server.ThreadingHTTPServer):
    """ranges: knows them. break_after: bytes per connection. failing: statuses to answer first. etag: of the file."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.ranges, self.break_after, self.etag = True, 0, '"1"'
        self.failing: list[int] = []
        self.requests: list[str] = []
        self.authorization = ""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}/web01.ova"


class Handler(http.server.BaseHTTPRequestHandler):
    server: Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: object) -> None: ...

    def do_GET(self) -> None:
        wanted = self.headers.get("Range", "")
        self.server.requests.append(wanted)
        self.server.authorization = self.headers.get("Authorization", "")
        if self.server.failing:
            self.send_error(self.server.failing.pop(0))
            return
        start, end = 0, len(DATA)
        condition = self.headers.get("If-Range")
        if wanted and self.server.ranges and condition in (None, self.server.etag):
            first, _dash, last = wanted.removeprefix("bytes=").partition("-")
            start, end = int(first), int(last) + 1 if last else len(DATA)
            self.send_response(206)
            self.send_header("Content-Range", f"bytes {start}-{end - 1}/{len(DATA)}")
        else:
            self.send_response(200)
        self.send_header("Content-Length", str(end - start))
        self.send_header("ETag", self.server.etag)
        self.end_headers()
        limit = self.server.break_after if end - start > 1 and self.server.break_after else end - start
        self.wfile.write(DATA[start : min(end, start + limit)])
        self.close_connection = True


@pytest.fixture
def server() -> Iterator[Server]:
    with Server() as running:
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def source(server: Server, **options: str) -> HttpSource:
    return HttpSource(server.url, sleep=lambda seconds: None, **options)  # type: ignore[arg-type]


def read_all(found: HttpSource, offset: int = 0) -> bytes:
    buffer = bytearray(len(DATA) - offset)
    reader = found.open(offset)
    got = read_into(reader, memoryview(buffer))
    reader.close()
    return bytes(buffer[:got])


def test_import_survives_broken_connections_byte_for_byte(server: Server) -> None:
    server.break_after = 1_000_000
    assert hashlib.sha256(read_all(source(server))).digest() == hashlib.sha256(DATA).digest()
    assert len(server.requests) == 1 + 9


@pytest.mark.parametrize("ranges", [True, False])
def test_import_reads_from_an_offset(server: Server, ranges: bool) -> None:
    server.ranges = ranges
    assert read_all(source(server), 8_999_000) == DATA[8_999_000:]


def test_import_a_jump_ahead_is_a_new_request(server: Server) -> None:
    reader = source(server).open()
    reader.skip(8_000_000)
    buffer = bytearray(10)
    read_into(reader, memoryview(buffer))
    assert buffer == DATA[8_000_000:8_000_010]
    assert server.requests[-1] == "bytes=8000000-"


def test_import_without_ranges_reads_on_and_a_break_is_told(server: Server) -> None:
    server.ranges = False
    assert read_all(source(server)) == DATA
    server.break_after = 100
    with pytest.raises(PlatformError, match="broke at byte 100 of 9000000"):
        read_all(source(server))


def test_import_a_truncated_body_is_told_after_the_last_try(server: Server) -> None:
    server.break_after = 1_000_000
    found = source(server)
    found.probe()
    server.ranges = False
    with pytest.raises(PlatformError, match="cannot continue at byte 1000000"):
        read_all(found)


def test_import_a_file_that_changed_meanwhile_is_never_mixed(server: Server) -> None:
    server.break_after = 1_000_000
    found = source(server)
    found.probe()
    server.etag = '"2"'
    with pytest.raises(PlatformError, match="the file was changed meanwhile"):
        read_all(found)


def test_import_outlives_a_storm_of_503(server: Server) -> None:
    server.failing = [503, 500, 429, 503]
    assert read_all(source(server)) == DATA


@pytest.mark.parametrize(
    ("status", "way_out"), [(404, "check source.url"), (401, "check source.username"), (403, "check")]
)
def test_permanent_answers_fail_at_once_with_a_way_out(server: Server, status: int, way_out: str) -> None:
    server.failing = [status] * 9
    with pytest.raises(PlatformError, match=way_out):
        source(server).probe()
    assert len(server.requests) == 1


def test_an_unreachable_server_is_told() -> None:
    with pytest.raises(PlatformError, match="cannot be read"):
        HttpSource("http://127.0.0.1:9/a.ova", sleep=lambda seconds: None).probe()


def test_passwords_go_to_the_server_and_into_no_text(server: Server) -> None:
    address = server.url.replace("//", "//joe:s3cret@")
    found = HttpSource(address, sleep=lambda seconds: None)
    found.probe()
    assert server.authorization == "Basic am9lOnMzY3JldA=="
    assert "s3cret" not in found.identity + found.place + found.url


def test_other_schemes_are_refused() -> None:
    with pytest.raises(PlatformError, match="no http or https address"):
        HttpSource("file:///etc/passwd")
