"""How a machine is moved, by what its source says."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.cutover import Wish
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.engine import Plan
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.handover import Handover
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Vm
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.settings import Settings
from tests.unit.plugins.module_utils._core.vm.moving import MemoryMachine, World
from tests.unit.plugins.module_utils._core.vm.moving_cluster import MemoryCluster, MemoryVolumes

PLAN = Plan(
    "r1", "vm-1", render(Vm("web", memory_mib=64, disks=(Disk("2000", 1 << 20),)), Settings("web", "vms")), "Always"
)


def handover(wish: Wish, tracks: bool = True) -> Handover:
    world = World(random.Random(1))
    return Handover(MemoryMachine(world, {}, tracks), MemoryCluster(world, MemoryVolumes(world)), PLAN, wish)


@pytest.mark.parametrize(
    ("power", "wanted", "tracks", "method"),
    [
        ("on", "auto", True, "warm"),
        ("on", "auto", False, "cold"),
        ("on", "cold", True, "cold"),
        ("off", "auto", True, "cold"),
        ("off", "warm", True, "cold"),
    ],
)
def test_the_method_follows_the_source(power: str, wanted: str, tracks: bool, method: str) -> None:
    assert handover(Wish(method=wanted), tracks).method(power) == method


@pytest.mark.parametrize(
    ("power", "wish", "told"),
    [
        ("off", Wish(state="precopied"), "nothing to copy ahead"),
        ("on", replace(Wish(), method="warm"), "knows no change tracking"),
    ],
)
def test_a_wish_that_cannot_be_met_is_told(power: str, wish: Wish, told: str) -> None:
    with pytest.raises(PlatformError, match=told):
        handover(wish, tracks=False).method(power)


def test_a_target_never_starts_beside_its_source() -> None:
    both = handover(Wish())
    with pytest.raises(PlatformError, match="the source is on and should be off"):
        both.define(running=True)
    both.machine.shut_down(0, False)
    with pytest.raises(PlatformError, match="not fenced any more"):
        both.define(running=True)
    both.machine.fence("web")
    assert both.define(running=True)["spec"]["runStrategy"] == "Always"
