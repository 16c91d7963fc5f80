# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Making the kernel say what it should: never by trusting a daemon's answer, always by reading back.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.backends import Backend
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import Difference, differences, written
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, read
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.plan import plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.target import Owned, Target

# A daemon works on after its reload has returned: it is given this long before the kernel is mended by hand, and the
# wanted state must be read this many times in a row, this far apart.
GRACE, QUIET_READS, PAUSE = 2.0, 3, 0.3


@dataclass
class Convergence:
    """One attempt to reach a target."""

    links: Links
    backend: Backend
    target: Target
    owned: Owned
    late: tuple[str, ...] = ()
    problems: list[str] = field(default_factory=list)
    deaf: str = ""

    def kernel(self) -> Kernel:
        """The kernel now."""
        hardware = [name for name, device in self.target.devices.items() if any("." in key for key in device.options)]
        return read(self.links.read(hardware))

    def left(self, kernel: Kernel) -> list[Difference]:
        """What is not yet as wanted."""
        return differences(kernel, self.target, self.owned)

    def reach(self, changed: Iterable[str], limit: float = 40.0) -> list[str]:
        """Push until nothing is left, or the limit is over. -> what is left, in words."""
        paths = list(changed)
        if self.backend.kernel_first or not paths:
            self.push()
        quiet_reads = 1
        if paths:
            quiet_reads = QUIET_READS
            self._tell(paths)
        # The daemon's own time does not count: what it left undone is still to be done.
        end = time.monotonic() + limit
        grace, quiet = time.monotonic() + (GRACE if paths else 0.0), 0
        while True:
            kernel = self.kernel()
            left = self.left(kernel)
            quiet = 0 if left else quiet + 1
            if quiet >= quiet_reads:
                return []
            if time.monotonic() > end:
                return [f"{one.device} {one.about}: {written(one.have)}, wanted {written(one.want)}" for one in left]
            if left and time.monotonic() > grace:
                self.push()
                grace = time.monotonic() + 1.0
            time.sleep(PAUSE)

    def _tell(self, paths: list[str]) -> None:
        """Make the daemon read its files. A daemon that does not answer must not keep a rollback from the kernel."""
        try:
            self.problems += self.backend.activate(paths, list(self.target.devices.values()))
        except PlatformError as error:
            self.deaf = error.message
            self.problems.append(error.message)

    def push(self) -> None:
        """Do all steps that are left; a step that fails does not keep the others from being done."""
        kernel = self.kernel()
        steps = plan(self.left(kernel), kernel, self.target, self.late)
        try:
            self.links.apply(command for step in steps for command in step.commands)
        except PlatformError:
            for step in steps:
                self._each(step.commands)

    def _each(self, commands: Iterable[tuple[str, str]]) -> None:
        try:
            self.links.apply(commands)
        except (PlatformError, OSError) as error:
            if str(error) not in self.problems:
                self.problems.append(str(error))
