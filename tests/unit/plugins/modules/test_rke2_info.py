from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.rke2_node import Rke2Node
from ansible_collections.ironacre.hci.plugins.modules import rke2_info
from tests.unit.node_programs import SmallNode, on_path, small_node
from tests.unit.running import Run

VERSION = "v1.35.4+rke2r1"
RKE2 = "#!/bin/sh\necho 'rke2 version %s (0badc0de)'\n"


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallNode:
    node = small_node(tmp_path / "node")
    monkeypatch.setenv("PATH", on_path(node))
    monkeypatch.setattr(rke2_info, "Rke2Node", functools.partial(Rke2Node, root=str(node.root)))
    return node


def read(run: Run, role: str = "server", **more: Any) -> dict[str, Any]:
    facts: dict[str, Any] = run(rke2_info, {"role": role, **more})["rke2"]
    return facts


def running(node: SmallNode, installed: str = VERSION, ticks: int = 100) -> None:
    """A process 4242 of a release, started that many ticks after the boot at 1000."""
    binary = node.program("usr/local/bin/rke2", RKE2 % installed)
    node.unit("rke2-server.service", LoadState="loaded", ActiveState="active", UnitFileState="enabled", MainPID="4242")
    process = node.root / "proc/4242"
    process.mkdir(parents=True, exist_ok=True)
    (process / "exe").symlink_to(binary)
    (process / "stat").write_text("4242 (rke2 (server)) S " + " ".join(["0"] * 18) + f" {ticks} 0\n")


def test_an_empty_node_is_told_as_such(node: SmallNode, run: Run) -> None:
    assert read(run) == {
        "installed": "",
        "running": "",
        "prefix": "",
        "release_sha256": "",
        "active": "inactive",
        "enabled": False,
        "other_role_active": False,
        "restart_reasons": [],
        "member": False,
        "registered": False,
        "ca_sha256": "",
        "config": "",
        "supervisors": {},
    }


def test_a_member_at_work_needs_nothing(node: SmallNode, run: Run) -> None:
    running(node)
    os.utime(node.put("etc/rancher/rke2/config.yaml", "cni: canal\ntoken: very-secret\n"), (900, 900))
    node.put("var/lib/rancher/rke2/server/db/etcd/name", "n1-1234\n")
    node.put("var/lib/rancher/rke2/server/tls/server-ca.crt", "CA")
    found = read(run, probe=["192.0.2.1"])
    assert (found["installed"], found["running"], found["prefix"]) == (VERSION, VERSION, "/usr/local")
    assert (found["member"], found["registered"], found["enabled"]) == (True, True, True)
    assert (found["restart_reasons"], found["supervisors"]) == ([], {})
    assert found["config"] == "cni: canal\ntoken: '***'\n"
    assert len(found["ca_sha256"]) == 64


def test_a_configuration_younger_than_the_process_is_a_reason(node: SmallNode, run: Run) -> None:
    running(node)
    os.utime(node.put("etc/rancher/rke2/config.yaml", "debug: true\n"), (2000, 2000))
    assert read(run)["restart_reasons"] == ["its configuration was changed after it started"]


def test_what_was_noted_at_the_start_outweighs_the_file_s_time(node: SmallNode, run: Run) -> None:
    running(node)
    os.utime(node.put("etc/rancher/rke2/config.yaml", "debug: true\n"), (2000, 2000))
    Rke2Node(lambda _command: (0, "", ""), root=str(node.root)).note_start("server")
    assert read(run)["restart_reasons"] == []
    os.utime(node.put("etc/rancher/rke2/config.yaml.d/90-x.yaml", "debug: false\n"), (2001, 2001))
    assert read(run)["restart_reasons"] == ["its configuration was changed after it started"]


def test_a_release_that_was_replaced_is_a_reason(node: SmallNode, run: Run) -> None:
    running(node)
    (node.root / "proc/4242/exe").unlink()
    (node.root / "proc/4242/exe").symlink_to(node.program("old", RKE2 % "v1.34.1+rke2r1"))
    assert read(run)["restart_reasons"] == [f"runs v1.34.1+rke2r1, installed is {VERSION}"]


def test_a_supervisor_that_does_not_answer_has_no_authority(node: SmallNode, run: Run) -> None:
    assert read(run, probe=["127.0.0.1"], join_port=1)["supervisors"] == {"127.0.0.1": ""}


def test_the_other_role_is_noticed(node: SmallNode, run: Run) -> None:
    running(node)
    assert read(run, role="agent")["other_role_active"] is True


def test_the_digest_of_the_installed_release_is_read_where_it_was_noted(node: SmallNode, run: Run) -> None:
    receipt = node.root / "var/lib/ironacre/rke2/v1/installed.sha256"
    receipt.parent.mkdir(parents=True)
    receipt.write_text(f"{'a' * 64}\n")
    assert read(run, install_dir="/var/lib/ironacre/rke2/v1")["release_sha256"] == "a" * 64
