"""The access ports of a switch, as a process: `python -m lab.accessports TRUNK VID=PORT...`.

Stand-in for what a kernel without 802.1Q cannot do. What it behaves like:
- a frame with the tag of one of the VLANs that arrives at the trunk leaves at that VLAN's port without the tag;
- a frame that arrives at a port leaves at the trunk with the port's tag;
- everything else (untagged frames, other VLANs, 802.1ad, a tag inside of the tag) is dropped, as by a real switch.
All devices are taps of the namespace it runs in.
"""

from __future__ import annotations

import fcntl
import os
import select
import struct
import sys
from collections.abc import Mapping

TUNSETIFF = 0x400454CA
IFF_TAP, IFF_NO_PI = 0x0002, 0x1000
ETHERTYPE_VLAN = b"\x81\x00"
ADDRESSES = 12  # bytes of both addresses, before tag or type
LONGEST = 65536


def untagged(frame: bytes) -> tuple[int, bytes]:
    """Return VLAN and frame without its tag; (0, b"") when it has none."""
    if len(frame) < ADDRESSES + 4 or frame[ADDRESSES : ADDRESSES + 2] != ETHERTYPE_VLAN:
        return 0, b""
    (tag,) = struct.unpack_from("!H", frame, ADDRESSES + 2)
    return tag & 0x0FFF, frame[:ADDRESSES] + frame[ADDRESSES + 4 :]


def tagged(vid: int, frame: bytes) -> bytes:
    """Return the frame with a tag; b"" when it has one already."""
    if len(frame) < ADDRESSES + 2 or frame[ADDRESSES : ADDRESSES + 2] == ETHERTYPE_VLAN:
        return b""
    return frame[:ADDRESSES] + ETHERTYPE_VLAN + struct.pack("!H", vid) + frame[ADDRESSES:]


def opened(name: str) -> int:
    """Return the open tap."""
    handle = os.open("/dev/net/tun", os.O_RDWR)
    fcntl.ioctl(handle, TUNSETIFF, struct.pack("16sH22x", name.encode(), IFF_TAP | IFF_NO_PI))
    return handle


def forward(trunk: int, ports: Mapping[int, int]) -> None:
    """Forward one frame of every device that has one. ports: VLAN -> device."""
    vlans = {handle: vid for vid, handle in ports.items()}
    for handle in select.select([trunk, *vlans], [], [])[0]:
        frame = os.read(handle, LONGEST)
        if handle == trunk:
            vid, plain = untagged(frame)
            send(ports.get(vid), plain)
        else:
            send(trunk, tagged(vlans[handle], frame))


def send(handle: int | None, frame: bytes) -> None:
    """Send a frame; one for nobody is dropped."""
    if handle is not None and frame:
        os.write(handle, frame)


def main(arguments: list[str]) -> None:
    """Forward until the process is ended."""
    trunk = opened(arguments[0])
    ports = {int(vid): opened(name) for vid, name in (item.split("=") for item in arguments[1:])}
    while True:
        forward(trunk, ports)


if __name__ == "__main__":
    main(sys.argv[1:])
