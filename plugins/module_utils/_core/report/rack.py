# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rack as a drawing: one unit for each node, with what runs on it; and the networks as rails.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.markup import Html, element
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.model import Network, Node, Report, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.style import COLOURS

WIDTH, LEFT, RAIL, BOX = 1060, 200, 50, 46


def rack(report: Report) -> Html:
    """All nodes, the servers first."""
    nodes = sorted(report.nodes, key=lambda node: node.role != "server")
    return element("div", [unit(node, report.vms) for node in nodes], class_="rack")


def unit(node: Node, vms: tuple[Vm, ...]) -> Html:
    """One node's face."""
    state = "led" if node.ready else "led bad" if node.ready is False else "led off"
    told = {True: "ready", False: "not ready", None: "not in the cluster"}[node.ready]
    size = f"{node.cpus} CPU · {node.memory:g} GiB" if node.cpus else ""
    what = " · ".join(filter(None, (node.system, size, "installed by image" if node.provision == "image" else "")))
    here = [vm for vm in vms if vm.node == node.name]
    guests = [element("span", vm.name, class_="guest" if vm.status == "Running" else "guest off") for vm in here]
    return element(
        "div",
        element("span", class_=state, title=told),
        element("div", element("b", node.name), element("span", node.role, class_="role"), sub(node.address)),
        element(
            "div", sub(what), element("div", [element("span", nic, class_="port") for nic in node.nics], class_="ports")
        ),
        element("div", guests or (None if node.vm_host else sub("containers only")), class_="guests"),
        class_="unit",
    )


def sub(text: str) -> Html:
    return element("div", text, class_="sub")


def networks(report: Report) -> Html:
    """Nodes above, VMs below, networks as rails between them."""
    nodes, vms, rails = report.nodes, report.vms, report.networks
    top, bottom = 96, 96 + RAIL * len(rails)
    height = bottom + (BOX + 30 if vms else 0)
    at = {node.name: place(index, len(nodes)) for index, node in enumerate(nodes)}
    drawn = [rail(network, index, top, at) for index, network in enumerate(rails)]
    boxes = [box(node.name, node.address, at[node.name], 14, "var(--unit)") for node in nodes]
    guests = [guest(vm, place(index, len(vms)), bottom + 10, rails, top) for index, vm in enumerate(vms)]
    return element("svg", drawn, guests, boxes, viewBox=f"0 0 {WIDTH} {height}", role="img", aria_label="networks")


def place(index: int, count: int) -> float:
    """Middle of a box in a row that is shared equally."""
    return LEFT + (WIDTH - LEFT) * (index + 0.5) / max(count, 1)


def rail(network: Network, index: int, top: int, at: dict[str, float]) -> Html:
    """One network: its rail, and a line up to each node on it."""
    y, colour = top + RAIL * index + 12, COLOURS[(index + 1) % len(COLOURS)]
    offset = (index - 0.5) * 14
    lines = []
    for name in network.nodes:
        if name in at:
            x = at[name] + offset
            lines += [stroke(x, 14 + BOX, x, y, colour), element("circle", cx=x, cy=y, r=5, fill=colour)]
    return element(
        "g",
        element("rect", x=LEFT, y=y - 3, width=WIDTH - LEFT, height=6, rx=3, fill=colour),
        element("text", network.name, x=0, y=y - 1, font_weight=600),
        element("text", network.about, x=0, y=y + 15, class_="soft"),
        lines,
    )


def stroke(x1: float, y1: float, x2: float, y2: float, colour: str) -> Html:
    return element("line", x1=x1, y1=y1, x2=x2, y2=y2, stroke=colour, stroke_width=2.5)


def box(name: str, about: str, x: float, y: float, colour: str) -> Html:
    """A labelled box around its middle."""
    return element(
        "g",
        element("rect", x=x - 70, y=y, width=140, height=BOX, rx=8, fill=colour),
        element("text", name, x=x, y=y + 20, text_anchor="middle", class_="on"),
        element(
            "text", about, x=x, y=y + 36, text_anchor="middle", class_="on", style="font-size:11px;font-weight:400"
        ),
    )


def guest(vm: Vm, x: float, y: float, rails: tuple[Network, ...], top: int) -> Html:
    """A VM with a line up to each of its networks."""
    lines = list(guest_lines(vm, x, y, rails, top))
    return element("g", lines, box(vm.name, ", ".join(vm.addresses[:1]), x, y, "var(--rust)"))


def guest_lines(vm: Vm, x: float, y: float, rails: tuple[Network, ...], top: int) -> Iterator[Html]:
    for index, network in enumerate(rails):
        if network.name in vm.networks:
            colour, rail_y = COLOURS[(index + 1) % len(COLOURS)], top + RAIL * index + 12
            yield stroke(x, rail_y, x, y, colour)
            yield element("circle", cx=x, cy=rail_y, r=5, fill=colour)
