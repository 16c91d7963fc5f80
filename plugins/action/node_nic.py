# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The controller's half of node_nic: reach the node over a new connection and confirm, or tell why it undid it."""

from __future__ import annotations

import json
import os
import shlex
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from ansible.errors import AnsibleConnectionFailure, AnsibleError
from ansible.plugins.action import ActionBase

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import probes
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse

# A new connection shares nothing with the old one and notices by itself when it is cut.
FRESH = "-o ControlMaster=no -o ControlPath=none -o ConnectionAttempts=1 -o ServerAliveInterval=2"
# Of an attempt's limit, how much SSH may wait for a first answer, or for any: a slow node is not a lost one.
SILENCE = 1 / 3
# How long after the timer the node may take to come back.
COMEBACK = 90.0
UNDONE = ("rolled_back", "unverified")


class AttemptTimeout(Exception):
    """An attempt took longer than its hard limit."""


@contextmanager
def hard_limit(seconds: float) -> Iterator[None]:
    """Give up after so long, wherever the call hangs, and end the programs it had started."""

    def ring(_signal: int, _frame: object) -> None:
        raise AttemptTimeout(f"no answer within {seconds:.0f} s")

    before = children()
    former = signal.signal(signal.SIGALRM, ring)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except AttemptTimeout:
        for child in children() - before:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGKILL)
        raise
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, former)


def patience(limit: float) -> str:
    """SSH's options for how long a node may be silent within an attempt of so many seconds."""
    silence = max(3, round(limit * SILENCE))
    return f"-o ConnectTimeout={silence} -o ServerAliveCountMax={silence // 2}"


def children() -> set[int]:
    """Process ids of our own children."""
    listed = Path(f"/proc/self/task/{os.getpid()}/children")
    return {int(word) for word in listed.read_text().split()} if listed.exists() else set()


class ActionModule(ActionBase):
    """Run the module, then follow the transaction it armed."""

    _supports_check_mode = True
    TRANSFERS_FILES = False

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        super().run(tmp, task_vars)
        task_vars = task_vars or {}
        args = dict(self._task.args)
        self.started = time.monotonic()
        result: dict[str, Any] = self._execute_module(
            module_name="ironacre.hci.node_nic", module_args=args, task_vars=task_vars
        )
        for warning in result.get("warnings_of_rules") or []:
            result.setdefault("warnings", []).append(warning)
        if result.get("failed"):
            result.setdefault("state", "refused")
            return result
        guard = result.pop("guard", None)
        if not guard:
            return result
        return self._follow(result, guard, args)

    def _follow(self, result: dict[str, Any], guard: list[str], args: dict[str, Any]) -> dict[str, Any]:
        confirm = args.get("confirm") or {}
        self.pause = float(confirm.get("retries_every") or 2)
        self.limit = float(confirm.get("attempt_limit") or 12)
        self.log: list[str] = []
        deadline = self.started + float(result.pop("timeout"))
        undoing = bool(result.pop("undoing", False))
        with self._fresh_connections() as reach:
            target = None if undoing else confirm.get("host")
            answer = self._until(reach, target, [*guard, "wait", result["txn"], "4"], deadline, ("applied", *UNDONE))
            if answer.get("state") == "applied":
                answer = self._decide(reach, confirm.get("host"), guard, result["txn"], deadline, args)
            if answer.get("state") not in ("committed", *UNDONE):
                # Not confirmed in time: the node undoes it and is reached where it was.
                command = [*guard, "wait", result["txn"], "4"]
                answer = self._until(reach, None, command, deadline + COMEBACK, UNDONE)
        return self._told({**result, "attempts": self.log}, answer, undoing)

    def _decide(
        self, reach: Any, host: str | None, guard: list[str], txn: str, deadline: float, args: dict[str, Any]
    ) -> dict[str, Any]:
        """The controller's own probes, then the confirmation, or the rollback at once."""
        wanted = parse({"interfaces": [], "probes": args.get("probes") or []}).probes
        answers = probes.run([probe for probe in wanted if probe.source == "controller"], Links())
        failed = [f"{one.probe}: {one.evidence} (from the controller)" for one in answers if not one.ok]
        if failed:
            command = [*guard, "rollback", txn, "; ".join(failed)]
            self._once(reach, host, command)
            return {}
        return self._until(reach, host, [*guard, "confirm", txn], deadline, ("committed", *UNDONE))

    def _until(
        self, reach: Any, host: str | None, command: list[str], deadline: float, wanted: tuple[str, ...]
    ) -> dict[str, Any]:
        """Try until the guard tells one of the wanted states, or the deadline is over."""
        while True:
            answer = self._once(reach, host, command)
            if answer.get("state") in wanted or time.monotonic() > deadline:
                return answer
            time.sleep(self.pause if not answer else 0.2)

    def _once(self, reach: Any, host: str | None, command: list[str]) -> dict[str, Any]:
        """One command over one new connection. Empty when the node did not answer."""
        seconds = time.monotonic() - self.started
        try:
            with hard_limit(self.limit):
                reach(host)
                done = self._low_level_execute_command(shlex.join(command), sudoable=True)
            answer = dict(json.loads(done["stdout"]))
        except (AnsibleConnectionFailure, AnsibleError, AttemptTimeout) as error:
            self.log.append(f"{seconds:.1f} s: {str(error).splitlines()[0][:120]}")
            return {}
        except ValueError:
            self.log.append(f"{seconds:.1f} s: {(done['stderr'] or done['stdout'])[:160]}")
            return {}
        self.log.append(f"{seconds:.1f} s: {answer.get('state') or answer.get('error')}")
        return answer

    @contextmanager
    def _fresh_connections(self) -> Iterator[Any]:
        """-> reach(host or None): drop the connection and point it at the host. All is put back at the end."""
        connection = self._connection
        is_ssh = connection.transport == "ssh"
        kept = {name: connection.get_option(name) for name in ("ssh_args", "host")} if is_ssh else {}

        def reach(host: str | None) -> None:
            if is_ssh:
                alias = f" -o HostKeyAlias={kept['host']}" if host and host != kept["host"] else ""
                connection.set_option("ssh_args", f"{FRESH} {patience(self.limit)}{alias} {kept['ssh_args'] or ''}")
                connection.set_option("host", host or kept["host"])
                connection.host = host or kept["host"]
            connection.reset()

        with suppress(AnsibleError), hard_limit(self.limit):
            connection.reset()
        try:
            yield reach
        finally:
            for name, value in kept.items():
                connection.set_option(name, value)
            if is_ssh:
                connection.host = kept["host"]

    def _told(self, result: dict[str, Any], answer: dict[str, Any], undoing: bool) -> dict[str, Any]:
        """The task's result."""
        state = answer.get("state")
        kept = {name: answer[name] for name in ("probes", "timeline", "why", "left", "problems") if name in answer}
        result.update(kept, state=state or "unreachable")
        if state == "committed" or (undoing and state == "rolled_back"):
            return {**result, "changed": True}
        result.update(failed=True, changed=state != "rolled_back")
        if state in UNDONE:
            left = "; what could not be put back: " + "; ".join(answer["left"]) if answer.get("left") else ""
            result["msg"] = f"the node put its former network back ({state}: {answer.get('why')}){left}"
        else:
            result["msg"] = "the node was not reached again; it undoes the change by itself and at its next boot"
        return result
