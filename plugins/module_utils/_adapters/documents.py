# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Files with plain data, JSON or YAML.

This module util is private to the collection.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from .._core.errors import PlatformError

try:
    import yaml

    HAS_YAML = True
except ImportError:
    HAS_YAML = False

LIMIT_BYTES = 64 << 20


def read_document(path: str) -> dict[str, Any]:
    """The mapping in a file. Raises PlatformError when there is none."""
    if not HAS_YAML:
        raise PlatformError(f"{path}: PyYAML is missing; run the module with the Python that ansible-core runs with")
    try:
        if Path(path).stat().st_size > LIMIT_BYTES:
            raise PlatformError(f"{path}: is larger than {LIMIT_BYTES >> 20} MiB; this is no such file")
        found = yaml.load(Path(path).read_text(encoding="utf-8"), getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise PlatformError(f"{path}: cannot be read ({error}); correct the path or write the file again") from error
    if not isinstance(found, dict):
        raise PlatformError(f"{path}: holds no mapping; write the file again")
    return found
