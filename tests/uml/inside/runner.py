"""Runs the tests of a scenario file inside the kernel and writes their outcomes. Standard library only."""

from __future__ import annotations

import faulthandler
import importlib.util
import json
import signal
import sys
import time
import traceback
from pathlib import Path

STALLED = 50


def main(path: str, results: str, wanted: frozenset[str]) -> None:
    # The console of a kernel that does not come to an end says where it was. (faulthandler's own thread crashes here.)
    faulthandler.register(signal.SIGALRM)
    signal.setitimer(signal.ITIMER_REAL, STALLED, STALLED)
    spec = importlib.util.spec_from_file_location("scenario", path)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    told: dict[str, dict[str, object]] = {}
    for name, function in vars(module).items():
        if name.startswith("test_") and callable(function) and (not wanted or name in wanted):
            started = time.monotonic()
            try:
                function()
                fault = ""
            except BaseException:
                fault = traceback.format_exc()
            told[name] = {"ok": not fault, "told": fault, "seconds": round(time.monotonic() - started, 2)}
            print(f"{'ok' if not fault else 'FAIL'} {told[name]['seconds']} {name}", flush=True)
            Path(results).write_text(json.dumps(told))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], frozenset(sys.argv[3:]))
