# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Programs: one that is waited for with a time limit, and one that runs beside us.

AnsibleModule.run_command knows neither a time limit nor a program that goes on, and the guard of a network change and
the filters have no module at hand. Standard library only: it runs on nodes too.
This module util is private to the collection.
"""

from __future__ import annotations

import asyncio
from asyncio.subprocess import DEVNULL, PIPE
from collections.abc import Mapping, Sequence
from contextlib import suppress

NOT_FOUND, OUT_OF_TIME = 127, 124


def attempt(
    argv: Sequence[str], stdin: str = "", limit: float = 20.0, environment: Mapping[str, str] | None = None
) -> tuple[int, str, str]:
    """Run -> (exit code, output, error output). 127: no such program, 124: out of time (it is ended)."""
    return asyncio.run(_attempt(argv, stdin, limit, environment))


async def _attempt(
    argv: Sequence[str], stdin: str, limit: float, environment: Mapping[str, str] | None
) -> tuple[int, str, str]:
    try:
        child = await asyncio.create_subprocess_exec(*argv, stdin=PIPE, stdout=PIPE, stderr=PIPE, env=environment)
    except FileNotFoundError:
        return NOT_FOUND, "", f"{argv[0]}: not found"
    try:
        output, error = await asyncio.wait_for(child.communicate(stdin.encode()), limit)
    except asyncio.TimeoutError:
        return OUT_OF_TIME, "", f"{argv[0]}: no answer within {limit:.0f} s"
    finally:
        await _end(child)
    return child.returncode or 0, output.decode("utf-8", "replace"), error.decode("utf-8", "replace")


async def _end(child: asyncio.subprocess.Process) -> None:
    """Kill it if it still runs."""
    if child.returncode is None:
        with suppress(ProcessLookupError):
            child.kill()
        await child.wait()


class Companion:
    """A program that runs beside us until `end`; what it says goes to its error output. Raises FileNotFoundError."""

    def __init__(self, argv: Sequence[str]) -> None:
        self._loop = asyncio.new_event_loop()
        try:
            self._child = self._loop.run_until_complete(
                asyncio.create_subprocess_exec(*argv, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE)
            )
        except FileNotFoundError:
            self._loop.close()
            raise

    def runs(self) -> bool:
        """Whether it has not ended by itself."""
        self._loop.run_until_complete(asyncio.sleep(0))
        return self._child.returncode is None

    def end(self) -> str:
        """Kill it; what it said. It may be called again."""
        if self._loop.is_closed():
            return ""
        try:
            with suppress(ProcessLookupError):
                self._child.kill()
            said = self._loop.run_until_complete(self._child.communicate())[1]
        finally:
            self._loop.close()
        return said.decode("utf-8", "replace").strip()
