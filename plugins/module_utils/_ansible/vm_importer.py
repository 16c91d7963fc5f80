# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vm_import from its options: reads, plans, and hands over to the engine.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.cdi_upload import CdiUpload
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.guest_checks import Check
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_slots import SlotPool, SlottedJournal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_target import Deadlines, ImportTarget
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import open_package
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.target_facts import TargetFacts
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.volume_digest import VolumeDigest
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_options import cluster_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError, refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engine import Engine, Plan, Stream, request_digest
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import Rendered, render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.naming import object_name
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings, settings_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.slots import Budget
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source import Source
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.state import State

# What decides how the machine looks. Deadlines, checks and credentials may change without a new import.
_REQUEST = ("name", "target", "mapping", "overrides", "run_strategy")


class Importer:
    """One call of the module."""

    def __init__(self, params: Mapping[str, Any], check_mode: bool) -> None:
        self.params, self.check_mode = params, check_mode
        self.api = cluster_of(params)
        self.namespace = params["target"]["namespace"]
        self.name = object_name(params["target"].get("name") or params["name"])
        budgets = [Budget(**slot) for slot in params.get("slots") or ()]
        self.slots = SlotPool(self.api, budgets)
        self.journal = SlottedJournal(self.api, self.name, self.namespace, self.slots, keeping=cluster_of(params))
        self.target = self._target()

    def present(self) -> dict[str, Any]:
        """Import, or go on with it, or find that there is nothing to do."""
        state = self.journal.load()
        if self._is_finished(state):
            return self._result(state, changed=False)
        package = open_package(self.params["source"])
        rendered = self._render(package)
        refuse(TargetFacts(self.api).findings(rendered, known=bool(state.uid)))
        plan = Plan(self._request(), package.identity, rendered, self._strategy(), self._readback())
        if self.check_mode:
            return self._result(state, changed=True, plan=plan)
        self.target.prepare()
        engine = Engine(self.journal, self.target, self._when_its_turn(package.disk), time.time, time.sleep)
        return self._result(engine.run(plan), changed=True, plan=plan, before=state.machine)

    def _when_its_turn(self, open_disk: Callable[[Disk], Stream]) -> Callable[[Disk], Stream]:
        """Disks are read only while this import holds its slots."""

        def opened(disk: Disk) -> Stream:
            self.slots.take(float(self.params["slots_timeout"]), lambda reason: self.journal.beat())
            return open_disk(disk)

        return opened

    def _request(self) -> str:
        return request_digest({key: self.params[key] for key in _REQUEST} | {"source": self._source_name()})

    def _is_finished(self, state: State) -> bool:
        """True when there is nothing to do. An import happens once: what people changed since is theirs."""
        if state.phase != "done":
            return False
        if not self.target.exists(self.name):
            raise PlatformError(
                f"{self.namespace}/{self.name}: was imported and removed since; run state absent to import it again"
            )
        return state.request == self._request()

    def absent(self) -> dict[str, Any]:
        """Cancel an import that is not done, forget one whose machine is gone. A finished one is left alone."""
        state = self.journal.load()
        if not state.request or (state.phase == "done" and self.target.exists(self.name)):
            return self._result(state, changed=False)
        if not self.check_mode:
            self.journal.acquire()
            try:
                self._remove(state)
            finally:
                self.journal.release()
        return self._result(state, changed=True)

    def _remove(self, state: State) -> None:
        if state.uid:
            self.api.delete("VirtualMachine", self.name, self.namespace)
        self.target.settle(self.name, ())
        self._discard("DataVolume")
        self.journal.forget()

    def _discard(self, kind: str) -> None:
        for volume in self.api.list(kind, self.namespace, f"import.ironacre.io/machine={self.name}"):
            self.target.discard(volume["metadata"]["name"])

    def _render(self, package: Source) -> Rendered:
        vm = package.vm(self.params["source"].get("vm") or "")
        return render(vm, self.settings())

    def settings(self) -> Settings:
        """What the options say, beside what the cluster has names for."""
        wanted = (self.params.get("overrides") or {}).get("instancetype") or ""
        return settings_of(self.params, self.name, TargetFacts(self.api).offers(wanted))

    def _source_name(self) -> str:
        source = self.params["source"]
        return " ".join(str(source.get(key) or "") for key in ("type", "url", "path", "hostname", "vm"))

    def _strategy(self) -> str:
        return str(self.params["run_strategy"])

    def _readback(self) -> bool:
        return bool((self.params.get("verify") or {}).get("digest", "readback") == "readback")

    def _target(self) -> ImportTarget:
        upload, verify = self.params.get("upload") or {}, self.params.get("verify") or {}
        wait = self.params.get("wait_timeout") or 600
        return ImportTarget(
            self.api,
            CdiUpload(self.api, upload.get("url") or ""),
            self.namespace,
            VolumeDigest(self.api, self.namespace, self.name, verify.get("image") or ""),
            checks=tuple(checks_of(verify.get("checks") or ())),
            wire=upload.get("wire") or "auto",
            expose=bool(upload.get("expose", True)),
            deadlines=Deadlines(volume=wait, running=wait, readback=max(wait, 900)),
            beat=self.journal.beat,
        )

    def _result(
        self, state: State, changed: bool, plan: Plan | None = None, before: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        result: dict[str, Any] = {"changed": changed, "name": self.name, "namespace": self.namespace, **state.report()}
        machine = plan.machine(running=True) if plan else dict(state.machine)
        result["machine"] = machine
        result["notes"] = list(plan.rendered.warnings) if plan else []
        result["volumes"] = list(plan.rendered.volumes) if plan else []
        if changed:
            result["diff"] = {"before": dict(before if before is not None else state.machine), "after": machine}
        return result


def checks_of(options: Any) -> list[Check]:
    """Checks from the option verify.checks. Raises PlatformError for one that lacks its subject."""
    found = []
    for number, option in enumerate(options):
        kind = option["type"]
        needs = {"console": ("text",), "http": ("url",), "tcp": ("address", "port"), "agent": ()}[kind]
        missing = [name for name in needs if not option.get(name)]
        if missing:
            raise PlatformError(f"verify.checks[{number}]: a check {kind} needs {' and '.join(missing)}; add it")
        given = {name: value for name, value in option.items() if value is not None}
        found.append(Check(**given))
    return found
