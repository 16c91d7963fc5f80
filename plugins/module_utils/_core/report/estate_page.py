# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report of an estate as one HTML file that needs nothing else.

This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, replace

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate import Estate, Machine, Rule
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate_style import ESTATE_STYLE
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.gantt import gantt
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.markup import Html, element, join
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.page import MARK, mono, rows_of, tile
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.stages import duration
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.style import STYLE

# States of machines that have a journal.
BEGUN = ("done", "precopied", "running", "failed", "rolled_back")
# Tables of more machines are folded.
MOST_OPEN = 20
NAMES = 12
PHASES = ("allocated", "precopied", "stopped", "copied", "verified", "defined", "fenced", "started", "checked")
PILLS = {"done": "pill", "failed": "pill bad", "blocked": "pill bad"}
SAID = {"precopied": "copied ahead", "rolled_back": "taken back"}


def estate_page(estate: Estate) -> str:
    """The whole file."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name=MARK, content=facts_digest(estate)),
        element("title", f"{estate.title}: estate report"),
        element("style", Html(STYLE + ESTATE_STYLE)),
    )
    body = element("main", header(estate), tiles(estate), *sections(estate))
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n"


def facts_digest(estate: Estate) -> str:
    """Digest of what is told; when it was written does not count."""
    facts = asdict(replace(estate, generated=""))
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def says_the_same(estate: Estate, page: str) -> bool:
    """Whether a page that was written before tells the same."""
    return f'name="{MARK}" content="{facts_digest(estate)}"' in page


def header(estate: Estate) -> Html:
    left = join(element("div", "Ironacre · estate report", class_="brand"), element("h1", estate.title))
    right = element("div", estate.generated, class_="right soft")
    return element("header", element("div", left), right)


def tiles(estate: Estate) -> Html:
    """The numbers one looks at first."""
    total, done, failed = len(estate.machines), len(estate.of("done")), len(estate.of("failed"))
    blocked = len(estate.of("blocked"))
    read = sum(disk.read for machine in estate.machines for disk in machine.disks)
    return element(
        "div",
        tile("machines moved", f"{done} / {total}"),
        tile("failed", str(failed), bad=failed > 0),
        tile("blocked", str(blocked), bad=blocked > 0),
        tile("copied so far", size(read)),
        tile("waves planned", str(len(estate.waves))),
        tile("copying, as planned", duration(estate.duration)),
        class_="tiles six",
    )


def sections(estate: Estate) -> list[Html]:
    """Each part that has something to tell."""
    parts = [
        ("What stands in the way", rules(estate.rules)),
        ("Waves", gantt(estate.waves) if estate.waves else None),
        ("Time lines", timelines([machine for machine in estate.machines if machine.steps])),
        *((f"Wave {wave.number}", machines(wave.machines)) for wave in estate.waves),
        (
            "Begun or moved before this plan",
            machines([one for one in estate.of(*BEGUN) if one.wave < 0]),
        ),
        ("In no wave", machines(estate.of("blocked", "ready"))),
    ]
    return [element("section", element("h2", title), content, class_="card") for title, content in parts if content]


def rules(found: Sequence[Rule]) -> Html | None:
    """The rules that found something, with the machines."""
    if not found:
        return None
    rows: list[tuple[object, ...]] = [
        (
            element("span", rule.severity, class_=f"pill {rule.severity}"),
            mono(rule.id),
            str(len(rule.machines)),
            names(rule.machines),
            rule.way_out,
        )
        for rule in found
    ]
    return rows_of(("severity", "rule", "machines", "which", "way out"), rows)


def names(listed: Sequence[str]) -> Html:
    """A few names; how many more there are."""
    shown = [element("bdi", name, class_="name") for name in listed[:NAMES]]
    more = f" and {len(listed) - NAMES} more" if len(listed) > NAMES else ""
    return join([piece for name in shown for piece in (name, ", ")][:-1], more)


def timelines(listed: Sequence[Machine]) -> Html | None:
    """What each phase of an import took."""
    if not listed:
        return None
    longest = max(sum(seconds for _phase, seconds in machine.steps) for machine in listed) or 1.0
    keys = [element("span", element("i", class_=f"key phase-{phase}"), phase) for phase in PHASES]
    rows = [timeline(machine, longest) for machine in listed]
    return folded(join(element("div", keys, class_="legend"), rows), len(listed))


def timeline(machine: Machine, longest: float) -> Html:
    pieces = [
        element(
            "i",
            class_=f"phase-{phase if phase in PHASES else 'other'}",
            style=f"width:{100 * seconds / longest:.3f}%",
            title=f"{phase}: {duration(seconds)}",
        )
        for phase, seconds in machine.steps
    ]
    total = sum(seconds for _phase, seconds in machine.steps)
    return element(
        "div",
        element("bdi", machine.name, class_="name"),
        element("div", pieces, class_="line"),
        element("div", duration(total), class_="num"),
        class_="timeline",
    )


def machines(listed: Sequence[Machine]) -> Html | None:
    """A table of machines, folded when it is long."""
    if not listed:
        return None
    head = ("machine", "state", "way", "data", "copy", "downtime", "concerns", "disks and digests", "remark")
    return folded(rows_of(head, [row(machine) for machine in listed]), len(listed))


def folded(content: Html, count: int) -> Html:
    return element("details", element("summary", f"{count} machines"), content) if count > MOST_OPEN else content


def row(machine: Machine) -> tuple[object, ...]:
    state = element("span", SAID.get(machine.state, machine.state), class_=PILLS.get(machine.state, "pill plain"))
    planned = duration(machine.planned_downtime) if machine.planned_downtime else ""
    measured = element("b", duration(machine.downtime)) if machine.downtime >= 0 else None
    critical, warning, info = machine.counts
    told = " · ".join(f"{n} {what}" for n, what in ((critical, "critical"), (warning, "warning"), (info, "info")) if n)
    read = sum(disk.read for disk in machine.disks)
    return (
        element("bdi", machine.name, class_="name"),
        state,
        machine.method,
        tight(size(read or int(machine.mib * (1 << 20))) if read or machine.mib else ""),
        tight(duration(machine.copy) if machine.copy else ""),
        tight(measured, element("div", f"planned {planned}", class_="soft") if planned else None),
        told,
        [
            element("div", digest(disk.digest, disk.verified), " ", element("span", disk.volume, class_="soft"))
            for disk in machine.disks
        ],
        element("span", machine.reason or machine.note, class_="remark"),
    )


def tight(*content: object) -> Html:
    """Numbers stay with their units."""
    return element("div", *content, class_="tight")


def digest(text: str, verified: bool) -> Html:
    mark = "✓" if verified else "·"
    about = "read back and equal" if verified else "digest of the stream"
    return element("span", f"{mark} {text[:12]}", class_="mono", title=f"{text} ({about})") if text else Html("")


def size(count: int) -> str:
    """1.5 GiB, 20 MiB, 3 TiB."""
    value, unit = float(count), "B"
    for unit in ("B", "KiB", "MiB", "GiB", "TiB"):
        if value < 1024 or unit == "TiB":
            break
        value /= 1024
    return f"{value:.0f} {unit}" if value >= 100 or value == int(value) else f"{value:.1f} {unit}"
