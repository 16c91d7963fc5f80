"""What the rehearsal imports: one machine from an archive, two from the stand-in for a vCenter, and an estate."""

from __future__ import annotations

from typing import Any

from lab import vsphere
from lab.daemons import FILES_PORT
from lab.rack.model import MGMT

# First line on the console of the lab's guest, as its init writes it.
HEARD = "IRONACRE-GUEST-UP"
NAMESPACE = "vms"
ARCHIVE = f"http://{MGMT}.1:{FILES_PORT}/artifacts/guest.ova"


def imports() -> list[dict[str, Any]]:
    """Return the `hci_imports` of the rack.

    `lab_warm_state` lets a rehearsal stop after the copy that is made while the source runs.
    """
    return [
        machine("guest1", {"type": "ova", "url": ARCHIVE}, 30080),
        {**machine("legacy-cold", source("legacy-cold"), 30081), "method": "cold"},
        {
            **machine("legacy-warm", source("legacy-warm"), 30082),
            "method": "warm",
            "state": "{{ lab_warm_state | default('present') }}",
        },
    ]


def migrations() -> list[dict[str, Any]]:
    """Return the `hci_migrations` of the rack: one machine that is asked while it moves."""
    return [{"name": "guest1", "namespace": NAMESPACE, "probe": {"url": address(30080)}}]


def source(name: str) -> str:
    """Return the source of a machine of the vCenter, as the inventory says it."""
    return f"{{{{ lab_vcenter | combine({{'vm': '{name}'}}) }}}}"


def address(port: int) -> str:
    """Return where a machine's page is, whichever node carries it."""
    return f"http://{MGMT}.5:{port}/"


def machine(name: str, origin: dict[str, Any] | str, port: int) -> dict[str, Any]:
    """Return one import, on the pod network and reached through every node.

    A bridge binding makes a `dummy` link in the VM's pod, and hosts share a kernel that has none.
    """
    return {
        "name": name,
        "source": origin,
        "target": {"namespace": NAMESPACE},
        "mapping": mapping("*"),
        "overrides": {"prepared": True},
        "services": [{"port": 80, "node_port": port}],
        "verify": {"checks": [{"type": "console", "text": HEARD}, {"type": "http", "url": address(port)}]},
    }


def mapping(network: str) -> dict[str, Any]:
    """Return what becomes of a network and of all disks."""
    return {
        "networks": [{"source": network, "target": "pod"}],
        "storage": [{"source": "*", "volume_mode": "Filesystem", "access_modes": ["ReadWriteMany"]}],
    }


def estate() -> dict[str, Any]:
    """Return the `hci_estate` of the rack: machines that move in waves, and one that stands in its own way.

    By the assumed rate two of them would be down for too long cold; the rate that is measured will be a better one.
    """
    return {
        "source": "{{ lab_vcenter }}",
        "select": {"pattern": "estate-*"},
        "target": {"namespace": "estate"},
        "mapping": mapping(vsphere.NETWORK),
        "overrides": {"prepared": True},
        "verify": {"checks": [{"type": "console", "text": HEARD}]},
        "shutdown": {"graceful_timeout": 60},
        "machines": [
            {"name": "estate-web", "downtime_limit_s": 65, "dirty_mib_s": 0.1},
            {"name": "estate-db", "downtime_limit_s": 65, "dirty_mib_s": 0.1},
        ],
        "bandwidth": {"stream": 1},
        "slots": {"link": 2, "host": 1, "datastore": 2},
    }
