"""Hosts: systemd-nspawn systems that can carry a real Kubernetes node."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
from pathlib import Path

from lab import cgroups, hostfiles, mounts, networks, process
from lab.place import Place
from lab.rack.model import Host, Rack
from lab.shell import inside, run, wait_for

# Ordinary folders: containerd stacks overlay mounts on them, and an overlay cannot lie on the host's own overlay.
OWN_FOLDERS = ("/var/lib/containerd", "/var/lib/kubelet", "/var/lib/rancher")
SHARED_FOLDER = "/var/lib/longhorn"
# Seconds that a busy machine may need for what takes one on a quiet one.
PATIENCE = 120


class NspawnHost:
    """One host of one lab."""

    def __init__(self, place: Place, rack: Rack, host: Host) -> None:
        self.place, self.rack, self.host = place, rack, host
        self.folder = place.data / "hosts" / host.name
        self.root = self.folder / "root"
        self.pid_file = self.folder / "pid"
        self.machine = f"{place.id}-{host.name}"

    def alive(self) -> bool:
        return bool(process.alive(self.pid_file))

    def start(self, base: Path) -> None:
        """Boot the host over the shared root file system `base`; does nothing when it runs."""
        if self.alive():
            return
        self.clear()
        for name in ("upper", "work", "root"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        layers = f"lowerdir={self.kept_base(base)},upperdir={self.folder / 'upper'},workdir={self.folder / 'work'}"
        run("mount", "-t", "overlay", "overlay", "-o", layers, str(self.root))
        hostfiles.write(self.place, self.host, self.rack, self.root)
        self.spawn()
        if self.host.is_node:
            wait_for(f"{self.host.name}: its network card", self.has_card, PATIENCE, f"see {self.log}")
            networks.attach(self.place, self.card, "br-vm")

    def kept_base(self, base: Path) -> Path:
        """Return the root file system this host's disk was made over: a newer one would not fit what it has changed."""
        note = self.folder / "base"
        if not (note.exists() and Path(note.read_text()).is_dir()):
            note.write_text(str(base))
        return Path(note.read_text())

    @property
    def log(self) -> Path:
        return self.place.logs / f"{self.host.name}.log"

    @property
    def card(self) -> str:
        """The other end of the host's second network card."""
        return f"{self.host.name}-vm"

    def has_card(self) -> bool:
        return networks.has_link(self.place, self.card)

    def spawn(self) -> None:
        """Start systemd-nspawn in control groups of its own."""
        groups = [] if cgroups.unified_only() else cgroups.groups_for(self.machine)
        self.cgroup_file.write_text("".join(f"{group}\n" for group in groups))
        cgroups.create(groups)
        with self.log.open("ab") as log:
            child = subprocess.Popen(
                inside(self.place.network, *self.command()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=lambda: cgroups.enter(groups),
                env=self.environment(),
            )
        process.remember(self.pid_file, child.pid)

    @property
    def cgroup_file(self) -> Path:
        return self.folder / "cgroups"

    def environment(self) -> dict[str, str]:
        # Only the network part of /proc/sys may be written: anything else would change the real machine.
        unified = "1" if cgroups.unified_only() else "0"
        return {
            **os.environ,
            "SYSTEMD_NSPAWN_UNIFIED_HIERARCHY": unified,
            "SYSTEMD_NSPAWN_API_VFS_WRITABLE": "network",
        }

    def command(self) -> list[str]:
        """Return the systemd-nspawn command line."""
        command = [
            "systemd-nspawn",
            "--quiet",
            "--boot",
            "--settings=no",
            "--register=no",
            "--console=pipe",
            "--link-journal=no",
        ]
        # Where systemd is the first process it makes the control group; elsewhere the lab has made it.
        command += [] if cgroups.unified_only() else ["--keep-unit"]
        command += [f"--machine={self.machine}", f"--hostname={self.host.name}", f"--directory={self.root}"]
        command += [
            "--resolv-conf=off",
            "--timezone=off",
            "--private-users=no",
            "--capability=all",
            "--system-call-filter=@known",
        ]
        command += ["--network-bridge=br-mgmt"]
        if self.host.is_node:
            command += [f"--network-veth-extra={self.card}:eth-vm"]
        return command + [f"--bind={source}:{target}" for source, target in self.binds().items()]

    def binds(self) -> dict[Path, str]:
        """Return the ordinary folders of a node, made if they are not there."""
        if not self.host.is_node:
            return {}
        binds = {self.folder / "data" / Path(target).name: target for target in OWN_FOLDERS}
        binds[self.place.data / "longhorn"] = SHARED_FOLDER
        for source in binds:
            source.mkdir(parents=True, exist_ok=True)
        return binds

    def stop(self) -> None:
        """Cut the host's power: its first process is killed, and the kernel takes the rest."""
        if pid := process.alive(self.pid_file):
            for child in children(pid):
                process.kill(child, signal.SIGKILL, PATIENCE)
            process.stop(self.pid_file, PATIENCE)
        self.clear()

    def clear(self) -> None:
        """Remove what a host that is not running holds on the machine: mounts and control groups; its disk stays."""
        if self.cgroup_file.exists():
            groups = [Path(line) for line in self.cgroup_file.read_text().splitlines()]
            # A host whose systemd-nspawn was killed goes on without it.
            for pid in cgroups.members(groups):
                process.kill(pid, signal.SIGKILL, PATIENCE)
            wait_for(
                f"{self.host.name}: its control groups", lambda: not cgroups.remove(groups), PATIENCE, f"left: {groups}"
            )
            self.cgroup_file.unlink()
        mounts.unmount_below(self.folder)
        self.pid_file.unlink(missing_ok=True)

    def forget(self) -> None:
        """Stop the host and remove its disk."""
        self.stop()
        mounts.refuse_mounted(self.folder)
        shutil.rmtree(self.folder, ignore_errors=True)


def children(pid: int) -> list[int]:
    """Return the direct children of a process."""
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
