# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Job around a conversion, and the marks it leaves on the claims it changed.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .convert import DOMAIN, DRIVERS, LABELS, PREFIX, SCRIPT, WORK, Conversion, arguments, device_path, domain_xml
from .convert import mount_path as mount_of

# A mark on each claim: what was begun and what was done, as digest of the wish.
BEGUN, DONE, INSPECTION = f"{PREFIX}/conversion-begun", f"{PREFIX}/converted", f"{PREFIX}/inspection"
DIGEST = f"{PREFIX}/digest"
_INPUT = DOMAIN.rpartition("/")[0]
_USER = {"runAsUser": 107, "runAsGroup": 107, "fsGroup": 107, "runAsNonRoot": True}
_ENDS = {
    "OOMKilled": "the Job had too little memory, give it more memory_mib",
    "DeadlineExceeded": "the Job had too little time, give it more timeout; its log is gone with its pod",
    "Evicted": "the node ran out of room or memory",
}
_KVM = "devices.kubevirt.io/kvm"


def job(wish: Conversion, modes: Sequence[str]) -> dict[str, Any]:
    """One pod, tried once: a conversion that broke off must not begin again on half-converted disks."""
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "securityContext": {**_USER, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [_container(wish, modes)],
        "volumes": [*_volumes(wish), *_claims(wish)],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": _metadata(wish, {DIGEST: wish.digest}),
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": wish.deadline,
            "template": {"metadata": {"labels": LABELS}, "spec": pod},
        },
    }


def config_map(wish: Conversion, modes: Sequence[str], owner: Mapping[str, Any]) -> dict[str, Any]:
    """The domain; the Job owns it, so that both go together."""
    reference = {"apiVersion": "batch/v1", "kind": "Job", "name": wish.job, "uid": owner["metadata"]["uid"]}
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {**_metadata(wish, {}), "ownerReferences": [reference]},
        "data": {"domain.xml": domain_xml(wish, modes)},
    }


def _metadata(wish: Conversion, annotations: Mapping[str, str]) -> dict[str, Any]:
    return {"name": wish.job, "namespace": wish.namespace, "labels": LABELS, "annotations": dict(annotations)}


def _container(wish: Conversion, modes: Sequence[str]) -> dict[str, Any]:
    blocks = [number for number, mode in enumerate(modes) if mode == "Block"]
    files = [number for number, mode in enumerate(modes) if mode != "Block"]
    memory = f"{wish.memory_mib}Mi"
    # libguestfs runs a small machine of its own: with KVM in minutes, without it in a multiple of that.
    limits = {"memory": memory, **({_KVM: "1"} if wish.kvm else {})}
    mounts: list[dict[str, Any]] = [
        {"name": "input", "mountPath": _INPUT, "readOnly": True},
        {"name": "work", "mountPath": WORK},
        {"name": "temporary", "mountPath": "/var/tmp"},
        *({"name": f"disk{number}", "mountPath": mount_of(number)} for number in files),
    ]
    if wish.drivers_image or wish.drivers_claim:
        mounts.append({"name": "drivers", "mountPath": DRIVERS, "readOnly": True})
    return {
        "name": "convert",
        "image": wish.image,
        "imagePullPolicy": "IfNotPresent",
        "command": ["/bin/sh", "-c", SCRIPT, "convert", *arguments(wish)],
        "env": [{"name": name, "value": value} for name, value in _environment(wish).items()],
        "volumeMounts": mounts,
        "volumeDevices": [{"name": f"disk{number}", "devicePath": device_path(number)} for number in blocks],
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
        "resources": {"requests": {"cpu": "500m", "memory": memory}, "limits": limits},
    }


def _environment(wish: Conversion) -> dict[str, str]:
    found = {"LIBGUESTFS_BACKEND": "direct", "HOME": WORK, "LIBGUESTFS_TMPDIR": WORK, "LIBGUESTFS_CACHEDIR": WORK}
    # The default is more than small Jobs have: killed midway.
    found["LIBGUESTFS_MEMSIZE"] = str(wish.memsize_mib)
    if not wish.kvm:
        found["LIBGUESTFS_BACKEND_SETTINGS"] = "force_tcg"
    if wish.drivers_image or wish.drivers_claim:
        found["VIRTIO_WIN"] = f"{DRIVERS}/{wish.drivers_path.lstrip('/')}"
    return found


def _volumes(wish: Conversion) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {"name": "input", "configMap": {"name": wish.job}},
        {"name": "work", "emptyDir": {}},
        {"name": "temporary", "emptyDir": {}},
    ]
    if wish.drivers_image:
        found.append({"name": "drivers", "image": {"reference": wish.drivers_image, "pullPolicy": "IfNotPresent"}})
    elif wish.drivers_claim:
        claim = {"claimName": wish.drivers_claim, "readOnly": True}
        found.append({"name": "drivers", "persistentVolumeClaim": claim})
    return found


def _claims(wish: Conversion) -> list[dict[str, Any]]:
    return [
        {"name": f"disk{number}", "persistentVolumeClaim": {"claimName": claim}}
        for number, claim in enumerate(wish.claims)
    ]


def users_of(pods: Sequence[Mapping[str, Any]], claims: Sequence[str], job_name: str) -> list[str]:
    """Names of the pods that use one of the claims and are not over, besides the Job's own."""
    found = []
    for pod in pods:
        over = pod.get("status", {}).get("phase") in ("Succeeded", "Failed")
        own = (pod["metadata"].get("labels") or {}).get("batch.kubernetes.io/job-name") == job_name
        volumes = pod.get("spec", {}).get("volumes") or []
        used = {volume.get("persistentVolumeClaim", {}).get("claimName") for volume in volumes}
        if used.intersection(claims) and not over and not own:
            found.append(str(pod["metadata"]["name"]))
    return found


def end_of(live: Mapping[str, Any], pod: Mapping[str, Any] | None) -> str:
    """Why the cluster ended a conversion, and the way out; empty when virt-v2v ended by itself."""
    status: Mapping[str, Any] = (pod or {}).get("status", {})
    states = [item.get("state", {}).get("terminated") or {} for item in status.get("containerStatuses") or []]
    told = [*states, status, *(live.get("status", {}).get("conditions") or [])]
    reasons = dict.fromkeys(item.get("reason") for item in told)
    return "; ".join(f"{reason}: {_ENDS[reason]}" for reason in reasons if reason in _ENDS)


def mark_patch(marks: Mapping[str, str]) -> dict[str, Any]:
    """A merge patch that puts these marks in place of earlier ones. Others write to the claims too meanwhile."""
    return {"metadata": {"annotations": {key: marks.get(key) for key in (BEGUN, DONE, INSPECTION)}}}


def mark_of(claim: Mapping[str, Any], name: str) -> str:
    return str((claim["metadata"].get("annotations") or {}).get(name) or "")
