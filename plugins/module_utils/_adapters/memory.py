# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How this process handles memory that is freed.

This module util is private to the collection.
"""

from __future__ import annotations

import ctypes

# Parameters of mallopt in the C library of GNU.
_TRIM_THRESHOLD, _MMAP_THRESHOLD = -1, -3
KEPT = 64 << 20
BLOCK_AND_MORE = 8 << 20


def keep_freed_memory() -> None:
    """Freed blocks are used again instead of given back: each would be mapped and filled with zeros page by page.

    At most 64 MiB stay. Other C libraries do as they like.
    """
    mallopt = getattr(ctypes.CDLL(None), "mallopt", None)
    if mallopt is not None:
        mallopt(_MMAP_THRESHOLD, BLOCK_AND_MORE)
        mallopt(_TRIM_THRESHOLD, KEPT)
