# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkpoints in the cluster: one ConfigMap per volume, beside the journal.

This module util is private to the collection.
"""

from __future__ import annotations

import base64

from .import_journal import LABELS
from .kubernetes_api import KubernetesApi

PREFIX = "vmcheckpoint-"


class ClusterCheckpoints:
    """Implements Checkpoints of _core/vm/mirror.py for the volumes of one machine."""

    def __init__(self, api: KubernetesApi, name: str, namespace: str) -> None:
        self.api, self.namespace = api, namespace
        self.labels = {**LABELS, "import.ironacre.io/checkpoint-of": name}

    def load(self, volume: str, identity: str) -> bytes:
        """Empty when there is none, or the volume was made anew since."""
        found = (self.api.get("ConfigMap", f"{PREFIX}{volume}", self.namespace) or {}).get("data") or {}
        return base64.b64decode(found["map"]) if found.get("volume") == identity else b""

    def save(self, volume: str, identity: str, data: bytes) -> None:
        metadata = {"name": f"{PREFIX}{volume}", "namespace": self.namespace, "labels": self.labels}
        texts = {"volume": identity, "map": base64.b64encode(data).decode()}
        self.api.apply({"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": texts})

    def forget(self) -> None:
        """Remove them all."""
        labels = ",".join(f"{key}={value}" for key, value in self.labels.items())
        for found in self.api.list("ConfigMap", self.namespace, labels):
            self.api.delete("ConfigMap", found["metadata"]["name"], self.namespace)
