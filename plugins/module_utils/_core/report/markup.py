# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""HTML as nested calls. Every text is escaped; only what `element` has made goes through as it is.

This module util is private to the collection.
"""

from __future__ import annotations

from html import escape

VOID = {"meta", "br", "circle", "line", "rect", "path"}


class Html(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, /, *children: object, **attributes: object) -> Html:
    """One element. `class_` is class, underscores become dashes, None and False are left out; None children, too."""
    given = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escape(str(value))}"'
        for key, value in attributes.items()
        if value is not None and value is not False
    )
    if tag in VOID:
        return Html(f"<{tag}{given}/>")
    return Html(f"<{tag}{given}>{join(*children)}</{tag}>")


def join(*children: object) -> Html:
    """Several pieces after each other; lists are taken apart."""
    pieces = []
    for child in children:
        if isinstance(child, Html):
            pieces.append(child)
        elif isinstance(child, (list, tuple)):
            pieces.append(join(*child))
        elif child is not None:
            pieces.append(Html(escape(str(child))))
    return Html("".join(pieces))
