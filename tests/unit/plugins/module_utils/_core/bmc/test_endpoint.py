"""How a node's `bmc` dictionary becomes a connection."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.endpoint import endpoint_of

BMC = {"address": "192.0.2.1", "username": "admin", "password": "s3cret"}


@pytest.mark.parametrize(
    ("more", "drivers", "place"),
    [
        ({"driver": "ipmi"}, ("ipmi",), "192.0.2.1:623"),
        ({"driver": "redfish", "port": 8443}, ("redfish",), "192.0.2.1:8443"),
        ({"driver": "redfish", "scheme": "http"}, ("redfish",), "192.0.2.1:80"),
        ({}, ("redfish", "ipmi"), "192.0.2.1:443"),
        ({"port": 623}, ("ipmi",), "192.0.2.1:623"),
        ({"address": "2001:db8::1", "driver": "ipmi"}, ("ipmi",), "[2001:db8::1]:623"),
    ],
)
def test_driver_and_port(more: dict[str, Any], drivers: tuple[str, ...], place: str) -> None:
    endpoint = endpoint_of({**BMC, **more})
    assert (endpoint.drivers, endpoint.place(endpoint.drivers[0])) == (drivers, place)


def test_none_means_the_default() -> None:
    assert endpoint_of({**BMC, "verify_tls": None, "cipher_suite": None}).verify_tls


def test_the_password_is_not_in_its_text() -> None:
    assert "s3cret" not in repr(endpoint_of(BMC))
