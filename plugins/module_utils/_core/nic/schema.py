# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small checks that are put together into the shape of the input. Each returns all findings, never raises.

This module util is private to the collection.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable, Mapping, Sequence

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic import vids

Check = Callable[[object, str], "list[Finding]"]
MAC = re.compile(r"[0-9A-Fa-f]{2}(:[0-9A-Fa-f]{2}){5}")


def text(pattern: str = r".+", hint: str = "write a text") -> Check:
    """A string that matches `pattern` wholly."""
    compiled = re.compile(pattern)

    def check(value: object, place: str) -> list[Finding]:
        if isinstance(value, str) and compiled.fullmatch(value):
            return []
        return [Finding(place, f"{value!r} is not accepted", hint)]

    return check


def integer(low: int, high: int) -> Check:
    """A whole number in a range; true and false are none."""

    def check(value: object, place: str) -> list[Finding]:
        number = int(value) if isinstance(value, str) and value.isdigit() else value
        if isinstance(number, int) and not isinstance(number, bool) and low <= number <= high:
            return []
        return [Finding(place, f"{value!r} is not accepted", f"write a number from {low} to {high}")]

    return check


def choice(names: Sequence[str]) -> Check:
    """One of some words."""

    def check(value: object, place: str) -> list[Finding]:
        if value in names:
            return []
        way_out = f"write one of {', '.join(names)}{nearest(str(value), names)}"
        return [Finding(place, f"{value!r} is not known", way_out)]

    return check


def flag(value: object, place: str) -> list[Finding]:
    """true or false."""
    return [] if isinstance(value, bool) else [Finding(place, f"{value!r} is not a truth value", "write true or false")]


def anything(value: object, place: str) -> list[Finding]:
    """No demand."""
    return []


def vlan_list(value: object, place: str) -> list[Finding]:
    """A list of VLAN ids and ranges, or null."""
    if value is None:
        return []
    try:
        vids.expand(value if isinstance(value, (list, tuple)) else [value])
    except ValueError as error:
        return [Finding(place, str(error), 'write a list such as [100, "200-209"]')]
    return []


def address(value: object, place: str) -> list[Finding]:
    """An IP address without prefix."""
    return _parsed(ipaddress.ip_address, value, place, "write an IP address without prefix")


def with_prefix(value: object, place: str) -> list[Finding]:
    """An IP address with prefix length."""
    if "/" not in str(value):
        return [Finding(place, f"{value!r} has no prefix length", "write it as 192.0.2.11/24")]
    return _parsed(ipaddress.ip_interface, value, place, "write it as 192.0.2.11/24")


def network(value: object, place: str) -> list[Finding]:
    """A network or the word default."""
    return [] if value == "default" else _parsed(ipaddress.ip_network, value, place, "write a network or `default`")


def _parsed(parse: Callable[[str], object], value: object, place: str, hint: str) -> list[Finding]:
    try:
        parse(str(value))
    except ValueError as error:
        return [Finding(place, str(error), hint)]
    return []


def optional(inner: Check) -> Check:
    """The inner check, or null."""
    return lambda value, place: [] if value is None else inner(value, place)


def listing(inner: Check) -> Check:
    """A list whose items pass the inner check."""

    def check(value: object, place: str) -> list[Finding]:
        if not isinstance(value, (list, tuple)):
            return [Finding(place, f"{value!r} is not a list", "write a list")]
        return [finding for index, item in enumerate(value) for finding in inner(item, f"{place}[{index}]")]

    return check


def mapping(inner: Check) -> Check:
    """A dictionary whose values pass the inner check."""

    def check(value: object, place: str) -> list[Finding]:
        if not isinstance(value, Mapping):
            return [Finding(place, f"{value!r} is not a dictionary", "write a dictionary")]
        return [finding for key, item in value.items() for finding in inner(item, f"{place}.{key}")]

    return check


def record(fields: Mapping[str, Check], required: Iterable[str] = ()) -> Check:
    """A dictionary with known keys."""
    needed = tuple(required)

    def check(value: object, place: str) -> list[Finding]:
        if not isinstance(value, Mapping):
            return [Finding(place, f"{value!r} is not a dictionary", f"write a dictionary with {', '.join(fields)}")]
        found = [Finding(f"{place}.{key}", "is missing", "state it") for key in needed if value.get(key) is None]
        for key, item in value.items():
            if key not in fields:
                known = f"known are {', '.join(fields)}{nearest(str(key), fields)}"
                found.append(Finding(f"{place}.{key}", "is not known", known))
            elif item is not None:
                found.extend(fields[key](item, f"{place}.{key}"))
        return found

    return check


def keyed(key: str) -> Check:
    """A dictionary for somebody else, who needs at least this key with a text."""

    def check(value: object, place: str) -> list[Finding]:
        if isinstance(value, Mapping) and isinstance(value.get(key), str):
            return []
        return [Finding(place, f"{value!r} has no {key}", f"write a dictionary with {key}")]

    return check


def nearest(word: str, words: Iterable[str]) -> str:
    """` (did you mean x?)` or nothing."""
    close = difflib.get_close_matches(word, list(words), n=1)
    return f" (did you mean {close[0]}?)" if close else ""
