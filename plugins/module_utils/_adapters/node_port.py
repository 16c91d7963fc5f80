# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a service of the cluster is reached from outside: a stated address, or the port every node opens for it.

This module util is private to the collection.
"""

from __future__ import annotations

from urllib.parse import urlsplit

from .._core.errors import PlatformError
from .kubernetes_api import KubernetesApi


def stated_address(url: str) -> tuple[str, int]:
    """Host and port of `https://host:port`, `host:port` or `host`; 443 when no port is said. Raises PlatformError."""
    try:
        parts = urlsplit(url if "//" in url else f"https://{url}")
        host, port = parts.hostname, parts.port or 443
    except ValueError:
        host = None
    if not host:
        raise PlatformError(f"{url}: is no address; write it as https://host:port")
    return host, port


def ready_node(api: KubernetesApi, subject: str, way_out: str = "look at the nodes first") -> str:
    """Address of a node that is Ready. subject, way_out: what the error says when none is. Raises PlatformError."""
    for node in api.list("Node"):
        conditions = {item["type"]: item["status"] for item in node.get("status", {}).get("conditions", [])}
        addresses = {item["type"]: item["address"] for item in node.get("status", {}).get("addresses", [])}
        if conditions.get("Ready") == "True" and "InternalIP" in addresses:
            return str(addresses["InternalIP"])
    raise PlatformError(f"{subject}: no node is Ready; {way_out}")
