"""What a real API server says to an object when it may not overlook anything."""

from __future__ import annotations

from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters import kubernetes_api
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi


def accepted(api: KubernetesApi, body: dict[str, Any]) -> dict[str, Any]:
    """The object as the server would keep it. An unknown field or a wrong value is an ApiError; nothing is kept."""
    version, plural, namespaced = kubernetes_api.KINDS[body["kind"]]
    root = f"/apis/{version}" if "/" in version else f"/api/{version}"
    space = f"/namespaces/{body['metadata']['namespace']}" if namespaced else ""
    query = {"dryRun": "All", "fieldValidation": "Strict"}
    return api._transport.json("POST", f"{root}{space}/{plural}", body, "application/json", query)
