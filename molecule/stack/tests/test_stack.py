"""The components are healthy by their own word."""

from __future__ import annotations

import pytest
from kube import custom

testinfra_hosts = ["local://"]


@pytest.mark.parametrize(
    ("group", "version", "plural"),
    [("kubevirt.io", "v1", "kubevirts"), ("cdi.kubevirt.io", "v1beta1", "cdis")],
)
def test_an_operator_has_deployed_its_component(group: str, version: str, plural: str) -> None:
    assert [item["status"]["phase"] for item in custom(group, version, plural)] == ["Deployed"]


def test_the_network_for_vms_is_attached() -> None:
    names = [item["metadata"]["name"] for item in custom("k8s.cni.cncf.io", "v1", "network-attachment-definitions")]
    assert "lab" in names
