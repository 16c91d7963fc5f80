# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads inventories: all objects at once, by leaf paths, in pages.

This module util is private to the collection.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ..._core.errors import PlatformError
from ..._core.vm.vsphere_estate import Estate, Found, Wanted
from ..._core.vm.vsphere_paths import AROUND, SHORT, SUBSETS, VM, vm_paths
from .session import Session

PAGE = 250


class Inventory:
    """Objects of one session. page_size: objects in one answer."""

    def __init__(self, session: Session, page_size: int = PAGE) -> None:
        self.session, self.page_size = session, page_size
        self._estate: Estate | None = None

    def estate(self) -> Estate:
        """All objects, the machines with name and folder only. Read once."""
        if self._estate is None:
            found = self.session.call(lambda: self._view({**AROUND, VM: SHORT}), "read the inventory", repeat=True)
            self._estate = Estate(self.session.kind, {one.ref: one for one in found})
        return self._estate

    def machines(self, refs: Iterable[str], subsets: Sequence[str] = SUBSETS) -> list[Found]:
        """Machines with all their properties, in the order of their identifiers."""
        targets = [self.session.reference(VM, ref) for ref in refs]
        if not targets:
            return []
        spec = self._spec({VM: vm_paths(subsets)}, targets)
        return self.session.call(lambda: self._pages(spec), "read the machines", repeat=True)

    def one(self, name: str, wanted: Wanted) -> Found:
        """The one machine of that name or identifier, with name and folder only."""
        estate = self.estate()
        found = estate.choose(Wanted((name,), "", wanted.folder, wanted.datacenter))
        exact = [one for one in found if one.ref == name] or found
        if len(exact) == 1:
            return exact[0]
        if not exact:
            near = ", ".join(estate.name(one.ref) for one in estate.of(VM))[:200]
            raise PlatformError(f"{self.session.place}: has no machine {name!r} (there are: {near}); correct source.vm")
        places = ", ".join(f"{one.ref} in {estate.datacenter(one.ref)}{estate.folder(one.ref)}" for one in exact)
        raise PlatformError(
            f"{self.session.place}: several machines are called {name!r}: {places}; name the identifier"
        )

    def raw(self, target: Any, paths: Sequence[str]) -> dict[str, Any]:
        """Properties of one managed object as pyVmomi has them."""
        spec = self._spec({type(target)._wsdlName: paths}, [target])
        found = self.session.call(lambda: self._objects(spec), "read properties", repeat=True)
        if not found:
            raise PlatformError(f"{self.session.place}: {target._moId} is gone; look at the source")
        return {entry.name: entry.val for entry in found[0].propSet}

    def plain(self, target: Any, paths: Sequence[str]) -> dict[str, Any]:
        """Properties of one managed object as plain values."""
        return {name: plain(value) for name, value in self.raw(target, paths).items()}

    def _view(self, paths: Mapping[str, Sequence[str]]) -> list[Found]:
        content, vim, vmodl = self.session.content, self.session.vim, self.session.vmodl
        types = [getattr(vim, kind) for kind in paths]
        view = content.viewManager.CreateContainerView(content.rootFolder, types, True)
        try:
            traversal = vmodl.query.PropertyCollector.TraversalSpec(type=type(view), path="view", skip=False)
            return self._pages(self._spec(paths, [view], traversal))
        finally:
            view.Destroy()

    def _spec(self, paths: Mapping[str, Sequence[str]], targets: Sequence[Any], traversal: Any = None) -> Any:
        vim, query = self.session.vim, self.session.vmodl.query.PropertyCollector
        select = [traversal] if traversal else []
        return query.FilterSpec(
            objectSet=[query.ObjectSpec(obj=target, skip=bool(select), selectSet=select) for target in targets],
            propSet=[query.PropertySpec(type=getattr(vim, kind), pathSet=list(names)) for kind, names in paths.items()],
        )

    def _pages(self, spec: Any) -> list[Found]:
        return [
            Found(type(one.obj)._wsdlName, one.obj._moId, {entry.name: plain(entry.val) for entry in one.propSet})
            for one in self._objects(spec)
        ]

    def _objects(self, spec: Any) -> list[Any]:
        collector = self.session.content.propertyCollector
        options = self.session.vmodl.query.PropertyCollector.RetrieveOptions(maxObjects=self.page_size)
        result = collector.RetrievePropertiesEx([spec], options)
        found: list[Any] = []
        while result is not None:
            found += result.objects
            result = collector.ContinueRetrievePropertiesEx(result.token) if result.token else None
        for one in found:
            self._check(one)
        return found

    def _check(self, content: Any) -> None:
        """A session that ended between two pages shows as properties that may not be seen."""
        for missing in content.missingSet or ():
            if isinstance(missing.fault, self.session.vim.fault.NotAuthenticated):
                raise missing.fault


def plain(value: Any) -> Any:
    """Values of pyVmomi -> JSON types. An object becomes a mapping with `_type`, a reference its identifier."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, list):
        return [plain(entry) for entry in value]
    if isinstance(value, (datetime.datetime, datetime.date)):
        return value.isoformat()
    if hasattr(value, "_moId"):
        return str(value._moId)
    if hasattr(value, "_GetPropertyList"):
        found = {entry.name: plain(getattr(value, entry.name)) for entry in value._GetPropertyList(True)}
        return {"_type": type(value)._wsdlName, **{name: entry for name, entry in found.items() if entry is not None}}
    return str(value)
