from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.options import (
    ELSEWHERE,
    OPTIONS,
    stack_variables,
)

ROLES = Path(__file__).parents[6] / "roles"


def test_what_is_said_becomes_a_variable_of_its_role() -> None:
    stack = {"use_emulation": True, "cdi": {"config": {"a": 1}}, "kubevirt": None, "multus": {"chart_values": {}}}
    assert stack_variables(stack) == {"kubevirt_use_emulation": True, "cdi_config": {"a": 1}}


def test_the_component_s_own_word_wins() -> None:
    assert stack_variables({"use_emulation": True, "kubevirt": {"use_emulation": False}}) == {
        "kubevirt_use_emulation": False
    }


def test_every_unknown_key_is_told_with_the_nearest() -> None:
    with pytest.raises(InputErrors) as error:
        stack_variables({"kubvirt": {}, "cdi": {"storage_profile": []}})
    assert "hci_stack.kubvirt: unknown key; did you mean kubevirt?" in error.value.message
    assert "hci_stack.cdi.storage_profile: unknown key; did you mean storage_profiles?" in error.value.message


@pytest.mark.parametrize("component", OPTIONS)
def test_options_are_the_variables_of_the_role(component: str) -> None:
    spec = yaml.safe_load((ROLES / component / "meta/argument_specs.yml").read_text())
    defaults = {name for name, option in spec["argument_specs"]["main"]["options"].items() if "default" in option}
    ours = {f"{component}_{name}" for name in OPTIONS[component] if name not in ELSEWHERE.get(component, ())}
    assert ours == defaults
