"""A whole node: a kernel of its own with systemd, networkd and sshd, two NICs and a disk that outlives a power cut."""

from __future__ import annotations

import json
import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.peers.nic.pocket import Pocket, sh, until
from tests.uml import kernel

# A loaded machine; what is waited for is told when it does not come.
PATIENCE = 600.0
NICS = ("vec0", "vec1")
# Nothing here needs them, and each costs seconds. Without the device manager, as in containers, networkd takes every
# link over when /sys is read-only.
MASKED = tuple(
    f"{name}.{kind}"
    for kind, names in {
        "service": (
            "systemd-logind systemd-pstore systemd-random-seed systemd-update-utmp cron apparmor systemd-udevd "
            "systemd-udev-trigger systemd-modules-load kmod-static-nodes systemd-sysusers systemd-tmpfiles-setup-dev "
            "modprobe@configfs modprobe@dm_mod modprobe@fuse modprobe@loop modprobe@drm modprobe@efi_pstore "
            "systemd-sysctl systemd-fsck-root systemd-update-utmp-runlevel"
        ),
        "socket": "systemd-udevd-control systemd-udevd-kernel systemd-initctl systemd-journald-audit",
        "mount": "dev-mqueue dev-hugepages sys-kernel-debug sys-kernel-tracing sys-kernel-config",
    }.items()
    for name in names.split()
)
SETUP = """set -e
hostname {name}
mount -o remount,ro /sys
[ ! -e /etc/formatted ] || exit 0
cp /share/network/* /etc/systemd/network/
mkdir -p -m 0700 /root/.ssh
cp /share/authorized_keys /root/.ssh/
cp /share/ssh_host_ed25519_key /etc/ssh/; chmod 0600 /etc/ssh/ssh_host_ed25519_key
printf 'UsePAM no\\nUseDNS no\\nMaxStartups 100\\n' > /etc/ssh/sshd_config.d/test.conf
touch /etc/formatted; sync
"""
LOOK = """
import glob, json, subprocess
def sh(line):
    return subprocess.run(line, shell=True, capture_output=True, text=True).stdout
print(json.dumps({
    "links": json.loads(sh("ip -d -j addr")),
    "files": {path: open(path).read() for path in sorted(glob.glob("/etc/systemd/network/*"))},
    "transactions": [json.load(open(path)) for path in sorted(glob.glob("/var/lib/ironacre/nic/*/state.json"))],
    "pending": bool(glob.glob("/var/lib/ironacre/nic/pending")),
    "order": {unit: sh("systemctl show --value -p ExecMain%sTimestampMonotonic %s" % (when, unit)).strip()
              for when, unit in (("Exit", "ironacre-nic-boot"), ("Start", "systemd-networkd"))},
}))
"""


@dataclass
class Whole(Pocket):
    """One node. tree: its disk's image. bonded: its address is on a bond of both NICs, else on the first."""

    bonded: bool = False

    @property
    def device(self) -> str:
        """What carries the address."""
        return "bond0" if self.bonded else NICS[0]

    def boot(self) -> None:
        """Switch on and wait until it can be logged in to; does nothing when it runs."""
        self.switch_on()
        until(self.answers, f"p{self.number}: sshd", PATIENCE, 0.5)

    def switch_on(self) -> None:
        """Begin to boot."""
        if self.process and self.process.poll() is None:
            return
        self._format()
        self._plug()
        vectors = [
            f"vec{number}:transport=tap,ifname={tap},depth=64,gro=0,mac=02:00:00:00:{self.number:02x}:0{number}"
            for number, tap in enumerate(self._taps())
        ]
        arguments = [
            f"ubd0={self.disk}/disk.cow,{self.tree}", "root=/dev/ubda", "rw", "mem=384M", "quiet",
            "con=null", "con0=null,fd:1", "con1=null",
            *vectors, f"ironacre.share={self.disk}/share",
            f"systemd.machine_id={self.number:032x}", "systemd.unified_cgroup_hierarchy=1",
            *(f"systemd.mask={unit}" for unit in MASKED),
        ]  # fmt: skip
        with (self.disk / "console").open("ab") as log:
            before = ("ip", "netns", "exec", self.controller)
            self.process = kernel.start(arguments, log, self.disk, before)

    def _taps(self) -> tuple[str, ...]:
        return tuple(f"c{self.number}t{number}" for number in range(len(NICS)))

    def _plug(self) -> None:
        for tap in self._taps():
            sh("ip", "-n", self.controller, "tuntap", "add", tap, "mode", "tap", check=False)
            sh("ip", "-n", self.controller, "link", "set", tap, "master", "br0", "up")

    def _format(self) -> None:
        """Write once what its first boot copies to its disk."""
        share = self.disk / "share"
        if share.exists():
            return
        (share / "network").mkdir(parents=True)
        content = {
            **{f"network/{name}": text for name, text in self._network().items()},
            "setup.sh": SETUP.format(name=f"p{self.number}"),
            "authorized_keys": (self.keys / "login.pub").read_text(),
            "ssh_host_ed25519_key": (self.keys / "host").read_text(),
        }
        for name, text in content.items():
            (share / name).write_text(text)

    def _network(self) -> dict[str, str]:
        """What an installation would have left."""
        addresses = f"Address={self.four}/24\nAddress={self.six}/64\nGateway=10.77.0.1\nIPv6AcceptRA=no\n"
        static = f"[Match]\nName={self.device}\n[Network]\n{addresses}"
        if not self.bonded:
            return {"10-lan.network": static}
        return {
            "10-bond0.netdev": "[NetDev]\nName=bond0\nKind=bond\n[Bond]\nMode=active-backup\nMIIMonitorSec=100ms\n",
            "10-bond0.network": static,
            "10-ports.network": f"[Match]\nName={' '.join(NICS)}\n[Network]\nBond=bond0\n",
        }

    def cut(self) -> None:
        """Cut the power: what was not yet on the disk is lost."""
        if self.process:
            kernel.cut(self.process)
        for tap in self._taps():
            sh("ip", "-n", self.controller, "link", "del", tap, check=False)

    def answers(self, address: str = "", patience: float = 30.0) -> bool:
        # Each attempt that is given up costs a slow node more than the answer would.
        return super().answers(address, patience)

    def login(self, *command: str) -> str:
        """Output of a command on the node."""
        options = ("StrictHostKeyChecking=yes", f"UserKnownHostsFile={self.keys}/known_hosts", "ConnectTimeout=60")
        argv = ["ip", "netns", "exec", self.controller, "ssh", "-i", str(self.keys / "login"), "-o", "ControlPath=none"]
        argv += [word for option in options for word in ("-o", option)]
        return sh(*argv, f"root@{self.four}", shlex.join(command))

    def look(self) -> dict[str, Any]:
        """Everything a test wants to know, over one session: links, files, transactions, pending, order."""
        found = dict(json.loads(self.login("python3", "-c", LOOK)))
        return {**found, "links": {item["ifname"]: item for item in found["links"]}}

    def console(self) -> str:
        """The end of what it said."""
        return Path(self.disk / "console").read_text(errors="replace")[-3000:]
