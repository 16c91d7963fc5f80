# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""From locked artifacts to the download lists of the boot host, a node and the controller.

A download is {url, sha256, dest, mode}: what the module `artifact` takes.
This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.lock import Artifact

Download = dict[str, Any]
# What RKE2's own installer reads from one folder; the images go to the folder RKE2 imports them from.
_INSTALLER = {"rke2": "0644", "rke2_install": "0755"}


def served_url(base_url: str, artifact: Artifact) -> str:
    """Where the boot host serves it. base_url: e.g. `http://boot1:8080/artifacts`."""
    return artifact.path_below(base_url)


def cache_downloads(artifacts: Iterable[Artifact], root: str) -> list[Download]:
    """From upstream into a cache folder (boot host)."""
    return [_download(artifact.url, artifact, artifact.path_below(root)) for artifact in artifacts]


def mirrored_downloads(artifacts: Iterable[Artifact], base_url: str, root: str) -> list[Download]:
    """From the boot host into a cache folder (controller)."""
    return [_download(served_url(base_url, one), one, one.path_below(root)) for one in artifacts]


def node_downloads(artifacts: Iterable[Artifact], base_url: str, install_dir: str, images_dir: str) -> list[Download]:
    """From the boot host to the places RKE2 reads: installer and release into install_dir, all else is images."""
    downloads = []
    for artifact in artifacts:
        folder = install_dir if artifact.name in _INSTALLER else images_dir
        dest = f"{folder.rstrip('/')}/{artifact.file}"
        mode = _INSTALLER.get(artifact.name, "0644")
        downloads.append(_download(served_url(base_url, artifact), artifact, dest, mode))
    return downloads


def _download(url: str, artifact: Artifact, dest: str, mode: str = "0644") -> Download:
    return {"url": url, "sha256": artifact.sha256, "dest": dest, "mode": mode}
