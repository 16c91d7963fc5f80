# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: stages
type: aggregate
short_description: Tells how long each stage of the chain took and what it changed
version_added: 0.1.0
description:
  - A play belongs to a stage by its tag (C(check), C(provision), C(configure), C(cluster), C(stack), C(import),
    C(migrate), C(report)).
  - At the end of the run, a table of the stages is printed. A run without a stage prints nothing.
  - The durations are kept in a file, from which the report is drawn. Of each stage it holds the last run that changed
    something, and the last one that changed nothing.
requirements:
  - C(callbacks_enabled = ironacre.hci.stages) in C(ansible.cfg)
options:
  path:
    description: File that keeps the durations. Nothing is written when it is empty.
    type: path
    default: ''
    ini:
      - section: callback_stages
        key: path
    env:
      - name: IRONACRE_STAGES
"""

import json
import os
import time
from datetime import datetime, timezone
from pathlib import Path
from typing import Any

from ansible.plugins.callback import CallbackBase

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.stages import (
    Stage,
    stage_of,
    table,
    with_run,
)


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "ironacre.hci.stages"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        super().__init__()
        self.stages: dict[str, Stage] = {}
        self.current: Stage | None = None
        self.since = 0.0
        self.before: Any = None
        self.started = datetime.now(timezone.utc).isoformat(timespec="seconds")

    def v2_playbook_on_play_start(self, play: Any) -> None:
        self.account()
        name = stage_of(play.tags)
        self.current = self.stages.setdefault(name, Stage(name)) if name else None
        # The report is written by a later play of the same run: it reads what is known by then.
        self.keep()

    def v2_playbook_on_stats(self, stats: Any) -> None:
        self.account()
        self.keep()
        stages = [stage for stage in self.stages.values() if stage.tasks]
        if stages:
            self._display.display("\n" + table(stages))

    def v2_runner_on_ok(self, result: Any) -> None:
        self.count(changed=int(bool(result._result.get("changed"))))

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        self.count(failed=int(not ignore_errors))

    def v2_runner_on_unreachable(self, result: Any) -> None:
        # A machine that has no system yet is expected not to answer.
        self.count(failed=int(not result._task_fields.get("ignore_unreachable")))

    def count(self, changed: int = 0, failed: int = 0) -> None:
        """One task on one host has ended."""
        if self.current:
            self.current.tasks += 1
            self.current.changed += changed
            self.current.failed += failed

    def account(self) -> None:
        """Give the time since the last call to the stage that is running."""
        now = time.monotonic()
        if self.current:
            self.current.seconds = round(self.current.seconds + now - self.since, 3)
        self.since = now

    def keep(self) -> None:
        """Write the file; a run must not fail because of it."""
        stages = [stage for stage in self.stages.values() if stage.tasks]
        path = Path(self.get_option("path") or os.devnull)
        if not stages or str(path) == os.devnull:
            return
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            # Read once: what this run itself wrote on its way is not yet the end of a stage.
            if self.before is None:
                self.before = json.loads(path.read_text()) if path.is_file() else {}
            part = path.with_name(f".{path.name}.{os.getpid()}")
            part.write_text(json.dumps(with_run(self.before, self.started, stages), indent=1) + "\n")
            part.replace(path)
        except (OSError, ValueError) as error:
            self._display.warning(f"stages: {path} is not written: {error}")
