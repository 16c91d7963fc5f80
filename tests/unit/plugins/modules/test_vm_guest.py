from __future__ import annotations

import functools
import json
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters import guest_system
from ansible_collections.ironacre.hci.plugins.modules import vm_guest
from tests.unit.plugins.module_utils._adapters.test_guest_system import IMAGE, NAMES, SmallGuest
from tests.unit.running import Run

FACT = "etc/ansible/facts.d/ironacre_prepared.fact"


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallGuest:
    small = SmallGuest(tmp_path)
    monkeypatch.setattr(vm_guest, "GuestSystem", lambda _run: guest_system.GuestSystem(small.run, str(small.root)))
    return small


def test_a_guest_is_prepared_once_and_says_so(small: SmallGuest, run: Run) -> None:
    guest = functools.partial(run, vm_guest, {})
    first = guest()
    assert first["changed"] and first["prepared"]["virtio"] is True
    assert f"build /{IMAGE} again" in first["steps"]
    assert json.loads((small.root / FACT).read_text()) == first["prepared"]
    assert {"before_header", "after_header", "before", "after"} == first["diff"][0].keys()
    second = guest()
    assert (second["changed"], second["steps"], second["prepared"]) == (False, [], first["prepared"])


def test_check_mode_tells_the_same_and_changes_nothing(small: SmallGuest, run: Run) -> None:
    told = run(vm_guest, {}, check=True)
    assert told["changed"] and f"build /{IMAGE} again" in told["steps"]
    assert not (small.root / FACT).exists() and (small.root / IMAGE).read_text() == "kernel/ext4.ko\n"
    assert (small.root / "etc/fstab").read_text().startswith("/dev/sda1")


def test_what_a_person_must_do_is_told_and_stands_in_the_fact(small: SmallGuest, run: Run) -> None:
    small.put("etc/default/grub", "GRUB_DISABLE_LINUX_UUID=true\n")
    told = run(vm_guest, {"names": False})
    assert told["prepared"]["virtio"] is False
    assert any(finding.startswith("/etc/default/grub") for finding in told["findings"])
    assert set(told["prepared"]["kernels"]["6.1"]) == set(NAMES)
