"""Faults of a BMC are told with address, finding and way out."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.errors import WAYS_OUT, BmcError


@pytest.mark.parametrize("kind", sorted(WAYS_OUT))
def test_every_kind_has_address_finding_and_way_out(kind: str) -> None:
    error = BmcError(kind, "192.0.2.1:623", "ipmi", "what it said")
    assert error.message == f"BMC 192.0.2.1:623 (ipmi): {kind}: what it said; {WAYS_OUT[kind]}"
    assert error.facts["kind"] == kind


@pytest.mark.parametrize(("kind", "again"), [("busy", True), ("session_limit", True), ("auth", False), ("tls", False)])
def test_only_passing_faults_are_worth_a_retry(kind: str, again: bool) -> None:
    assert BmcError(kind, "a", "ipmi", "d").is_worth_a_retry is again
