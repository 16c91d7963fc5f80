# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Devices as plain data, and as texts for Ansible's diff. This module util is private to the collection."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import vids
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import (
    Difference,
    route_text,
    rule_text,
    written,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.model import Route, Rule

Facts = dict[str, dict[str, object]]
NODE = "(node)"


def describe(kernel: Kernel, names: Iterable[str]) -> Facts:
    """{device: {kind, mtu, up, master, parent, vlans, addresses, option.<name>, routes}}; `(node)` holds the rules."""
    found: Facts = {}
    for name in names:
        link = kernel.links.get(name)
        if not link:
            continue
        facts: dict[str, object] = {"kind": link.kind or "ethernet", "mtu": link.mtu, "up": link.up, "mac": link.mac}
        facts.update({key: value for key, value in (("master", link.master), ("parent", link.parent)) if value})
        stated = ((key, value) for key, value in sorted(link.options.items()) if value is not None)
        facts.update({f"option.{key}": _plain(value) for key, value in stated})
        facts["addresses"] = sorted(link.addresses)
        facts["vlans"] = written(dict(link.vlans))
        facts["routes"] = sorted(route_text(route) for route in kernel.routes if route.dev == name)
        found[name] = facts
    rules = sorted(rule_text(rule) for rule in kernel.rules if rule.priority not in (0, 32766, 32767))
    return {**found, NODE: {"rules": rules}}


def predict(before: Facts, found: Iterable[Difference]) -> Facts:
    """What `describe` will say of the declared things once the differences are gone."""
    after = {name: dict(facts) for name, facts in before.items()}
    for one in found:
        if one.about == "exists" and not one.want:
            after.pop(one.device, None)
            continue
        facts = after.setdefault(one.device or NODE, {})
        if isinstance(one.have or one.want, (Route, Rule)):
            _lists(facts, one)
        elif one.about != "exists":
            facts[one.about] = _value(one.want)
            if one.about == "master" and not one.want:
                facts.pop("master")
    return after


def _lists(facts: dict[str, object], one: Difference) -> None:
    subject = one.have if one.want is None else one.want
    key = "routes" if isinstance(subject, Route) else "rules"
    text = written(subject)
    lines = [*(facts.get(key) or ())]  # type: ignore[misc]
    facts[key] = sorted(line for line in lines if line != text) if one.want is None else sorted([*lines, text])


def _value(value: object) -> object:
    if isinstance(value, Mapping):
        return written(dict(value))
    return sorted(value) if isinstance(value, frozenset) else _plain(value)


def _plain(value: object) -> object:
    return list(value) if isinstance(value, (tuple, list)) else value


def diffs(before: Facts, after: Facts, files: tuple[Mapping[str, str], Mapping[str, str]]) -> list[dict[str, str]]:
    """Ansible's diff: one entry a device and one a file, only those that differ."""
    entries = []
    for name in sorted({*before, *after}):
        old, new = before.get(name), after.get(name)
        if old != new:
            entries.append(_entry(f"kernel: {name}", _text(old), _text(new)))
    for path in sorted({*files[0], *files[1]}):
        if files[0].get(path) != files[1].get(path):
            entries.append(_entry(path, files[0].get(path, ""), files[1].get(path, "")))
    return entries


def _entry(header: str, before: str, after: str) -> dict[str, str]:
    return {"before_header": header, "after_header": header, "before": before, "after": after}


def _text(facts: Mapping[str, object] | None) -> str:
    if facts is None:
        return ""
    return "".join(f"{key}: {written(_tupled(value))}\n" for key, value in sorted(facts.items()))


def _tupled(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


def bridges(kernel: Kernel) -> dict[str, list[str] | None]:
    """{bridge: VLANs its uplinks carry, in ranges}; None where it does not filter. Guests' ports do not count."""
    found: dict[str, list[str] | None] = {}
    for link in kernel.links.values():
        if link.kind != "bridge":
            continue
        uplinks = [
            kernel.links[name] for name in kernel.ports(link.name) if kernel.links[name].kind not in ("tun", "macvtap")
        ]
        carried = {vid for uplink in uplinks for vid in uplink.vlans}
        found[link.name] = vids.compact(carried) if link.options.get("vlan_filtering") else None
    return found
