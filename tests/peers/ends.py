"""What tests start ends with them, also when they are killed."""

from __future__ import annotations

import ctypes
import signal
from types import FrameType
from typing import NoReturn

import pytest

PR_SET_PDEATHSIG = 1


def with_parent() -> None:
    """For Popen's preexec_fn: the kernel kills the child when the thread that started it is gone."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def _told(number: int, _frame: FrameType | None) -> NoReturn:
    pytest.exit(f"signal {number}", returncode=128 + number)


def tidily() -> None:
    """SIGTERM and SIGHUP end the run like Ctrl-C: all fixtures clean up."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _told)
