# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A bounded XML reader for descriptors that strangers wrote: no DOCTYPE, no entities, a limit of size and depth.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Iterator
from xml.etree import ElementTree

from ..errors import PlatformError

MAX_BYTES = 20 * 1024 * 1024
MAX_ELEMENTS = 200_000
Element = ElementTree.Element


def parse_xml(data: bytes, place: str) -> Element:
    """The root element. Raises PlatformError with `place` for anything that is not plain, bounded XML."""
    if len(data) > MAX_BYTES:
        raise PlatformError(f"{place}: {len(data)} bytes of XML, more than {MAX_BYTES}; this is no machine descriptor")
    # A null byte means UTF-16 or UTF-32, in which the next check would not see a declaration.
    if b"\0" in data[:4096]:
        raise PlatformError(f"{place}: the XML is not UTF-8; write the descriptor as UTF-8")
    if b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise PlatformError(f"{place}: the XML declares a DOCTYPE or entities; remove them, a descriptor needs none")
    try:
        return _bounded(data, place)
    except ElementTree.ParseError as error:
        raise PlatformError(f"{place}: not well-formed XML ({error}); export the machine again") from error


def _bounded(data: bytes, place: str) -> Element:
    parser: ElementTree.XMLPullParser[Element] = ElementTree.XMLPullParser(events=("start",))
    count = 0
    for start in range(0, len(data), 65536):
        parser.feed(data[start : start + 65536])
        count += sum(1 for _event in parser.read_events())
        if count > MAX_ELEMENTS:
            raise PlatformError(f"{place}: more than {MAX_ELEMENTS} elements; this is no machine descriptor")
    return ElementTree.fromstring(data)


def local(name: str) -> str:
    """The name without its namespace."""
    return name.rsplit("}", 1)[-1]


def children(element: Element, name: str) -> Iterator[Element]:
    """The direct children of that local name."""
    return (child for child in element if local(child.tag) == name)


def child(element: Element | None, name: str) -> Element | None:
    """The first direct child of that local name."""
    return None if element is None else next(children(element, name), None)


def text(element: Element | None, name: str = "") -> str:
    """Stripped text of the element, or of its first child of that name; empty when absent."""
    found = child(element, name) if name else element
    return (found.text or "").strip() if found is not None else ""


def attribute(element: Element | None, name: str) -> str:
    """Value of the attribute of that local name, whatever its namespace; empty when absent."""
    if element is None:
        return ""
    return next((value for key, value in element.attrib.items() if local(key) == name), "")
