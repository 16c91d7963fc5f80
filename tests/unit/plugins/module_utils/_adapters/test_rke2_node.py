from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import LARGEST_ANSWER, fetch


class Flood(http.server.BaseHTTPRequestHandler):
    """Somebody else at a supervisor's port, who never stops to answer."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()
        try:
            while True:
                self.wfile.write(bytes(1 << 16))
        except OSError:
            return

    def log_message(self, format: str, *args: object) -> None:
        """Nothing."""


@contextmanager
def flooding() -> Iterator[int]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Flood) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_an_answer_without_an_end_is_cut() -> None:
    with flooding() as port:
        status, body = fetch("127.0.0.1", port, "/cacerts", tls=False)
    assert (status, len(body)) == (200, LARGEST_ANSWER)
