from __future__ import annotations

import subprocess
import sys

import pytest

BLOCKS = 64
PROGRAM = f"""
import resource, sys
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.memory import keep_freed_memory
if sys.argv[1] == "kept":
    keep_freed_memory()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for number in range({BLOCKS}):
    block = b"".join([bytes([number]) * (1 << 19), bytes(1 << 19)])
    del block
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> int:
    """Page faults of making 64 blocks of 1 MiB, one after the other."""
    return int(subprocess.run([sys.executable, "-c", PROGRAM, how], check=True, capture_output=True, text=True).stdout)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="counts the page faults of Linux")
def test_blocks_are_made_in_memory_that_is_mapped_already() -> None:
    assert faults("kept") < BLOCKS * 16 < faults("given back")
