# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How to reach one API server. Standard library only: it runs on nodes too.

This module util is private to the collection.
"""

from __future__ import annotations

import ssl
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field

from .._core.rke2.kubeconfig import parse_kubeconfig


@dataclass(frozen=True)
class Connection:
    """How to reach one API server. headers may hold a token: never print them."""

    server: str
    context: ssl.SSLContext | None = None
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


def node_connection(text: str) -> Connection:
    """By the text of the kubeconfig RKE2 wrote on a server. Needs no YAML reader, which nodes lack."""
    config = parse_kubeconfig(text, "rke2.yaml")
    return Connection(config.server, tls_context(config.authority, config.certificate, config.key))


def tls_context(authority: str, certificate: str, key: str) -> ssl.SSLContext:
    """PEM texts. Without an authority, that of the system is trusted; without a certificate or a key, none is shown."""
    context = ssl.create_default_context(cadata=authority or None)
    if certificate and key:
        # The ssl module reads client certificates from files only; this one is private and lives for one call.
        with tempfile.NamedTemporaryFile(prefix="ironacre-") as file:
            file.write(f"{certificate}\n{key}".encode("ascii"))
            file.flush()
            context.load_cert_chain(file.name)
    return context
