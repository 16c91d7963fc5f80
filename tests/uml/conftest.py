"""Collects the tests of the scenarios and nodes: what runs in a kernel of its own is a test like any other."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.peers.ends import tidily
from tests.uml import kernel, lane


def pytest_sessionstart() -> None:
    tidily()


def pytest_collect_file(parent: pytest.Collector, file_path: Path) -> pytest.Collector | None:
    if file_path.parent.name in ("inside", "nodes") and file_path.name.startswith(("scenario_", "node_")):
        return ScenarioFile.from_parent(parent, path=file_path)
    return None


def pytest_collection_finish(session: pytest.Session) -> None:
    if kernel.PROGRAM and not kernel.left_out() and not session.config.option.collectonly:
        lane.root()  # built by one thread, before two want it
        lane.ahead(item.path.stem for item in session.items if isinstance(item, Scenario))


def pytest_sessionfinish() -> None:
    lane.end()


class ScenarioFile(pytest.File):
    """A file whose tests run inside one boot, or at one node."""

    def collect(self) -> Iterator[pytest.Item]:
        for node in ast.parse(self.path.read_text()).body:
            if isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
                yield Scenario.from_parent(self, name=node.name)


class Scenario(pytest.Item):
    """One test of it."""

    def runtest(self) -> None:
        kernel.required()
        outcomes = lane.outcomes(self.path.stem)
        outcome = outcomes.get(self.name)
        assert outcome, f"did not run; the console says:\n{outcomes['(boot)'].told}"
        if not outcome.ok:
            raise AssertionError(outcome.told)

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException]) -> str:
        return str(excinfo.value)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name
