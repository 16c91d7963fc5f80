"""The real NetworkManager. Runs inside the kernel."""

from __future__ import annotations

from cells import after_a_boot, each_change, rolls_back
from trunk import bond, trunk

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import parsers
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkmanager import render


def test_nic_02_networkmanager_every_change_and_restart() -> None:
    each_change("networkmanager")


def test_nic_02_networkmanager_after_a_boot() -> None:
    after_a_boot("networkmanager")


def test_nic_04_networkmanager_a_failed_probe_puts_all_back() -> None:
    rolls_back("networkmanager")


def test_nic_12_networkmanager_swallows_nothing() -> None:
    good = render(parse(trunk([100, "200-209"])))
    assert parsers.networkmanager(good) == []
    plain = render(parse(bond({"mode": "active-backup", "miimon": 100})))
    # It takes an unknown mode without a word and makes it balance-rr.
    told = parsers.networkmanager(
        {path: text.replace("mode=active-backup", "mode=nope") for path, text in plain.items()}
    )
    assert len(told) == 1 and "mode=nope" in told[0].found, told
    told = parsers.networkmanager({path: text.replace("mode=802.3ad", "mode=nope") for path, text in good.items()})
    assert len(told) == 1 and "only valid with mode" in told[0].found, told
