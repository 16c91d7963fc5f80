"""Whole moves from a simulated vCenter into a real API server through the receiver's own program.

Power safety is judged by the simulator's journal: what was asked of the source, in its order.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.peers.cdi_standin import platform
from tests.peers.kube_api import api_server
from tests.peers.receiver_node import ReceiverNode, receiver_node
from tests.peers.test_import_cluster import Bench
from tests.peers.vcenter_estate import MIB, image
from tests.peers.vcenter_sim import VcenterSim, serving

NAMES = ("warm", "cold", "killed", "back", "checked", "gone", "reset", "lied")


@dataclass
class Site:
    """A source and a cluster."""

    bench: Bench
    node: ReceiverNode
    vcenter: VcenterSim

    def options(self, name: str, **changes: Any) -> dict[str, Any]:
        source = {
            "hostname": self.vcenter.host,
            "port": self.vcenter.port,
            "username": self.vcenter.username,
            "password": self.vcenter.password,
            "ca_path": str(self.vcenter.ca),
            "vm": name,
        }
        plain = {
            "name": name,
            "source": source,
            "target": {"namespace": "vms"},
            "mapping": {"networks": [{"source": "VLAN 10", "target": "pod"}]},
            "receiver": {"url": f"127.0.0.1:{self.node.port}"},
            "delta_threshold_mib": 1,
            "wait_timeout": 120,
        }
        return {**plain, **changes}

    def run(self, name: str, **changes: Any) -> dict[str, Any]:
        return self.bench.run("vm_import", **self.options(name, **changes))

    def asked(self, name: str) -> list[str]:
        """What was asked of the source that changes it, in order."""
        return [method for method, machine in self.vcenter.changes() if machine == name]

    def power(self, name: str) -> str:
        return str(self.vcenter.machines()[name]["power"])

    def equal(self, name: str) -> bool:
        return self.node.volume(f"{name}-disk0").read_bytes() == self.vcenter.content(name)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    disk = {"backing": str(image(folder / "raw"))}
    machines = [
        {
            "name": name, "power": "on", "change_tracking": True, "memory_mib": 64, "disks": [disk],
            "nics": [{"network": "VLAN 10", "mac": f"00:50:56:00:00:{number:02x}", "mac_type": "manual"}],
        }
        for number, name in enumerate(NAMES)
    ]  # fmt: skip
    estate = {
        "hosts": [{"name": "esx1", "cluster": "c1"}],
        "datastores": [{"name": "ds1"}],
        "networks": [{"name": "VLAN 10"}],
        "machines": machines,
    }
    with (
        serving(folder / "vcenter", estate) as vcenter,
        api_server(folder) as kubeconfig,
        platform(kubeconfig, folder) as running,
        receiver_node(kubeconfig, folder / "node") as node,
    ):
        yield Site(Bench(running, kubeconfig, folder), node, vcenter)


def test_import_warm_copies_a_running_machine_and_cuts_over_with_the_rest(site: Site) -> None:
    first = site.run("warm", state="precopied")
    assert (first["phase"], first["method"]) == ("precopied", "warm"), first
    assert site.power("warm") == "poweredOn" and not site.vcenter.machines()["warm"]["snapshots"]
    assert not site.bench.platform.api.get("VirtualMachine", "warm", "vms")
    site.vcenter.scribble("warm", seed=4, pieces=6, bytes=5000)
    read = sum(one["bytes_read"] for one in first["rounds"])
    found = site.run("warm")
    assert (found["changed"], found["phase"]) == (True, "done"), found
    assert site.equal("warm") and site.power("warm") == "poweredOff"
    asked = site.asked("warm")
    assert "PowerOnVM_Task" not in asked and "Destroy_Task" not in asked and "UnregisterVM" not in asked
    assert sum(one["bytes_read"] for one in found["rounds"]) - read <= 8 * MIB
    assert not site.vcenter.machines()["warm"]["snapshots"] and not any(site.vcenter.machines()["warm"]["connected"])
    assert found["disks"][0]["verified"] and found["downtime_s"] > 0
    second = site.run("warm")
    assert not second["changed"] and site.asked("warm") == asked
    assert site.bench.platform.api.list("Pod", "vms") == []


def test_import_cold_shuts_down_first(site: Site) -> None:
    found = site.run("cold", method="cold")
    assert (found["phase"], found["method"]) == ("done", "cold"), found
    assert site.equal("cold") and "CreateSnapshot_Task" not in site.asked("cold")
    info = site.bench.run("vm_import_info", namespace="vms", name="cold")["imports"][0]
    progress = next(iter(info["progress"].values()))
    assert info["phase"] == "done" and progress["done"] == progress["total"] > 0


def test_import_check_mode_changes_neither_side(site: Site) -> None:
    before = len(site.vcenter.changes())
    found = site.run("checked", _ansible_check_mode=True)
    assert found["changed"] and found["volumes"][0]["kind"] == "PersistentVolumeClaim", found
    assert found["machine"]["spec"]["template"]["spec"]["volumes"][0]["persistentVolumeClaim"]
    assert len(site.vcenter.changes()) == before
    assert not site.bench.platform.api.get("ConfigMap", "vmimport-checked", "vms")


def test_import_killed_at_random_points_goes_on_and_never_lets_two_copies_run(site: Site) -> None:
    chance = random.Random(11)
    for _round in range(6):
        process = site.bench.start("vm_import", site.options("killed"))
        wanted = len(site.asked("killed")) + chance.randrange(1, 3)
        pause = chance.random() / 2
        while process.poll() is None and len(site.asked("killed")) < wanted:
            site.bench.platform.end.wait(0.01)
        site.bench.platform.end.wait(pause)
        site.bench.kill(process)
        if site.bench.platform.api.get("VirtualMachineInstance", "killed", "vms"):
            assert site.power("killed") == "poweredOff"
    found = site.run("killed")
    assert found["phase"] == "done", found
    assert site.equal("killed") and not site.vcenter.machines()["killed"]["snapshots"]
    assert "PowerOnVM_Task" not in site.asked("killed")


def test_import_rolled_back_gives_the_machine_back_to_its_source(site: Site) -> None:
    assert site.run("back")["phase"] == "done"
    found = site.run("back", state="rolled_back")
    assert found["phase"] == "rolled_back" and "is not at the source" in found["notes"][-1], found
    assert site.power("back") == "poweredOn" and all(site.vcenter.machines()["back"]["connected"])
    machine = site.bench.platform.api.get("VirtualMachine", "back", "vms") or {}
    assert machine["spec"]["runStrategy"] == "Halted"
    assert not site.run("back", state="rolled_back")["changed"]
    with site.node.volume("back-disk0").open("r+b") as file:
        file.write(b"the guest wrote here while it ran in the cluster")
    assert site.run("back")["phase"] == "done" and site.equal("back")


def test_import_cancelled_leaves_the_source_as_it_was_and_nothing_in_the_cluster(site: Site) -> None:
    site.run("gone", state="precopied")
    assert site.run("gone", state="absent")["changed"]
    assert site.power("gone") == "poweredOn" and not site.vcenter.machines()["gone"]["snapshots"]
    api = site.bench.platform.api
    kinds = ("PersistentVolumeClaim", "ConfigMap", "Secret", "Service", "Pod")
    left = [item["metadata"]["name"] for kind in kinds for item in api.list(kind, "vms")]
    assert [name for name in left if "gone" in name] == []


def test_import_compares_everything_when_tracking_began_anew(site: Site) -> None:
    site.run("reset", state="precopied")
    site.vcenter.write("reset", b"written and not tracked", 9 * MIB)
    site.vcenter.reset_changes("reset")
    found = site.run("reset")
    assert found["phase"] == "done" and site.equal("reset"), found
    assert any("track its changes anew" in text for one in found["rounds"] for text in one["compared"])


def test_import_compares_everything_when_told_not_to_believe_the_tracking(site: Site) -> None:
    site.run("lied", state="precopied")
    site.vcenter.write("lied", b"written and not told", 9 * MIB)
    site.vcenter.fault("cbt", "lie")
    believed = site.run("lied", state="precopied")
    assert believed["rounds"][-1]["bytes_read"] == 0, believed["rounds"]
    found = site.run("lied", compare="all")
    assert found["phase"] == "done" and site.equal("lied"), found
    assert found["rounds"][-1]["bytes_sent"] > 0


def test_import_refuses_a_cutover_outside_of_its_window(site: Site) -> None:
    found = site.run("checked", state="cutover", cutover_not_before="2999-01-01T00:00:00Z")
    assert "nothing was stopped" in found["msg"] and site.power("checked") == "poweredOn"
    found = site.run("checked", state="cutover", max_downtime=1)
    assert "max_downtime is 1 s" in found["msg"] and site.power("checked") == "poweredOn"
    assert "lacks its time zone" in site.run("checked", cutover_not_before="2026-12-01T10:00:00")["msg"]
