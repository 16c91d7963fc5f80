"""What `python -m tools.checks` gives the tests, for a plain `pytest`: collections, also for programs they start."""

from __future__ import annotations

import os
import sys
from pathlib import Path

if "PYTHONPATH" not in os.environ:
    os.environ["PYTHONPATH"] = str(Path(__file__).resolve().parent.parent / ".ansible" / "collections")
    sys.path.insert(0, os.environ["PYTHONPATH"])
os.environ.setdefault("ANSIBLE_COLLECTIONS_PATH", str(Path(os.environ["PYTHONPATH"].split(":")[0]).resolve()))
