"""The stand-in as a collection: our modules where those of ansible.windows are, beside its genuine action plugins."""

from __future__ import annotations

import shutil
from pathlib import Path

HERE = Path(__file__).parent
NAME = "ansible_collections/ansible/windows"


def lay_out(into: Path, genuine: Path) -> Path:
    """genuine: the folder of ansible.windows. -> a folder for ANSIBLE_COLLECTIONS_PATH."""
    root = into / NAME
    (root / "plugins").mkdir(parents=True)
    for name in ("MANIFEST.json", "meta", "plugins/action", "plugins/plugin_utils", "plugins/doc_fragments"):
        (root / name).symlink_to((genuine / name).resolve())
    for kind in ("modules", "module_utils"):
        shutil.copytree(HERE / "plugins" / kind, root / "plugins" / kind, ignore=shutil.ignore_patterns("__pycache__"))
    return into
