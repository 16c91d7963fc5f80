# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The kubeconfig RKE2 writes: one cluster, one user with a certificate.

This module util is private to the collection.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.yaml_text import to_yaml

_FIELDS = ("server", "certificate-authority-data", "client-certificate-data", "client-key-data")


@dataclass(frozen=True)
class Kubeconfig:
    """server: `https://host:port`. The others: PEM texts."""

    server: str
    authority: str
    certificate: str
    key: str = field(repr=False)


def parse_kubeconfig(text: str, place: str = "kubeconfig") -> Kubeconfig:
    """Read the text. Raises PlatformError when it is none or holds more than one cluster (then which one is meant?)."""
    values: dict[str, str] = {}
    for name in _FIELDS:
        found = set(re.findall(rf"^[\s-]*{name}:\s*[\"']?([^\s\"']+)", text, re.MULTILINE))
        if len(found) != 1:
            raise PlatformError(
                f"{place}: has {len(found)} values of {name}, expected one. "
                "Give a kubeconfig of one cluster and one user with a client certificate, as RKE2 writes it."
            )
        values[name] = found.pop()
    pems = [_pem(values[name], f"{place}.{name}") for name in _FIELDS[1:]]
    return Kubeconfig(values["server"], *pems)


def _pem(data: str, place: str) -> str:
    try:
        return base64.b64decode(data, validate=True).decode("ascii")
    except (binascii.Error, UnicodeDecodeError):
        raise PlatformError(f"{place}: is no base64 of a PEM text") from None


def render_kubeconfig(config: Kubeconfig, server: str, name: str) -> str:
    """The same access under another address; cluster, user and context are called `name`: such files can be merged."""
    document: dict[str, Any] = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {"name": name, "cluster": {"server": server, "certificate-authority-data": _data(config.authority)}}
        ],
        "users": [
            {
                "name": name,
                "user": {
                    "client-certificate-data": _data(config.certificate),
                    "client-key-data": _data(config.key),
                },
            }
        ],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
        "current-context": name,
    }
    return to_yaml(document)


def _data(pem: str) -> str:
    return base64.b64encode(pem.encode("ascii")).decode("ascii")


def api_url(address: str, port: int) -> str:
    """`https://host:port`, with brackets round an IPv6 address."""
    host = f"[{address}]" if ":" in address else address
    return f"https://{host}:{port}"
