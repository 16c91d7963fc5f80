"""The lab's certificate authority: BMCs answer with certificates that a client can verify."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from lab.place import Place
from lab.shell import run

DAYS = "3650"


def authority(place: Place) -> Path:
    """Return the authority's certificate, made when it is not there."""
    certificate, key = place.state / "ca.pem", place.data / "keys" / "ca.key"
    if not (certificate.exists() and key.exists()):
        key.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        run(*new_key(key), "-x509", "-days", DAYS, "-subj", f"/CN={place.id} lab", "-out", str(certificate))
    return certificate


def certificate_for(place: Place, name: str, address: str, names: Sequence[str] = ()) -> tuple[Path, Path]:
    """Return certificate and private key of a server with this address and these names."""
    signer, signer_key = authority(place), place.data / "keys" / "ca.key"
    key, request, certificate = (place.data / "keys" / f"{name}.{end}" for end in ("key", "csr", "pem"))
    if not certificate.exists():
        subjects = ",".join((f"IP:{address}", *(f"DNS:{item}" for item in names)))
        run(*new_key(key), "-subj", f"/CN={address}", "-addext", f"subjectAltName={subjects}", "-out", str(request))
        sign = ("-CA", str(signer), "-CAkey", str(signer_key), "-days", DAYS, "-copy_extensions", "copyall")
        run("openssl", "x509", "-req", "-in", str(request), *sign, "-out", str(certificate))
    return certificate, key


def new_key(path: Path) -> tuple[str, ...]:
    """Return the start of an openssl command that makes a key of its own."""
    return ("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout", str(path))
