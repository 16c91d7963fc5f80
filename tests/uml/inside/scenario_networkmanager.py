"""The real NetworkManager. Runs inside the kernel."""

from __future__ import annotations

from cells import after_a_boot, bus, command_of, daemon, each_change, rolls_back
from trunk import bond, trunk
from wire import looked, switch, udev

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import checkpoint, parsers
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkmanager import render


def test_nic_02_networkmanager_every_change_and_restart() -> None:
    udev()
    each_change("networkmanager")


def test_nic_02_networkmanager_after_a_boot() -> None:
    after_a_boot("networkmanager")


def test_nic_04_networkmanager_a_failed_probe_puts_all_back() -> None:
    rolls_back("networkmanager")


def test_nic_12_networkmanager_refuses_while_somebodys_checkpoint_waits() -> None:
    switch()
    bus()
    command, ready = command_of("networkmanager")
    with daemon(command, ready):
        path = checkpoint.create(60)
        try:
            looked(trunk([100]), "networkmanager")
        except InputErrors as error:
            assert path in str(error) and "CheckpointDestroy" in str(error), error
        else:
            raise AssertionError("somebody's checkpoint was not seen")
        checkpoint.drop(path)
        assert looked(trunk([100]), "networkmanager").changed


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
