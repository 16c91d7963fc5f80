"""A checkout whose collections were laid out before it needed another one gets it."""

from __future__ import annotations

from pathlib import Path

from tools import lay_out


def test_a_collection_that_is_missing_is_seen(tmp_path: Path) -> None:
    names = [*lay_out.NEEDED, "ironacre/hci"]
    for name in names:
        assert not lay_out.laid_out(tmp_path)
        (tmp_path / "ansible_collections" / name).mkdir(parents=True)
    assert lay_out.laid_out(tmp_path)
