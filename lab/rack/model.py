"""A rack's description, read from lab/racks/NAME.yml."""

from __future__ import annotations

import os
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import yaml

from lab.shell import LabError

RACKS = Path(__file__).parent.parent / "racks"

MGMT = "172.31.70"
BMC = "172.31.71"
VMS = "172.31.80"
MGMT6 = "fd70:1ab::"


@dataclass(frozen=True)
class Host:
    """A systemd-nspawn system: a node (or the boot server) whose operating system is already there.

    number: last part of its addresses. role: boot | server | agent.
    """

    name: str
    number: int
    role: str

    @property
    def address(self) -> str:
        return f"{MGMT}.{self.number}"

    @property
    def is_node(self) -> bool:
        return self.role != "boot"


@dataclass(frozen=True)
class Machine:
    """A QEMU machine behind a BMC, switched off until somebody uses that BMC.

    firmware: bios | uefi. bmc: ipmi | redfish, the driver the inventory names (both answer).
    memory_mb, disk_gb: of the emulated hardware. vm_host: whether virtual machines may run on it.
    """

    name: str
    number: int
    role: str
    firmware: str = "bios"
    bmc: str = "ipmi"
    memory_mb: int = 3072
    cpus: int = 1
    disk_gb: int = 16
    vm_host: bool = False

    @property
    def address(self) -> str:
        return f"{MGMT}.{self.number}"

    @property
    def bmc_address(self) -> str:
        return f"{BMC}.{self.number}"

    @property
    def mac(self) -> str:
        return f"52:54:00:70:00:{self.number:02d}"

    @property
    def vm_mac(self) -> str:
        return f"52:54:00:80:00:{self.number:02d}"

    @property
    def serial(self) -> str:
        return f"IA-{self.name.upper()}"

    @property
    def uuid(self) -> str:
        return f"00000000-0000-4000-8000-{self.mac.replace(':', '')}"


@dataclass(frozen=True)
class Rack:
    """All of a rack; `emulation` says that its virtual machines run without KVM."""

    name: str
    says: str
    emulation: bool
    hosts: tuple[Host, ...]
    machines: tuple[Machine, ...]

    @property
    def nodes(self) -> tuple[Host | Machine, ...]:
        return (*(host for host in self.hosts if host.is_node), *self.machines)


def parse(name: str, data: dict[str, Any]) -> Rack:
    """Return the rack of a parsed description; LabError names every contradiction."""
    rack = Rack(
        name=name,
        says=str(data.get("says", "")),
        emulation=bool(data.get("emulation", True)),
        hosts=tuple(made(Host, item) for item in data.get("hosts", [])),
        machines=tuple(made(Machine, item) for item in data.get("machines", [])),
    )
    check(rack)
    return rack


def made(kind: Any, item: dict[str, Any]) -> Any:
    """Return a Host or Machine; an unknown key is an error, not a silent default."""
    known = {field.name for field in fields(kind)}
    if unknown := sorted(set(item) - known):
        raise LabError(
            f"rack: {item.get('name')}: unknown keys {', '.join(unknown)}; known are {', '.join(sorted(known))}"
        )
    return kind(**item)


def check(rack: Rack) -> None:
    """Refuse a rack whose parts would collide, or that cannot be a cluster."""
    everything = [*rack.hosts, *rack.machines]
    findings = []
    for what in ("name", "number"):
        values = [getattr(item, what) for item in everything]
        findings += [f"{what} {value} is used twice" for value in sorted({v for v in values if values.count(v) > 1})]
    findings += [
        f"{item.name}: number {item.number} is not in 2..20 or is the API's 5"
        for item in everything
        if not usable(item)
    ]
    findings += [
        f"{item.name}: role {item.role} is unknown"
        for item in everything
        if item.role not in ("boot", "server", "agent")
    ]
    if [item.role for item in everything].count("boot") != 1:
        findings.append("there must be exactly one boot server")
    if not any(node.role == "server" for node in rack.nodes):
        findings.append("there is no server")
    if findings:
        raise LabError(f"rack {rack.name}: " + "; ".join(findings))


def usable(item: Host | Machine) -> bool:
    """Tell whether the number gives addresses nobody else in the lab has."""
    return 2 <= item.number <= 20 and item.number != 5


def load(name: str | None = None) -> Rack:
    """Return the rack of this name, else the one that $RACK names, else `default`."""
    name = name or os.environ.get("RACK") or "default"
    path = RACKS / f"{name}.yml"
    if not path.is_file():
        known = ", ".join(sorted(item.stem for item in RACKS.glob("*.yml")))
        raise LabError(f"rack {name}: there is no {path.name}; RACK= one of {known}")
    return parse(name, yaml.safe_load(path.read_text()))
