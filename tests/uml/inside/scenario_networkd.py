"""The real systemd-networkd. Runs inside the kernel."""

from __future__ import annotations

from cells import (
    after_a_boot,
    bus,
    each_change,
    looked,
    rolls_back,
    sh,
    switch,
)
from trunk import trunk

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import parsers
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import InputErrors
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.parse import parse
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.render_networkd import render


def test_nic_02_networkd_every_change_and_restart() -> None:
    each_change("networkd")


def test_nic_02_networkd_after_a_boot() -> None:
    after_a_boot("networkd")


def test_nic_04_networkd_a_failed_probe_puts_all_back() -> None:
    rolls_back("networkd")


def test_nic_12_the_nodes_own_parser_names_file_and_line() -> None:
    good = render(parse(trunk([100])))
    assert parsers.networkd(good) == []
    bad = {path: text.replace("LACPTransmitRate=fast", "LACPTransmitRate=warp") for path, text in good.items()}
    told = parsers.networkd(bad)
    assert len(told) == 1 and "05-ironacre-bond0.netdev:" in told[0].place and "warp" in told[0].found, told


def test_nic_12_a_file_that_hides_ours_is_refused() -> None:
    switch()
    bus()
    sh("printf '[Match]\\nName=eno*\\n' > /etc/systemd/network/00-other.network")
    try:
        looked(trunk([100]), "networkd")
    except InputErrors as error:
        assert "/etc/systemd/network/00-other.network takes eno1 before our file does" in str(error), error
        return
    raise AssertionError("a hiding file was not seen")
