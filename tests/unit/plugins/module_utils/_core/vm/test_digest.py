from __future__ import annotations

import hashlib
import random

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.digest import BLOCK, ZERO, DiskDigest


def by_hand(raw: bytes) -> str:
    blocks = [raw[start : start + BLOCK] for start in range(0, len(raw), BLOCK)]
    return hashlib.sha256(
        b"".join(ZERO if not any(block) else hashlib.sha256(block).digest() for block in blocks)
    ).hexdigest()


@pytest.mark.parametrize("seed", range(20))
def test_the_digest_does_not_depend_on_how_the_disk_was_cut(seed: int) -> None:
    source = random.Random(seed)
    raw = bytearray(source.randrange(1, 5) * BLOCK + source.choice([0, 512, 4096, 70000]))
    digest, position = DiskDigest(len(raw), whole=True), 0
    while position < len(raw):
        position += source.choice([0, 512, 65536, BLOCK, BLOCK + 512])
        data = source.randbytes(source.choice([512, 65536, 2 * BLOCK]))[: max(0, len(raw) - position)]
        if data:
            raw[position : position + len(data)] = data
            digest.update(position, data)
        position += len(data)
    assert digest.finish() == (by_hand(bytes(raw)), hashlib.sha256(raw).hexdigest())


def test_one_changed_byte_changes_the_digest() -> None:
    digests = set()
    for byte in (b"a", b"b"):
        digest = DiskDigest(3 * BLOCK)
        digest.update(BLOCK, byte * 512)
        digests.add(digest.finish())
    assert len(digests) == 2


def test_written_zeros_count_like_gaps() -> None:
    written, gap = DiskDigest(2 * BLOCK), DiskDigest(2 * BLOCK)
    written.update(0, bytes(BLOCK + 512))
    assert written.finish() == gap.finish()


def test_an_extent_that_goes_back_is_a_fault() -> None:
    digest = DiskDigest(2 * BLOCK)
    digest.update(512, b"a")
    with pytest.raises(ValueError, match="extent at 0 after 513"):
        digest.update(0, b"a")
