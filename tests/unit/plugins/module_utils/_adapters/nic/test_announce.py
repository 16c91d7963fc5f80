"""The two announcements, byte by byte."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import replace

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic import announce as module
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.nic.announce import advertisement, arp_frame
from ansible_collections.ironacre.hci.plugins.module_utils._core.nic.kernel import Kernel, Link

MAC = bytes.fromhex("525400700014")


def test_nic_06_an_address_is_announced_as_the_standard_says() -> None:
    frame = arp_frame(MAC, ipaddress.ip_address("10.0.0.2").packed)
    assert frame.hex() == "ffffffffffff525400700014080600010800060400015254007000140a0000020000000000000a000002"


def test_nic_16_an_ipv6_address_is_advertised_to_override() -> None:
    address = ipaddress.ip_address("fd00::2").packed
    assert advertisement(MAC, address).hex() == "8800000020000000" + address.hex() + "0201525400700014"


def announced(monkeypatch: pytest.MonkeyPatch, *readings: Link, **others: Link) -> list[tuple[str, str]]:
    """What is sent, and that no reading is left over."""
    sent: list[tuple[str, str]] = []
    monkeypatch.setattr(module, "_send", lambda link, written: sent.append((link.name, written)))
    monkeypatch.setattr(module, "PAUSE", 0)
    left = iter(readings)
    module.announce(lambda: Kernel({**others, "br0": next(left)}), ["br0", *others, "absent"])
    assert list(left) == []
    return sent


def test_an_address_is_announced_once_its_link_has_a_carrier(monkeypatch: pytest.MonkeyPatch) -> None:
    dark, lit = (
        Link("br0", up=True, carrier=carrier, addresses=frozenset({"10.0.0.2/24"})) for carrier in (False, True)
    )
    plain, off = Link("eth0", up=True, carrier=True), Link("eth1", addresses=frozenset({"10.0.1.2/24"}))
    assert announced(monkeypatch, dark, dark, lit, eth0=plain, eth1=off) == [("br0", "10.0.0.2/24")]


def test_nic_16_an_ipv6_address_is_announced_once_it_may_be_sent_from(monkeypatch: pytest.MonkeyPatch) -> None:
    both = frozenset({"10.0.0.2/24", "fd00::2/64"})
    done = Link("br0", up=True, carrier=True, addresses=both)
    asking = replace(done, tentative=frozenset({"fd00::2/64"}))
    assert announced(monkeypatch, asking, asking, done) == [("br0", "10.0.0.2/24"), ("br0", "fd00::2/64")]


def test_what_cannot_be_sent_fails_nothing() -> None:
    gone = Link("nothing77", up=True, carrier=True, mac="02:00:00:00:00:01", addresses=frozenset({"10.0.0.2/24"}))
    module.announce(lambda: Kernel({"nothing77": gone}), ["nothing77"])
    assert "nothing77" not in dict(socket.if_nameindex()).values()
