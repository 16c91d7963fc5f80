# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guard as one file on the node: a Python zip archive of the very modules this process runs.

So the guard is always the version of the collection that armed it, and nothing has to be copied to the node beforehand.
This module util is private to the collection.
"""

from __future__ import annotations

import importlib
import importlib.util
import io
import sys
import zipfile
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import files, guard

BASE = "ansible_collections.ironacre.hci.plugins.module_utils."
OURS = (f"{BASE}_core.", f"{BASE}_adapters.nic.", f"{BASE}_adapters.process")
MAIN = f"import sys\nfrom {guard.__name__} import main\nsys.exit(main(sys.argv[1:]))\n"


def archive(python: str) -> bytes:
    """The archive; the same bytes for the same sources."""
    names = sorted(name for name in sys.modules if name.startswith(OURS))
    content = {f"{name.replace('.', '/')}.py": source(name) for name in names}
    content = {path: text for path, text in content.items() if text is not None}
    for path in list(content):
        for parent in list(Path(path).parents)[:-1]:
            content.setdefault(f"{parent}/__init__.py", "")
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as whole:
        for path, text in sorted({**content, "__main__.py": MAIN}.items()):
            whole.writestr(zipfile.ZipInfo(path, (1980, 1, 1, 0, 0, 0)), text or "")
    return f"#!{python}\n".encode() + buffer.getvalue()


def source(name: str) -> str | None:
    """Source of a loaded module; None for a package without code."""
    spec = importlib.util.find_spec(name)
    loader = spec.loader if spec else None
    text = loader.get_source(name) if loader and hasattr(loader, "get_source") else None
    return str(text) if text else None


def install(path: str) -> bool:
    """Put the guard in place; -> changed."""
    target = Path(path)
    wanted = archive(sys.executable)
    if target.exists() and target.read_bytes() == wanted:
        return False
    # Flushed: the next boot runs it when the power fails a moment later.
    files.put(path, wanted, 0o755)
    return True
