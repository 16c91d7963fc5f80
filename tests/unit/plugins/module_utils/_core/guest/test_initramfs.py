from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest import initramfs

LSINITRD = """Image: /boot/initramfs-5.14.0-427.el9.x86_64.img: 38M
Arguments: --kver '5.14.0-427.el9.x86_64' --add-drivers 'virtio_blk'
drwxr-xr-x   3 root     root            0 Jan  1 00:00 usr/lib/modules/5.14.0/kernel/drivers/virtio_fake
-rw-r--r--   1 root     root        16128 Jan  1 00:00 usr/lib/modules/5.14.0/kernel/drivers/block/virtio_blk.ko.xz
-rw-r--r--   1 root     root         9128 Jan  1 00:00 usr/lib/modules/5.14.0/kernel/drivers/ata/ata-generic.ko
"""


def test_modules_are_found_by_file_whatever_packs_them() -> None:
    assert initramfs.modules_in(LSINITRD) == {"virtio_blk", "ata_generic"}
    assert initramfs.modules_in("kernel/drivers/virtio/virtio-pci.ko.zst\nkernel/x.komma\n") == {"virtio_pci"}


def test_the_modules_file_gets_what_is_missing_and_keeps_the_rest() -> None:
    before = "# comment with virtio_blk\nraid1\nvirtio_net mtu=9000"
    after = initramfs.config_text("initramfs-tools", before, ("virtio_blk", "virtio_net"))
    assert after == f"{before}\n{initramfs.HEAD}virtio_blk\n"
    assert initramfs.config_text("initramfs-tools", after, ("virtio_blk", "virtio_net")) == after


def test_dracut_has_a_file_of_its_own() -> None:
    text = initramfs.config_text("dracut", "whatever", ("virtio_pci", "virtio_blk"))
    assert text == initramfs.HEAD + 'add_drivers+=" virtio_pci virtio_blk "\n'


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('A="1"\nINITRD_MODULES="sd virtio_blk"\nB=""\n', 'A="1"\nINITRD_MODULES="sd virtio_blk virtio_net"\nB=""\n'),
        ('A="1"\n', 'A="1"\nINITRD_MODULES="virtio_blk virtio_net"\n'),
    ],
)  # fmt: skip
def test_sysconfig_keeps_what_stands_there(before: str, after: str) -> None:
    assert initramfs.config_text("mkinitrd", before, ("virtio_blk", "virtio_net")) == after


def test_each_tool_builds_the_image_of_one_kernel() -> None:
    assert initramfs.build_command("initramfs-tools", "6.1", "/boot/initrd.img-6.1") == [
        "update-initramfs", "-u", "-k", "6.1",
    ]  # fmt: skip
    assert initramfs.build_command("dracut", "5.14", "/boot/i.img") == [
        "dracut", "--force", "--kver", "5.14", "/boot/i.img",
    ]  # fmt: skip
    assert initramfs.build_command("mkinitrd", "3.0", "/boot/initrd-3.0") == [
        "mkinitrd", "-k", "vmlinuz-3.0", "-i", "initrd-3.0",
    ]  # fmt: skip
