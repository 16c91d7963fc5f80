# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads volumes again, inside the cluster: a pod that lives for one check and prints digests.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._core.errors import PlatformError
from .kubernetes_api import KubernetesApi

LABELS = {"app.kubernetes.io/managed-by": "ironacre-import", "app.kubernetes.io/component": "readback"}
# Needs head, tail, tr and sha256sum only. One line per volume: name, digest, 1 when a byte behind the disk is not zero.
_SCRIPT = """set -eu
for entry in $VOLUMES; do
  name=${entry%%=*}; size=${entry##*=}; path=/volumes/$name/disk.img
  [ -b "/dev/volumes-$name" ] && path=/dev/volumes-$name
  digest=$(head -c "$size" "$path" | sha256sum | cut -c1-64)
  rest=$(tail -c "+$((size + 1))" "$path" | tr -d '\\000' | head -c 1 | wc -c)
  echo "DIGEST $name $digest $rest"
done
"""
Wait = Callable[[Callable[[], bool], float, Callable[[], str]], None]


class VolumeDigest:
    """Digests of volumes of one namespace."""

    def __init__(self, api: KubernetesApi, namespace: str, name: str, image: str) -> None:
        self.api, self.namespace, self.image = api, namespace, image
        self.pod = f"readback-{name}"[:63].rstrip("-")

    def read(self, volumes: Mapping[str, int], deadline: float, wait: Wait) -> dict[str, str]:
        """Volume -> sha256 of its first bytes (the disk's capacity). Behind them only zeros are allowed."""
        self._remove(wait)
        self.api.create(self._pod(volumes))
        try:
            wait(self._ended, deadline, self._stall)
            return self._parse(self.api.logs(self.pod, self.namespace), volumes)
        finally:
            self.api.delete("Pod", self.pod, self.namespace)

    def _remove(self, wait: Wait) -> None:
        if self.api.delete("Pod", self.pod, self.namespace):
            wait(
                lambda: self.api.get("Pod", self.pod, self.namespace) is None,
                120,
                lambda: f"{self.namespace}/{self.pod}: the pod of an earlier run does not end",
            )

    def _ended(self) -> bool:
        phase = self._status().get("phase")
        if phase == "Failed":
            text = self.api.logs(self.pod, self.namespace).strip()[-500:]
            raise PlatformError(
                f"{self.namespace}/{self.pod}: reading the volumes failed: {text or self._stall()}; look at the storage"
            )
        return phase == "Succeeded"

    def _status(self) -> dict[str, Any]:
        status: dict[str, Any] = (self.api.get("Pod", self.pod, self.namespace) or {}).get("status", {})
        return status

    def _stall(self) -> str:
        status = self._status()
        waits = [item.get("state", {}).get("waiting", {}) for item in status.get("containerStatuses") or []]
        reasons = [f"{item.get('reason')} {item.get('message', '')}" for item in waits if item]
        reasons += [item.get("message", "") for item in status.get("conditions") or [] if item.get("status") == "False"]
        return f"{self.namespace}/{self.pod}: is {status.get('phase', 'not there')}: {'; '.join(filter(None, reasons))}"

    def _parse(self, text: str, volumes: Mapping[str, int]) -> dict[str, str]:
        found = {}
        for line in text.splitlines():
            words = line.split()
            if len(words) == 4 and words[0] == "DIGEST":
                if words[3] != "0":
                    raise PlatformError(
                        f"{self.namespace}/{words[1]}: holds foreign data behind its disk; discard the volume"
                    )
                found[words[1]] = words[2]
        if set(found) != set(volumes):
            raise PlatformError(f"{self.namespace}/{self.pod}: told only of {sorted(found)}; run again")
        return found

    def _pod(self, volumes: Mapping[str, int]) -> dict[str, Any]:
        modes = {name: self._mode(name) for name in volumes}
        mounts = [
            {"name": name, "mountPath": f"/volumes/{name}", "readOnly": True}
            for name in volumes
            if modes[name] != "Block"
        ]
        devices = [{"name": name, "devicePath": f"/dev/volumes-{name}"} for name in volumes if modes[name] == "Block"]
        container = {
            "name": "readback",
            "image": self.image,
            "imagePullPolicy": "IfNotPresent",
            "command": ["/bin/sh", "-c", _SCRIPT],
            "env": [{"name": "VOLUMES", "value": " ".join(f"{name}={size}" for name, size in volumes.items())}],
            "volumeMounts": mounts,
            "volumeDevices": devices,
            "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
            "resources": {"requests": {"cpu": "50m", "memory": "64Mi"}},
        }
        user = {"runAsUser": 107, "runAsGroup": 107, "fsGroup": 107, "runAsNonRoot": True}
        claims = [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in volumes]
        return {
            "apiVersion": "v1",
            "kind": "Pod",
            "metadata": {"name": self.pod, "namespace": self.namespace, "labels": LABELS},
            "spec": {
                "restartPolicy": "Never",
                "terminationGracePeriodSeconds": 1,
                "automountServiceAccountToken": False,
                "nodeSelector": {"kubevirt.io/schedulable": "true"},
                "securityContext": {**user, "seccompProfile": {"type": "RuntimeDefault"}},
                "containers": [container],
                "volumes": claims,
            },
        }

    def _mode(self, volume: str) -> str:
        claim = self.api.get("PersistentVolumeClaim", volume, self.namespace) or {}
        return str(claim.get("spec", {}).get("volumeMode", "Filesystem"))
