# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The boot service as one file: its own modules, and the parts of the collection it decides by, under their own names.

This plugin util is private to the collection.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

COLLECTION = "ansible_collections/ironacre/hci/plugins/module_utils"
PARTS = ("_core/errors.py", "_core/boot/*.py", "_adapters/boot_store.py")
MODULE_UTILS = Path(__file__).resolve().parent.parent / "module_utils"
EPOCH = (1980, 1, 1, 0, 0, 0)
MAIN = "from boot_service.__main__ import serve, sys\n\nserve(sys.argv[1])\n"


def pack(source: Path) -> bytes:
    """Equal sources give equal bytes: sorted names, fixed times, no compiled files."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in sorted(dict(_files(source)).items()):
            archive.writestr(zipfile.ZipInfo(name, EPOCH), content, zipfile.ZIP_DEFLATED)
    return target.getvalue()


def _files(source: Path) -> Iterator[tuple[str, bytes]]:
    yield "__main__.py", MAIN.encode()
    for path in source.glob("*.py"):
        yield f"boot_service/{path.name}", path.read_bytes()
    paths = [path for part in PARTS for path in MODULE_UTILS.glob(part)]
    for path in paths:
        yield f"{COLLECTION}/{path.relative_to(MODULE_UTILS)}", path.read_bytes()
    # Folders inside an archive are only packages where they say so.
    folders = {folder for path in paths for folder in Path(COLLECTION, path.relative_to(MODULE_UTILS)).parents}
    for folder in folders - {Path()}:
        yield f"{folder}/__init__.py", b""
