# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kubeconfig files of the controller: server, trust and credentials of one context.

This module util is private to the collection.
"""

from __future__ import annotations

import base64
import pathlib
import ssl
from collections.abc import Mapping
from typing import Any

from .._core.errors import PlatformError
from .kube_connection import Connection, tls_context

try:
    import yaml

    HAS_YAML = True
except ImportError:
    HAS_YAML = False


def load_connection(path: str, context: str = "") -> Connection:
    """Read a kubeconfig on the controller. Relative file names in it count from its own folder."""
    if not HAS_YAML:
        raise PlatformError("kubeconfig: PyYAML is missing; run the module with the Python that ansible-core runs with")
    try:
        config = yaml.safe_load(pathlib.Path(path).expanduser().read_text(encoding="utf-8")) or {}
    except (OSError, yaml.YAMLError) as error:
        raise PlatformError(
            f"kubeconfig: {path} cannot be read ({error}); correct the path or deploy the cluster"
        ) from error
    chosen = context or config.get("current-context") or ""
    pair = _named(config, "contexts", chosen, path).get("context") or {}
    cluster = _named(config, "clusters", pair.get("cluster", ""), path).get("cluster") or {}
    user = _named(config, "users", pair.get("user", ""), path).get("user") or {}
    folder = pathlib.Path(path).expanduser().absolute().parent
    return Connection(cluster.get("server", ""), _tls(cluster, user, folder), _headers(user, folder, path))


def _named(config: Mapping[str, Any], section: str, name: str, path: str) -> dict[str, Any]:
    entries = config.get(section) or []
    found: list[dict[str, Any]] = [entry for entry in entries if entry.get("name") == name]
    if not found:
        known = ", ".join(str(entry.get("name")) for entry in entries) or "none"
        raise PlatformError(
            f"kubeconfig: {path} has no entry {name!r} in {section} (found: {known}); name another context"
        )
    return found[0]


def _tls(cluster: Mapping[str, Any], user: Mapping[str, Any], folder: pathlib.Path) -> ssl.SSLContext | None:
    if not str(cluster.get("server", "")).startswith("https"):
        return None
    if cluster.get("insecure-skip-tls-verify"):
        raise PlatformError(
            "kubeconfig: insecure-skip-tls-verify is refused; put certificate-authority-data into the cluster entry"
        )
    authority = _content(cluster, "certificate-authority", folder)
    certificate, key = _content(user, "client-certificate", folder), _content(user, "client-key", folder)
    try:
        return tls_context(authority, certificate, key)
    except (ssl.SSLError, ValueError) as error:
        raise PlatformError(
            f"kubeconfig: its certificates or its key are no PEM texts ({error}); fetch the kubeconfig anew"
        ) from error


def _content(entry: Mapping[str, Any], name: str, folder: pathlib.Path) -> str:
    try:
        if entry.get(f"{name}-data"):
            return base64.b64decode(entry[f"{name}-data"]).decode("ascii")
        return (folder / str(entry[name])).read_text(encoding="ascii") if entry.get(name) else ""
    except (OSError, ValueError) as error:
        raise PlatformError(f"kubeconfig: {name} cannot be read ({error}); fetch the kubeconfig anew") from error


def _headers(user: Mapping[str, Any], folder: pathlib.Path, path: str) -> dict[str, str]:
    if user.get("exec") or user.get("auth-provider"):
        raise PlatformError(f"kubeconfig: {path} asks a plugin for credentials; use a client certificate or a token")
    token = user.get("token") or ""
    if not token and user.get("tokenFile"):
        token = (folder / user["tokenFile"]).read_text(encoding="utf-8").strip()
    return {"Authorization": f"Bearer {token}"} if token else {}
