"""The converted guest came up on virtio, which it could not before, and its volume says what was done to it."""

from __future__ import annotations

import json

from kube import api, custom, heard

from lab.conversion import NAME, NAMESPACE
from lab.recipes.conversion import ALIVE

testinfra_hosts = ["local://"]

SECONDS = 900.0


def test_the_guest_has_its_root_on_virtio() -> None:
    assert f"{ALIVE} root=/dev/vda1 " in heard(NAMESPACE, NAME, SECONDS, ALIVE)
    machines = custom("kubevirt.io", "v1", "virtualmachines", NAMESPACE)
    disks = machines[0]["spec"]["template"]["spec"]["domain"]["devices"]["disks"]
    assert [disk["disk"]["bus"] for disk in disks] == ["virtio"]


def test_the_claim_tells_what_was_found() -> None:
    claim = api().read_namespaced_persistent_volume_claim(f"{NAME}-disk0", NAMESPACE)
    told = {key.rpartition("/")[2]: value for key, value in claim.metadata.annotations.items()}
    assert told["converted"] and json.loads(told["inspection"])["virtio"] is True
