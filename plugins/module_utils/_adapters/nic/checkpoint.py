# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""NetworkManager's checkpoints: a second way back that needs no process of ours.

It brings back profiles and what they made of devices, not what was done to the kernel beside them, so that it comes
after our own way back, never in its place. This module util is private to the collection.
"""

from __future__ import annotations

import json

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.command import attempt, must

NAME, ROOT = "org.freedesktop.NetworkManager", "/org/freedesktop/NetworkManager"
# Delete new profiles, disconnect new devices, stand beside other checkpoints.
FLAGS = 2 | 4 | 8
# Seconds that our own rollback has before NetworkManager begins its own.
SPARE = 30


def create(seconds: float) -> str:
    """Begin one of all devices that goes back by itself after so long and the spare time. -> its object path."""
    out = must(_call("CheckpointCreate", "aouu", "0", str(int(seconds) + SPARE), str(FLAGS)))
    return str(json.loads(out)["data"][0])


def drop(path: str) -> None:
    """Keep what is. PlatformError when the checkpoint is still there: it would undo a kept change."""
    code, _out, _err = attempt(_call("CheckpointDestroy", "o", path))
    if code and path in pending():
        must(_call("CheckpointDestroy", "o", path))


def back(path: str) -> None:
    """Let NetworkManager go back to it. PlatformError when it cannot."""
    must(_call("CheckpointRollback", "o", path), limit=60)


def pending() -> list[str]:
    """Those that wait, whoever made them; none where NetworkManager does not answer."""
    code, out, _err = attempt(["busctl", "--json=short", "get-property", NAME, ROOT, NAME, "Checkpoints"])
    return [str(path) for path in json.loads(out)["data"]] if not code and out.strip() else []


def _call(method: str, signature: str, *values: str) -> list[str]:
    return ["busctl", "--json=short", "--timeout=60", "call", NAME, ROOT, NAME, method, signature, *values]
