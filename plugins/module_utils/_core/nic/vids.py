# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lists of VLAN ids as people write them: `100`, `"200-209"`.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable

FIRST, LAST = 1, 4094


def expand(written: Iterable[object]) -> frozenset[int]:
    """`[100, "200-209"]` -> all ids. ValueError with the offending text when one is no id or range."""
    found: set[int] = set()
    for item in written:
        low, _dash, high = str(item).partition("-")
        if not (low.strip().isdigit() and (not _dash or high.strip().isdigit())):
            raise ValueError(f"{item!r} is no VLAN id and no range like 200-209")
        first, last = int(low), int(high or low)
        if not FIRST <= first <= last <= LAST:
            raise ValueError(f"{item!r} is outside of {FIRST}-{LAST}")
        found.update(range(first, last + 1))
    return frozenset(found)


def ranges(vids: Iterable[int]) -> list[tuple[int, int]]:
    """Ids -> ascending (first, last) pairs."""
    pairs: list[tuple[int, int]] = []
    for vid in sorted(vids):
        if pairs and pairs[-1][1] == vid - 1:
            pairs[-1] = (pairs[-1][0], vid)
        else:
            pairs.append((vid, vid))
    return pairs


def compact(vids: Iterable[int]) -> list[str]:
    """Ids -> `["100", "200-209"]`, the shortest way to write them."""
    return [str(first) if first == last else f"{first}-{last}" for first, last in ranges(vids)]
