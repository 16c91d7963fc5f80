"""A node in the pocket: own namespaces over a Debian tree, real systemd-networkd, real sshd.

Its power is cut by killing its first process; its disk (the upper folder of an overlay) stays. What systemd would do at
boot (the guard's unit before the network) is the first line of its start script.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers.ends import with_parent

CHECKOUT = Path(__file__).resolve().parents[3]
BOOT = """set -e
mount --make-rprivate /
mount -t overlay overlay -o lowerdir={tree},upperdir={disk}/upper,workdir={disk}/work {disk}/root
cd {disk}/root
mount -t proc proc proc; mount -t sysfs -o ro sysfs sys; mount -t tmpfs tmpfs run; mount -t tmpfs tmpfs tmp
mount --rbind /dev dev
exec chroot . /bin/sh /start.sh
"""
START = """export PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C
mkdir -p /run/sshd /run/dbus /run/systemd/netif/links /run/systemd/netif/leases /run/systemd/netif/lldp
chown -R systemd-network: /run/systemd/netif
ip link set lo up
[ ! -e /var/lib/ironacre/nic/pending ] || python3 -I /usr/local/lib/ironacre/nic-guard boot
dbus-daemon --system --fork --nopidfile
/lib/systemd/systemd-networkd > /var/log/networkd.log 2>&1 &
exec /usr/sbin/sshd -D -o UsePAM=no -o UseDNS=no -E /var/log/sshd.log
"""
HOST0 = """[Match]
Name=host0
[Network]
Address={four}/24
Address={six}/64
Gateway=10.77.0.1
IPv6AcceptRA=no
LinkLocalAddressing=ipv6
ConfigureWithoutCarrier=yes
"""


def sh(*argv: str, check: bool = True) -> str:
    """Run; the output."""
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert not check or done.returncode == 0, f"{' '.join(argv)}: {done.stdout}{done.stderr}"
    return done.stdout


def until(holds: Callable[[], bool], what: str, limit: float = 120.0, pause: float = 0.1) -> None:
    """Ask until it holds; AssertionError naming what did not come."""
    end = time.monotonic() + limit
    while not holds():
        assert time.monotonic() < end, f"{what}: not within {limit:.0f} s"
        time.sleep(pause)


@dataclass
class Pocket:
    """One node."""

    number: int
    space: str
    controller: str
    keys: Path
    tree: Path
    process: subprocess.Popen[bytes] | None = None

    @property
    def four(self) -> str:
        return f"10.77.0.{10 + self.number}"

    @property
    def six(self) -> str:
        return f"fd77::{10 + self.number}"

    @property
    def disk(self) -> Path:
        return self.keys / f"p{self.number}"

    def path(self, name: str) -> Path:
        """A file of the node's disk that the node has written."""
        return self.disk / "upper" / name.lstrip("/")

    def boot(self) -> None:
        """Switch on; does nothing when it runs."""
        if self.process and self.process.poll() is None:
            return
        self._format()
        self._plug()
        script = BOOT.format(tree=self.tree, disk=self.disk)
        command = [
            "ip",
            "netns",
            "exec",
            self.space,
            "unshare",
            "--mount",
            "--pid",
            "--uts",
            "--fork",
            "--kill-child",
            "/bin/sh",
            "-c",
            script,
        ]
        log = (self.disk / "console").open("ab")
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
            preexec_fn=with_parent,
        )
        until(self.answers, f"p{self.number}: sshd")

    def _plug(self) -> None:
        """Cable host0 to the controller's bridge."""
        cable = f"c{self.number}"
        sh("ip", "netns", "add", self.space)
        sh(
            "ip",
            "-n",
            self.controller,
            "link",
            "add",
            cable,
            "type",
            "veth",
            "peer",
            "name",
            "host0",
            "netns",
            self.space,
        )
        sh("ip", "-n", self.controller, "link", "set", cable, "master", "br0", "up")

    def _format(self) -> None:
        """Write the disk once."""
        if (self.disk / "root").exists():
            return
        keys = self.keys
        for name in ("upper", "work", "root"):
            (self.disk / name).mkdir(parents=True)
        network = HOST0.format(four=self.four, six=self.six)
        content = {
            "start.sh": START,
            "etc/systemd/network/10-host0.network": network,
            "etc/machine-id": f"{self.number:032x}\n",
            "root/.ssh/authorized_keys": (keys / "login.pub").read_text(),
            "etc/ssh/ssh_host_ed25519_key": (keys / "host").read_text(),
        }
        for name, text in content.items():
            self.path(name).parent.mkdir(parents=True, exist_ok=True)
            self.path(name).write_text(text)
        for name, mode in (("root", 0o700), ("root/.ssh", 0o700), ("etc/ssh/ssh_host_ed25519_key", 0o600)):
            self.path(name).chmod(mode)

    def cut(self) -> None:
        """Cut the power."""
        if self.process and self.process.poll() is None:
            # The first process is the child of unshare; with it goes everything in its process namespace.
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        sh("ip", "netns", "del", self.space, check=False)
        sh("ip", "-n", self.controller, "link", "del", f"c{self.number}", check=False)

    def answers(self, address: str = "", patience: float = 30.0) -> bool:
        """True when sshd greets within these seconds. Where nobody has the address, that is known after three."""
        probe = (
            "import socket,sys; s=socket.create_connection((sys.argv[1],22),float(sys.argv[2])); "
            "sys.exit(0 if s.recv(4)==b'SSH-' else 1)"
        )
        return self._probed(probe, address or self.four, patience)

    def takes(self, patience: float) -> bool:
        """True when its kernel takes a connection within these seconds, however long sshd needs to greet."""
        probe = "import socket,sys; socket.create_connection((sys.argv[1],22),float(sys.argv[2]))"
        return self._probed(probe, self.four, patience)

    def _probed(self, program: str, address: str, patience: float) -> bool:
        argv = ["ip", "netns", "exec", self.controller, "python3", "-c", program, address, str(patience)]
        return subprocess.run(argv, capture_output=True, check=False).returncode == 0

    def addresses(self) -> set[str]:
        """Static addresses of host0 in the node's kernel."""
        links = json.loads(sh("ip", "-n", self.space, "-j", "addr", "show", "dev", "host0"))
        return {one["local"] for one in links[0]["addr_info"] if one["scope"] == "global"}

    def files(self) -> dict[str, str]:
        """The node's network files."""
        return {
            path.name: path.read_text()
            for path in sorted(self.path("etc/systemd/network").glob("*.net*"))
            if path.is_file()
        }

    def transactions(self) -> list[dict[str, Any]]:
        """States of all transactions, oldest first."""
        found = []
        for path in sorted(self.path("var/lib/ironacre/nic").glob("*/state.json")):
            try:
                found.append(json.loads(path.read_text()))
            except (OSError, ValueError):
                continue
        return found

    def state(self) -> str:
        """State of the last transaction."""
        return str(self.transactions()[-1]["state"]) if self.transactions() else ""
