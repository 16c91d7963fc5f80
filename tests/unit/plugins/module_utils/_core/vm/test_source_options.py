"""The options that name a source."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.retries import kind_of_status, pause_before
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.source_options import (
    Login,
    findings,
    kind_of,
    login_of,
    thumbprint_of,
)

LOGIN = {"hostname": "vc", "username": "u", "password": "p"}


@pytest.mark.parametrize(
    ("options", "listing", "kind"),
    [
        ({"path": "/x/web01.OVA"}, (), "ova"),
        ({"url": "https://x/web01.ovf?a=b.ova"}, (), "ovf"),
        ({"url": "https://x/download?id=5"}, (), "ova"),
        ({"path": "/x/web01.vmx"}, (), "vmx"),
        ({"path": "/x/web01.xml"}, (), "libvirt"),
        ({"path": "/x/disk.qcow2"}, (), "image"),
        ({"path": "/x"}, ("web01.ovf", "disk.vmdk"), "ovf"),
        ({"path": "/x"}, ("web01.vmx", "disk.vmdk"), "vmx"),
        ({"path": "/x"}, ("disk.vmdk",), "image"),
        ({"type": "libvirt", "path": "/x/web01"}, (), "libvirt"),
        (LOGIN, (), "vcenter"),
        ({"type": "esxi", **LOGIN}, (), "esxi"),
    ],
)
def test_the_kind_of_a_source(options: dict[str, Any], listing: tuple[str, ...], kind: str) -> None:
    assert kind_of(options, listing) == kind


@pytest.mark.parametrize(
    "options",
    [
        {"path": "/x/a.ova"},
        {"url": "https://x/a.ova", "username": "u", "password": "p", "ca_path": "/ca"},
        {"type": "vmx", "path": "/x/a.vmx", "validate_certs": True},
        LOGIN,
        {**LOGIN, "thumbprint": "AB:" * 31 + "AB", "validate_certs": False},
        {**LOGIN, "type": "esxi", "ca_path": "/ca", "port": 8443},
    ],
)
def test_what_fits_together_passes(options: dict[str, Any]) -> None:
    assert list(findings(options)) == []


@pytest.mark.parametrize(
    ("options", "places"),
    [
        ({}, ["source"]),
        ({"url": "u", "path": "p"}, ["source"]),
        ({"type": "vmx", "url": "https://x/a.vmx"}, ["source.path"]),
        ({"type": "ova", **LOGIN}, ["source.type"]),
        ({"type": "esxi", "path": "/x"}, ["source.type", "source.username", "source.password"]),
        ({"hostname": "vc"}, ["source.username", "source.password"]),
        ({**LOGIN, "port": 70000}, ["source.port"]),
        ({**LOGIN, "thumbprint": "12:34"}, ["source.thumbprint"]),
        ({**LOGIN, "thumbprint": "ab" * 20, "ca_path": "/ca"}, ["source.thumbprint"]),
        ({**LOGIN, "validate_certs": False}, ["source.validate_certs"]),
        ({"url": "https://x/a.ova", "validate_certs": False}, ["source.thumbprint"]),
        (
            {"hostname": "vc", "thumbprint": "x", "validate_certs": False, "port": -1},
            ["source.username", "source.password", "source.port", "source.thumbprint"],
        ),
    ],
)
def test_everything_that_contradicts_is_told_at_once(options: dict[str, Any], places: list[str]) -> None:
    assert [finding.place for finding in findings(options)] == places


def test_a_login_shows_no_password() -> None:
    login = login_of({**LOGIN, "thumbprint": "AB " * 20})
    assert login == Login("vc", "u", "p", 443, "", "ab" * 20)
    assert "'p'" not in repr(login)


@pytest.mark.parametrize(("text", "digits"), [("AB:CD" * 10, "abcd" * 10), ("xy" * 20, ""), ("ab", "")])
def test_thumbprints(text: str, digits: str) -> None:
    assert thumbprint_of(text) == digits


def test_pauses_grow_to_a_limit_and_spread() -> None:
    assert [pause_before(attempt, 0) for attempt in (0, 1, 5, 9)] == [1, 2, 32, 60]
    assert pause_before(3, 1) == 4


@pytest.mark.parametrize(
    ("status", "kind"),
    [(206, "ok"), (401, "auth"), (403, "permanent"), (404, "permanent"), (503, "transport"), (429, "transport")],
)
def test_what_a_status_means(status: int, kind: str) -> None:
    assert kind_of_status(status) == kind
