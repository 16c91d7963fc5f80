from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import (
    Finding,
    InputErrors,
    PlatformError,
    refuse,
)

MTU = Finding("hosts.n1.hci_node.nics[1].mtu", "9000 is larger than its parent's 1500", "set mtu on bond0 first")
MAC = Finding("hosts.n2.hci_node.boot.mac", "already used by n1", "give each node its own address")


def test_all_findings_are_told_one_per_line() -> None:
    assert str(InputErrors([MTU, MAC])) == (
        "hosts.n1.hci_node.nics[1].mtu: 9000 is larger than its parent's 1500; set mtu on bond0 first\n"
        "hosts.n2.hci_node.boot.mac: already used by n1; give each node its own address"
    )


def test_findings_are_facts_too() -> None:
    assert InputErrors([MAC]).facts["findings"] == [{"place": MAC.place, "found": MAC.found, "way_out": MAC.way_out}]


def test_an_error_carries_its_facts() -> None:
    error = PlatformError("the BMC answered 503", attempts=4)
    assert (error.message, str(error), error.facts) == ("the BMC answered 503", "the BMC answered 503", {"attempts": 4})


def test_nothing_found_is_not_refused() -> None:
    refuse([])


def test_something_found_is_refused() -> None:
    with pytest.raises(InputErrors) as caught:
        refuse(finding for finding in [MAC])
    assert caught.value.findings == (MAC,)
