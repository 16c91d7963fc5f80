from __future__ import annotations

from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters import guest_system
from ansible_collections.ironacre.hci.plugins.modules import vm_guest_info
from tests.unit.plugins.module_utils._adapters.test_guest_system import IMAGE, SmallGuest
from tests.unit.running import Run


def test_what_would_be_done_is_told_and_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Run
) -> None:
    small = SmallGuest(tmp_path)
    monkeypatch.setattr(vm_guest_info, "GuestSystem", lambda _run: guest_system.GuestSystem(small.run, str(small.root)))
    told = run(vm_guest_info, {})
    assert told["changed"] is False and told["prepared"]["virtio"] is False
    assert f"build /{IMAGE} again" in told["steps"]
    assert "update-initramfs" not in small.calls.read_text()
