"""What is sent to a BMC for a wish: the least, and never a guessed boot mode."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import (
    ModeUnknown,
    Override,
    Plan,
    State,
    Wish,
    after,
    plan_boot,
)

OFF = State("off", Override("none", "uefi"), mode_needed=True)
ON = State("on", Override("none", "uefi"), mode_needed=True)


@pytest.mark.parametrize(
    ("state", "wish", "power"),
    [
        (OFF, "cycle", ("on",)),
        (ON, "cycle", ("off", "on")),
        (ON, "on", ()),
        (OFF, "on", ("on",)),
        (ON, "off", ("off",)),
        (OFF, "keep", ()),
    ],
)
def test_power_commands(state: State, wish: str, power: tuple[str, ...]) -> None:
    assert plan_boot(state, Wish(wish)).power == power


def test_keep_writes_back_the_mode_where_the_protocol_needs_one() -> None:
    assert plan_boot(OFF, Wish(target="pxe")).override == Override("pxe", "uefi")


def test_keep_leaves_the_mode_out_where_the_protocol_can() -> None:
    redfish = State("off", Override("none", "uefi"))
    assert plan_boot(redfish, Wish(target="pxe")).override == Override("pxe", None)


def test_an_unknown_mode_is_never_guessed() -> None:
    with pytest.raises(ModeUnknown):
        plan_boot(State("off", Override("none", None), mode_needed=True), Wish(target="pxe"))


def test_removing_an_override_needs_no_mode() -> None:
    unknown = State("off", Override("pxe", None), mode_needed=True)
    assert plan_boot(unknown, Wish(target="none")).override == Override("none", None)


def test_another_mode_is_a_change_although_the_target_is_right() -> None:
    assert plan_boot(State("off", Override("pxe", "bios")), Wish(target="pxe", mode="uefi")).changes


def test_what_is_already_so_is_not_written() -> None:
    state = State("on", Override("pxe", "uefi", once=False), mode_needed=True)
    assert plan_boot(state, Wish("on", "pxe")) == Plan(None, ())


def test_the_state_after_a_plan() -> None:
    plan = plan_boot(ON, Wish("cycle", "pxe"))
    assert after(ON, plan).as_dict() == {"power": "on", "boot": {"target": "pxe", "mode": "uefi", "once": True}}
