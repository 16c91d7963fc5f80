"""Archives and images through the receiver's own program into a real API server: killed, mended, cancelled."""

from __future__ import annotations

import json
import pathlib
import random
import subprocess
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest

from tests.assets.machines import make_ova, stream_optimized
from tests.peers.cdi_standin import platform
from tests.peers.kube_api import api_server
from tests.peers.peers import needs
from tests.peers.receiver_node import ReceiverNode, receiver_node
from tests.peers.test_import_cluster import FILES, MIB, RAW, VM, Bench

KINDS = ("PersistentVolumeClaim", "ConfigMap", "Secret", "Service", "Pod", "DataVolume", "Lease")


@dataclass
class Site:
    bench: Bench
    node: ReceiverNode

    def options(self, name: str, path: pathlib.Path, **changes: Any) -> dict[str, Any]:
        files = {"sink": "receiver", "receiver": {"url": f"127.0.0.1:{self.node.port}"}, "verify": {}}
        return {**self.bench.options(name, path), **files, **changes}

    def run(self, name: str, path: pathlib.Path, **changes: Any) -> dict[str, Any]:
        return self.bench.run("vm_import", **self.options(name, path, **changes))

    def disks(self, name: str) -> list[bytes]:
        return [self.node.volume(f"{name}-disk{number}").read_bytes() for number in (0, 1)]

    def left(self, name: str) -> list[str]:
        found = [item["metadata"]["name"] for kind in KINDS for item in self.bench.platform.api.list(kind, "vms")]
        return [item for item in found if name in item]


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    with (
        api_server(folder) as kubeconfig,
        platform(kubeconfig, folder) as running,
        receiver_node(kubeconfig, folder / "node") as node,
    ):
        yield Site(Bench(running, kubeconfig, folder), node)


def unpacked(folder: pathlib.Path) -> pathlib.Path:
    with tarfile.open(make_ova(folder / "web01.ova", VM, FILES)) as tar:
        tar.extractall(folder / "ovf")  # our own archive, made a moment ago
    return folder / "ovf"


def image(folder: pathlib.Path) -> pathlib.Path:
    needs("qemu-img", "qemu-nbd")
    (folder / "raw").write_bytes(RAW[0])
    command = ["qemu-img", "convert", "-f", "raw", "-O", "qcow2", str(folder / "raw"), str(folder / "web.qcow2")]
    subprocess.run(command, check=True)
    return folder / "web.qcow2"


@pytest.mark.parametrize("kind", ["ova", "ovf"])
def test_an_archive_lands_byte_for_byte_and_the_second_run_changes_nothing(
    site: Site, tmp_path: pathlib.Path, kind: str
) -> None:
    path = unpacked(tmp_path) if kind == "ovf" else make_ova(tmp_path / "web01.ova", VM, FILES)
    found = site.run(kind, path)
    assert (found["changed"], found["phase"]) == (True, "done"), found
    assert site.disks(kind) == RAW and all(disk["verified"] for disk in found["disks"])
    assert found["downtime_s"] == 0
    claims = [f"{kind}-disk0", f"{kind}-disk1"]
    journal = [f"vmcheckpoint-{kind}-disk0", f"vmcheckpoint-{kind}-disk1", f"vmimport-{kind}"]
    assert sorted(site.left(kind)) == sorted([*claims, *journal])
    second = site.run(kind, path)
    assert (second["changed"], second["phase"]) == (False, "done")


def test_an_image_lands_byte_for_byte(site: Site, tmp_path: pathlib.Path) -> None:
    found = site.run("image", image(tmp_path), overrides={"memory_mib": 64})
    assert found["phase"] == "done", found
    assert site.node.volume("image-disk0").read_bytes() == RAW[0]


def test_an_import_that_was_killed_moves_only_what_is_missing(site: Site, tmp_path: pathlib.Path) -> None:
    large = random.Random("large").randbytes(96 * MIB)
    disks = (VM.disks[0], replace(VM.disks[1], capacity=len(large)))
    files = {**FILES, "disk1.vmdk": stream_optimized(large)}
    path = make_ova(tmp_path / "web01.ova", replace(VM, disks=disks), files)
    process = site.bench.start("vm_import", site.options("killed", path))
    api = site.bench.platform.api

    def first_is_there() -> bool:
        journal = api.get("ConfigMap", "vmimport-killed", "vms") or {"data": {"state": "{}"}}
        return "d0" in json.loads(journal["data"]["state"]).get("disks", {})

    while process.poll() is None and not first_is_there():
        site.bench.platform.end.wait(0.01)
    assert process.poll() is None, process.communicate()
    site.bench.kill(process)
    found = site.run("killed", path)
    assert found["phase"] == "done", found
    assert site.node.volume("killed-disk0").read_bytes() == RAW[0]
    assert site.node.volume("killed-disk1").read_bytes() == large
    # Six MiB of the first disk are data: one more byte than the second one has would be one of them.
    assert 0 < found["rounds"][-1]["bytes_sent"] <= len(large)


def test_a_broken_archive_is_refused_and_the_mended_one_goes_on(site: Site, tmp_path: pathlib.Path) -> None:
    path = make_ova(tmp_path / "web01.ova", VM, FILES, wrong="disk1.vmdk")
    found = site.run("broken", path)
    assert found["failed"] and "web01.ova" in found["msg"]
    assert site.bench.platform.api.get("VirtualMachine", "broken", "vms") is None
    make_ova(path, VM, FILES)
    found = site.run("broken", path)
    assert found["phase"] == "done" and site.disks("broken") == RAW, found
    # The first disk is there; of the second one, whose stream broke, nothing was flushed.
    assert found["rounds"][-1]["bytes_sent"] == 6 * MIB + 512


def test_an_import_is_cancelled_although_its_archive_is_gone(site: Site, tmp_path: pathlib.Path) -> None:
    path = make_ova(tmp_path / "web01.ova", VM, FILES, wrong="disk1.vmdk")
    assert site.run("gone", path)["failed"]
    path.unlink()
    assert site.run("gone", path, state="absent")["changed"]
    assert site.left("gone") == []


@pytest.mark.parametrize("state", ["precopied", "rolled_back"])
def test_files_cannot_be_copied_ahead_or_given_back(site: Site, tmp_path: pathlib.Path, state: str) -> None:
    found = site.run("files", make_ova(tmp_path / "web01.ova", VM, FILES), state=state)
    assert f"{state} needs a source whose machine can be asked to stop" in found["msg"]
