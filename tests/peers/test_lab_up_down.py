"""The lab itself: up makes a rack that answers, up again changes nothing, down leaves nothing, a crash is cleaned."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from lab import sysctls
from lab.build.cache import locked
from tests.peers.lab_copy import LabCopy, why_not

pytestmark = pytest.mark.skipif(bool(why_not()), reason=why_not())

SSH = ("ssh", "-i", ".lab/id_ed25519", "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=.lab/known_hosts")


@pytest.fixture
def lab() -> Iterator[LabCopy]:
    lab = LabCopy.make("up-down")
    yield lab
    lab.end()


def pids(lab: LabCopy) -> dict[str, str]:
    """Return the process ids of everything that runs."""
    folder = Path("/var/lib/ironacre-lab") / lab.id
    return {str(path): path.read_text() for path in (*folder.glob("run/*"), *folder.glob("hosts/*/pid"))}


def original() -> dict[str, str]:
    """Return the kernel's settings as they are without any lab. Another one may be up, and go at any moment."""
    with locked(sysctls.LOCK):
        old = sysctls.load()["old"] if sysctls.load()["labs"] else {}
        return {name: old.get(name, sysctls.current(name)) for name in (*sysctls.WANTED, *sysctls.AT_LEAST)}


def test_up_answers_and_down_leaves_nothing(lab: LabCopy) -> None:
    before = original()
    network = Path("/proc/self/net/dev").read_text().count(":")
    lab.ask("up", "--bare")
    assert {"boot1": "up", "n1": "up", "m1": "off", "bmc-m1": "up"}.items() <= lab.status().items()
    assert lab.controller(*SSH, "root@172.31.70.12", "hostname").strip() == "n2"
    running = pids(lab)
    lab.ask("up", "--bare")
    assert pids(lab) == running
    assert Path("/proc/self/net/dev").read_text().count(":") == network
    lab.ask("down")
    assert {what: left for what, left in lab.remains().items() if left} == {}
    assert original() == before and lab.id not in sysctls.load()["labs"]


def test_a_dead_host_starts_again_with_its_disk_and_a_reset_one_without(lab: LabCopy) -> None:
    lab.ask("up", "--bare")
    remote = (*SSH, "root@172.31.70.11")
    lab.controller(*remote, "touch /root/kept /var/lib/kubelet/kept")
    lab.ask("off", "n1")
    assert lab.status()["n1"] == "down"
    lab.ask("up", "--bare")
    assert lab.controller(*remote, "ls -d /root/kept /var/lib/kubelet/kept").count("kept") == 2
    lab.ask("reset", "n1")
    assert lab.controller(*remote, "find /root/kept /var/lib/kubelet -type f 2>/dev/null; true").split() == []


def test_up_cleans_a_lab_that_crashed(lab: LabCopy) -> None:
    lab.ask("up", "--bare")
    for line in pids(lab).values():
        os.kill(int(line.split()[0]), signal.SIGKILL)
    lab.ask("up", "--bare")
    assert lab.controller(*SSH, "root@172.31.70.13", "hostname").strip() == "n3"
    assert set(lab.status().values()) == {"up", "off"}
