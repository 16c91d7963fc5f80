"""A claim is taken for a disk only when it says that it is that disk's: against a real API server."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.cdi_upload import CdiUpload
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.claim_target import ClaimTarget
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.import_target import ImportTarget
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.volume_digest import VolumeDigest
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import PREFIX

OWN = {f"{PREFIX}/vm": "42371a2b", f"{PREFIX}/disk": "2000", f"{PREFIX}/capacity": "1048576"}
NAMESPACE = "default"
# A claim that is deleted stays while nobody takes its protection away.
NUMBERS = itertools.count()
Claim = Callable[..., dict[str, Any]]


@pytest.fixture
def api(kubeconfig: Path) -> Iterator[KubernetesApi]:
    client = KubernetesApi(load_connection(str(kubeconfig)))
    yield client
    client.close()


@pytest.fixture
def target(api: KubernetesApi) -> ClaimTarget:
    plain = ImportTarget(api, CdiUpload(api, ""), NAMESPACE, VolumeDigest(api, NAMESPACE, "web01", ""))
    return ClaimTarget(api, NAMESPACE, plain)


@pytest.fixture
def claim() -> Claim:
    name = f"web{next(NUMBERS)}-disk0"

    def made(annotations: dict[str, str], **metadata: Any) -> dict[str, Any]:
        return {
            "apiVersion": "v1",
            "kind": "PersistentVolumeClaim",
            "metadata": {"name": name, "namespace": NAMESPACE, "annotations": annotations, **metadata},
            "spec": {"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "1048576"}}},
        }

    return made


def version(api: KubernetesApi, claim: dict[str, Any]) -> str:
    found = api.get("PersistentVolumeClaim", claim["metadata"]["name"], NAMESPACE)
    assert found
    return str(found["metadata"]["resourceVersion"])


def test_a_claim_is_made_once_and_found_again(api: KubernetesApi, target: ClaimTarget, claim: Claim) -> None:
    target.allocate(claim(OWN))
    before = version(api, claim(OWN))
    target.allocate(claim(OWN))
    assert version(api, claim(OWN)) == before


@pytest.mark.parametrize("key", OWN)
def test_a_claim_of_something_else_is_refused_and_left_as_it_is(
    api: KubernetesApi, target: ClaimTarget, claim: Claim, key: str
) -> None:
    api.create(claim({**OWN, key: "another"}))
    before = version(api, claim(OWN))
    with pytest.raises(PlatformError, match=rf"belongs to something else \({key} differ\); choose another target name"):
        target.allocate(claim(OWN))
    assert version(api, claim(OWN)) == before


def test_a_claim_that_says_nothing_of_its_disk_is_refused(
    api: KubernetesApi, target: ClaimTarget, claim: Claim
) -> None:
    api.create(claim({}))
    with pytest.raises(PlatformError, match="belongs to something else"):
        target.allocate(claim(OWN))


def test_the_volume_of_an_upload_is_not_written_behind_its_back(
    api: KubernetesApi, target: ClaimTarget, claim: Claim
) -> None:
    owner = {"apiVersion": "cdi.kubevirt.io/v1beta1", "kind": "DataVolume", "name": "web01-disk0", "uid": "1-2-3"}
    api.create(claim(OWN, ownerReferences=[owner]))
    with pytest.raises(PlatformError, match="is the volume of an upload through CDI; cancel that import first"):
        target.allocate(claim(OWN))
