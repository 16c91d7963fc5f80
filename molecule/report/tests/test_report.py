"""The report tells what runs."""

from __future__ import annotations

from kube import LAB

testinfra_hosts = ["local://"]


def test_the_report_tells_of_the_nodes_and_the_vm() -> None:
    text = (LAB / "rack1-report.html").read_text()
    for told in ("n1", "m1", "guest1", "Running", "Deployed"):
        assert f">{told}<" in text
