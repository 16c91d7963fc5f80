# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Connections to a vCenter or an ESXi host whose certificate was verified: by an authority, or by its thumbprint.

There is no third way. pyVmomi's own check of a thumbprint is not used: it compares only when the chain fails, and
leaves later connections unverified. This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
import http.client
import ssl
from typing import Any

from ..._core.errors import PlatformError
from ..._core.vm.source_options import Login


class PinnedConnection(http.client.HTTPSConnection):
    """Compares the peer's certificate before the first byte is sent. pin: hex digits; empty trusts the context."""

    def __init__(self, host: str, port: int, pin: str = "", **options: Any) -> None:
        super().__init__(host, port, **options)
        self._pin, self._place = pin, f"{host}:{port}"

    def connect(self) -> None:
        super().connect()
        if self._pin and (shown := fingerprint(self.sock, len(self._pin))) != self._pin:
            self.close()
            raise PlatformError(
                f"{self._place}: its certificate has the thumbprint {printed(shown)}, not {printed(self._pin)}; "
                "somebody stands between, or the certificate was renewed: compare at the server, correct the thumbprint"
            )


class Trust:
    """Makes connections to one server. The thumbprint replaces the chain: a host's own certificate has none."""

    def __init__(self, login: Login, timeout: float = 60.0) -> None:
        self.login, self.timeout = login, timeout
        self.context = unverified() if login.thumbprint else verified(login.ca_path)

    def connection(self, host: str = "", port: int = 0, seconds: float = 0, **_options: Any) -> PinnedConnection:
        """A connection that is not open yet; to the server of the login by default. seconds: of silence it bears."""
        address, seconds = (host or self.login.hostname, port or self.login.port), seconds or self.timeout
        return PinnedConnection(*address, pin=self.login.thumbprint, timeout=seconds, context=self.context)

    def pinned(self, host: str, port: int, thumbprint: str) -> PinnedConnection:
        """A connection to another host, verified by the thumbprint that the server told us over a verified one."""
        return PinnedConnection(host, port, pin=thumbprint, timeout=self.timeout, context=unverified())

    def untrusted(self, error: ssl.SSLCertVerificationError) -> PlatformError:
        """The error of a certificate without an authority, with what an operator may compare."""
        return PlatformError(
            f"{self.login.place}: its certificate is not trusted ({error.verify_message}). Set source.ca_path; or "
            f"compare its thumbprint {self._shown()} with the one at the server and set it as source.thumbprint"
        )

    def _shown(self) -> str:
        try:
            text = ssl.get_server_certificate((self.login.hostname, self.login.port), timeout=self.timeout)
        except OSError:
            return "(which could not be read)"
        return printed(hashlib.sha256(ssl.PEM_cert_to_DER_cert(text)).hexdigest())


def verified(ca_path: str) -> ssl.SSLContext:
    """A context that asks for a chain to the system's authorities, or to that one."""
    try:
        return ssl.create_default_context(cafile=ca_path or None)
    except (OSError, ssl.SSLError) as error:
        raise PlatformError(f"source.ca_path: {ca_path} cannot be used ({error}); give a file of PEM") from error


def unverified() -> ssl.SSLContext:
    """A context for connections whose certificate is compared with a pin."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def fingerprint(sock: Any, length: int) -> str:
    """Hex digest of the peer's certificate: SHA-1 for 40 digits (all that vSphere itself tells), SHA-256 for 64."""
    certificate = sock.getpeercert(binary_form=True) or b""
    return hashlib.new("sha1" if length == 40 else "sha256", certificate, usedforsecurity=False).hexdigest()


def printed(digits: str) -> str:
    """`ab:cd:...`, as vSphere's own tools print it."""
    return ":".join(digits[start : start + 2] for start in range(0, len(digits), 2)).upper()
