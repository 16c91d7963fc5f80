"""The role vm_guest_prepare on whole Debian trees: the real initramfs tools build, the real ones list."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.guest_tree import GuestTree, guest_tree
from tests.peers.peers import needs

DRIVERS = ("virtio_pci", "virtio_blk", "virtio_net", "virtio_scsi")
# Without a device to look at, dracut takes all drivers of virtual machines; these parts bring them.
BARE = 'omit_dracutmodules+=" kernel-modules kernel-modules-extra qemu virtfs virtiofs "'
FACT = "etc/ansible/facts.d/ironacre_prepared.fact"


@pytest.fixture
def tree(tmp_path: Path) -> Iterator[GuestTree]:
    needs("mmdebstrap", "depmod")
    if os.geteuid():
        pytest.skip("missing: root, to mount the guest's tree")
    with guest_tree(tmp_path) as found:
        (found.root / "etc/fstab").write_text("LABEL=root / ext4 defaults 0 1\n")
        yield found


def with_initramfs_tools(tree: GuestTree) -> str:
    """As an administrator leaves it who lists the drivers of today's hardware only."""
    config = tree.root / "etc/initramfs-tools/initramfs.conf"
    config.write_text(re.sub("^MODULES=.*", "MODULES=list", config.read_text(), flags=re.M))
    tree.run("update-initramfs", "-c", "-k", tree.release)
    return "lsinitramfs"


def with_dracut(tree: GuestTree) -> str:
    """As the Red Hat family's host-only images: the drivers of today's hardware and nothing else."""
    (tree.root / "usr/sbin/update-initramfs").unlink()
    (tree.root / "etc/dracut.conf.d/10-host.conf").write_text(f"{BARE}\n")
    tree.run("dracut", "--force", "--kver", tree.release, tree.image)
    return "lsinitrd"


def drivers_in(tree: GuestTree, lister: str) -> set[str]:
    listing = tree.run(lister, tree.image)
    return {name for name in DRIVERS if re.search(rf"/{name}\.ko", listing)}


def recap(output: str) -> str:
    found = re.search(r"changed=\d+.*failed=\d+", output)
    return found.group() if found else output


@pytest.mark.parametrize("tool", [with_initramfs_tools, with_dracut])
def test_a_guest_gets_its_drivers_once_and_says_so(tree: GuestTree, tool: object) -> None:
    assert callable(tool)
    lister = tool(tree)
    assert drivers_in(tree, lister) == set()
    asked = tree.play("--check")
    assert "changed=1 " in recap(asked.stdout), asked.stdout
    assert drivers_in(tree, lister) == set() and not (tree.root / FACT).exists()

    first = tree.play()
    assert "changed=1 " in recap(first.stdout), first.stdout
    assert drivers_in(tree, lister) == set(DRIVERS)
    fact = json.loads((tree.root / FACT).read_text())
    assert fact["virtio"] is True and fact["kernels"] == {tree.release: sorted(DRIVERS)}
    assert (tree.root / f"{tree.image}.before-ironacre".lstrip("/")).exists()

    second = tree.play("-e", "vm_guest_prepare_strict=true")
    assert "changed=0 " in recap(second.stdout) and "failed=0" in recap(second.stdout), second.stdout


def test_a_guest_that_would_not_start_is_refused_where_asked(tree: GuestTree) -> None:
    with_initramfs_tools(tree)
    (tree.root / "etc/fstab").write_text("/dev/sda1 / ext4 defaults 0 1\n")
    refused = tree.play("-e", "vm_guest_prepare_strict=true")
    assert refused.returncode != 0
    assert "/etc/fstab:1: /dev/sda1 has another name on virtio hardware" in refused.stdout
    assert json.loads((tree.root / FACT).read_text())["virtio"] is False
