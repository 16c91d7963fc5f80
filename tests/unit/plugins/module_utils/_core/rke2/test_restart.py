from __future__ import annotations

from dataclasses import replace

from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.restart import (
    Disk,
    Process,
    restart_reasons,
)

RUNNING = Process("v1.35.4+rke2r1", False, started=1000.0, started_with="aa")
DISK = Disk("v1.35.4+rke2r1", "aa", changed=900.0, force_restart=False)


def test_a_process_that_works_with_its_files_stays() -> None:
    assert restart_reasons(RUNNING, DISK) == []


def test_a_new_release_is_a_reason() -> None:
    assert "runs v1.35.4+rke2r1" in restart_reasons(RUNNING, replace(DISK, version="v1.36.1+rke2r1"))[0]
    assert restart_reasons(replace(RUNNING, replaced=True), DISK) == ["its binary was replaced"]


def test_a_file_written_after_the_start_is_a_reason() -> None:
    assert restart_reasons(RUNNING, replace(DISK, digest="bb", changed=1100.0))
    assert restart_reasons(replace(RUNNING, started_with=""), replace(DISK, changed=1100.0))


def test_a_touched_file_is_none() -> None:
    assert restart_reasons(RUNNING, replace(DISK, changed=1100.0)) == []


def test_a_file_as_old_as_the_process_is_none() -> None:
    assert restart_reasons(RUNNING, replace(DISK, digest="bb", changed=1000.0)) == []


def test_a_restart_by_hand_settles_it() -> None:
    assert restart_reasons(replace(RUNNING, started=1200.0), replace(DISK, digest="bb", changed=1100.0)) == []


def test_rke2_can_ask_for_it() -> None:
    assert restart_reasons(RUNNING, replace(DISK, force_restart=True)) == ["RKE2 asks for it (force-restart)"]
