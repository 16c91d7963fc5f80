"""Keys of a lab: one to log in, one host key for each host, known before the first contact."""

from __future__ import annotations

import secrets
from pathlib import Path

from lab.place import Place
from lab.rack.model import Rack
from lab.shell import run


def login_key(place: Place) -> Path:
    """Return the private key that every node accepts for root."""
    return ensure_key(place.state / "id_ed25519", f"{place.id}-lab")


def host_key(place: Place, name: str) -> Path:
    """Return the private SSH host key of a host."""
    return ensure_key(place.data / "keys" / f"{name}_ed25519", name)


def public(private: Path) -> str:
    """Return the public half: type and key, without the comment."""
    return " ".join(private.with_name(private.name + ".pub").read_text().split()[:2])


def ensure_key(path: Path, comment: str) -> Path:
    """Make the key pair if it is not there."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", str(path))
    return path


def known_hosts(place: Place, rack: Rack) -> Path:
    """Write the hosts' lines; lines that provisioning added for machines stay."""
    path = place.state / "known_hosts"
    ours = {f"{host.name},{host.address}": public(host_key(place, host.name)) for host in rack.hosts}
    present = path.read_text().splitlines() if path.exists() else []
    lines = [f"{names} {key}" for names, key in ours.items()]
    lines += [line for line in present if line.split(" ", 1)[0] not in ours]
    path.write_text("\n".join(lines) + "\n")
    return path


def password(place: Place, name: str) -> str:
    """Return a secret of the lab; it is made once and readable by root only."""
    path = place.data / "secrets" / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        path.touch(mode=0o600)
        path.write_text(secrets.token_hex(10))
    return path.read_text()
