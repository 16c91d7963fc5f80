"""Estates to report on, made by the planner from machines by a seed."""

from __future__ import annotations

import random
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate import Estate, estate_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.batches import Window
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.downtime import Item
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.waves import Limits, plan

HOSTILE = "<script>alert('x')</script>\u202e\x07 & \"db\""


def concern(name: str, rule: str, severity: str, found: str) -> dict[str, str]:
    return {"vm": name, "id": rule, "severity": severity, "found": found, "way_out": "remove it before the import"}


def journal(name: str, start: float, failure: str = "") -> dict[str, Any]:
    """An import that is done, or failed while it was copied."""
    lengths = {"assessed": 1, "allocated": 12, "copied": 640, "verified": 70, "started": 41, "checked": 22}
    timeline, clock = [], start
    for phase, seconds in lengths.items():
        timeline.append({"phase": phase, "started": clock, "ended": clock + seconds})
        clock += seconds
    disk = {
        "key": "2000",
        "volume": f"{name}-disk0",
        "capacity": 100 << 30,
        "sha256": "5b3a79fc" * 8,
        "bytes_read": 42 << 30,
        "bytes_wire": 40 << 30,
        "seconds": 640.0,
        "verified": not failure,
    }
    if failure:
        return {"name": name, "phase": "failed:copied", "failure": failure, "timeline": timeline[:2], "disks": []}
    return {"name": name, "phase": "done", "failure": "", "timeline": timeline, "disks": [disk], "downtime_s": 754.0}


def small() -> Estate:
    """Three machines: one done, one failed, one planned and one blocked beside them. One has a hostile name."""
    items = [
        Item("intranet", 43008, host="esx1", datastore="ds1"),
        Item(HOSTILE, 90000, host="esx2", datastore="ds1", downtime_limit=300, dirty_mib_s=1.5),
        Item("mail", 20000, host="esx1", datastore="ds2", after=("intranet",)),
        Item("sap", 1000, blocked="disk 2001: is a raw device mapping (disk.rdm)"),
    ]
    concerns = [
        concern("sap", "disk.rdm", "critical", "disk 2001: is a raw device mapping"),
        concern("mail", "snapshot.present", "warning", "has a snapshot: before-patch"),
        concern(HOSTILE, "device.usb", "info", "has a USB device: dongle"),
    ]
    found = plan(items, Limits(windows=(Window("saturday", 14400, "2026-12-05 22:00"),), pilot=False))
    assessment = {"vms": [{"name": item.name} for item in items], "concerns": concerns}
    imports = [journal("intranet", 1_764_000_000), journal("mail", 1_764_000_900, "esx1: the connection broke")]
    return estate_of(assessment, found, imports, "Head office", "2026-11-21 12:00 UTC")


def large(count: int = 700) -> Estate:
    """An estate of 700 machines in waves, some done, some blocked."""
    source = random.Random(1)
    items = [
        Item(
            f"{source.choice(['erp', 'web', 'db', 'file', 'print'])}-{number:03}",
            min(2e6, max(1024, source.lognormvariate(10.8, 1.0))),
            host=f"esx{source.randrange(16)}",
            datastore=f"ds{source.randrange(8)}",
            network=f"vlan{source.randrange(3)}",
            family=source.choice(["linux", "windows"]),
            downtime_limit=source.choice([0, 0, 1800]),
            dirty_mib_s=0.5,
            blocked="has a passed-through device: gpu" if number % 61 == 0 else "",
        )
        for number in range(count)
    ]
    rules = (("guest.tools", "warning"), ("snapshot.present", "warning"), ("device.cdrom", "info"), ("cbt.off", "info"))
    concerns = [
        concern(item.name, rule, severity, "something is found")
        for item in items
        for rule, severity in rules
        if source.random() < 0.15
    ]
    concerns += [concern(item.name, "device.passthrough", "critical", item.blocked) for item in items if item.blocked]
    found = plan(items, Limits())
    names = [row["name"] for row in found["waves"][0]["vms"]]
    imports = [journal(name, 1_764_000_000 + 60 * number) for number, name in enumerate(names[:-1])]
    imports.append(journal(names[-1], 1_764_000_000, "the storage changed the data"))
    assessment = {"vms": [{"name": item.name} for item in items], "concerns": concerns}
    return estate_of(assessment, found, imports, "All sites", "2026-11-21 12:00 UTC")
