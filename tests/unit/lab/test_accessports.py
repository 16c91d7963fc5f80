"""The stand-in for a switch's access ports does what its list of behaviours says."""

from __future__ import annotations

import socket
from collections.abc import Iterator

import pytest

from lab import accessports

ADDRESSES = bytes.fromhex("525400700014525400000001")
FRAME = ADDRESSES + b"\x08\x00" + b"hello"
TAGGED = ADDRESSES + bytes.fromhex("81000051") + b"\x08\x00" + b"hello"


class Cables:
    """Pairs of sockets that keep frames whole, as taps do."""

    def __init__(self) -> None:
        pairs = [socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) for _name in range(3)]
        self.trunk, self.first, self.second = (outside for outside, _inside in pairs)
        self.inside = [inside for _outside, inside in pairs]
        for outside, _inside in pairs:
            outside.settimeout(5)

    def forward(self) -> None:
        trunk, first, second = (inside.fileno() for inside in self.inside)
        accessports.forward(trunk, {81: first, 82: second})


@pytest.fixture
def cables() -> Iterator[Cables]:
    made = Cables()
    yield made
    for one in (made.trunk, made.first, made.second, *made.inside):
        one.close()


def test_a_tagged_frame_leaves_at_the_port_of_its_vlan(cables: Cables) -> None:
    cables.trunk.send(TAGGED)
    cables.forward()
    assert cables.first.recv(100) == FRAME


def test_a_frame_of_a_port_gets_the_ports_tag(cables: Cables) -> None:
    cables.first.send(FRAME)
    cables.forward()
    assert cables.trunk.recv(100) == TAGGED


@pytest.mark.parametrize(
    "frame", [FRAME, TAGGED.replace(b"\x00\x51", b"\x00\x53"), TAGGED.replace(b"\x81\x00", b"\x88\xa8"), b"short"]
)
def test_what_belongs_to_no_port_is_dropped(cables: Cables, frame: bytes) -> None:
    cables.trunk.send(frame)
    cables.forward()
    cables.trunk.send(TAGGED)
    cables.forward()
    assert cables.first.recv(100) == FRAME, "only the frame that came behind it arrives"


def test_a_tag_at_a_port_is_dropped() -> None:
    assert accessports.tagged(81, TAGGED) == b""
