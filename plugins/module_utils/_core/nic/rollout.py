# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a staged rollout in words: who changed, who went back, who was not touched.

This module util is private to the collection.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

KINDS = ("committed", "rolled_back", "unchanged", "untouched")


def outcome(hosts: Sequence[str], states: Mapping[str, str]) -> dict[str, list[str]]:
    """Hosts of the play in order, and what each one's task said -> {committed, rolled_back, unchanged, untouched}."""
    told: dict[str, list[str]] = {kind: [] for kind in KINDS}
    for host in hosts:
        state = states.get(host) or "untouched"
        told[state if state in told else "rolled_back"].append(host)
    return told


def text(told: Mapping[str, Sequence[str]]) -> str:
    """`committed: n1; rolled back: n2; untouched: n3, n4`."""
    return "; ".join(f"{kind.replace('_', ' ')}: {', '.join(told[kind])}" for kind in KINDS if told[kind])
