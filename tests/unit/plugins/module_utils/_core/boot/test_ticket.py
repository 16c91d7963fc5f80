"""A ticket fits one machine and does not stay open."""

from __future__ import annotations

import json

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.ticket import (
    normal_mac,
    same_token,
    stranger,
    ticket_from,
)
from tests.unit.plugins.module_utils._core.boot.samples import SPEC, TICKET, ticket

ITSELF = {"serial": "SRV-1", "uuid": "0000-ab"}


@pytest.mark.parametrize(
    ("seen", "words"),
    [
        ({**ITSELF, "serial": "SRV-2"}, "serial is 'SRV-2', declared is 'SRV-1'"),
        ({**ITSELF, "uuid": "ffff"}, "uuid"),
        ({"uuid": "0000-ab"}, "serial is ''"),
        ({}, "serial"),
    ],
)
def test_another_machine_is_told(seen: dict[str, str], words: str) -> None:
    assert words in str(stranger(TICKET, seen))


def test_its_own_machine_fits_in_any_case() -> None:
    assert stranger(TICKET, {"serial": "srv-1", "uuid": "0000-AB"}) is None


def test_a_ticket_without_identity_fits_nobody() -> None:
    assert stranger(ticket(spec={**SPEC, "serial": None, "uuid": None}), ITSELF)


@pytest.mark.parametrize(
    ("changes", "finished", "armed"),
    [({}, False, True), ({}, True, False), ({"open": False}, False, False), ({"expires_at": 1400.0}, False, False)],
)
def test_it_ends(changes: dict[str, object], finished: bool, armed: bool) -> None:
    assert ticket(**changes).is_armed(1500.0, finished) is armed


def test_it_survives_json_and_what_a_newer_version_adds() -> None:
    kept = json.loads(json.dumps({**TICKET.as_dict(), "added_later": 1}))
    assert ticket_from(kept) == TICKET


def test_a_closed_one_keeps_no_secret() -> None:
    closed = ticket(files=({"path": "/etc/ssh/key", "content": "c2VjcmV0"},)).closed()
    assert (closed.files, closed.open) == ((), False)


@pytest.mark.parametrize("text", ["52-54-00-70-00-14", "52:54:00:70:00:14", "525400700014", "5254.0070.0014"])
def test_a_mac_address_in_any_spelling(text: str) -> None:
    assert normal_mac(text) == "52:54:00:70:00:14"


def test_tokens() -> None:
    assert same_token("a-1", "a-1")
    assert not same_token("a-1", "a-2")
