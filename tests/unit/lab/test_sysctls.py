"""Kernel settings: the first lab keeps the old values, the last one puts them back, also after a crash."""

from __future__ import annotations

from pathlib import Path

import pytest

from lab import sysctls

BEFORE = {
    "vm/overcommit_memory": "0",
    "kernel/panic": "1",
    "kernel/panic_on_oops": "0",
    "fs/inotify/max_user_instances": "128",
}


@pytest.fixture
def kernel(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name, value in BEFORE.items():
        (tmp_path / name).parent.mkdir(exist_ok=True, parents=True)
        (tmp_path / name).write_text(value + "\n")
    monkeypatch.setattr(sysctls, "ROOT", tmp_path)
    monkeypatch.setattr(sysctls, "MEMORY", tmp_path / "memory.json")
    monkeypatch.setattr(sysctls, "LOCK", tmp_path / "lock")
    return tmp_path


def values(kernel: Path) -> dict[str, str]:
    return {name: (kernel / name).read_text().strip() for name in BEFORE}


def test_two_labs_share_the_settings_and_the_last_one_puts_them_back(kernel: Path) -> None:
    sysctls.set_for("one")
    sysctls.set_for("two")
    wanted = values(kernel)
    assert wanted["kernel/panic"] == "10"
    sysctls.release("one")
    assert values(kernel) == wanted
    sysctls.release("two")
    assert values(kernel) == BEFORE


def test_a_second_up_after_a_crash_does_not_take_the_changed_values_for_the_old_ones(kernel: Path) -> None:
    sysctls.set_for("one")
    sysctls.set_for("one")
    sysctls.release("one")
    assert values(kernel) == BEFORE


def test_a_limit_that_is_high_enough_is_left_alone(kernel: Path) -> None:
    (kernel / "fs/inotify/max_user_instances").write_text("8192\n")
    sysctls.set_for("one")
    assert values(kernel)["fs/inotify/max_user_instances"] == "8192"


def test_releasing_a_lab_that_never_was_changes_nothing(kernel: Path) -> None:
    sysctls.release("never")
    assert values(kernel) == BEFORE
