"""The smallest import: a machine with one disk and one interface, and a cluster that would take it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.model import Disk, Nic, Vm
from tests.assets.cluster import FakeCluster, fake_cluster
from tests.assets.machines import make_ova, stream_optimized

RAW = b"a" * 65536 + bytes(65536)


def machine(name: str) -> Vm:
    return Vm(
        name,
        memory_mib=64,
        id="w",
        disks=(Disk("d0", len(RAW), "disk0.vmdk", "streamOptimized"),),
        nics=(Nic("300", "VM Network", "vmxnet3", "52:54:00:80:00:21"),),
    )


def archive(path: Path, vm: Vm) -> Path:
    return make_ova(path, vm, {"disk0.vmdk": stream_optimized(RAW)})


@contextmanager
def ready_cluster() -> Iterator[FakeCluster]:
    """It has a default storage class and CDI."""
    with fake_cluster() as server:
        default = {"storageclass.kubernetes.io/is-default-class": "true"}
        server.put("/apis/storage.k8s.io/v1/storageclasses/longhorn", {"metadata": {"annotations": default}})
        server.put("/apis/cdi.kubevirt.io/v1beta1/cdiconfigs/config", {})
        yield server
