from __future__ import annotations

from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.stall import explain_stall


def pod(name: str, **status: Any) -> dict[str, Any]:
    return {"metadata": {"name": name}, "spec": {"nodeName": "n1"}, "status": status}


def waiting(reason: str, message: str = "") -> dict[str, Any]:
    return {"name": "main", "state": {"waiting": {"reason": reason, "message": message}}}


def event(reason: str, moment: str, kind: str = "Warning") -> dict[str, Any]:
    about = {"kind": "Pod", "name": "x"}
    return {"type": kind, "reason": reason, "message": "m", "lastTimestamp": moment, "involvedObject": about}


def test_a_pod_that_cannot_start_is_named_with_its_node_and_reason() -> None:
    pods = [
        pod("good", containerStatuses=[{"name": "main", "state": {"running": {}}}]),
        pod("starting", containerStatuses=[waiting("ContainerCreating")]),
        pod("bad", containerStatuses=[waiting("ErrImageNeverPull", "image x is not there")]),
        pod("init", initContainerStatuses=[waiting("CrashLoopBackOff")]),
    ]
    assert explain_stall(pods, []) == [
        "pod bad on n1: main ErrImageNeverPull image x is not there",
        "pod init on n1: main CrashLoopBackOff",
    ]


def test_a_pod_without_a_node_says_what_the_scheduler_said() -> None:
    conditions = [{"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}]
    assert explain_stall([pod("p", conditions=conditions)], []) == ["pod p is not scheduled: 0/3 nodes are available"]


def test_of_a_long_message_the_end_is_kept_where_the_cause_is() -> None:
    long = {**event("Failed", ""), "message": "Failed to create pod sandbox: " + "x" * 400 + " no such file"}
    (line,) = explain_stall([], [long])
    assert line.startswith("Pod x: Failed: Failed to create pod sandbox")
    assert line.endswith("no such file")
    assert len(line) < 300


def test_warnings_come_newest_first_once_and_not_without_end() -> None:
    events = [event("Old", "2026-11-21T10:00:00Z"), event("New", "2026-11-21T11:00:00Z")] * 5
    assert explain_stall([], [*events, event("Fine", "2026-11-21T12:00:00Z", "Normal")]) == [
        "Pod x: New: m",
        "Pod x: Old: m",
    ]
    many = [event(f"R{number}", "") for number in range(20)]
    assert len(explain_stall([], many)) == 8
