# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small Kubernetes client: objects by kind, server-side apply, typed errors. Standard library only.

This module util is private to the collection.
"""

from __future__ import annotations

from urllib.parse import quote

from .kube_connection import Connection
from .kube_transport import JSON, ApiError, KubeTransport, Object

FIELD_MANAGER = "ironacre.hci"
APPLY, MERGE = "application/apply-patch+yaml", "application/merge-patch+json"
# kind -> (API group and version, plural, namespaced)
KINDS: dict[str, tuple[str, str, bool]] = {
    "Namespace": ("v1", "namespaces", False),
    "Node": ("v1", "nodes", False),
    "ConfigMap": ("v1", "configmaps", True),
    "Secret": ("v1", "secrets", True),
    "Service": ("v1", "services", True),
    "Pod": ("v1", "pods", True),
    "Event": ("v1", "events", True),
    "PersistentVolumeClaim": ("v1", "persistentvolumeclaims", True),
    "CustomResourceDefinition": ("apiextensions.k8s.io/v1", "customresourcedefinitions", False),
    "DaemonSet": ("apps/v1", "daemonsets", True),
    "Deployment": ("apps/v1", "deployments", True),
    "Job": ("batch/v1", "jobs", True),
    "Lease": ("coordination.k8s.io/v1", "leases", True),
    "StorageClass": ("storage.k8s.io/v1", "storageclasses", False),
    "NetworkAttachmentDefinition": ("k8s.cni.cncf.io/v1", "network-attachment-definitions", True),
    "DataVolume": ("cdi.kubevirt.io/v1beta1", "datavolumes", True),
    "CDI": ("cdi.kubevirt.io/v1beta1", "cdis", False),
    "CDIConfig": ("cdi.kubevirt.io/v1beta1", "cdiconfigs", False),
    "UploadTokenRequest": ("upload.cdi.kubevirt.io/v1beta1", "uploadtokenrequests", True),
    "KubeVirt": ("kubevirt.io/v1", "kubevirts", True),
    "VirtualMachine": ("kubevirt.io/v1", "virtualmachines", True),
    "VirtualMachineInstance": ("kubevirt.io/v1", "virtualmachineinstances", True),
    "VirtualMachineInstanceMigration": ("kubevirt.io/v1", "virtualmachineinstancemigrations", True),
    "Provider": ("forklift.konveyor.io/v1beta1", "providers", True),
    "NetworkMap": ("forklift.konveyor.io/v1beta1", "networkmaps", True),
    "StorageMap": ("forklift.konveyor.io/v1beta1", "storagemaps", True),
    "Plan": ("forklift.konveyor.io/v1beta1", "plans", True),
    "Migration": ("forklift.konveyor.io/v1beta1", "migrations", True),
    "VmwareSource": ("migration.harvesterhci.io/v1beta1", "vmwaresources", True),
    "VirtualMachineImport": ("migration.harvesterhci.io/v1beta1", "virtualmachineimports", True),
    "LonghornNode": ("longhorn.io/v1beta2", "nodes", True),
    "LonghornSetting": ("longhorn.io/v1beta2", "settings", True),
    "VirtualMachineClusterPreference": ("instancetype.kubevirt.io/v1beta1", "virtualmachineclusterpreferences", False),
    "VirtualMachineClusterInstancetype": (
        "instancetype.kubevirt.io/v1beta1",
        "virtualmachineclusterinstancetypes",
        False,
    ),
}


class KubernetesApi:
    """All calls block and raise ApiError. Not for use by several threads at once."""

    def __init__(self, connection: Connection, timeout: float = 60, tries: int = 7) -> None:
        """timeout: seconds one answer may take. tries: how often a busy server is asked; 1 for who polls anyway."""
        self._transport = KubeTransport(connection, timeout, tries)

    def get(self, kind: str, name: str, namespace: str = "") -> Object | None:
        """The object, or None when it (or its kind) is not there."""
        return self.find(_path(kind, namespace, name))

    def list(self, kind: str, namespace: str = "", labels: str = "") -> list[Object]:
        """The objects of a namespace, or of all; empty when the kind is not there."""
        found = self.find(_path(kind, namespace), **({"labelSelector": labels} if labels else {}))
        items: list[Object] = (found or {}).get("items") or []
        return items

    def find(self, path: str, **query: str) -> Object | None:
        """What the API answers at a path, e.g. `/apis/kubevirt.io/v1`; None when there is nothing."""
        try:
            return self._transport.json("GET", path, query=query)
        except ApiError as error:
            if error.status == 404:
                return None
            raise

    def text(self, path: str, **query: str) -> str:
        """An answer that is not JSON, e.g. of `/readyz`."""
        return self._transport.request("GET", path, query=query).decode("utf-8", "replace")

    def logs(self, pod: str, namespace: str, container: str = "", tail: int = 0) -> str:
        """Text of a container so far; empty when there is none yet."""
        query = {key: value for key, value in (("container", container), ("tailLines", str(tail or ""))) if value}
        try:
            return self.text(_path("Pod", namespace, pod) + "/log", **query)
        except ApiError as error:
            if error.status:
                return ""
            raise

    def create(self, body: Object) -> Object:
        """Create; ApiError 409 when it exists."""
        return self._transport.json("POST", _path(body["kind"], _namespace(body)), body, JSON)

    def apply(self, body: Object, dry_run: bool = False) -> Object:
        """Server-side apply with force: what we state is ours."""
        return self.apply_at(_path_of(body), body, dry_run)

    def apply_at(self, path: str, body: Object, dry_run: bool = False) -> Object:
        """Server-side apply of an object of any kind at its path."""
        query = {"fieldManager": FIELD_MANAGER, "force": "true", **({"dryRun": "All"} if dry_run else {})}
        return self._transport.json("PATCH", path, body, APPLY, query)

    def merge(self, kind: str, name: str, patch: Object, namespace: str = "") -> Object:
        """Change these fields only (a merge patch; None removes a field); ApiError 404 when it is not there."""
        return self._transport.json("PATCH", _path(kind, namespace, name), patch, MERGE)

    def replace(self, body: Object) -> Object:
        """Replace the very version that was read; ApiError 409 when someone was faster."""
        return self.put(_path_of(body), body)

    def put(self, path: str, body: Object) -> Object:
        """What the API answers to a body at a path, e.g. that of a subresource."""
        return self._transport.json("PUT", path, body, JSON)

    def delete(self, kind: str, name: str, namespace: str = "") -> bool:
        """Delete; False when it was not there."""
        try:
            self._transport.json("DELETE", _path(kind, namespace, name), {"propagationPolicy": "Background"}, JSON)
        except ApiError as error:
            if error.status == 404:
                return False
            raise
        return True

    def close(self) -> None:
        """End the connection; the next call opens one again."""
        self._transport.close()


def _path(kind: str, namespace: str = "", name: str = "") -> str:
    version, plural, namespaced = KINDS[kind]
    return path_of(version, plural, namespace if namespaced else "", name)


def path_of(version: str, plural: str, namespace: str = "", name: str = "") -> str:
    """Path of an object, or of a list; namespace: empty for cluster-wide kinds and for all namespaces."""
    middle = f"/namespaces/{quote(namespace, safe='')}" if namespace else ""
    return f"{root_of(version)}{middle}/{plural}" + (f"/{quote(name, safe='')}" if name else "")


def root_of(version: str) -> str:
    """Path below which a group and version, such as `apps/v1`, is served; the core group has no name."""
    return f"/apis/{version}" if "/" in version else f"/api/{version}"


def _path_of(body: Object) -> str:
    return _path(body["kind"], _namespace(body), body["metadata"]["name"])


def _namespace(body: Object) -> str:
    return str(body["metadata"].get("namespace", ""))
