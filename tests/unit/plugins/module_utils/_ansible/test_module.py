from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from ansible.module_utils.basic import AnsibleModule
from ansible.module_utils.testing import patch_module_args

from ansible_collections.ironacre.hci.plugins.module_utils._ansible.module import run
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError


def ended(main: Any, capfd: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    with patch_module_args({}), pytest.raises(SystemExit) as end:
        run(AnsibleModule(argument_spec={}), main)
    return int(end.value.code or 0), json.loads(capfd.readouterr().out)


def test_the_result_of_main_is_the_result_of_the_task(capfd: pytest.CaptureFixture[str]) -> None:
    def main(module: AnsibleModule) -> Mapping[str, Any]:
        return {"changed": True, "steps": ["one"]}

    code, result = ended(main, capfd)
    assert (code, result["changed"], result["steps"]) == (0, True, ["one"])


def test_a_platform_error_fails_the_task_with_message_and_facts(capfd: pytest.CaptureFixture[str]) -> None:
    def main(module: AnsibleModule) -> Mapping[str, Any]:
        raise PlatformError("no disk matches", disks=["sda"])

    code, result = ended(main, capfd)
    assert (code, result["failed"], result["msg"], result["disks"]) == (1, True, "no disk matches", ["sda"])
