"""What an import makes, against the schemas of KubeVirt and CDI themselves in a real API server."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubeconfig import load_connection
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import KubernetesApi
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.mapping import render
from tests.assets.estates import some_machine, some_settings
from tests.peers import crds
from tests.peers.kube_api import api_server

Object = dict[str, Any]


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KubernetesApi]:
    machine, volume = crds.virtual_machine(), crds.data_volume()
    with api_server(tmp_path_factory.mktemp("api")) as path:
        api = KubernetesApi(load_connection(str(path)))
        api.create({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "vms"}})
        crds.install(api, "virtualmachines.kubevirt.io", machine)
        crds.install(api, "datavolumes.cdi.kubevirt.io", volume)
        yield api


@pytest.mark.parametrize("seed", range(60))
def test_import_whatever_is_rendered_is_taken(api: KubernetesApi, seed: int) -> None:
    vm = some_machine(seed)
    rendered = render(vm, some_settings(seed, vm))
    bodies = [rendered.machine, *rendered.volumes]
    assert [found for body in bodies if (found := crds.refused(api, body))] == []


def changed(path: str, value: Any) -> Object:
    body = deepcopy(render(some_machine(1), some_settings(1, some_machine(1))).machine)
    place = body["spec"]["template"]["spec"]
    *way, last = path.split(".")
    for step in way:
        place = place.setdefault(step, {}) if isinstance(place, dict) else place[int(step)]
    place[last] = value
    return body


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("domain.cpu.thread", 1, "thread"),
        ("networkName", "vlan10", "networkName"),
        ("domain.cpu.sockets", "two", "sockets"),
        ("domain.memory.guest", True, "guest"),
        ("domain.firmware.bootloader.efi", {"secure": False}, "secure"),
        ("domain.devices.disks", [{"disk": {"bus": "sata"}}], "name"),
        ("domain.devices.interfaces", [{"name": "net0", "binding": "macvtap"}], "binding"),
        ("domain.devices.interfaces", [{"name": "net0", "srIov": {}}], "srIov"),
    ],
)
def test_the_schema_can_say_no(api: KubernetesApi, path: str, value: Any, told: str) -> None:
    assert told in crds.refused(api, changed(path, value))
