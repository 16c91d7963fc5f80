# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A certificate for one receiver: made here, pinned here, known to nobody else.

This module util is private to the collection.
"""

from __future__ import annotations

import datetime
import secrets
from dataclasses import dataclass, field

from .._core.errors import PlatformError

try:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    HAS_CRYPTOGRAPHY = True
except ImportError:  # ansible-core needs it, too: only a broken installation lacks it
    HAS_CRYPTOGRAPHY = False

DAYS = 30


@dataclass(frozen=True)
class Identity:
    """PEM texts and a token; what is secret is never printed."""

    certificate: str = field(repr=False)
    key: str = field(repr=False)
    token: str = field(repr=False)


def make_identity(name: str) -> Identity:
    """A key, a certificate of its own for the name, and a token."""
    if not HAS_CRYPTOGRAPHY:
        raise PlatformError("receiver: Python's cryptography is missing on the controller; install ansible-core whole")
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name[:64])])
    now = datetime.datetime.now(datetime.timezone.utc)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        # The clocks of controller and node may differ by an hour.
        .not_valid_before(now - datetime.timedelta(hours=1))
        .not_valid_after(now + datetime.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    private = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return Identity(certificate.public_bytes(encoding).decode(), private.decode(), secrets.token_urlsafe(32))
