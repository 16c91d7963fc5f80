from __future__ import annotations

import gzip
import random

import pytest
import zstandard

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.wire import encode

MIB = 1 << 20
CASES: dict[str, tuple[int, list[tuple[int, bytes]]]] = {
    "empty disk": (5 * MIB + 512, []),
    "one sector": (512, [(0, b"a" * 512)]),
    "islands": (9 * MIB, [(512, random.Random(1).randbytes(700)), (3 * MIB + 1, random.Random(2).randbytes(2 * MIB))]),
    "last sector": (200 * MIB, [(200 * MIB - 512, b"z" * 512)]),
    "zeros inside data": (2 * MIB, [(0, b"x" * 70000 + bytes(MIB) + b"y")]),
}


def raw_of(capacity: int, extents: list[tuple[int, bytes]]) -> bytes:
    raw = bytearray(capacity)
    for offset, data in extents:
        raw[offset : offset + len(data)] = data
    return bytes(raw)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("wire", ["zstd", "gzip", "raw"])
def test_common_tools_decode_the_wire_to_the_disk(case: str, wire: str) -> None:
    capacity, extents = CASES[case]
    sent = b"".join(encode(iter(extents), capacity, wire))
    decoders = {
        "zstd": lambda data: zstandard.ZstdDecompressor().decompressobj().decompress(data),
        "gzip": gzip.decompress,
    }
    assert decoders.get(wire, bytes)(sent) == raw_of(capacity, extents)


@pytest.mark.parametrize(("wire", "limit"), [("zstd", 33_000), ("gzip", 1_100_000)])
def test_a_gibibyte_of_zeros_costs_next_to_nothing(wire: str, limit: int) -> None:
    assert sum(map(len, encode(iter([]), 1 << 30, wire))) < limit


def test_data_costs_three_bytes_per_block() -> None:
    data = random.Random(3).randbytes(MIB)
    assert sum(map(len, encode(iter([(0, data)]), MIB, "zstd"))) == MIB + 8 * 3 + 6 + 3
