# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""RKE2 versions: order, and which step from one to another is supported.

This module util is private to the collection.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, PlatformError

_VERSION = re.compile(r"v(\d+)\.(\d+)\.(\d+)(?:-rc(\d+))?\+rke2r(\d+)")
_FINAL = 10**6


@dataclass(frozen=True, order=True)
class Version:
    """`v1.35.4+rke2r1` or `v1.35.4-rc2+rke2r1`; a release candidate sorts before its release."""

    major: int
    minor: int
    patch: int
    candidate: int
    build: int

    def __str__(self) -> str:
        candidate = "" if self.candidate == _FINAL else f"-rc{self.candidate}"
        return f"v{self.major}.{self.minor}.{self.patch}{candidate}+rke2r{self.build}"


def parse_version(text: str) -> Version:
    """The version of a text. Raises PlatformError when it is none of RKE2's."""
    match = _VERSION.fullmatch(text)
    if not match:
        raise PlatformError(f"{text!r} is no RKE2 version; write it as in v1.35.4+rke2r1")
    major, minor, patch, candidate, build = match.groups()
    return Version(int(major), int(minor), int(patch), int(candidate) if candidate else _FINAL, int(build))


def find_version(output: str) -> str:
    """The version in the output of `rke2 --version`, or an empty text."""
    match = _VERSION.search(output)
    return match.group(0) if match else ""


def install_reason(installed: str, wanted: str, installed_sha256: str, wanted_sha256: str) -> str:
    """Why the release has to be installed; an empty text when it is.

    A release can be built again under its version. Where no digest is known, the version alone decides.
    """
    if installed != wanted:
        return f"installed is {installed or 'nothing'}, declared is {wanted}"
    if installed_sha256 and wanted_sha256 and installed_sha256 != wanted_sha256:
        return f"{wanted} was installed from a release with digest {installed_sha256}, declared is {wanted_sha256}"
    return ""


def step_faults(place: str, running: str, wanted: str) -> list[Finding]:
    """Why a node that runs one version cannot be brought to another by this step (empty: it can, or nothing to do)."""
    old, new = parse_version(running), parse_version(wanted)
    if new < old:
        return [Finding(place, f"runs {old}, wanted is {new}", "RKE2 cannot go back; restore a snapshot instead")]
    if (new.major, new.minor) > (old.major, old.minor + 1):
        way_out = f"go to v{old.major}.{old.minor + 1} first, one minor version at a time"
        return [Finding(place, f"runs {old}, wanted is {new}", way_out)]
    return []


def skew_faults(place: str, server: str, agent: str) -> list[Finding]:
    """Whether an agent may work under servers of another version (not newer, at most 3 minors older)."""
    above, below = parse_version(server), parse_version(agent)
    if (below.major, below.minor) > (above.major, above.minor):
        return [Finding(place, f"agent {below} is newer than its servers ({above})", "bring the servers up first")]
    if above.minor - below.minor > 3:
        return [Finding(place, f"agent {below} is too old for servers of {above}", "bring the agent up first")]
    return []
