#!/usr/bin/env python3
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Lay out `.ansible/collections` for a checkout: a link of the checkout itself and the collections it needs.

The needed collections are cut out of the wheel of the PyPI package `ansible`, because PyPI is reachable in places where
Galaxy is not. The cut is kept outside the tree (IRONACRE_CACHE or ~/.cache/ironacre), named by the pin of the wheel.

    python tools/lay_out.py [--bundle .ci/bundle-2.19.txt] [--into .ansible/collections]
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parent.parent
NEEDED = (
    "ansible/posix",
    "ansible/utils",
    "ansible/windows",
    "community/general",
    "kubernetes/core",
    "kubevirt/core",
)


def cache_root() -> Path:
    """Folder outside the tree for everything fetched."""
    return Path(os.environ.get("IRONACRE_CACHE") or Path.home() / ".cache" / "ironacre")


def cut_out(bundle: Path) -> Path:
    """The needed collections of the pinned bundle, unpacked once. -> folder that holds `<namespace>/<name>`."""
    key = hashlib.sha256(bundle.read_bytes() + repr(NEEDED).encode()).hexdigest()[:16]
    kept = cache_root() / "collections" / key
    if kept.is_dir():
        return kept
    kept.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=kept.parent) as scratch:
        download(bundle, Path(scratch))
        part = Path(scratch) / "part"
        unpack(next(Path(scratch).glob("ansible-*.whl")), part)
        try:
            part.rename(kept)
        except OSError:
            # Another run was faster: its cut has the same content.
            if not kept.is_dir():
                raise
    return kept


def download(bundle: Path, into: Path) -> None:
    """Fetch the wheel named in the pin file."""
    print(f"lay_out: fetching {bundle.read_text().strip()} from PyPI, once", flush=True)
    command = [
        sys.executable,
        "-m",
        "pip",
        "download",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--only-binary=:all:",
        "--ignore-requires-python",
        "--requirement",
        str(bundle),
        "--dest",
        str(into),
    ]
    subprocess.run(command, check=True)


def unpack(wheel: Path, into: Path) -> None:
    """Unpack only what is needed: the wheel holds more than a hundred collections."""
    prefixes = tuple(f"ansible_collections/{name}/" for name in NEEDED)
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(into, [name for name in archive.namelist() if name.startswith(prefixes)])
    (into / "ansible_collections").rename(into.with_name("namespaces"))
    into.rmdir()
    into.with_name("namespaces").rename(into)


def link(target: Path, name: Path) -> None:
    """Make `name` a link to `target`, whatever link was there before."""
    name.parent.mkdir(parents=True, exist_ok=True)
    if name.is_symlink() and name.readlink() == target:
        return
    name.unlink(missing_ok=True)
    name.symlink_to(target)


def laid_out(collections: Path) -> bool:
    """Whether everything is there: what a checkout needs grows."""
    root = collections / "ansible_collections"
    return all((root / name).is_dir() for name in (*NEEDED, "ironacre/hci"))


def main() -> int:
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--bundle", type=Path, default=CHECKOUT / ".ci" / "bundle-2.19.txt")
    arguments.add_argument("--into", type=Path, default=CHECKOUT / ".ansible" / "collections")
    options = arguments.parse_args()
    root = options.into / "ansible_collections"
    kept = cut_out(options.bundle)
    for name in NEEDED:
        link(kept / name, root / name)
    link(CHECKOUT, root / "ironacre" / "hci")
    print(f"lay_out: {root} holds ironacre.hci (this checkout) and {', '.join(n.replace('/', '.') for n in NEEDED)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
