"""A machine as its agent tells it, and a ticket for it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.spec import digest, spec_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import Ticket

GIB = 1024**3
IMAGE = {"name": "node_image", "version": "1", "file": "node.raw.zst", "sha256": "a" * 64, "size_bytes": 1000}
NODE: dict[str, Any] = {
    "provision": "image",
    "address": "192.0.2.14",
    "identity": {"serial": "SRV-1", "uuid": "0000-AB"},
    "boot": {"mac": "52:54:00:70:00:14"},
    "root_device": {"serial": "DISK-A"},
    "os": {"image": "node_image", "ssh_authorized_keys": ["ssh-ed25519 AAAA operator"]},
}
SPEC = spec_of("n1", NODE, IMAGE)
TICKET = Ticket(
    host="n1",
    mac="52:54:00:70:00:14",
    token="525400700014-00ff",
    armed_at=1000.0,
    expires_at=2000.0,
    spec=SPEC,
    digest=digest(SPEC),
    image=IMAGE,
    kernel={"file": "vmlinuz", "sha256": "b" * 64},
    ramdisk={"file": "agent.img", "sha256": "c" * 64},
)


def ticket(**changes: Any) -> Ticket:
    return replace(TICKET, **changes)


def inspection(disks: dict[str, dict[str, Any]], serial: str = "SRV-1", uuid: str = "0000-ab") -> str:
    """The agent's lines. A disk's value may be a list."""
    lines = [f"system\t-\tserial\t{serial}", f"system\t-\tuuid\t{uuid}"]
    for name, facts in disks.items():
        for key, value in {"size": 20 * GIB, **facts}.items():
            lines += [f"disk\t{name}\t{key}\t{one}" for one in (value if isinstance(value, list) else [value])]
    return "\n".join(lines)
