# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""vm_import by an engine that does not copy itself: CDI with VDDK, Forklift, or Harvester's import controller.

This module util is private to the collection.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.engines.cdi import CdiEngine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.engines.forklift import ForkliftEngine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.engines.harvester import HarvesterEngine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.engines.run import ForeignEngine, wait
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.packages import open_package
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_engine_options import TIMEOUT
from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_importer import Importer
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import Finding, PlatformError, refuse
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engine import request_digest
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.cdi import Vddk
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.common import VSphere, Watched
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engines.forklift import Move
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import Rendered, render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.state import State

_REQUEST = ("name", "target", "mapping", "overrides", "run_strategy", "engine")


class ForeignImport:
    """One call of the module. importer: has what every import needs, the journal above all."""

    def __init__(self, importer: Importer) -> None:
        self.importer, self.params = importer, importer.params
        self.options: Mapping[str, Any] = importer.params.get("engine_options") or {}
        self.place = f"{importer.namespace}/{importer.name}"

    def present(self) -> dict[str, Any]:
        """Import, or go on watching, or find that there is nothing to do."""
        importer = self.importer
        state = importer.journal.load()
        request = request_digest({key: self.params[key] for key in _REQUEST})
        if state.phase == "done":
            self._refuse_change(state, request)
            return self._result(state, changed=False)
        engine, rendered = self._engine()
        if importer.check_mode:
            return self._result(state, changed=True, engine=engine, rendered=rendered)
        importer.target.prepare()
        importer.journal.acquire()
        try:
            source = f"engine {self.params['engine']}"
            return self._run(replace(state, request=request, source=source), engine)
        finally:
            importer.journal.release()

    def _refuse_change(self, state: State, request: str) -> None:
        if not self.importer.target.exists(self._machine(state)):
            raise PlatformError(f"{self.place}: was imported and removed since; run state absent to import it again")
        if state.request != request:
            raise PlatformError(
                f"{self.place}: was imported already, and what is asked for changed since; change the machine itself"
            )

    def _machine(self, state: State) -> str:
        """Name of the machine: Forklift and Harvester choose it."""
        return str((state.machine.get("metadata") or {}).get("name") or self.importer.name)

    def _run(self, state: State, engine: ForeignEngine) -> dict[str, Any]:
        journal, started = self.importer.journal, time.time()
        try:
            engine.begin()
            journal.save(state := state.advanced("allocated", started, time.time()))
            found = wait(engine, self.place, self.options.get("timeout", TIMEOUT), pause=self._pause)
            machine = found.machine or self.importer.name
            engine.mend(machine)
            self._start(machine)
        except PlatformError as error:
            journal.save(state.failed("copied", error.message))
            raise
        live = self.importer.api.get("VirtualMachine", machine, self.importer.namespace) or {"metadata": {}}
        known = {"kind": "VirtualMachine", "metadata": {"name": machine, "namespace": self.importer.namespace}}
        done = state.advanced("done", started, time.time())
        journal.save(state := replace(done, machine=known, uid=str(live["metadata"].get("uid", ""))))
        return self._result(state, changed=True, engine=engine, found=found)

    def _pause(self, seconds: float) -> None:
        self.importer.journal.beat()
        time.sleep(seconds)

    def _start(self, machine: str) -> None:
        """As it was asked for. Engines leave it off, or in a field that excludes run strategies."""
        strategy = self.params["run_strategy"]
        if strategy == "Halted" or self.params["engine"] == "harvester":
            return
        wish = {"spec": {"runStrategy": strategy, "running": None}}
        self.importer.api.merge("VirtualMachine", machine, wish, self.importer.namespace)
        self.importer.target.wait_running(machine)
        self.importer.target.check(machine)

    def absent(self) -> dict[str, Any]:
        """Cancel an import that is not done. A finished one is left alone."""
        state = self.importer.journal.load()
        if not state.request or (state.phase == "done" and self.importer.target.exists(self._machine(state))):
            return self._result(state, changed=False)
        if not self.importer.check_mode:
            self._engine()[0].cancel()
            self.importer.journal.forget()
        return self._result(state, changed=True)

    def _engine(self) -> tuple[ForeignEngine, Rendered]:
        """The engine. Raises InputErrors with everything that it could not work with."""
        source = self.params["source"]
        if not source.get("hostname"):
            found = Finding("source", f"the engine {self.params['engine']} reads no files", "use the engine stream")
            refuse([found])
        vm = open_package(source).vm(source.get("vm") or "")
        settings = self.importer.settings()
        rendered = render(vm, settings)
        engine = self._chosen(vm, settings, rendered)
        refuse(engine.findings())
        return engine, rendered

    def _chosen(self, vm: Vm, settings: Settings, rendered: Rendered) -> ForeignEngine:
        api, options, source = self.importer.api, self.options, self._source()
        if self.params["engine"] == "harvester":
            return HarvesterEngine(api, vm, settings, source)
        if self.params["engine"] == "cdi":
            vddk = Vddk(source, options.get("vddk_image") or "", options.get("certificates") or "")
            return CdiEngine(api, vm, rendered, vddk, lambda: bool(self.importer.target.define(rendered.machine)))
        move = Move(
            settings.name,
            options.get("namespace") or settings.namespace,
            settings.namespace,
            source,
            warm=bool(options.get("warm")),
            cutover=options.get("cutover") or "",
            vddk_image=options.get("vddk_image") or "",
            destination=options.get("destination") or "host",
            convert=bool(options.get("convert", True)),
        )
        return ForkliftEngine(api, (vm,), settings, move)

    def _source(self) -> VSphere:
        source = self.params["source"]
        return VSphere(
            source["hostname"],
            self.options.get("secret") or "",
            source.get("datacenter") or "",
            source.get("thumbprint") or "",
            "esxi" if source.get("type") == "esxi" else "vcenter",
        )

    def _result(
        self,
        state: State,
        changed: bool,
        engine: ForeignEngine | None = None,
        rendered: Rendered | None = None,
        found: Watched | None = None,
    ) -> dict[str, Any]:
        objects = engine.objects() if engine else []
        result: dict[str, Any] = {"changed": changed, "name": self.importer.name, "namespace": self.importer.namespace}
        result.update(state.report(), objects=objects, notes=list(rendered.warnings) if rendered else [])
        if found:
            result["engine"] = found.report()
        if changed:
            result["diff"] = {"before": [], "after": objects}
        return result
