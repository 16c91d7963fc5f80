from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._ansible.bmc import BMC_SPEC
from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.schema import BMC

FIELDS = BMC.fields or {}


def test_the_inventory_and_the_modules_know_the_same_options() -> None:
    assert list(FIELDS) == list(BMC_SPEC)


@pytest.mark.parametrize("option", BMC_SPEC)
def test_what_the_check_of_the_inventory_lets_pass_the_modules_take(option: str) -> None:
    spec: dict[str, Any] = BMC_SPEC[option]
    told = {"choices": list(FIELDS[option].choices), "default": FIELDS[option].default}
    taken = {"choices": spec.get("choices", []), "default": spec.get("default")}
    assert (told, FIELDS[option].required) == (taken, spec.get("required", False))


def test_certificates_are_verified_and_passwords_hidden_unless_somebody_says_otherwise() -> None:
    assert (BMC_SPEC["scheme"]["default"], BMC_SPEC["verify_tls"]["default"]) == ("https", True)
    assert BMC_SPEC["password"]["no_log"]
