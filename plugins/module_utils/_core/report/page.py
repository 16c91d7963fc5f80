# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The report as one HTML file that needs nothing else.

This module util is private to the collection.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.markup import Html, element, join
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.model import Component, Report, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.rack import networks, rack
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.stages import STAGES, Pace, duration, paces
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.style import COLOURS, STYLE

MARK = "ironacre-facts"


def facts_digest(report: Report) -> str:
    """Digest of what the report says about the rack; time and durations do not count."""
    facts = asdict(replace(report, generated="", history=None))
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def says_the_same(report: Report, page: str) -> bool:
    """Whether a page that was written before tells the same about the rack."""
    return f'name="{MARK}" content="{facts_digest(report)}"' in page


def page(report: Report) -> str:
    """The whole file."""
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name=MARK, content=facts_digest(report)),
        element("title", f"{report.title}: rack report"),
        element("style", Html(STYLE)),
    )
    body = element("main", header(report), tiles(report), *sections(report), footer(report))
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n"


def header(report: Report) -> Html:
    right = join(element("div", report.version, class_="mono"), element("div", report.generated, class_="soft"))
    left = join(element("div", "Ironacre · rack report", class_="brand"), element("h1", report.title))
    return element("header", element("div", left), element("div", right, class_="right"))


def tiles(report: Report) -> Html:
    """The four numbers one looks at first."""
    ready, running = sum(1 for n in report.nodes if n.ready), sum(1 for vm in report.vms if vm.status == "Running")
    healthy = sum(1 for component in report.components if component.healthy)
    working = sum(p.working.seconds for p in paces(report.history) if p.working)
    counts = [
        ("nodes ready", ready, len(report.nodes)),
        ("VMs running", running, len(report.vms)),
        ("components healthy", healthy, len(report.components)),
    ]
    told = [tile(label, f"{good} / {total}", good < total) for label, good, total in counts]
    return element("div", *told, tile("stages, each at its last change", duration(working)), class_="tiles")


def tile(label: str, number: str, bad: bool = False) -> Html:
    return element(
        "div", element("b", number), element("span", label, class_="soft"), class_=f"tile{' bad' if bad else ''}"
    )


def sections(report: Report) -> list[Html]:
    """Each part that has something to tell."""
    parts = [
        ("Rack", rack(report) if report.nodes else None),
        ("Networks", networks(report) if report.networks and report.nodes else None),
        ("Virtual machines", element("div", [vm_card(vm) for vm in report.vms], class_="vms") if report.vms else None),
        ("Stages", stages(paces(report.history))),
        ("Components", components(report.components) if report.components else None),
        ("Nodes", nodes(report) if report.nodes else None),
    ]
    return [element("section", element("h2", title), content, class_="card") for title, content in parts if content]


def vm_card(vm: Vm) -> Html:
    """What an operator wants to know of an imported VM."""
    pill = element("span", vm.status or "unknown", class_="pill" if vm.status == "Running" else "pill bad")
    where = (("namespace", vm.namespace), ("runs on", vm.node), ("address", ", ".join(vm.addresses)))
    told = [pair for pair in (*where, *vm.facts) if pair[1]]
    route = [
        element("span", name, class_="hop now" if n == len(vm.route) else "hop") for n, name in enumerate(vm.route, 1)
    ]
    arrows = [piece for hop in route for piece in (element("span", "→", class_="soft"), hop)][1:]
    moved = [element("span", "live migration", class_="soft"), *arrows] if len(route) > 1 else None
    return element(
        "div",
        element("div", element("h3", vm.name), pill, class_="head"),
        element("dl", [join(element("dt", key), element("dd", value)) for key, value in told]),
        element("div", moved, class_="route") if moved else None,
        class_="vm",
    )


def stages(known: list[Pace]) -> Html | None:
    """Each stage's duration as a bar, the run that changed nothing as a thin one below."""
    if not known:
        return None
    longest = max(stage.seconds for pace in known for stage in (pace.working, pace.repeated) if stage) or 1.0
    worked = [(index, pace.working) for index, pace in enumerate(known) if pace.working]
    share = [
        element("i", style=f"flex:{stage.seconds:.3f};background:{COLOURS[index % len(COLOURS)]}", title=stage.title)
        for index, stage in worked
    ]
    rows = [stage_row(pace, COLOURS[index % len(COLOURS)], longest) for index, pace in enumerate(known)]
    return join(element("div", share, class_="share") if share else None, rows)


def stage_row(pace: Pace, colour: str, longest: float) -> Html:
    bars, told = [], []
    if pace.working:
        style = f"width:{100 * pace.working.seconds / longest:.2f}%;background:{colour}"
        bars.append(element("div", class_="bar bad" if pace.working.failed else "bar", style=style))
        told.append(element("b", duration(pace.working.seconds)))
    if pace.repeated:
        style = f"width:{100 * pace.repeated.seconds / longest:.2f}%"
        bars.append(element("div", class_="bar again", style=style))
        again = duration(pace.repeated.seconds)
        told.append(element("span", f"again {again}" if pace.working else again, class_="soft"))
    done = f"{pace.working.changed} changed" if pace.working else "nothing changed"
    if pace.working and pace.working.failed:
        done += f", {pace.working.failed} failed"
    return element(
        "div",
        element("div", STAGES.get(pace.name, pace.name)),
        element("div", bars, class_="bars"),
        element("div", [element("div", text) for text in told], class_="num"),
        element("div", done, class_="num soft"),
        class_="stage",
    )


def rows_of(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> Html:
    """A table."""
    top = element("tr", [element("th", name) for name in head])
    body = [element("tr", [element("td", cell) for cell in row]) for row in rows]
    return element("div", element("table", top, body), class_="wide")


def components(listed: tuple[Component, ...]) -> Html:
    """The stack, each part with the condition that makes it healthy."""
    rows: list[tuple[object, ...]] = [
        (element("b", c.name), mono(c.version), element("span", c.state, class_="pill" if c.healthy else "pill bad"))
        for c in listed
    ]
    return rows_of(("component", "version", "condition"), rows)


def nodes(report: Report) -> Html:
    rows: list[tuple[object, ...]] = [
        (element("b", n.name), n.role, mono(n.address), mono(n.serial), n.system, mono(n.kernel), mono(n.version))
        for n in report.nodes
    ]
    return rows_of(("node", "role", "address", "serial", "system", "kernel", "Kubernetes"), rows)


def mono(text: str) -> Html:
    return element("span", text, class_="mono")


def footer(report: Report) -> Html:
    told = [f"API {report.api}"] if report.api else []
    return element("footer", [element("div", note) for note in (*report.notes, *told)])
