# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Engine cdi: DataVolumes that CDI's importer fills with VMware's own VDDK library, in one or several stages.

Every stage is a snapshot; the next one brings what changed since the one before. This module util is private to the
collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...errors import Finding
from ..mapping import Rendered
from ..model import Disk, Vm
from .common import Object, VSphere, Watched, conditions_of, source_findings


@dataclass(frozen=True)
class Stage:
    """One snapshot. previous: change id of the one before, empty for the first. current: the snapshot's reference."""

    current: str
    previous: str = ""


@dataclass(frozen=True)
class Vddk:
    """init_image: image with the VDDK library; empty where CDI has one configured. certificates: a ConfigMap."""

    source: VSphere
    init_image: str = ""
    certificates: str = ""


def findings(vm: Vm, wish: Vddk) -> Iterator[Finding]:
    """What VDDK cannot work with."""
    yield from source_findings(wish.source)
    if not wish.source.thumbprint and not wish.certificates:
        yield Finding("source.thumbprint", "is missing", "VDDK wants the SHA-1 thumbprint of the host's certificate")
    if not vm.uuid:
        yield Finding(f"source.{vm.name}.uuid", "is empty", "VDDK finds the machine by its BIOS uuid only")
    for disk in vm.disks:
        if not disk.file:
            yield Finding(f"source.{vm.name}.disks[{disk.key}].file", "is empty", "read the machine from its vCenter")


def volumes(
    vm: Vm, rendered: Rendered, wish: Vddk, stages: Mapping[str, Sequence[Stage]] | None = None, final: bool = True
) -> tuple[Object, ...]:
    """The DataVolumes of the mapping with VDDK as source. stages: by key of the disk; none means one cold copy."""
    found = []
    for disk, volume in zip(rendered.disks, rendered.volumes):
        spec = {**volume["spec"], "source": {"vddk": _vddk(vm, disk, wish)}}
        checkpoints = (stages or {}).get(disk.key, ())
        if checkpoints:
            spec["checkpoints"] = [{"current": stage.current, "previous": stage.previous} for stage in checkpoints]
            spec["finalCheckpoint"] = final
        found.append({**volume, "spec": spec})
    return tuple(found)


def _vddk(vm: Vm, disk: Disk, wish: Vddk) -> Object:
    values = {
        "backingFile": disk.file,
        "url": wish.source.sdk_url,
        "uuid": vm.uuid,
        "secretRef": wish.source.secret,
        "thumbprint": wish.source.thumbprint,
        "initImageURL": wish.init_image,
        "certConfigMap": wish.certificates,
    }
    return {key: value for key, value in values.items() if value}


def watched(live: Mapping[str, Any] | None) -> Watched:
    """How far a DataVolume is. `Paused` waits for its next stage."""
    if live is None:
        return Watched(phase="not there")
    status: Mapping[str, Any] = live.get("status", {})
    phase = str(status.get("phase", "Pending"))
    conditions = conditions_of(live)
    reasons = [
        f"{condition.get('reason', '')}: {condition.get('message', '')}".strip(": ")
        for condition in conditions.values()
        if condition.get("status") != "True" and (condition.get("message") or condition.get("reason"))
    ]
    restarts = int(status.get("restartCount") or 0)
    if restarts:
        reasons.append(f"its importer began again {restarts} times")
    progress = str(status.get("progress", ""))
    return Watched(
        phase, "" if progress == "N/A" else progress, phase == "Succeeded", phase == "Failed", "; ".join(reasons)
    )


def together(found: Mapping[str, Watched]) -> Watched:
    """All disks of a machine as one: done when all are, failed when one is."""
    late = {name: one for name, one in found.items() if not one.done}
    lines = [f"{name} is {one.phase} {one.progress}: {one.reason}".replace(" : ", ": ") for name, one in late.items()]
    return Watched(
        phase="Succeeded" if not late else ", ".join(sorted({one.phase for one in late.values()})),
        progress=f"{len(found) - len(late)} of {len(found)} disks",
        done=not late and bool(found),
        failed=any(one.failed for one in found.values()),
        reason="; ".join(lines),
    )
