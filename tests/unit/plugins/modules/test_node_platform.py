from __future__ import annotations

import functools
import os
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.operating_system import OperatingSystem
from ansible_collections.ironacre.hci.plugins.modules import node_platform
from tests.unit.node_programs import SmallNode, on_path, small_node
from tests.unit.running import Run


@pytest.fixture
def node(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> SmallNode:
    node = small_node(tmp_path / "node")
    node.put("proc/sys/net/ipv4/ip_forward", "0\n")
    node.put("proc/filesystems", "nodev\toverlay\n")
    node.program("bin/timedatectl", "#!/bin/sh\necho no\n")
    monkeypatch.setenv("PATH", on_path(node))
    monkeypatch.setattr(node_platform, "OperatingSystem", functools.partial(OperatingSystem, root=str(node.root)))
    # Where the module keeps things for the next start is the real /etc: into the small node with it.
    kept = node_platform.kept_files
    monkeypatch.setattr(
        node_platform, "kept_files", lambda wanted: {f"{node.root}{path}": text for path, text in kept(wanted).items()}
    )
    return node


ARGUMENTS: dict[str, Any] = {
    "modules": ["overlay"],
    "sysctls": {"net.ipv4.ip_forward": 1},
    "services": ["iscsid.service"],
    "programs": ["sh"],
    "time": "wanted",
}


def test_a_node_is_brought_there_once(node: SmallNode, run: Run) -> None:
    node.unit("iscsid.service", LoadState="loaded", ActiveState="inactive")
    first = run(node_platform, ARGUMENTS)
    assert first["steps"][:2] == ["set net.ipv4.ip_forward = 1", "start iscsid.service"]
    assert (node.root / "proc/sys/net/ipv4/ip_forward").read_text() == "1"
    assert node.calls("enable") == ["enable --now iscsid.service"]
    assert first["notes"] == ["the clock is not synchronized"]
    node.unit("iscsid.service", LoadState="loaded", ActiveState="active")
    assert run(node_platform, ARGUMENTS)["changed"] is False


def test_all_faults_are_told_before_anything_is_changed(node: SmallNode, run: Run) -> None:
    arguments = {**ARGUMENTS, "programs": ["iscsiadm-that-is-not-there"], "kvm": "required"}
    failed = run(node_platform, arguments, fails=True)
    assert [finding["place"] for finding in failed["findings"]] == [
        "program iscsiadm-that-is-not-there",
        "unit iscsid.service",
        "/dev/kvm",
    ]
    assert (node.root / "proc/sys/net/ipv4/ip_forward").read_text() == "0\n"
    assert not (node.root / "etc").exists()


def test_check_mode_tells_the_same_and_changes_nothing(node: SmallNode, run: Run) -> None:
    node.unit("iscsid.service", LoadState="loaded", ActiveState="inactive")
    assert run(node_platform, ARGUMENTS, check=True)["steps"][0] == "set net.ipv4.ip_forward = 1"
    assert (node.root / "proc/sys/net/ipv4/ip_forward").read_text() == "0\n"


def test_a_module_that_is_built_in_counts(node: SmallNode, run: Run) -> None:
    release = os.uname().release
    node.put(f"lib/modules/{release}/modules.builtin", "kernel/drivers/net/vxlan/vxlan.ko\n")
    result = run(node_platform, {"modules": ["vxlan", "overlay"], "shared_kernel": True})
    assert result["notes"] == []
