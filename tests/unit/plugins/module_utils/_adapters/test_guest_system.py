from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.guest_system import GuestSystem
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.plan import BACKUP, plan_guest

DEP = "kernel/drivers/{0}.ko:\n"
NAMES = ("virtio_pci", "virtio_blk", "virtio_net", "virtio_scsi")
IMAGE = "boot/initrd.img-6.1"


class SmallGuest:
    """A tree whose image is the list of what it holds; its tools are small programs."""

    def __init__(self, root: Path) -> None:
        self.root, self.calls = root, root / "calls"
        self.put("usr/lib/modules/6.1/modules.dep", "".join(DEP.format(name) for name in NAMES))
        self.put("usr/lib/modules/6.1/modules.builtin", "kernel/fs/ext4/ext4.ko\n")
        self.put(IMAGE, "kernel/ext4.ko\n")
        self.put("etc/fstab", "/dev/sda1 / ext4 defaults 0 1\n")
        self.put("usr/lib/systemd/network/99-default.link", "")
        self.put("sys/class/net/lo/address", "00:00:00:00:00:00\n")
        for name, mac in (("ens1", "00:50:56:00:00:01"), ("ens2", "00:50:56:00:00:02")):
            self.put(f"sys/class/net/{name}/address", f"{mac}\n")
            self.put(f"sys/class/net/{name}/type", "1\n")
            self.put(f"sys/class/net/{name}/device/vendor", "0x15ad\n")
        self.tool("lsinitramfs", 'cat "$1"')
        self.tool("blkid", "printf 'DEVNAME=/dev/sda1\\nUUID=aa\\nTYPE=ext4\\n'")
        self.builds("".join(f"kernel/{name}.ko\\n" for name in NAMES))

    def put(self, path: str, text: str) -> None:
        target = self.root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text)

    def tool(self, name: str, script: str) -> None:
        self.put(f"usr/sbin/{name}", f'#!/bin/sh\necho "{name} $@" >>{self.calls}\n{script}\n')
        (self.root / f"usr/sbin/{name}").chmod(0o755)

    def builds(self, listing: str, code: int = 0) -> None:
        self.tool("update-initramfs", f"printf '{listing}' >{self.root / IMAGE}; echo no room >&2; exit {code}")

    def run(self, command: list[str]) -> tuple[int, str, str]:
        program = self.root / "usr/sbin" / command[0]
        if not program.exists():
            return 127, "", "not found"
        done = subprocess.run([str(program), *command[1:]], capture_output=True, text=True)
        return done.returncode, done.stdout, done.stderr

    def system(self) -> GuestSystem:
        return GuestSystem(self.run, str(self.root))


@pytest.fixture
def small(tmp_path: Path) -> SmallGuest:
    return SmallGuest(tmp_path)


def test_a_guest_is_prepared_once(small: SmallGuest) -> None:
    system = small.system()
    system.apply(plan_guest(system.read()))
    assert (small.root / "etc/fstab").read_text() == "UUID=aa / ext4 defaults 0 1\n"
    assert (small.root / f"etc/fstab{BACKUP}").read_text().startswith("/dev/sda1")
    assert (small.root / f"{IMAGE}{BACKUP}").read_text() == "kernel/ext4.ko\n"
    assert "Name=ens2" in (small.root / "etc/systemd/network/10-ironacre-ens2.link").read_text()
    again = system.read()
    assert plan_guest(again).steps == () and again.kernels[0].has >= set(NAMES)
    assert small.calls.read_text().count("update-initramfs") == 1


@pytest.mark.parametrize(
    ("listing", "code", "words"),
    [("rubbish", 1, "it ended with 1: no room"), ("kernel/virtio_blk.ko\\n", 0, "still lacks virtio_pci, virtio_net")],
)
def test_an_image_that_is_no_better_is_put_back(small: SmallGuest, listing: str, code: int, words: str) -> None:
    small.builds(listing, code)
    system = small.system()
    with pytest.raises(PlatformError, match=words):
        system.apply(plan_guest(system.read()))
    assert (small.root / IMAGE).read_text() == "kernel/ext4.ko\n"
    assert plan_guest(system.read()).kernels, "the next run tries again"


def test_a_bonded_card_is_known_by_its_own_address(small: SmallGuest) -> None:
    small.put("sys/class/net/ens2/bonding_slave/perm_hwaddr", "00:50:56:00:00:99\n")
    small.put("etc/udev/rules.d/70-persistent-net.rules", 'ATTR{address}=="00:50:56:00:00:01", NAME="ens1"\n')
    cards = {card.name: card for card in small.system().read().cards}
    assert (cards["ens2"].mac, cards["ens2"].pinned, cards["ens1"].pinned) == ("00:50:56:00:00:99", False, True)


def test_the_tool_that_is_there_is_used(small: SmallGuest) -> None:
    assert small.system().read().tool == "initramfs-tools"
    small.tool("dracut", "exit 0")
    small.tool("mkinitrd", "exit 0")
    (small.root / "usr/sbin/lsinitramfs").unlink()
    assert small.system().read().tool == "dracut"
    (small.root / "usr/sbin/dracut").unlink()
    assert small.system().read().tool == "mkinitrd"


@pytest.mark.parametrize(
    ("files", "script", "agent"),
    [
        (("usr/bin/qemu-ga",), "exit 1", "installed"),
        ((), "echo Package: qemu-guest-agent", "available"),
        ((), "echo E: No packages found >&2; exit 100", "absent"),
    ],
)
def test_the_agent_is_there_or_can_be_had(small: SmallGuest, files: tuple[str, ...], script: str, agent: str) -> None:
    for path in files:
        small.put(path, "")
    small.tool("apt-cache", script)
    assert small.system().read().agent == agent
