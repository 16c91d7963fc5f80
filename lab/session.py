"""A whole lab: bringing it up, taking it down, looking at it."""

from __future__ import annotations

import shutil
import signal
import sys
from functools import partial
from pathlib import Path

from lab import artifacts, daemons, inventory, keys, machines, mounts, networks, process, sysctls, vsphere
from lab.build import cache
from lab.build.catalog import all_recipes
from lab.hosts import PATIENCE, NspawnHost
from lab.machine import kvm
from lab.place import Place
from lab.rack.model import Host, Rack
from lab.shell import LabError, inside, wait_for, works


class Lab:
    """The lab of one checkout."""

    def __init__(self, place: Place, rack: Rack) -> None:
        self.place, self.rack = place, rack
        self.hosts = [NspawnHost(place, rack, host) for host in rack.hosts]

    def crashed(self) -> bool:
        """Tell whether remains of a lab are there that cannot work any more: its network is gone, its folder is not."""
        return self.place.data.exists() and not networks.exists(self.place.network)

    def up(self, bare: bool = False) -> None:
        """Bring up what is not up; a lab that is up stays as it is. A bare lab has a rack, but no artifacts."""
        if self.crashed():
            say("the lab before this one has crashed: cleaning up")
            self.down()
        self.place.prepare()
        self.remember_rack()
        built = cache.build(all_recipes(), ["rootfs", "agent"])
        sysctls.set_for(self.place.id)
        networks.up(self.place, self.rack)
        keys.known_hosts(self.place, self.rack)
        for host in self.hosts:
            host.start(built["rootfs"] / "tree")
        for daemon in daemons.all_daemons(self.place, self.rack):
            daemons.start(self.place, daemon)
        machines.up(self.place, self.rack, kvm.accel(built["agent"] / "vmlinuz"))
        inventory.write(self.place, self.rack)
        for host in self.hosts:
            wait_for(f"{host.host.name}: SSH", partial(self.answers, host), PATIENCE, f"see {host.log}")
        machines.wait(self.place, self.rack)
        if not bare:
            artifacts.up(self.place)
            vsphere.up(self.place)

    def remember_rack(self) -> None:
        (self.place.state / "rack").write_text(self.rack.name + "\n")

    def answers(self, host: NspawnHost) -> bool:
        """Tell whether a host's SSH port accepts connections from the controller."""
        probe = f"import socket; socket.create_connection(('{host.host.address}', 22), 1).recv(4) == b'SSH-' or exit(1)"
        return works(*inside(self.place.controller, sys.executable, "-c", probe))

    def down(self) -> None:
        """Remove the lab: processes, mounts, control groups, namespaces, disks, and put the kernel settings back."""
        machines.down(self.place)
        for pid_file in sorted((self.place.data / "run").glob("*")):
            process.stop(pid_file)
        for folder in sorted((self.place.data / "hosts").glob("*")):
            self.host_at(folder).forget()
        self.end_users()
        networks.down(self.place)
        if self.place.data.exists():
            mounts.refuse_mounted(self.place.data)
            shutil.rmtree(self.place.data)
        sysctls.release(self.place.id)
        shutil.rmtree(self.place.state, ignore_errors=True)
        tidy(self.place.data_root)

    def node(self, name: str, action: str) -> None:
        """Cut the power of a host or machine (`off`), and give it an empty disk (`reset`); a host then starts again."""
        host = next((host for host in self.hosts if host.host.name == name), None)
        machine = next((machine for machine in self.rack.machines if machine.name == name), None)
        if host:
            host.stop()
            if action == "reset":
                host.forget()
                host.start(cache.build(all_recipes(), ["rootfs"])["rootfs"] / "tree")
                wait_for(f"{name}: SSH", partial(self.answers, host), PATIENCE, f"see {host.log}")
        elif machine:
            machines.cut(self.place, machine, empty=action == "reset")
        else:
            raise LabError(f"{name}: there is no such node; `python -m lab status` names them")

    def host_at(self, folder: Path) -> NspawnHost:
        """Return the host of a folder, also of one that is not in the rack any more."""
        known = {host.host.name: host for host in self.hosts}
        return known.get(folder.name) or NspawnHost(self.place, self.rack, Host(folder.name, 2, "boot"))

    def end_users(self) -> None:
        """End what still runs in the lab's namespaces: kept SSH connections, shells of `exec`."""
        for pid in networks.users(self.place):
            process.kill(pid, signal.SIGKILL, 5)

    def status(self) -> list[tuple[str, str, str]]:
        """Return name, state and address of every part."""
        rows = [(host.host.name, "up" if host.alive() else "down", host.host.address) for host in self.hosts]
        rows += machines.status(self.place, self.rack)
        for pid_file in sorted((self.place.data / "run").glob("*")):
            rows.append((pid_file.name, "up" if process.alive(pid_file) else "down", ""))
        return rows


def tidy(root: Path) -> None:
    """Remove the folder of all labs when the last one is gone; what a probe found out about KVM goes with it."""
    if root.is_dir() and not [path for path in root.iterdir() if path.name not in ("accel", "sysctls.lock")]:
        shutil.rmtree(root)


def say(text: str) -> None:
    """Tell the person who waits."""
    print(f"lab: {text}", file=sys.stderr, flush=True)
