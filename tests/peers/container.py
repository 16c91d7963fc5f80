"""One container of a pod as a container runtime starts it: the rights, devices and folders it is given, and no others.

For programs too large for the rack's nodes. No kubelet and no seccomp filter; all else is read from the pod itself.
"""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.peers.peers import process

DEVICES = {"null": "1 3", "zero": "1 5", "full": "1 7", "random": "1 8", "urandom": "1 9"}
PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


@dataclass
class Container:
    """image: the root file system; it is not changed. folder: scratch. blocks, folders: what volumes are, by name."""

    image: Path
    folder: Path
    blocks: Mapping[str, Path] = field(default_factory=dict)
    folders: Mapping[str, Path] = field(default_factory=dict)

    def run(self, pod: Mapping[str, Any], seconds: int) -> tuple[int, str]:
        """Run the pod's only container to its end, in name spaces of its own; its status, and its log as one stream."""
        script, log = self.folder / "start.sh", self.folder / "log"
        script.write_text("\n".join(self._script(pod)) + "\n")
        command = ["unshare", "--mount", "--pid", "--ipc", "--net", "--fork", "--kill-child", "/bin/sh", str(script)]
        with log.open("wb") as told, process(*command, stdout=told, stderr=told, stdin=subprocess.DEVNULL) as child:
            status = child.wait(seconds)
        return status, log.read_text(errors="replace")

    def _script(self, pod: Mapping[str, Any]) -> list[str]:
        (container,) = pod["containers"]
        user = pod["securityContext"]["runAsUser"]
        group = pod["securityContext"]["runAsGroup"]
        root, above, work = (self.folder / name for name in ("root", "above", "below"))
        for folder in (root, above, work):
            folder.mkdir(exist_ok=True)
        layers = f"lowerdir={self.image},upperdir={above},workdir={work}"
        lines = ["set -eu", f"mount -t overlay overlay -o {layers} {root}", f"mount -t proc proc {root}/proc"]
        lines += [f"mount -t sysfs -o ro sysfs {root}/sys", f"mount -t tmpfs -o mode=755 tmpfs {root}/dev"]
        lines += [f"mknod -m 666 {root}/dev/{name} c {number}" for name, number in DEVICES.items()]
        lines += [f"mkdir -m 1777 {root}/dev/shm", f"ln -s /proc/self/fd {root}/dev/fd"]
        for mount in container["volumeMounts"]:
            target = f"{root}{mount['mountPath']}"
            source = self._volume(mount["name"], user, group)
            lines += [f"mkdir -p {target}", f"mount --bind {source} {target}"]
            lines += [f"mount -o remount,bind,ro {target}"] if mount.get("readOnly") else []
        for device in container["volumeDevices"]:
            status = self.blocks[device["name"]].stat()
            number = f"{os.major(status.st_rdev)} {os.minor(status.st_rdev)}"
            target = f"{root}{device['devicePath']}"
            # As container runtimes give it with device_ownership_from_security_context, which CDI asks for, too.
            lines += [f"mknod -m 660 {target} b {number}", f"chown {user}:{group} {target}"]
        command = ["chroot", str(root), "setpriv", f"--reuid={user}", f"--regid={group}", "--clear-groups"]
        command += ["--no-new-privs", "--bounding-set=-all", "--inh-caps=-all", "env", "-i", f"PATH={PATH}"]
        command += [f"{item['name']}={item['value']}" for item in container["env"]]
        return [*lines, f"exec {shlex.join([*command, *container['command']])}"]

    def _volume(self, name: str, user: int, group: int) -> Path:
        """A folder that was given, or an empty one of the pod's group."""
        if name in self.folders:
            return self.folders[name]
        empty = self.folder / name
        empty.mkdir(exist_ok=True)
        os.chown(empty, 0, group)
        empty.chmod(0o2777)
        return empty
