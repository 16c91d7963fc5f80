"""Every kind of change through a backend's own daemon: proved after it, after the daemon's restart and after a boot.

Each of these changes is one that at least one daemon leaves undone when only its files are changed and reloaded.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from trunk import trunk
from wire import JOURNAL, Links, bus, daemon, kept, kernel, looked, ping, sh, switch, undone, until

from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.diff import written

LOG = Path("/run/daemon.log")
NETWORKD = "/lib/systemd/systemd-networkd"
MANAGER = "NetworkManager --no-daemon"
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    ("create", trunk([100, "200-209"])),
    ("take VLANs away", trunk([100, "200-204"])),
    ("add a VLAN", trunk([100, "200-204", 300])),
    ("LACP rate", trunk([100, "200-204", 300], lacp_rate="slow")),
    ("LACP rate back, monitor", trunk([100, "200-204", 300], miimon=200)),
    ("MTU down", trunk([100, 300], mtu=1500, miimon=200)),
    ("bond mode", trunk([100, 300], mtu=1500, mode="active-backup", lacp_rate=None)),
    (
        "without the VLAN device",
        {"interfaces": trunk([100, 300], mtu=1500, mode="active-backup", lacp_rate=None)["interfaces"][:4]},
    ),
)
NOTHING: dict[str, Any] = {"interfaces": [{"name": "eno1", "type": "ethernet"}, {"name": "eno2", "type": "ethernet"}]}


def command_of(backend: str) -> tuple[str, Callable[[], bool]]:
    """The daemon and how to see that it answers."""
    if backend == "networkmanager":
        return MANAGER, lambda: "running" in sh("nmcli -t -f RUNNING general 2>/dev/null", check=False)
    return NETWORKD, lambda: "lo" in sh("networkctl --no-legend 2>/dev/null", check=False)


def left(desired: dict[str, Any], backend: str) -> list[str]:
    """What is not as declared, in words."""
    found = looked(desired, backend)
    texts = [f"{one.device} {one.about}: {written(one.have)}, wanted {written(one.want)}" for one in found.found]
    return texts + [
        path
        for path in {**found.files_before, **found.files_after}
        if found.files_before.get(path) != found.files_after.get(path)
    ]


def settled(desired: dict[str, Any], backend: str, when: str) -> None:
    """As declared, by the daemon's own doing."""
    assert until(lambda: not left(desired, backend)), (
        when,
        left(desired, backend),
        Path("/run/daemon.log").read_text()[-1500:],
    )


def each_change(backend: str) -> None:
    """Walk through all changes under one daemon, start it anew under the last, then take everything away."""
    switch()
    bus()
    command, ready = command_of(backend)
    with daemon(command, ready):
        for name, desired in CHANGES:
            settled_before(backend)
            kept(desired, backend)
            assert not left(desired, backend), (name, left(desired, backend))
            if "LACP" in name or name == "create":
                assert until(lambda: ping("10.0.100.1")), (
                    name,
                    sh("ip -br a; bridge vlan; cat /proc/net/bonding/bond0"),
                )
    restarted(CHANGES[-1][1], backend, "the last change")
    with daemon(command, ready):
        settled_before(backend)
        kept(NOTHING, backend)
        links = kernel().links
        assert not {"bond0", "br-vm", "br-vm.100"} & set(links), sorted(links)
        assert links["eno1"].master is None


def restarted(desired: dict[str, Any], backend: str, name: str) -> None:
    """The daemon starts anew and leaves, or makes, all as declared.

    On a busy host the clock of this kernel jumps and networkd gives its calls up ("Connection timed out"):
    only then it gets another start.
    """
    command, ready = command_of(backend)
    for attempt in range(3):
        size = LOG.stat().st_size if LOG.exists() else 0
        with daemon(command, ready):
            if until(lambda: not left(desired, backend), 40):
                return
            told = LOG.read_text()[size:]
            assert "timed out" in told and attempt < 2, (name, left(desired, backend), told[-1500:])


def settled_before(backend: str) -> None:
    """Let the daemon take its links over before it is asked for a change."""
    if backend == "networkmanager":
        until(lambda: "connecting" not in sh("nmcli -t -f STATE device", check=False), 20)
        return
    busy = {"configuring", "pending", "initialized"}
    assert until(lambda: not busy & set(sh("networkctl --no-legend", check=False).split())), (
        sh("networkctl --no-legend", check=False),
        LOG.read_text()[-1500:],
    )


def after_a_boot(backend: str) -> None:
    """The files alone bring everything up: the made devices are gone, as after a boot, when the daemon starts."""
    switch()
    bus()
    command, ready = command_of(backend)
    desired = trunk([100, "200-204"])
    with daemon(command, ready):
        kept(desired, backend)
    sh("ip link del br-vm.100; ip link del br-vm; ip link del bond0; ip link set eno1 down; ip link set eno2 down")
    if backend == "netplan":
        sh("netplan generate")
    with daemon(command, ready):
        settled(desired, backend, "after a boot")
        assert until(lambda: ping("10.0.100.1"))


def rolls_back(backend: str) -> None:
    """A probe that fails: files and kernel as before, through the daemon."""
    switch()
    bus()
    command, ready = command_of(backend)
    good = trunk([100, "200-204"])
    with daemon(command, ready):
        kept(good, backend)
        files = looked(good, backend).files_before
        bad = {**trunk([100, 300], lacp_rate="slow", mtu=1500), "probes": [{"tcp": "10.0.100.1:9"}]}
        answer = undone(bad, backend, tcp=2.0)
        assert "10.0.100.1:9" in answer["why"], answer
        assert looked(good, backend).files_before == files
        assert not left(good, backend), left(good, backend)
        assert until(lambda: ping("10.0.100.1"))
        assert JOURNAL.pending() is None and Links()


def have(*programs: str) -> None:
    """The image holds what the scenario needs."""
    lost = [name for name in programs if not shutil.which(name) and not Path(name).exists()]
    assert not lost, f"the image lacks {json.dumps(lost)}"
