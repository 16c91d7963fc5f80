"""Sending files, whole or in ranges."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler
from pathlib import Path

RANGE = re.compile(r"bytes=(\d*)-(\d*)$")
DIGEST = re.compile(r"[0-9a-f]{64}$")


@dataclass(frozen=True)
class Span:
    """Bytes start to end, end not included, of a file of `size`."""

    start: int
    end: int
    size: int


def span_of(header: str | None, size: int) -> Span | None:
    """The span a Range header asks for; the whole file without one; None when it cannot be satisfied (RFC 9110, 14)."""
    match = RANGE.match(header or "")
    if not match or match.groups() == ("", ""):
        return Span(0, size, size)
    first, last = match.groups()
    if first:
        span = Span(int(first), min(int(last) + 1, size) if last else size, size)
    else:
        span = Span(max(0, size - int(last)), size, size)
    return span if span.start < span.end else None


def send_file(handler: BaseHTTPRequestHandler, path: Path) -> None:
    """Answer GET or HEAD with a file. The kernel copies it to the socket."""
    try:
        source = path.open("rb")
    except OSError:
        handler.send_error(HTTPStatus.NOT_FOUND)
        return
    with source:
        size = path.stat().st_size
        header = handler.headers.get("Range")
        span = span_of(header, size)
        if span is None:
            handler.send_response(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
            handler.send_header("Content-Range", f"bytes */{size}")
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        _head(handler, span)
        if handler.command == "GET":
            handler.wfile.flush()
            handler.connection.sendfile(source, span.start, span.end - span.start)


def _head(handler: BaseHTTPRequestHandler, span: Span) -> None:
    partial = span.end - span.start != span.size
    handler.send_response(HTTPStatus.PARTIAL_CONTENT if partial else HTTPStatus.OK)
    if partial:
        handler.send_header("Content-Range", f"bytes {span.start}-{span.end - 1}/{span.size}")
    handler.send_header("Accept-Ranges", "bytes")
    handler.send_header("Content-Type", "application/octet-stream")
    handler.send_header("Content-Length", str(span.end - span.start))
    handler.end_headers()


def artifact_path(root: Path, digest: str, name: str) -> Path | None:
    """The file of an artifact, None for names that are not plain."""
    plain = DIGEST.match(digest) and name and "/" not in name and not name.startswith(".")
    return root / digest / name if plain else None
