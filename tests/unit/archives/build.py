"""Packs modules as Ansible sends them to hosts: `build.py FOLDER MODULE...` writes FOLDER/MODULE.zip."""

from __future__ import annotations

import sys
import zipfile
from datetime import datetime
from pathlib import Path

from ansible._internal._ansiballz._builder import ExtensionManager
from ansible.executor.module_common import recursive_finder
from ansible.plugins.loader import init_plugin_loader

CHECKOUT = Path(__file__).resolve().parents[3]
PACKAGE = "ansible_collections.ironacre.hci.plugins.modules"


def build(name: str, target: Path) -> None:
    """The module and all that Ansible finds to be needed by it. Ansible's own empty packages come with it, too."""
    source = (CHECKOUT / "plugins" / "modules" / f"{name}.py").read_bytes()
    full = f"{PACKAGE}.{name}"
    with zipfile.ZipFile(target, "w") as archive:
        recursive_finder(name, full, source, archive, datetime(2026, 1, 1), ExtensionManager())
        archive.writestr(f"{full.replace('.', '/')}.py", source)
        archive.writestr(f"{PACKAGE.replace('.', '/')}/__init__.py", b"")


if __name__ == "__main__":
    init_plugin_loader([sys.argv[1]])
    for module in sys.argv[3:]:
        build(module, Path(sys.argv[2]) / f"{module}.zip")
