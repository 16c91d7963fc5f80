# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Starting programs, always with a time limit. This module util is private to the collection."""

from __future__ import annotations

import os
from collections.abc import Sequence

from ansible_collections.ironacre.hci.plugins.module_utils._adapters import process
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

# Units and sudo hand over short paths; the tools live in both sbin folders.
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def attempt(argv: Sequence[str], stdin: str = "", limit: float = 20.0) -> tuple[int, str, str]:
    """Run -> (exit code, output, error output). 127: no such program, 124: out of time."""
    return process.attempt(argv, stdin, limit, {**os.environ, "LC_ALL": "C", "PATH": PATH})


def must(argv: Sequence[str], stdin: str = "", limit: float = 20.0) -> str:
    """Run and return the output; PlatformError with the tool's own words when it fails."""
    code, out, err = attempt(argv, stdin, limit)
    if code:
        raise PlatformError(f"{' '.join(argv)}: exit {code}: {(err or out).strip()}", stdin=stdin)
    return out
