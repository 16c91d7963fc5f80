"""What the receiver refuses, judged by its own program behind TLS."""

from __future__ import annotations

import pathlib
import socket
import ssl
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.identity import make_identity
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.receiver_client import ReceiverClient
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engine import Retriable
from tests.peers.peers import eventually
from tests.peers.receiver_peer import NAME, ReceiverPeer, receiver

MIB = 1 << 20
SIZE = 24 * MIB + 3 * 512


@pytest.fixture
def peer(tmp_path: pathlib.Path) -> Iterator[ReceiverPeer]:
    with receiver(tmp_path, {"disk0": (str(tmp_path / "disk.img"), SIZE)}) as found:
        yield found


def test_receiver_wants_its_token_and_shows_its_own_certificate(peer: ReceiverPeer) -> None:
    stranger = ReceiverClient(replace(peer.endpoint, token="guess"))
    with pytest.raises(PlatformError, match=r"the token is not that of this import \(401\)"):
        stranger.call("PUT", "/v1/volumes/disk0/blocks?offset=0", b"x" * MIB)
    other = ReceiverClient(replace(peer.endpoint, certificate=make_identity(NAME).certificate))
    with pytest.raises(PlatformError, match="another certificate than that of this import"):
        other.call("GET", "/v1/volumes/disk0")
    assert (peer.folder / "disk.img").read_bytes() == bytes(SIZE)
    assert "guess" not in str(stranger.endpoint) + repr(stranger.endpoint)


FRAME = b"\x28\xb5\x2f\xfd\x00\x38"
REFUSED: list[tuple[str, str, bytes, dict[str, str], int]] = [
    ("GET", "/v1/volumes/../../etc/passwd", b"", {}, 404),
    ("GET", "/v1/volumes/disk0/../../token", b"", {}, 404),
    ("GET", "/v1/volumes/%2e%2e%2ftoken", b"", {}, 404),
    ("GET", "/v1/volumes/disk1", b"", {}, 404),
    ("POST", "/v1/volumes/disk0/erase", b"", {}, 404),
    ("PUT", f"/v1/volumes/disk0/blocks?offset={SIZE - 1}", b"xx", {}, 416),
    ("PUT", "/v1/volumes/disk0/blocks?offset=-1", b"x", {}, 416),
    ("PUT", "/v1/volumes/disk0/blocks?offset=one", b"x", {}, 400),
    ("PUT", "/v1/volumes/disk0/blocks", b"x", {}, 416),
    ("PUT", "/v1/volumes/disk0/blocks?offset=0", b"x" * (8 * MIB + 1), {}, 413),
    ("PUT", "/v1/volumes/disk0/blocks?offset=0", b"no frame", {"Content-Encoding": "zstd"}, 400),
    ("PUT", "/v1/volumes/disk0/blocks?offset=0", FRAME + b"\x02\x00\x10\x00" * 100, {"Content-Encoding": "zstd"}, 400),
    ("PUT", "/v1/volumes/disk0/blocks?offset=0", FRAME + b"\x04\x00\x00", {"Content-Encoding": "zstd"}, 400),
    ("PUT", "/v1/volumes/disk0/blocks?offset=0", FRAME + b"\x01\x00\x00tail", {"Content-Encoding": "zstd"}, 400),
    ("POST", f"/v1/volumes/disk0/zero?offset=0&length={SIZE + 1}", b"", {}, 416),
    ("POST", "/v1/volumes/disk0/zero?offset=0", b"", {}, 400),
    ("GET", "/v1/volumes/disk0/digests?first=99&count=1", b"", {}, 416),
]


@pytest.mark.parametrize(("method", "path", "body", "headers", "status"), REFUSED)
def test_receiver_refuses_what_it_was_not_made_for(
    peer: ReceiverPeer, method: str, path: str, body: bytes, headers: dict[str, str], status: int
) -> None:
    with pytest.raises(PlatformError) as told:
        ReceiverClient(peer.endpoint).call(method, path, body, headers)
    assert told.value.facts["status"] == status
    assert (peer.folder / "disk.img").read_bytes() == bytes(SIZE)


def raw(peer: ReceiverPeer) -> ssl.SSLSocket:
    context = ssl.create_default_context(cadata=peer.endpoint.certificate)
    plain = socket.create_connection((peer.endpoint.host, peer.endpoint.port), 10)
    return context.wrap_socket(plain, server_hostname=NAME)


def test_receiver_takes_no_part_of_a_body_that_ends_early(peer: ReceiverPeer) -> None:
    head = f"PUT /v1/volumes/disk0/blocks?offset=0 HTTP/1.1\r\nAuthorization: Bearer {peer.endpoint.token}\r\n"
    with raw(peer) as connection:
        connection.sendall(f"{head}Content-Length: 1000\r\n\r\n".encode() + b"x" * 500)
    ReceiverClient(peer.endpoint).call("POST", "/v1/volumes/disk0/flush")
    assert (peer.folder / "disk.img").read_bytes() == bytes(SIZE)


def test_receiver_serves_others_while_strangers_say_nothing(peer: ReceiverPeer) -> None:
    silent = [socket.create_connection((peer.endpoint.host, peer.endpoint.port), 10) for _number in range(20)]
    assert ReceiverClient(peer.endpoint).call("GET", "/v1/volumes/disk0")["capacity"] == SIZE
    for connection in silent:
        connection.close()


def test_receiver_out_of_reach_is_a_reason_to_run_again(peer: ReceiverPeer, monkeypatch: pytest.MonkeyPatch) -> None:
    peer.kill()
    pauses: list[float] = []
    client = ReceiverClient(peer.endpoint, tries=3, pause=pauses.append)
    with pytest.raises(Retriable, match="only missing blocks are sent"):
        client.call("GET", "/v1/volumes/disk0")
    assert pauses == [0.2, 0.4]


def test_receiver_that_nobody_needs_ends(tmp_path: pathlib.Path) -> None:
    with receiver(tmp_path, {"disk0": (str(tmp_path / "disk.img"), SIZE)}, idle=1) as peer:
        child: Any = peer.child
        eventually(lambda: child.poll() == 0, "the receiver ends by itself")
