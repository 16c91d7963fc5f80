"""Runs the tests of a file, in one boot of a User Mode Linux kernel or at a whole node, and tells their outcomes."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO

from lab.build import cache as build_cache
from lab.build.catalog import all_recipes
from tests.peers.ends import with_parent
from tests.uml import kernel

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
# For a kernel that hangs. A busy host gives one a tenth of a processor: that is slow, and no fault.
LIMIT = int(os.environ.get("IRONACRE_UML_LIMIT", "1800"))


@dataclass(frozen=True)
class Outcome:
    """What became of one test inside."""

    ok: bool
    told: str
    seconds: float


SLOWEST = ("scenario_networkmanager", "scenario_networkd", "node_bonded", "node_plain")
# Each waits more than it computes; with four, two cores are too few for the answers that others wait for.
POOL = ThreadPoolExecutor(max_workers=3)
FUTURES: dict[str, Future[dict[str, Outcome]]] = {}
RUNNING: set[subprocess.Popen[bytes]] = set()


@cache
def root() -> Path:
    """The folder with `tree` and `root.img`, built when it is not there."""
    return build_cache.build(all_recipes(), ["uml_root"])["uml_root"]


def run(name: str, *tests: str) -> dict[str, Outcome]:
    """Run these tests of a file, or all, in a kernel or at a node of their own.

    -> outcome of each; `(boot)` holds what was said on the way.
    """
    with tempfile.TemporaryDirectory(prefix="ironacre-uml-") as folder:
        share = Path(folder)
        console = to_its_end(node if (HERE / f"nodes/{name}.py").exists() else boot, share, name, *tests)
        results = share / "results.json"
        told = json.loads(results.read_text()) if results.exists() else {}
    outcomes = {name: Outcome(**one) for name, one in told.items()}
    return {**outcomes, "(boot)": Outcome(bool(told), console[-6000:], 0.0)}


def to_its_end(begin: Callable[..., subprocess.Popen[bytes]], share: Path, *what: str) -> str:
    """Begin it and wait. -> what it said."""
    console = share / "console"
    with console.open("wb") as out:
        process = begin(share, out, *what)
        RUNNING.add(process)
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            out.write(f"no end within {LIMIT} s\n".encode())
        finally:
            kernel.cut(process)
            RUNNING.discard(process)
    return console.read_text(errors="replace")


def boot(share: Path, out: IO[bytes], scenario: str, *tests: str) -> subprocess.Popen[bytes]:
    """A kernel that runs a scenario and ends."""
    (share / "init").write_text(INIT.format(scenario=scenario, checkout=CHECKOUT, tests=" ".join(tests)))
    (share / "init").chmod(0o755)
    arguments = [
        "mem=384M",
        "root=/dev/root",
        "rootfstype=hostfs",
        f"rootflags={root() / 'tree'}",
        "ro",
        "con=null",
        "con0=null,fd:1",
        "con1=null",
        "quiet",
        "init=/sbin/ironacre-lane",
        f"ironacre.share={share}",
    ]
    return kernel.start(arguments, out, share)


def node(share: Path, out: IO[bytes], name: str, *tests: str) -> subprocess.Popen[bytes]:
    """A process that runs the tests of a file at a whole node."""
    argv = [sys.executable, "-m", "tests.uml.node", str(HERE / f"nodes/{name}.py"), str(share / "results.json")]
    return subprocess.Popen(
        [*argv, *tests],
        stdin=subprocess.DEVNULL,
        stdout=out,
        stderr=out,
        cwd=CHECKOUT,
        start_new_session=True,
        preexec_fn=with_parent,
    )


def ahead(names: Iterable[str]) -> None:
    """Begin all of them, the slowest first."""
    for name in sorted(dict.fromkeys(names), key=lambda name: (*SLOWEST, name).index(name)):
        FUTURES[name] = POOL.submit(run, name)


def outcomes(name: str) -> dict[str, Outcome]:
    """Those of a file that `ahead` has begun."""
    return FUTURES[name].result()


def end() -> None:
    """Nothing goes on: what waits is not begun, what runs is cut."""
    POOL.shutdown(wait=False, cancel_futures=True)
    for process in tuple(RUNNING):
        kernel.cut(process)


INIT = """#!/bin/sh
export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C PYTHONDONTWRITEBYTECODE=1
mkdir /mnt/checkout; mount -t hostfs none /mnt/checkout -o {checkout}
mount -t sysfs -o ro sysfs /sys; mount -t tmpfs tmpfs /run; mount -t tmpfs tmpfs /tmp
for folder in /etc/systemd/network /var/lib /etc/NetworkManager/system-connections /var/log /etc/netplan /root; do
  mount -t tmpfs tmpfs $folder
done
for module in ipv6 bridge 8021q dummy veth tun macvlan unix_diag; do
  modprobe $module
done
modprobe bonding max_bonds=0
mkdir -p /run/dbus /run/netns /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp /dev/shm
mkdir -p /var/lib/NetworkManager /var/lib/dbus /run/systemd/network
chown -R systemd-network: /run/systemd/netif
echo 0123456789abcdef0123456789abcdef > /run/machine-id; mount --bind /run/machine-id /etc/machine-id
cp /run/machine-id /var/lib/dbus/machine-id
ip link set lo up
cd /tmp
mkdir -p /run/python/ansible_collections/ironacre; ln -s /mnt/checkout /run/python/ansible_collections/ironacre/hci
export PYTHONPATH=/run/python:/mnt/checkout/tests/uml/inside:/mnt/checkout
python3 -m runner /mnt/checkout/tests/uml/inside/{scenario}.py /mnt/share/results.json {tests}
echo o > /proc/sysrq-trigger; sleep 10
"""


if __name__ == "__main__":
    started = time.monotonic()
    for name, outcome in run(*sys.argv[1:]).items():
        print(
            f"{'ok  ' if outcome.ok else 'FAIL'} {outcome.seconds:6.1f} s  {name}\n{'' if outcome.ok else outcome.told}"
        )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    print(f"{time.monotonic() - started:.0f} s, CPU {used.ru_utime + used.ru_stime:.0f} s")
