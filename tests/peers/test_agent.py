"""The agent's pieces under busybox, with the real tools of its ramdisk, on image files in place of disks."""

from __future__ import annotations

import hashlib
import os
import subprocess
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.inspection import parse_inspection
from tests.peers.boot_peer import AGENT
from tests.peers.peers import needs


def shell(script: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run lines after the agent's functions, in its own shell."""
    needs("busybox")
    path = f"/usr/sbin:/sbin:{os.environ['PATH']}"
    env = {"AGENT_TEST": "1", "PATH": path, "AGENT_URL": "http://127.0.0.1:9", "AGENT_MAC": "m", **environment}
    # The ramdisk's log and scratch files are not those of the machine that runs the tests.
    ends = 'fail() { echo "FAIL $*"; exit 7; }; event() { echo "EVENT $*"; }'
    head = f". {AGENT}; LOG=/dev/null; set -o pipefail; {ends}"
    return subprocess.run(
        ["busybox", "sh", "-c", f"{head}\n{script}"], env=env, capture_output=True, text=True, check=False
    )


def test_a_value_cannot_break_the_lines() -> None:
    assert shell("tell disk sda model 'A\tB\nC'").stdout == "disk\tsda\tmodel\tA B C\n"


def test_orders_are_read_and_not_evaluated(tmp_path: Path) -> None:
    orders = tmp_path / "orders"
    orders.write_text("ACTION install\nDISK /dev/vda; touch /nowhere\nIMAGE_FILE $(id).zst\nPATH /evil\nIMAGE_SIZE 5\n")
    ended = shell(f'read_orders {orders}; echo "$ACTION|$DISK|$IMAGE_FILE|$IMAGE_SIZE"; echo "$PATH"')
    first, path = ended.stdout.splitlines()
    assert first == "install|/dev/vda; touch /nowhere|$(id).zst|5"
    assert path != "/evil"


def test_without_orders_nothing_is_installed() -> None:
    assert shell('read_orders /dev/null; echo "[$ACTION][$DISK]"').stdout == "[][]\n"


@pytest.mark.parametrize(
    ("disk", "number", "path"),
    [("/dev/sda", "3", "/dev/sda3"), ("/dev/nvme0n1", "1", "/dev/nvme0n1p1"), ("/dev/mmcblk0", "2", "/dev/mmcblk0p2")],
)
def test_partition_names(disk: str, number: str, path: str) -> None:
    assert shell(f"partition_path {disk} {number}").stdout.strip() == path


@pytest.mark.parametrize(
    ("name", "tool"), [("i.raw.zst", ["zstd", "-c"]), ("i.raw.gz", ["gzip", "-c"]), ("i.raw", ["cat"])]
)
def test_an_image_is_unpacked_by_its_name(tmp_path: Path, name: str, tool: list[str]) -> None:
    needs(tool[0])
    content = bytes(range(256)) * 999
    packed = tmp_path / name
    packed.write_bytes(subprocess.run(tool, input=content, capture_output=True, check=True).stdout)
    ended = shell(f"IMAGE_FILE={name}; unpack <{packed} | sha256sum")
    assert ended.stdout.split()[0] == hashlib.sha256(content).hexdigest()


def test_a_truncated_image_is_a_failure_although_the_disk_took_it(tmp_path: Path) -> None:
    needs("zstd")
    content = os.urandom(1 << 20)
    packed = subprocess.run(["zstd", "-c"], input=content, capture_output=True, check=True).stdout
    (tmp_path / "image").write_bytes(packed[: len(packed) // 2])
    script = f"IMAGE_FILE=i.zst; unpack <{tmp_path}/image | dd of={tmp_path}/disk bs=1M 2>/dev/null; echo $?"
    assert shell(script).stdout.strip() != "0"


def test_a_wrong_digest_ends_it() -> None:
    ended = shell("IMAGE_FILE=i IMAGE_SHA256=abc; check abd 'nothing was written'; echo went on")
    assert ended.stdout == "FAIL checksum of i is abd, declared is abc; nothing was written\n"
    assert ended.returncode == 7


def test_the_last_partition_is_the_one_that_grows(tmp_path: Path) -> None:
    needs("sfdisk")
    image = tmp_path / "disk1"
    with image.open("wb") as file:
        file.truncate(64 << 20)
    table = "label: gpt\n14: start=2048, size=2048\n1: start=69632, size=8192\n15: start=4096, size=65536\n"
    subprocess.run(["/usr/sbin/sfdisk", "-q", str(image)], input=table, text=True, check=True, capture_output=True)
    listing = (
        subprocess.run(["/usr/sbin/sfdisk", "-d", str(image)], text=True, check=True, capture_output=True)
        .stdout.replace(f"{image}p", "/dev/vda")
        .replace(str(image), "/dev/vda")
    )
    (tmp_path / "listing").write_text(listing)
    ended = shell(f"sfdisk() {{ cat {tmp_path}/listing; }}; DISK=/dev/vda; last_partition")
    assert ended.stdout.strip() == "1"


def test_an_image_that_fits_the_memory_is_verified_first() -> None:
    assert shell("IMAGE_SIZE=1000000; fits_in_memory; echo $?").stdout == "0\n"
    assert shell("IMAGE_SIZE=0; fits_in_memory; echo $?").stdout == "1\n"
    assert shell(f"IMAGE_SIZE={1 << 50}; fits_in_memory; echo $?").stdout == "1\n"


def test_what_it_inspects_is_what_the_server_reads() -> None:
    ended = shell("tell_system")
    read = parse_inspection(ended.stdout)
    assert {"serial", "uuid", "firmware", "memory_kib", "cpus"} <= set(read.system)
    assert int(read.system["memory_kib"]) > 0
