"""Serves a folder over HTTP with byte ranges: the rehearsal's stand-in for the release servers of the artifacts.

``python -m lab.fileserver ADDRESS PORT FOLDER``; a file is served below the folder's own name.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import BinaryIO

RANGE = re.compile(r"bytes=(\d+)-(\d*)$")


class Handler(SimpleHTTPRequestHandler):
    """Answers GET and HEAD; one range a request, as download tools ask for when they go on."""

    protocol_version = "HTTP/1.1"
    folder = Path()

    def translate_path(self, path: str) -> str:
        """Return the file of a URL path, an impossible one when it leaves the folder."""
        clean = path.split("?", 1)[0].lstrip("/").removeprefix(f"{self.folder.name}/")
        target = (self.folder / clean).resolve()
        # Artifacts are links into the build cache: what counts is that the name itself stays inside.
        return str(self.folder / clean) if ".." not in Path(clean).parts and target.is_file() else "/nonexistent"

    def send_head(self) -> BinaryIO | None:  # type: ignore[override]
        """Send status and headers; return the file, set to the first byte wanted, and note how many to send."""
        path = Path(self.translate_path(self.path))
        if not path.is_file():
            self.send_error(HTTPStatus.NOT_FOUND)
            return None
        size = path.stat().st_size
        first, last = self.wanted(size)
        if first > last and size:
            self.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            self.send_header("Content-Range", f"bytes */{size}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return None
        partial = (first, last) != (0, size - 1)
        self.send_response(HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK)
        if partial:
            self.send_header("Content-Range", f"bytes {first}-{last}/{size}")
        self.send_header("Accept-Ranges", "bytes")
        self.send_header("Content-Type", "application/octet-stream")
        self.send_header("Content-Length", str(last - first + 1))
        self.end_headers()
        self.left = last - first + 1
        handle = path.open("rb")
        handle.seek(first)
        return handle

    def wanted(self, size: int) -> tuple[int, int]:
        """Return the first and last byte that the request asks for."""
        match = RANGE.match(self.headers.get("Range", ""))
        if not match:
            return 0, size - 1
        return int(match[1]), min(int(match[2] or size - 1), size - 1)

    def copyfile(self, source: BinaryIO, outputfile: BinaryIO) -> None:  # type: ignore[override]
        """Send what `send_head` promised, by the kernel where the whole rest is wanted."""
        if source.tell() + self.left == os.fstat(source.fileno()).st_size:
            shutil.copyfileobj(source, outputfile, 1 << 20)
            return
        while self.left > 0 and (data := source.read(min(self.left, 1 << 20))):
            outputfile.write(data)
            self.left -= len(data)


class Server(ThreadingHTTPServer):
    """Many downloads at once; a client that goes away is no news."""

    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception() if sys.version_info >= (3, 11) else None, ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


def main(address: str, port: str, folder: str) -> None:
    Handler.folder = Path(folder).resolve()
    Server((address, int(port)), Handler).serve_forever()


if __name__ == "__main__":
    main(*sys.argv[1:])
