from __future__ import annotations

import pytest

from tests.unit.running import Run, runner


@pytest.fixture
def run(capfd: pytest.CaptureFixture[str]) -> Run:
    """Runs a module: `run(artifact, {...})` gives its result."""
    return runner(capfd)
