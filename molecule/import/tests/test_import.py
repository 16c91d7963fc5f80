"""The imported VM runs, and its guest answers over the network."""

from __future__ import annotations

import urllib.request

from kube import custom

testinfra_hosts = ["local://"]


def test_the_vm_runs() -> None:
    found = {
        vm["metadata"]["name"]: vm["status"]["phase"] for vm in custom("kubevirt.io", "v1", "virtualmachineinstances")
    }
    assert found == {"guest1": "Running"}


def test_the_guest_answers() -> None:
    with urllib.request.urlopen("http://172.31.70.5:30080/", timeout=30) as answer:
        assert answer.status == 200
