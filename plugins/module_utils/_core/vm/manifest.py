# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""OVF manifest files: `SHA256(disk1.vmdk)= 1f2e...`, one line per file.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from ..errors import PlatformError

_LINE = re.compile(r"(SHA1|SHA256|SHA512)\s*\((.+)\)\s*=\s*([0-9a-fA-F]+)\s*")
_LENGTHS = {"sha1": 40, "sha256": 64, "sha512": 128}
MAX_BYTES = 4 * 1024 * 1024


def parse_manifest(data: bytes, place: str) -> dict[str, tuple[str, str]]:
    """File name -> (digest name, lower-case hex digest)."""
    found: dict[str, tuple[str, str]] = {}
    for number, line in enumerate(data.decode("utf-8", "replace").splitlines(), 1):
        if not line.strip():
            continue
        match = _LINE.fullmatch(line.strip())
        if not match or len(match[3]) != _LENGTHS[match[1].lower()]:
            raise PlatformError(f"{place}, line {number}: {line[:80]!r} is no manifest line; export the machine again")
        found[match[2]] = (match[1].lower(), match[3].lower())
    return found


def check_digest(manifest: Mapping[str, tuple[str, str]], name: str, found: str, place: str) -> None:
    """Compare the digest of a file with the manifest's. A file the manifest does not list passes."""
    if name in manifest and manifest[name][1] != found:
        kind, wanted = manifest[name]
        raise PlatformError(
            f"{place}: {name} has {kind} {found}, its manifest says {wanted}; "
            "the file was changed or damaged on its way, fetch or export it again",
            file=name,
            expected=wanted,
            found=found,
        )
