"""Where a lab lives: its checkout, the folders of its state, and the names nothing else on the machine carries."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

# Disks of hosts and machines are big and hold device nodes: they do not belong into a checkout that tools walk through.
DATA_ROOT = Path("/var/lib/ironacre-lab")
LOCKS = Path("/run/ironacre-lab")


@dataclass(frozen=True)
class Place:
    """Folders and names of the lab that belongs to one checkout."""

    checkout: Path
    data_root: Path = DATA_ROOT

    @property
    def id(self) -> str:
        """Short id, six characters: interface names built from it keep within the 15 the kernel takes."""
        return "ia" + hashlib.sha256(str(self.checkout).encode()).hexdigest()[:4]

    @property
    def state(self) -> Path:
        """What people and playbooks read: inventory, lock file, keys, logs."""
        return self.checkout / ".lab"

    @property
    def data(self) -> Path:
        """What only the lab reads: disks, process ids, sockets."""
        return self.data_root / self.id

    @property
    def logs(self) -> Path:
        return self.state / "logs"

    @property
    def inventory(self) -> Path:
        return self.state / "inventory"

    @property
    def artifacts(self) -> Path:
        return self.state / "artifacts"

    @property
    def lock(self) -> Path:
        """Held by whoever changes the lab: two at once would each start what the other is starting."""
        return LOCKS / self.id

    @property
    def network(self) -> str:
        """Network namespace of the bridges, the BMCs and the machines."""
        return f"{self.id}-net"

    @property
    def controller(self) -> str:
        """Network namespace Ansible runs in."""
        return f"{self.id}-ctl"

    def prepare(self) -> None:
        """Make the folders; the data folder is for root only, because it holds disks."""
        for folder in (self.state, self.logs, self.artifacts, self.inventory):
            folder.mkdir(parents=True, exist_ok=True)
        self.data.mkdir(parents=True, exist_ok=True)
        self.data_root.chmod(0o700)
        self.state.chmod(0o700)


def here() -> Place:
    """Return the place of the checkout this file is in."""
    return Place(Path(__file__).resolve().parent.parent)
