"""Starting a User Mode Linux kernel so that nothing of it outlives it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import IO

import pytest

from tests.peers.ends import with_parent

PROGRAM = shutil.which("linux.uml") or ""
# The kernel's memory is a file that is written all the time.
MEMORY = Path("/dev/shm")
# A process of the guest is one of ours that the kernel stops at each call. When the kernel alone is killed it goes on,
# and asks the host, as root, for what it meant for the guest, such as to switch the power off. So all of them live in
# a process namespace that ends as one. Its first process is not the kernel, which would let them go a moment too early.
CONTAINED = (
    *("unshare", "--pid", "--mount-proc", "--fork", "--kill-child", "--"),
    *("/bin/sh", "-c", '"$@"; exit $?', "sh"),
)


def left_out() -> bool:
    """Whether somebody asked to do without these tests."""
    return os.environ.get("IRONACRE_UML") == "skip"


def required() -> None:
    """A test goes on only where kernels run. It is skipped where somebody asked for that, and fails elsewhere."""
    if left_out():
        pytest.skip("IRONACRE_UML=skip")
    assert PROGRAM, "linux.uml is missing: apt-get install user-mode-linux"


def start(
    arguments: Sequence[str], out: IO[bytes], folder: Path, before: Sequence[str] = ()
) -> subprocess.Popen[bytes]:
    """Boot; the console goes to `out`. before: a command that runs the kernel, such as in a network namespace.

    Ends with the thread that started it.
    """
    return subprocess.Popen(
        [*before, *CONTAINED, PROGRAM, *arguments],
        stdout=out,
        stderr=out,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "TMPDIR": str(MEMORY if MEMORY.is_dir() else folder)},
        start_new_session=True,
        preexec_fn=with_parent,
    )


def cut(process: subprocess.Popen[bytes]) -> None:
    """Cut the power: all of its processes at once."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
