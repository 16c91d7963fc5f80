# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a node's operating system lacks for the platform, and what can be done about it.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding


@dataclass(frozen=True)
class State:
    """What was read. modules: those asked for that are loaded or built in. loadable: whether this host loads more.

    sysctls: value by name, without those the kernel does not have; fixed: those that cannot be written here.
    services: ActiveState by unit, empty if the unit does not exist. programs: those that were found.
    """

    modules: frozenset[str] = frozenset()
    loadable: bool = True
    sysctls: Mapping[str, str] = field(default_factory=dict)
    fixed: frozenset[str] = frozenset()
    services: Mapping[str, str] = field(default_factory=dict)
    programs: frozenset[str] = frozenset()
    kvm: bool = False
    time_synchronized: bool = False


@dataclass(frozen=True)
class Wanted:
    """What shall be. minimums: sysctls that may be higher. kvm and time: required, wanted or ignored."""

    modules: Sequence[str] = ()
    sysctls: Mapping[str, str] = field(default_factory=dict)
    minimums: Mapping[str, int] = field(default_factory=dict)
    services: Sequence[str] = ()
    programs: Sequence[str] = ()
    kvm: str = "ignored"
    time: str = "ignored"


@dataclass(frozen=True)
class Plan:
    """load: modules; put: sysctls; start: units. faults: what nobody can do here; notes: what is worth knowing."""

    load: tuple[str, ...]
    put: Mapping[str, str]
    start: tuple[str, ...]
    faults: tuple[Finding, ...]
    notes: tuple[str, ...]

    @property
    def steps(self) -> tuple[str, ...]:
        return (
            *(f"load module {name}" for name in self.load),
            *(f"set {name} = {value}" for name, value in self.put.items()),
            *(f"start {unit}" for unit in self.start),
        )


def plan_platform(state: State, wanted: Wanted, shared_kernel: bool) -> Plan:
    """What to do. shared_kernel: the kernel belongs to another system, so what it lacks is told and is no fault."""
    absent = [name for name in wanted.modules if name not in state.modules]
    unequal = dict(_unequal(state, wanted))
    put = {name: value for name, value in unequal.items() if name in state.sysctls and name not in state.fixed}
    kernel = [
        *_module_faults(absent, state),
        *_sysctl_faults(state, {k: v for k, v in unequal.items() if k not in put}),
    ]
    # A module that is loaded first may bring the sysctl that is missing now.
    late = {name: value for name, value in unequal.items() if name not in state.sysctls and _comes_with(name, absent)}
    kernel = [fault for fault in kernel if fault.place not in {f"sysctl {name}" for name in late} or not state.loadable]
    faults = [*_program_faults(state, wanted), *_service_faults(state, wanted), *_ability_faults(state, wanted)]
    return Plan(
        load=tuple(absent) if state.loadable else (),
        put={**put, **(late if state.loadable else {})},
        start=tuple(unit for unit in wanted.services if state.services.get(unit) not in ("active", "", None)),
        faults=tuple(faults if shared_kernel else [*kernel, *faults]),
        notes=(*(tuple(map(str, kernel)) if shared_kernel else ()), *_notes(state, wanted)),
    )


def _unequal(state: State, wanted: Wanted) -> Iterator[tuple[str, str]]:
    for name, value in wanted.sysctls.items():
        if state.sysctls.get(name, "").split() != str(value).split():
            yield name, str(value)
    for name, minimum in wanted.minimums.items():
        found = state.sysctls.get(name, "")
        if not found.isdigit() or int(found) < minimum:
            yield name, str(minimum)


def _comes_with(name: str, modules: Sequence[str]) -> bool:
    return name.startswith("net.bridge.") and "br_netfilter" in modules


def _module_faults(absent: Sequence[str], state: State) -> Iterator[Finding]:
    for name in () if state.loadable else absent:
        yield Finding(
            f"kernel module {name}",
            "neither loaded nor built in, and this host cannot load modules",
            "load it on the system that owns the kernel, or take it out of node_prepare_modules",
        )


def _sysctl_faults(state: State, unequal: Mapping[str, str]) -> Iterator[Finding]:
    for name, value in unequal.items():
        found = f"is {state.sysctls[name]} and cannot be written here" if name in state.sysctls else "does not exist"
        yield Finding(f"sysctl {name}", found, f"have it set to {value} on the system that owns the kernel")


def _program_faults(state: State, wanted: Wanted) -> Iterator[Finding]:
    for name in wanted.programs:
        if name not in state.programs:
            yield Finding(f"program {name}", "is not installed", "put its package into the node image, or install it")


def _service_faults(state: State, wanted: Wanted) -> Iterator[Finding]:
    for unit in wanted.services:
        if not state.services.get(unit):
            yield Finding(
                f"unit {unit}", "does not exist", "install its package, or take it out of node_prepare_services"
            )


def _ability_faults(state: State, wanted: Wanted) -> Iterator[Finding]:
    if wanted.kvm == "required" and not state.kvm:
        way_out = "switch virtualization on in the firmware, or set node_prepare_kvm: wanted and use_emulation: true"
        yield Finding("/dev/kvm", "no virtual machine can be made with it", way_out)
    if wanted.time == "required" and not state.time_synchronized:
        yield Finding("time", "is not synchronized", "let chrony or systemd-timesyncd reach a time server")


def _notes(state: State, wanted: Wanted) -> Iterator[str]:
    if wanted.kvm == "wanted" and not state.kvm:
        yield "no KVM: virtual machines run in emulation here"
    if wanted.time == "wanted" and not state.time_synchronized:
        yield "the clock is not synchronized"


def kept_files(wanted: Wanted) -> dict[str, str]:
    """Texts that make the state survive a restart, by path."""
    values = {**wanted.sysctls, **{name: str(value) for name, value in wanted.minimums.items()}}
    head = "# Written by ironacre.hci; changes are lost.\n"
    return {
        "/etc/modules-load.d/ironacre.conf": head + "".join(f"{name}\n" for name in wanted.modules),
        "/etc/sysctl.d/90-ironacre.conf": head + "".join(f"{name} = {value}\n" for name, value in values.items()),
    }
