"""Each missing hop is named."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.diagnosis import (
    HINTS,
    Traces,
    diagnose,
    traces_of,
)
from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.events import STAGES, Progress

DISCOVER = "dnsmasq-dhcp[1]: 7 DHCPDISCOVER(eth0) 52:54:00:70:00:14"
OFFER = "dnsmasq-dhcp[1]: 7 DHCPOFFER(eth0) 192.0.2.14 52:54:00:70:00:14"
IGNORED = "dnsmasq-dhcp[1]: 7 DHCPDISCOVER(eth0) 52:54:00:70:00:14 ignored"
SENT = "dnsmasq-tftp[1]: sent /srv/tftp/undionly.kpxe to 192.0.2.14"
WORDS = ("52:54:00:70:00:14", "192.0.2.14")


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        ([], "no DHCP request came"),
        ([DISCOVER], "DHCP was asked and did not answer"),
        ([IGNORED], "DHCP refused"),
        ([DISCOVER, OFFER], "TFTP is filtered"),
        ([DISCOVER, OFFER, SENT], "no script was asked for"),
        ([DISCOVER.replace("70", "99")], "no DHCP request came"),
    ],
)
def test_before_the_script(lines: list[str], words: str) -> None:
    assert words in diagnose("n1", Progress("boot"), 480, traces_of(lines, WORDS))


@pytest.mark.parametrize("stage", sorted(HINTS))
def test_after_the_script(stage: str) -> None:
    assert diagnose("n1", Progress(stage), 61, Traces()) == f"n1: stalled at {stage} for 61 s: {HINTS[stage]}"


def test_a_machine_without_power_is_told_first() -> None:
    assert "the machine is off" in diagnose("n1", Progress("writing"), 61, Traces(), power="off")


def test_a_machine_that_was_never_told() -> None:
    assert "its BMC was not reached" in diagnose("n1", Progress(), 0, Traces())


def test_no_stage_is_without_words() -> None:
    assert set(STAGES) - set(HINTS) == {"armed", "boot", "done"}
