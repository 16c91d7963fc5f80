"""Runs the tests of a file and writes their outcomes; inside a kernel this is its main job. Standard library only."""

from __future__ import annotations

import importlib.util
import json
import signal
import sys
import time
import traceback
from collections.abc import Callable, Collection
from pathlib import Path
from types import FrameType, ModuleType

STALLED = 50


def loaded(path: str) -> ModuleType:
    """The file as a module."""
    spec = importlib.util.spec_from_file_location(Path(path).stem, path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def run(module: ModuleType, results: str, wanted: Collection[str], *arguments: object) -> None:
    """Call its tests with these arguments, those that are wanted or all. Each outcome is written at once."""
    told: dict[str, dict[str, object]] = {}
    for name, function in vars(module).items():
        if name.startswith("test_") and callable(function) and (not wanted or name in wanted):
            started = time.monotonic()
            fault = fault_of(function, *arguments)
            told[name] = {"ok": not fault, "told": fault, "seconds": round(time.monotonic() - started, 2)}
            print(f"{'ok' if not fault else 'FAIL'} {told[name]['seconds']} {name}", flush=True)
            Path(results).write_text(json.dumps(told))


def fault_of(function: Callable[..., object], *arguments: object) -> str:
    """What went wrong; empty when nothing did."""
    try:
        function(*arguments)
    except BaseException:
        return traceback.format_exc()
    return ""


def say_where(_number: int, frame: FrameType | None) -> None:
    """For the console of a kernel that does not come to an end.

    Not by faulthandler: it reads the frames of all threads while they run, and crashes when one of them ends just then.
    """
    traceback.print_stack(frame)


if __name__ == "__main__":
    signal.signal(signal.SIGALRM, say_where)
    signal.setitimer(signal.ITIMER_REAL, STALLED, STALLED)
    run(loaded(sys.argv[1]), sys.argv[2], sys.argv[3:])
