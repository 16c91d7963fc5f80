# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""kubeconfig files: server, trust and credentials of one context.

This module util is private to the collection.
"""

from __future__ import annotations

import base64
import pathlib
import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .._core.errors import PlatformError

try:
    import yaml
except ImportError:  # only on a node; the controller's ansible-core brings it
    yaml = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Connection:
    """How to reach one API server. headers may hold a token: never print them."""

    server: str
    context: ssl.SSLContext | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def load_connection(path: str, context: str = "") -> Connection:
    """Read a kubeconfig. Relative file names in it count from its own folder."""
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
    authority = _content(cluster, "certificate-authority", folder)
    context = ssl.create_default_context(cadata=authority.decode() if authority else None)
    if cluster.get("insecure-skip-tls-verify"):
        raise PlatformError(
            "kubeconfig: insecure-skip-tls-verify is refused; put certificate-authority-data into the cluster entry"
        )
    certificate, key = _content(user, "client-certificate", folder), _content(user, "client-key", folder)
    if certificate and key:
        # The ssl module reads client certificates from files only; this one is private and lives for one call.
        with tempfile.NamedTemporaryFile() as file:
            file.write(certificate + b"\n" + key)
            file.flush()
            context.load_cert_chain(file.name)
    return context


def _content(entry: Mapping[str, Any], name: str, folder: pathlib.Path) -> bytes:
    if entry.get(f"{name}-data"):
        return base64.b64decode(entry[f"{name}-data"])
    if not entry.get(name):
        return b""
    return bytes((folder / str(entry[name])).read_bytes())


def _headers(user: Mapping[str, Any], folder: pathlib.Path, path: str) -> dict[str, str]:
    if user.get("exec") or user.get("auth-provider"):
        raise PlatformError(f"kubeconfig: {path} asks a plugin for credentials; use a client certificate or a token")
    token = user.get("token") or ""
    if not token and user.get("tokenFile"):
        token = (folder / user["tokenFile"]).read_text(encoding="utf-8").strip()
    return {"Authorization": f"Bearer {token}"} if token else {}
