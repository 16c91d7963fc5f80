# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Network names that survive other hardware: each name is bound to the card's address.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ..errors import Finding
from .model import Card

LINK_FOLDER = "/etc/systemd/network"
RULES_FILE = "/etc/udev/rules.d/70-ironacre-net.rules"
_KERNEL_NAME = re.compile(r"eth\d+")
_HEAD = "# Written by ironacre.hci: this name stays when the hardware changes.\n"


def name_files(cards: Iterable[Card], links: bool) -> dict[str, str]:
    """Texts by path that bind the names nothing binds yet. links: udev reads .link files, else it gets rules."""
    loose = [card for card in cards if not card.pinned]
    if links:
        return {f"{LINK_FOLDER}/10-ironacre-{card.name}.link": link_text(card) for card in loose}
    return {RULES_FILE: _HEAD + "".join(_rule(card) for card in loose)} if loose else {}


def link_text(card: Card) -> str:
    """A .link file. Type=ether leaves out VLANs, bonds and bridges, which may have the same address."""
    return f"{_HEAD}[Match]\nMACAddress={card.mac}\nType=ether\n\n[Link]\nName={card.name}\n"


def _rule(card: Card) -> str:
    match = f'SUBSYSTEM=="net", ACTION=="add", ATTR{{address}}=="{card.mac}", ATTR{{type}}=="1", DRIVERS=="?*"'
    return f'{match}, NAME="{card.name}"\n'


def name_findings(cards: Iterable[Card]) -> Iterator[Finding]:
    """Several cards under the kernel's own names may come up in another order."""
    kernel = [card.name for card in cards if _KERNEL_NAME.fullmatch(card.name)]
    if len(kernel) > 1:
        yield Finding(
            "network",
            f"{', '.join(kernel)} are the kernel's own names, which udev cannot always exchange",
            "name the cards otherwise (lan0, lan1) in .link files and in the network's configuration, or check the "
            "order after the import",
        )
