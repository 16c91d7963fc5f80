# Copyright: (c) 2026, Ironacre contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A guest's own system: what it starts from, and the changes that make it start on virtio hardware.

This module util is private to the collection.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.files import TextFile, read_text
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest import initramfs, names, tables
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.model import WANTED, Card, Guest, Kernel
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.plan import BACKUP, FACT_FILE, Plan

Run = Callable[[list[str]], tuple[int, str, str]]
_PATH = "/usr/sbin:/usr/bin:/sbin:/bin"
_AGENTS = ("/usr/bin/qemu-ga", "/usr/sbin/qemu-ga")
# The first package tool that is there says whether the agent can be had.
_OFFERS = (
    ["apt-cache", "show", "--no-all-versions", "qemu-guest-agent"],
    ["dnf", "-q", "list", "--available", "qemu-guest-agent"],
    ["yum", "-q", "list", "available", "qemu-guest-agent"],
    ["zypper", "-n", "search", "--match-exact", "qemu-guest-agent"],
)
_ETHERNET = "1"


class GuestSystem:
    """run: runs a command, returns (rc, stdout, stderr). root: where the guest's file system begins."""

    def __init__(self, run: Run, root: str = "/") -> None:
        self._run = run
        self._root = Path(root)

    def _at(self, path: str) -> Path:
        return self._root / path.lstrip("/")

    def _has(self, program: str) -> bool:
        folders = os.pathsep.join(str(self._at(folder)) for folder in _PATH.split(":"))
        return shutil.which(program, path=folders) is not None

    def read(self) -> Guest:
        """Everything at once."""
        tool = self._tool()
        files = self._files(tool)
        return Guest(
            tool=tool,
            kernels=tuple(self._kernels(tool)),
            files=files,
            devices=self._devices(files),
            command_line=read_text(self._at("/proc/cmdline")).strip(),
            cards=tuple(self._cards()),
            links=any(self._at(folder).is_dir() for folder in ("/usr/lib/systemd/network", "/lib/systemd/network")),
            agent=self._agent(),
            machine=read_text(self._at("/sys/class/dmi/id/product_uuid")).strip().lower(),
        )

    def _tool(self) -> str:
        # Both halves: dracut may bring an update-initramfs, and mkinitrd is often dracut under an old name.
        if self._has("update-initramfs") and self._has("lsinitramfs"):
            return initramfs.INITRAMFS_TOOLS
        return next((name for name in (initramfs.DRACUT, initramfs.MKINITRD) if self._has(name)), "")

    def _files(self, tool: str) -> dict[str, str]:
        paths = [*tables.PLACES, tables.GRUB, *([initramfs.CONFIG[tool]] if tool else [])]
        return {path: read_text(self._at(path)) for path in paths if self._at(path).is_file()}

    def _kernels(self, tool: str) -> Iterator[Kernel]:
        folder = next(
            (self._at(path) for path in ("/usr/lib/modules", "/lib/modules") if self._at(path).is_dir()), None
        )
        bound = max(
            (path.stat().st_mtime for path in self._at(names.LINK_FOLDER).glob("10-ironacre-*.link")), default=0
        )
        for modules in sorted(folder.iterdir()) if folder else []:
            images = [form.format(modules.name) for form in initramfs.IMAGES]
            image = next((path for path in images if self._at(path).is_file()), "")
            if image and (modules / "modules.dep").is_file():
                yield self._kernel(tool, modules, image, bound)

    def _kernel(self, tool: str, modules: Path, image: str, bound: float) -> Kernel:
        offered = "\n".join(line.partition(":")[0] for line in read_text(modules / "modules.dep").splitlines())
        room, file = os.statvfs(self._at(image).parent), self._at(image).stat()
        return Kernel(
            release=modules.name,
            image=image,
            holds=self._holds(tool, image),
            builtin=initramfs.modules_in(read_text(modules / "modules.builtin")).intersection(WANTED),
            offers=initramfs.modules_in(offered).intersection(WANTED),
            stale=bound > file.st_mtime,
            size=file.st_size,
            free=room.f_bavail * room.f_frsize,
        )

    def _holds(self, tool: str, image: str) -> frozenset[str]:
        """Empty where nothing lists the image: it is then built again, and must be readable after that."""
        if not tool:
            return frozenset()
        code, listing, _error = self._run(initramfs.list_command(tool, str(self._at(image))))
        return initramfs.modules_in(listing).intersection(WANTED) if code == 0 else frozenset()

    def _devices(self, files: dict[str, str]) -> dict[str, str]:
        wanted = [
            device
            for path, place in tables.PLACES.items()
            for device in tables.fleeting_devices(files.get(path, ""), place)
        ]
        if not wanted:
            return {}
        known = tables.uuids_of(self._run(["blkid", "-o", "export"])[1])
        found = {device: known.get(device) or known.get(os.path.realpath(device), "") for device in wanted}
        return {device: uuid for device, uuid in found.items() if uuid}

    def _cards(self) -> Iterator[Card]:
        texts = [*self._at(names.LINK_FOLDER).glob("*.link"), *self._at("/etc/udev/rules.d").glob("*.rules")]
        texts += self._at("/etc/sysconfig/network-scripts").glob("ifcfg-*")
        binding = "\n".join(read_text(path) for path in texts).lower()
        folder = self._at("/sys/class/net")
        for card in sorted(folder.iterdir()) if folder.is_dir() else []:
            if (card / "device").exists() and read_text(card / "type").strip() == _ETHERNET:
                # In a bond the card shows the bond's address; its own one stands here.
                own = read_text(card / "bonding_slave/perm_hwaddr") or read_text(card / "address")
                mac = own.strip().lower()
                yield Card(card.name, mac, pinned=mac in binding)

    def _agent(self) -> str:
        if any(self._at(path).exists() for path in _AGENTS):
            return "installed"
        command = next((command for command in _OFFERS if self._has(command[0])), None)
        code, output, _error = self._run(command) if command else (1, "", "")
        return "available" if code == 0 and "qemu-guest-agent" in output else "absent"

    def apply(self, plan: Plan) -> None:
        """Do what the plan says. Raises PlatformError at the first step that fails; the old image is then back."""
        for path, text in plan.files.items():
            self._write(path, text)
        tool = self._tool()
        for kernel in plan.kernels:
            self._build(tool, kernel)

    def remember(self, text: str) -> bool:
        """Write the fact file; whether it was another."""
        file = TextFile(self._at(FACT_FILE), text, 0o644)
        if not file.differs():
            return False
        self._write(FACT_FILE, text)
        return True

    def fact_text(self) -> str:
        """The fact file as it is."""
        return read_text(self._at(FACT_FILE))

    def _write(self, path: str, text: str) -> None:
        target = self._at(path)
        target.parent.mkdir(mode=0o755, parents=True, exist_ok=True)
        kept = target.with_name(target.name + BACKUP)
        if path in tables.PLACES and not kept.exists():
            shutil.copy2(target, kept)
        mode = target.stat().st_mode & 0o7777 if target.exists() else 0o644
        TextFile(target, text, mode).write()

    def _build(self, tool: str, kernel: Kernel) -> None:
        image = self._at(kernel.image)
        kept = image.with_name(image.name + BACKUP)
        _copy(image, kept)
        code, output, error = self._run(initramfs.build_command(tool, kernel.release, kernel.image))
        holds = self._holds(tool, kernel.image) if code == 0 else frozenset()
        missing = [name for name in kernel.lacking if name not in holds]
        if code or missing:
            _copy(kept, image)
            said = (error.strip() or output.strip() or f"exit status {code}")[-500:]
            reason = f"it ended with {code}: {said}" if code else f"the image still lacks {', '.join(missing)}: {said}"
            raise PlatformError(
                f"{kernel.image}: could not be built again by {tool}; {reason}. The old image is back in place; "
                "build it by hand to see more, or convert the machine in the cluster: vm_convert"
            )


def _copy(source: Path, target: Path) -> None:
    """Whole or not at all."""
    fresh = target.with_name(f".{target.name}.part")
    try:
        shutil.copy2(source, fresh)
        fresh.replace(target)
    finally:
        fresh.unlink(missing_ok=True)
