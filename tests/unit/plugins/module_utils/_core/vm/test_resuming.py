"""Where a run goes on, by what the journal says."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engine import Plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.resuming import resumed
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.state import State

VM = Vm("web", memory_mib=64, disks=(Disk("d0", 1 << 20, "a.vmdk"),))


def test_files_that_were_fetched_again_are_taken_before_their_copy_is_complete() -> None:
    plan = Plan("r1", "b.ova", render(VM, Settings("web", "vms")), "Always", files=True)
    begun = State(request="r1", source="a.ova", phase="allocated")
    assert resumed(begun, plan, back=False) == State(request="r1", source="b.ova")
    for state, wish in ((replace(begun, phase="copied"), plan), (begun, replace(plan, files=False))):
        with pytest.raises(PlatformError, match=r"is the import of a\.ova, not of b\.ova"):
            resumed(state, wish, back=False)
