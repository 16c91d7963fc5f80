# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a receiver: its claims, its program, its secrets, its pod and the way to it. Pure rendering.

This module util is private to the collection.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from .mapping import PREFIX, Rendered

PORT, IDLE_SECONDS = 8443, 4 * 3600
LABELS = {"app.kubernetes.io/managed-by": "ironacre-import", "app.kubernetes.io/component": "receiver"}
PROGRAM, SECRETS = "/opt/receiver", "/etc/receiver"
MIB = 1 << 20
# What a file system needs besides the disk: CDI counts six percent, too.
OVERHEAD = 0.06


@dataclass(frozen=True)
class ReceiverWish:
    """image: any with python3. volumes: claim -> (bytes of the disk, Block or Filesystem)."""

    name: str
    namespace: str
    image: str
    volumes: Mapping[str, tuple[int, str]]

    @property
    def object_name(self) -> str:
        return f"receiver-{self.name}"[:63].rstrip("-")

    @property
    def host_name(self) -> str:
        """The name in the certificate."""
        return f"{self.object_name}.{self.namespace}.svc"


def with_claims(rendered: Rendered) -> Rendered:
    """The same machine on claims of its own instead of DataVolumes: they need no CDI, and no room for scratch."""
    machine = rendered.machine
    template = machine["spec"]["template"]
    volumes = [
        {"name": item["name"], "persistentVolumeClaim": {"claimName": item["dataVolume"]["name"]}}
        if "dataVolume" in item
        else item
        for item in template["spec"]["volumes"]
    ]
    spec = {**machine["spec"], "template": {**template, "spec": {**template["spec"], "volumes": volumes}}}
    claims = tuple(claim_of(volume) for volume in rendered.volumes)
    return replace(rendered, machine={**machine, "spec": spec}, volumes=claims)


def claim_of(volume: Mapping[str, Any]) -> dict[str, Any]:
    """The claim that a DataVolume would have made."""
    storage, metadata = volume["spec"]["storage"], volume["metadata"]
    size, mode = int(storage["resources"]["requests"]["storage"]), storage["volumeMode"]
    if mode != "Block":
        size = -(-int(size / (1 - OVERHEAD)) // MIB) * MIB
    spec: dict[str, Any] = {
        "accessModes": storage["accessModes"],
        "volumeMode": mode,
        "resources": {"requests": {"storage": str(size)}},
    }
    if storage.get("storageClassName"):
        spec["storageClassName"] = storage["storageClassName"]
    own = {key: value for key, value in metadata["annotations"].items() if key.startswith(PREFIX)}
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {**metadata, "annotations": own},
        "spec": spec,
    }


def _metadata(wish: ReceiverWish) -> dict[str, Any]:
    labels = {**LABELS, f"{PREFIX}/receiver": wish.object_name}
    return {"name": wish.object_name, "namespace": wish.namespace, "labels": labels}


def program(wish: ReceiverWish, texts: Mapping[str, str]) -> dict[str, Any]:
    """texts: file name -> Python."""
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": _metadata(wish), "data": dict(texts)}


def secret(wish: ReceiverWish, certificate: str, key: str, token: str) -> dict[str, Any]:
    """What the program reads: who it is, whom it believes, and its volumes."""
    volumes = {
        name: {"path": _path(name, mode), "capacity": capacity} for name, (capacity, mode) in wish.volumes.items()
    }
    config = json.dumps({"volumes": volumes, "port": PORT, "idle": IDLE_SECONDS}, sort_keys=True)
    texts = {"config.json": config, "token": token, "tls.crt": certificate, "tls.key": key}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": _metadata(wish), "stringData": texts}


def _path(name: str, mode: str) -> str:
    return f"/dev/volumes-{name}" if mode == "Block" else f"/volumes/{name}/disk.img"


def service(wish: ReceiverWish) -> dict[str, Any]:
    """A node port: the controller is outside of the cluster."""
    spec = {
        "type": "NodePort",
        "selector": {f"{PREFIX}/receiver": wish.object_name},
        "ports": [{"name": "https", "port": PORT, "targetPort": PORT}],
    }
    return {"apiVersion": "v1", "kind": "Service", "metadata": _metadata(wish), "spec": spec}


def _container(wish: ReceiverWish) -> dict[str, Any]:
    blocks = [name for name, (_size, mode) in wish.volumes.items() if mode == "Block"]
    mounts = [
        {"name": "program", "mountPath": f"{PROGRAM}/receiver", "readOnly": True},
        {"name": "secrets", "mountPath": SECRETS, "readOnly": True},
        *({"name": name, "mountPath": f"/volumes/{name}"} for name in wish.volumes if name not in blocks),
    ]
    return {
        "name": "receiver",
        "image": wish.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["python3", "-m", "receiver.receiver_server", SECRETS],
        "workingDir": PROGRAM,
        "env": [{"name": "PYTHONDONTWRITEBYTECODE", "value": "1"}],
        "ports": [{"name": "https", "containerPort": PORT}],
        "volumeMounts": mounts,
        "volumeDevices": [{"name": name, "devicePath": f"/dev/volumes-{name}"} for name in blocks],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "capabilities": {"drop": ["ALL"]},
            "readOnlyRootFilesystem": True,
        },
        "resources": {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "512Mi"}},
    }


def pod(wish: ReceiverWish) -> dict[str, Any]:
    """Unprivileged, without a service account; all volumes of one machine in one pod, so on one node."""
    user = {"runAsUser": 107, "runAsGroup": 107, "fsGroup": 107, "runAsNonRoot": True}
    volumes: list[dict[str, Any]] = [
        {"name": "program", "configMap": {"name": wish.object_name}},
        {"name": "secrets", "secret": {"secretName": wish.object_name, "defaultMode": 0o440}},
    ]
    volumes += [{"name": name, "persistentVolumeClaim": {"claimName": name}} for name in wish.volumes]
    spec = {
        "restartPolicy": "OnFailure",
        "terminationGracePeriodSeconds": 1,
        "automountServiceAccountToken": False,
        "nodeSelector": {"kubevirt.io/schedulable": "true"},
        "securityContext": {**user, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(wish)],
        "volumes": volumes,
    }
    return {"apiVersion": "v1", "kind": "Pod", "metadata": _metadata(wish), "spec": spec}
