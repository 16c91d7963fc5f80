from __future__ import annotations

import random
import struct
import zlib

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.streams import Bytes
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.vmdk import StreamOptimized
from tests.assets.machines import GRAIN, SECTOR, grain_record, stream_optimized

MIB = 1 << 20


def disk(size: int = 3 * MIB + 5 * SECTOR, seed: int = 1) -> bytes:
    """Islands of data at odd places, one in the last sector."""
    source = random.Random(seed)
    raw = bytearray(size)
    for _number in range(12):
        start = source.randrange(0, size - 9000)
        raw[start : start + 5000] = source.randbytes(5000)
    raw[-SECTOR:] = source.randbytes(SECTOR)
    return bytes(raw)


def decode(image: bytes) -> bytes:
    reader = StreamOptimized(Bytes(image), "disk.vmdk")
    raw = bytearray(reader.capacity)
    for offset, data in reader.extents():
        raw[offset : offset + len(data)] = data
    return bytes(raw)


@pytest.mark.parametrize("size", [SECTOR, GRAIN, GRAIN + SECTOR, 3 * MIB + 5 * SECTOR, 40 * MIB])
@pytest.mark.parametrize("level", [0, 1, 9])
def test_an_image_decodes_to_its_disk(size: int, level: int) -> None:
    raw = disk(size) if size > MIB else bytes(range(256)) * (size // 256)
    assert decode(stream_optimized(raw, level)) == raw


def test_an_empty_disk_has_no_extents() -> None:
    assert list(StreamOptimized(Bytes(stream_optimized(bytes(MIB))), "disk.vmdk").extents()) == []


def body(*records: bytes, end: bool = True) -> bytes:
    """A valid head of a 1 MiB disk and these records."""
    image = stream_optimized(bytes(MIB))[: 128 * SECTOR]
    return image + b"".join(records) + (bytes(SECTOR) if end else b"")


def pattern(size: int) -> bytes:
    return (random.Random(7).randbytes(997) * (size // 997 + 1))[:size]


def grain(offset: int, size: int = GRAIN) -> bytes:
    return grain_record(offset, zlib.compress(pattern(size)))


def flipped(record: bytes, place: int) -> bytes:
    return record[:place] + bytes([record[place] ^ 1]) + record[place + 1 :]


@pytest.mark.parametrize(
    ("image", "finding"),
    [
        (b"QFI\xfb" + bytes(600), "is no VMDK image"),
        (body()[:300], "ends 212 bytes early"),
        (body(grain(0), end=False), "early; the file is truncated"),
        (body(grain(0)[:200], end=False), "early; the file is truncated"),
        (body(grain(GRAIN), grain(0)), "comes after one"),
        (body(grain(0), grain(0)), "comes after one"),
        (body(grain(2 * MIB)), "beyond the disk"),
        (body(grain_record(0, zlib.compress(bytes(60 * MIB)))), "inflates to 65537 bytes or more"),
        (body(grain(0, 100)), "inflates to 100 bytes"),
        (body(flipped(grain(0), 40)), "cannot be inflated"),
        (body(flipped(grain(0), 12 + len(zlib.compress(pattern(GRAIN))) - 1)), "cannot be inflated"),
        (body(struct.pack("<QI", 0, 1 << 30).ljust(SECTOR, b"\0")), "a compressed grain of 1073741824 bytes"),
        (body(struct.pack("<QII", 1, 0, 9).ljust(SECTOR, b"\0")), "a marker of type 9"),
        (
            body(struct.pack("<QII", 1 << 40, 0, 1).ljust(SECTOR, b"\0")),
            "a marker of type 1 with 1099511627776 sectors",
        ),
    ],
)
def test_a_damaged_image_never_becomes_a_disk(image: bytes, finding: str) -> None:
    with pytest.raises(PlatformError) as error:
        decode(image)
    assert error.value.message.startswith("disk.vmdk: ")
    assert finding in error.value.message


def test_every_cut_of_an_image_is_noticed() -> None:
    image = stream_optimized(disk(MIB))
    for length in range(0, len(image), 1999):
        with pytest.raises(PlatformError):
            decode(image[:length])


def test_a_sparse_image_without_streams_is_refused_with_the_way_out() -> None:
    image = bytearray(stream_optimized(bytes(MIB)))
    image[8:12] = struct.pack("<I", 3)
    with pytest.raises(PlatformError, match="convert it with qemu-img"):
        decode(bytes(image))


def front_tables(raw: bytes) -> bytes:
    """The image as QEMU writes it: tables before the data, no end marker."""
    tables = (1 + len(raw) // (GRAIN * 512)) * 4 + 1
    overhead = 128 + tables
    header = struct.pack(
        "<IIIQQQQIQQQB4sH", 0x564D444B, 3, 0x30001, len(raw) // SECTOR, 128, 1, 20, 512, 0, 128, overhead, 0, b"", 1
    )
    records, table = [], []
    position = overhead
    for offset in range(0, len(raw), GRAIN):
        data = raw[offset : offset + GRAIN]
        table.append(position if any(data) else 0)
        if any(data):
            records.append(grain_record(offset, zlib.compress(data.ljust(GRAIN, b"\0"))))
            position += len(records[-1]) // SECTOR
    table += [0] * (-len(table) % 512)
    directory = struct.pack(f"<{len(table) // 512}I", *range(129, 129 + 4 * (len(table) // 512), 4))
    body = directory.ljust(SECTOR, b"\0") + struct.pack(f"<{len(table)}I", *table)
    return (header.ljust(128 * SECTOR, b"\0") + body).ljust(overhead * SECTOR, b"\0") + b"".join(records)


def test_an_image_with_its_tables_first_needs_no_end_marker() -> None:
    raw = disk(3 * MIB)
    assert decode(front_tables(raw)) == raw
    assert decode(front_tables(bytes(MIB))) == bytes(MIB)


def test_an_image_with_its_tables_first_is_not_believed_when_a_grain_is_missing() -> None:
    image = front_tables(disk(3 * MIB))
    last = len(image) - len(grain_record(0, zlib.compress(disk(3 * MIB)[-GRAIN:])))
    for cut in (last, last + SECTOR, len(image) - 1):
        with pytest.raises(PlatformError, match="early; the file is truncated"):
            decode(image[:cut])
