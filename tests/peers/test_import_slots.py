"""Slots of copies in a real API server: shared by processes, taken over from dead ones."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_slots import NAMESPACE, SlotPool
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.slots import Budget

# Takes slots and holds them until its input ends; says what it holds.
HOLDER = """
import sys
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_slots import SlotPool
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.slots import Budget
budgets = [Budget(kind, name, int(count)) for kind, name, count in (text.split("=") for text in sys.argv[2:])]
pool = SlotPool(KubernetesApi(load_connection(sys.argv[1])), budgets)
pool.take(60)
print(" ".join(pool.leases), flush=True)
sys.stdin.read()
pool.release()
"""


@pytest.fixture
def api(kubeconfig: Path) -> Iterator[KubernetesApi]:
    api = KubernetesApi(load_connection(str(kubeconfig)))
    yield api
    for lease in api.list("Lease", NAMESPACE):
        api.delete("Lease", lease["metadata"]["name"], NAMESPACE)


def start(kubeconfig: Path, *budgets: str) -> subprocess.Popen[str]:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    return subprocess.Popen([sys.executable, "-c", HOLDER, str(kubeconfig), *budgets], text=True, **pipes)


def held(process: subprocess.Popen[str]) -> list[str]:
    assert process.stdout
    return process.stdout.readline().split()


def end(process: subprocess.Popen[str]) -> None:
    process.communicate("", timeout=60)


def test_two_processes_share_a_budget_and_a_third_waits_for_the_first_to_end(
    kubeconfig: Path, api: KubernetesApi
) -> None:
    first, second = (start(kubeconfig, "link=link=2", f"host=esx{number}=1") for number in (1, 2))
    assert len({*held(first), *held(second)}) == 4
    reasons: list[str] = []

    def free_one(reason: str) -> None:
        reasons.append(reason)
        end(first)

    third = SlotPool(api, [Budget("link", "link", 2)], pause=lambda seconds: None)
    third.take(60, free_one)
    assert "the link: 2 of 2 slots are held by" in reasons[0] and list(third.leases)
    end(second)
    third.release()
    assert api.list("Lease", NAMESPACE) == []


def test_who_waits_for_a_host_holds_no_slot_of_the_link(kubeconfig: Path, api: KubernetesApi) -> None:
    first = start(kubeconfig, "host=esx1=1")
    assert len(held(first)) == 1
    now = [time.time()]
    budgets = [Budget("link", "link", 1), Budget("host", "esx1", 1)]
    waiting = SlotPool(api, budgets, clock=lambda: now[0], pause=lambda seconds: now.__setitem__(0, now[0] + 1))
    with pytest.raises(PlatformError, match="no slot came free within 1 s: host esx1: 1 of 1 slots are held by"):
        waiting.take(1)
    assert len(api.list("Lease", NAMESPACE)) == 1
    end(first)


def test_the_slot_of_a_killed_process_is_taken_over_at_once(kubeconfig: Path, api: KubernetesApi) -> None:
    first = start(kubeconfig, "host=esx1=1")
    name = held(first)
    first.kill()
    first.communicate()
    second = SlotPool(api, [Budget("host", "esx1", 1)], pause=lambda seconds: pytest.fail("it had to wait"))
    second.take(60)
    assert list(second.leases) == name
    second.release()


def test_a_slot_of_another_controller_is_taken_over_when_it_is_stale_and_its_owner_notices(api: KubernetesApi) -> None:
    budget = [Budget("host", "esx1", 1)]
    now = [1_700_000_000.0]
    first = SlotPool(api, budget, clock=lambda: now[0])
    first.holder = "elsewhere/boot/1/2"
    first.take(60)
    now[0] += 59
    second = SlotPool(api, budget, clock=lambda: now[0], pause=lambda seconds: now.__setitem__(0, now[0] + 2))
    second.take(60)
    assert now[0] > 1_700_000_060 and list(second.leases) == [budget[0].slot(0)]
    first.beat()
    assert first.lost == [budget[0].slot(0)] and not first.leases
    first.release()
    assert len(api.list("Lease", NAMESPACE)) == 1, "it removes only what is its own"
    second.release()


def test_a_slot_that_is_renewed_stays(api: KubernetesApi) -> None:
    now = [1_700_000_000.0]
    pool = SlotPool(api, [Budget("host", "esx1", 1)], clock=lambda: now[0])
    pool.take(60)
    for _minute in range(3):
        now[0] += 50
        pool.beat()
    assert not pool.lost
    pool.release()
