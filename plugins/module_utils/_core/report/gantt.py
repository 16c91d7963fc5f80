# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waves as a Gantt chart: copies that follow each other share a lane, all waves one scale.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Sequence

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.estate import Machine, Wave
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.markup import Html, element
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.stages import duration

WIDTH, LANE, GAP, TOP, LETTER = 1060.0, 17.0, 3.0, 22.0, 6.6
# Distances of the scale's marks in seconds; the first that gives at most MARKS of them is taken.
STEPS = (1, 5, 15, 60, 300, 900, 1800, 3600, 7200, 14400, 43200, 86400, 172800, 604800)
MARKS = 12
LEGEND = (
    ("cold", "cold copy"),
    ("warm", "warm; in a window only what changed"),
    ("done", "done"),
    ("running", "under way"),
    ("failed", "failed"),
)


def gantt(waves: Sequence[Wave]) -> Html:
    """One drawing for each wave."""
    longest = max((wave.duration for wave in waves), default=0.0) or 1.0
    return element("div", legend(), [panel(wave, WIDTH / longest) for wave in waves], class_="gantt")


def legend() -> Html:
    return element(
        "div",
        [element("span", element("i", class_=f"key {kind}"), text) for kind, text in LEGEND],
        class_="legend",
    )


def panel(wave: Wave, scale: float) -> Html:
    """One wave: its title, its scale, its lanes. scale: width of a second."""
    lanes = lanes_of(wave.machines)
    height = TOP + max(len(lanes), 1) * (LANE + GAP)
    bars = [
        bar_of(machine, TOP + number * (LANE + GAP), scale) for number, lane in enumerate(lanes) for machine in lane
    ]
    drawing = element(
        "svg",
        marks(wave.duration, height, scale),
        bars,
        viewBox=f"0 0 {WIDTH:g} {height:g}",
        role="img",
        aria_label=f"wave {wave.number}",
    )
    window = f" · {wave.window} {wave.start}".rstrip() if wave.window else ""
    told = f"{len(wave.machines)} machines, {duration(wave.duration)}, limited by {wave.limiting}"
    if wave.precopy:
        told += f"; warm machines are copied before, for {duration(wave.precopy)}"
    head = element(
        "div", element("b", f"wave {wave.number}{window}"), element("span", told, class_="soft"), class_="top"
    )
    return element("div", head, drawing, class_="panel")


def lanes_of(machines: Sequence[Machine]) -> list[list[Machine]]:
    """Each machine in the first lane that is free when its copy starts."""
    lanes: list[list[Machine]] = []
    ends: list[float] = []
    for machine in sorted(machines, key=lambda machine: (machine.start, machine.name)):
        free = [number for number, end in enumerate(ends) if end <= machine.start + 0.05]
        if free:
            lanes[free[0]].append(machine)
            ends[free[0]] = machine.start + machine.copy
        else:
            lanes.append([machine])
            ends.append(machine.start + machine.copy)
    return lanes


def bar_of(machine: Machine, y: float, scale: float) -> Html:
    """One copy. Its name is written where there is room for it, and told when it is pointed at."""
    x, width = machine.start * scale, max(machine.copy * scale - 1, 1.5)
    begun = {"done": "done", "running": "running", "precopied": "running", "failed": "failed"}
    kind = begun.get(machine.state, machine.method)
    about = f"{machine.name}: {machine.method}, {machine.mib:.0f} MiB, {duration(machine.copy)}"
    label = shortened(machine.name, width - 8)
    return element(
        "g",
        element("title", about),
        element("rect", x=f"{x:.1f}", y=f"{y:.1f}", width=f"{width:.1f}", height=LANE, rx=3, class_=f"copy {kind}"),
        element("text", label, x=f"{x + 5:.1f}", y=f"{y + 12.5:.1f}", class_="on") if label else None,
    )


def shortened(text: str, width: float) -> str:
    """As much of a text as fits; empty when that would tell nothing."""
    room = int(width / LETTER)
    if len(text) <= room:
        return text
    return f"{text[: room - 1]}…" if room >= 4 else ""


def marks(seconds: float, height: float, scale: float) -> list[Html]:
    """Lines of the scale with their time."""
    step = step_of(WIDTH / scale)
    found = []
    for number in range(int(seconds / step) + 1):
        x = number * step * scale
        found.append(element("line", x1=f"{x:.1f}", x2=f"{x:.1f}", y1=14, y2=f"{height:g}", class_="mark"))
        anchor = "end" if x > WIDTH - 40 else "start"
        found.append(element("text", short(number * step), x=f"{x:.1f}", y=10, class_="soft", text_anchor=anchor))
    return found


def step_of(seconds: float) -> int:
    return next((step for step in STEPS if seconds / step <= MARKS), STEPS[-1])


def short(seconds: int) -> str:
    """0, 45 s, 5 min, 1.5 h, 3 d."""
    if seconds >= 86400 and seconds % 86400 == 0:
        return f"{seconds // 86400} d"
    if seconds >= 3600:
        return f"{seconds / 3600:g} h"
    if seconds >= 60 and seconds % 60 == 0:
        return f"{seconds // 60} min"
    return f"{seconds} s" if seconds else "0"
