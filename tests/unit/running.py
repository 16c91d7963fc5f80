"""Running a module of the collection in the test's own process, as AnsiballZ would on a host."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import ModuleType
from typing import Any, Protocol

import pytest
from ansible.module_utils.testing import patch_module_args


class Run(Protocol):
    """run(module, arguments) -> the result. A failure without `fails=True` is an error; so is the other way round."""

    def __call__(
        self, module: ModuleType, arguments: Mapping[str, Any], *, check: bool = False, fails: bool = False
    ) -> dict[str, Any]: ...


def runner(capfd: pytest.CaptureFixture[str]) -> Run:
    def run(
        module: ModuleType, arguments: Mapping[str, Any], *, check: bool = False, fails: bool = False
    ) -> dict[str, Any]:
        capfd.readouterr()
        with patch_module_args({**arguments, "_ansible_check_mode": check}), pytest.raises(SystemExit) as end:
            module.main()
        result: dict[str, Any] = json.loads(capfd.readouterr().out)
        assert bool(end.value.code) is fails, result
        return result

    return run
