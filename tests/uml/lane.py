"""One boot of a User Mode Linux kernel that runs a scenario file and tells the outcome of each of its tests."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from lab.build import cache as build_cache
from lab.build.catalog import all_recipes
from tests.uml import kernel

HERE = Path(__file__).resolve().parent
CHECKOUT = HERE.parents[1]
# For a kernel that hangs. A busy host gives one a tenth of a processor: that is slow, and no fault.
LIMIT = int(os.environ.get("IRONACRE_UML_LIMIT", "900"))


@dataclass(frozen=True)
class Outcome:
    """What became of one test inside."""

    ok: bool
    told: str
    seconds: float


SLOWEST = ("scenario_networkd", "scenario_networkmanager")
POOL = ThreadPoolExecutor(max_workers=2)
FUTURES: dict[str, Future[dict[str, Outcome]]] = {}
RUNNING: set[subprocess.Popen[bytes]] = set()


@cache
def root() -> Path:
    """The folder with `tree` and `root.img`, built when it is not there."""
    return build_cache.build(all_recipes(), ["uml_root"])["uml_root"]


def run(scenario: str, *tests: str) -> dict[str, Outcome]:
    """Boot, run these tests of the scenario file, or all, power off. -> outcome of each; `(boot)` holds the console."""
    with tempfile.TemporaryDirectory(prefix="ironacre-uml-") as folder:
        share = Path(folder)
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
        console = boot(arguments, share)
        results = share / "results.json"
        told = json.loads(results.read_text()) if results.exists() else {}
    outcomes = {name: Outcome(**one) for name, one in told.items()}
    return {**outcomes, "(boot)": Outcome(bool(told), console[-6000:], 0.0)}


def boot(arguments: list[str], share: Path) -> str:
    """Run the kernel to its end. -> what its console said."""
    console = share / "console"
    with console.open("wb") as out:
        process = kernel.start(arguments, out, share)
        RUNNING.add(process)
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            out.write(f"no end within {LIMIT} s\n".encode())
        finally:
            kernel.cut(process)
            RUNNING.discard(process)
    return console.read_text(errors="replace")


def ahead(scenarios: Iterable[str]) -> None:
    """Boot two kernels at a time, the slowest first: each waits more than it computes."""
    for scenario in sorted(dict.fromkeys(scenarios), key=lambda name: name not in SLOWEST):
        FUTURES[scenario] = POOL.submit(run, scenario)


def outcomes(scenario: str) -> dict[str, Outcome]:
    """Those of a lane that `ahead` has begun."""
    return FUTURES[scenario].result()


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
