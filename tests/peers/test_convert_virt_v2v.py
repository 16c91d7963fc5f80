"""Conversions by the real virt-v2v-in-place, started by the very Job: its command, rights, devices and domain."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm import convert, convert_job
from lab.build import cache
from lab.build.catalog import all_recipes
from lab.recipes.conversion import ALIVE
from tests.peers.container import Container
from tests.peers.peers import eventually, loop_device, needs, process

ADDRESS = convert.Address("00:50:56:01:02:03", "192.0.2.3", "192.0.2.1", 24, ("192.0.2.53",))
WISH = convert.Conversion("web01", "vms", ("web01-disk0",), "registry.example.com/v2v:1", kvm=False)
LOST = "Dropping to a shell"
TOOLS = ("mmdebstrap", "unshare", "losetup", "qemu-system-x86_64", "grub-mkimage", "mkfs.ext4", "sfdisk")


def test_virt_v2v_takes_the_arguments_and_the_domain(tmp_path: Path) -> None:
    """Of any version, as far as it goes without a guest: it reads its arguments, and the domain with its disk."""
    needs("virt-v2v-in-place", "nbdkit")
    wish = replace(WISH, firmware="efi", addresses=(ADDRESS,))
    disk, domain = tmp_path / "disk.img", tmp_path / "domain.xml"
    disk.write_bytes(bytes(1 << 20))
    domain.write_text(convert.domain_xml(wish, ["Filesystem"]).replace(convert.mount_path(0), str(tmp_path)))
    command = ["virt-v2v-in-place", "-i", "libvirtxml", *convert.arguments(wish), "--print-source", str(domain)]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == 0, told.stderr
    found = re.sub(r"[ \t]+", " ", told.stdout)
    assert " firmware: uefi\n" in found and " 0 [sata]\n" in found
    assert f' Network "default" mac: {ADDRESS.mac} [e1000e]\n' in found
    assert convert.read_log(told.stdout + told.stderr).step.startswith("Setting up the source: -i libvirtxml")


def test_an_error_of_virt_v2v_is_told(tmp_path: Path) -> None:
    needs("virt-v2v-in-place")
    command = ["virt-v2v-in-place", "-i", "libvirtxml", *convert.arguments(WISH), str(tmp_path / "none.xml")]
    told = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
    assert told.returncode == 1
    assert "No such file or directory" in convert.read_log(told.stdout + told.stderr).error


def asked_for() -> None:
    if not os.environ.get("IRONACRE_VIRT_V2V"):
        pytest.skip("on demand: IRONACRE_VIRT_V2V=1, a conversion under emulation, half an hour")
    needs(*TOOLS)
    if os.geteuid():
        pytest.skip("missing: root, to give a container its devices")


def console(image: Path, log: Path) -> str:
    """What the guest tells on virtio hardware, until it came up or gave up. Nothing is written to the image."""
    command = ["qemu-system-x86_64", "-accel", "tcg", "-m", "512", "-display", "none", "-monitor", "none", "-no-reboot"]
    command += ["-serial", f"file:{log}", "-snapshot", "-drive", f"file={image},format=raw,if=virtio"]
    with process(*command, "-nic", "user,model=virtio-net-pci"):
        return str(eventually(lambda: ended(log), "the guest comes up or gives up", 1800))


def ended(log: Path) -> str:
    text = log.read_text(errors="replace") if log.exists() else ""
    return text if LOST in text or re.search(f"{ALIVE}.*\n", text) else ""


def test_a_guest_without_virtio_starts_on_it_after_its_conversion(tmp_path: Path) -> None:
    asked_for()
    built = cache.build(all_recipes(), ["virt_v2v", "guest_to_convert"])
    disk, domain = tmp_path / "disk.raw", tmp_path / "input/domain.xml"
    shutil.copy2(built["guest_to_convert"] / "guest.raw", disk)
    assert LOST in console(disk, tmp_path / "before.log")
    domain.parent.mkdir()
    domain.write_text(convert.domain_xml(WISH, ["Block"]))
    pod = convert_job.job(WISH, ["Block"])["spec"]["template"]["spec"]
    with loop_device(disk) as device:
        image = built["virt_v2v"] / "tree"
        container = Container(image, tmp_path, blocks={"disk0": Path(device)}, folders={"input": domain.parent})
        status, log = container.run(pod, 3600)
    told = convert.read_log(log)
    assert (status, told.status, told.error, told.step) == (0, 0, "", "Finishing off"), log
    assert told.inspection["virtio"]
    alive = re.search(f"{ALIVE}.*", console(disk, tmp_path / "after.log"))
    assert alive and "root=/dev/vda1 " in alive.group() and "eth0" in alive.group()
