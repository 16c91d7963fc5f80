"""The other end of the cables, and shorthands. Standard library only.

A network namespace `sw` is the switch: a bond in it is a real LACP partner.
"""

from __future__ import annotations

import json
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import change, probes
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.examine import Examination, examine
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.journal import Journal
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.links import Links
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.transaction import Transaction
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, read

JOURNAL = Journal()
SETTINGS = {"timeout": 60, "on_failure": "leave", "keep": 50}


def sh(line: str, check: bool = True) -> str:
    """Run a line; its output. AssertionError with what it said when it fails."""
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{line}: {done.returncode}: {done.stdout}{done.stderr}"
    return done.stdout


def until(holds: Callable[[], bool], limit: float = 180.0) -> bool:
    """Ask until it holds or the limit is over, which is for what never comes: a busy host gives little of itself."""
    end = time.monotonic() + limit
    while not holds():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


def switch(ports: int = 2, lacp: bool = True, mtu: int = 9000, names: str = "eno") -> None:
    """Cables eno1.. to the switch, which aggregates them and answers at 10.0.100.1 in VLAN 100."""
    unplug()
    sh("ip netns add sw")
    for number in range(1, ports + 1):
        sh(f"ip link add {names}{number} address 02:00:00:00:01:0{number} type veth peer name s{number} netns sw")
    if lacp:
        sh("ip -n sw link add swb type bond mode 802.3ad miimon 100 lacp_rate fast")
        for number in range(1, ports + 1):
            sh(f"ip -n sw link set s{number} master swb; ip -n sw link set s{number} up mtu {mtu}")
        sh(f"ip -n sw link set swb up mtu {mtu}")
        gateway("swb")


def gateway(base: str, vid: int = 100, address: str = "10.0.100.1/24") -> None:
    """The switch answers in a VLAN."""
    sh(
        f"ip -n sw link add link {base} name {base}.{vid} type vlan id {vid}; "
        f"ip -n sw addr add {address} dev {base}.{vid}; ip -n sw link set {base}.{vid} up"
    )


def unplug() -> None:
    """No switch, no links of ours, no files, no journal."""
    folders = "/etc/systemd/network /etc/netplan /run/systemd/network /etc/NetworkManager/system-connections"
    sh(f"rm -rf /var/lib/ironacre; for folder in {folders}; do rm -rf $folder/*; done")
    sh("ip netns del sw", check=False)
    for link in json.loads(sh("ip -j link")):
        if link["ifname"] != "lo":
            sh(f"ip link del {link['ifname']}", check=False)


@contextmanager
def daemon(command: str, ready: Callable[[], bool]) -> Iterator[subprocess.Popen[bytes]]:
    """A daemon for the time of the block."""
    with Path("/run/daemon.log").open("ab") as log:
        process = subprocess.Popen(command.split(), stdout=log, stderr=log, start_new_session=True)
    try:
        assert until(ready), Path("/run/daemon.log").read_text()[-2000:]
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(180)


def bus() -> None:
    """The message bus, once."""
    if not Path("/run/dbus/system_bus_socket").exists():
        sh("dbus-daemon --system --fork --nopidfile")


def kernel() -> Kernel:
    """The kernel now."""
    return read(Links().read())


def looked(desired: dict[str, Any], backend: str, scope: str = "managed") -> Examination:
    """Examine without changing."""
    return examine(desired, backend, JOURNAL, Links(), [], scope)


def undone(desired: dict[str, Any], backend: str, **patience: float) -> dict[str, Any]:
    """Apply what a probe refuses; it is not waited for as long as on a node. -> the journal's state."""
    usual = dict(probes.PATIENCE)
    probes.PATIENCE.update(patience)
    try:
        return applied(desired, backend, state="rolled_back")
    finally:
        probes.PATIENCE.update(usual)


def applied(
    desired: dict[str, Any], backend: str, state: str = "applied", scope: str = "managed", **settings: Any
) -> dict[str, Any]:
    """Bring the node there in this very process; -> the journal's state, which must be the expected one."""
    found = looked(desired, backend, scope)
    assert found.changed, "nothing to do"
    spec_settings = {**SETTINGS, **settings}
    txn = written_down(found, spec_settings)
    transaction = Transaction(txn, JOURNAL)
    JOURNAL.mark(txn)
    JOURNAL.note(txn, "armed")
    transaction.apply()
    answer = JOURNAL.state(txn)
    assert answer["state"] == state, json.dumps(answer, indent=1)
    return {**answer, "txn": txn, "examined": found}


def written_down(found: Examination, settings: dict[str, Any]) -> str:
    """The journal's entry of a change, without arming it."""
    return JOURNAL.open(change.spec_of(found, settings))


def kept(desired: dict[str, Any], backend: str, scope: str = "managed") -> dict[str, Any]:
    """Apply and confirm."""
    answer = applied(desired, backend, scope=scope)
    assert Transaction(answer["txn"], JOURNAL).confirm()["state"] == "committed"
    return answer


@contextmanager
def netlink_events() -> Iterator[list[str]]:
    """What `ip monitor` told during the block."""
    with subprocess.Popen(["ip", "monitor", "link", "address", "route"], stdout=subprocess.PIPE, text=True) as process:
        time.sleep(0.5)
        told: list[str] = []
        yield told
        time.sleep(0.5)
        process.send_signal(signal.SIGTERM)
        assert process.stdout
        told.extend(line for line in process.stdout.read().splitlines() if line.strip())


def ping(address: str, *more: str) -> bool:
    """One echo answered within a second."""
    return (
        subprocess.run(["ping", "-c1", "-W1", "-n", *more, address], capture_output=True, check=False).returncode == 0
    )


def udev() -> None:
    """The device manager, as on a node: NetworkManager takes only devices over that it has seen."""
    sh("mount -o remount,rw /sys; mountpoint -q /dev || mount -t devtmpfs devtmpfs /dev")
    sh("/lib/systemd/systemd-udevd --daemon; udevadm trigger --action=add --subsystem-match=net; udevadm settle -t 30")
