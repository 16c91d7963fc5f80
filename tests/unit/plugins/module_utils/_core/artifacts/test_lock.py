from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts import lock
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors

DIGEST = "ab" * 32


def entry(**changes: Any) -> dict[str, Any]:
    good = {
        "name": "rke2",
        "version": "v1.35.4+rke2r1",
        "file": "rke2.linux-amd64.tar.gz",
        "url": "https://example.invalid/rke2.tar.gz",
        "sha256": DIGEST,
        "size_bytes": 10,
        "used_by": "nodes",
    }
    return {**good, **changes}


def test_a_good_lock_is_read_in_order() -> None:
    first, second = lock.parse_lock({"artifacts": [entry(), entry(name="other", used_by=["boot", "controller"])]})
    assert (first.name, first.used_by, first.pinned) == ("rke2", ("nodes",), True)
    assert second.used_by == ("boot", "controller")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"sha256": "ABC"}, "artifacts[0] (rke2).sha256: is 'ABC'"),
        ({"file": "../etc/passwd"}, "artifacts[0] (rke2).file: is '../etc/passwd'"),
        ({"url": "ftp://x"}, "artifacts[0] (rke2).url: is 'ftp://x'"),
        ({"used_by": "vm_host"}, "did you mean vm_hosts?"),
        ({"used_by": []}, "nobody uses it"),
        ({"sha265": DIGEST}, "did you mean sha256?"),
        ({"version": 1.12}, "artifacts[0] (rke2).version: is 1.12"),
    ],
)
def test_a_fault_is_told_with_its_place(changes: dict[str, Any], told: str) -> None:
    with pytest.raises(InputErrors, match="artifacts") as error:
        lock.parse_lock({"artifacts": [entry(**changes)]})
    assert told in error.value.message


def test_all_faults_come_at_once() -> None:
    with pytest.raises(InputErrors) as error:
        lock.parse_lock({"artifacts": [entry(sha256="x"), entry(name="rke2", used_by="no"), "text"]})
    assert len(error.value.findings) == 4


@pytest.mark.parametrize("data", [None, [], {"artifacts": None}, {"other": []}])
def test_a_file_of_another_shape_is_refused(data: Any) -> None:
    with pytest.raises(InputErrors, match="no list of this name"):
        lock.parse_lock(data)


def test_selection_by_user_ignores_the_unpinned_of_others() -> None:
    artifacts = lock.parse_lock({"artifacts": [entry(), entry(name="iso", used_by="boot", sha256=None)]})
    assert [one.name for one in lock.used_by(artifacts, ["nodes"])] == ["rke2"]


def test_an_unpinned_artifact_that_is_needed_is_refused_with_the_way_out() -> None:
    artifacts = lock.parse_lock({"artifacts": [entry(sha256=None)]})
    with pytest.raises(InputErrors, match=r"artifacts.rke2.sha256: no digest .* run playbooks/lock_artifacts.yml"):
        lock.used_by(artifacts, ["nodes"])


def test_a_missing_name_is_told_with_the_nearest() -> None:
    artifacts = lock.parse_lock({"artifacts": [entry(name="cdi_operator")]})
    with pytest.raises(InputErrors, match=r"artifacts.cdi_operators: .* did you mean cdi_operator\?"):
        lock.named(artifacts, ["cdi_operators"])
