"""pnputil is read by its values: in every language the same."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.guest.pnputil import ordered, packages_of

ENGLISH = """Microsoft PnP Utility

Published Name:     oem0.inf
Original Name:      vmxnet3.inf
Provider Name:      VMware, Inc.
Class Name:         Network adapters
Class GUID:         {4d36e972-e325-11ce-bfc1-08002be10318}
Driver Version:     08/13/2022 1.9.11.0
Signer Name:        Microsoft Windows Hardware Compatibility Publisher

Published Name:     oem7.inf
Original Name:      viostor.inf
Provider Name:      Red Hat, Inc.
Class Name:         Storage controllers
Class GUID:         {4d36e97b-e325-11ce-bfc1-08002be10318}
Driver Version:     07/01/2024 100.95.104.26200
Signer Name:        Microsoft Windows Hardware Compatibility Publisher
"""
# The date has dots there, and the code page of the console damages the umlaut.
GERMAN = """Microsoft-PnP-Hilfsprogramm

Ver\ufffdffentlichter Name:     oem0.inf
Originalname:      VMXNET3.inf
Anbietername:      VMware, Inc.
Klassenname:         Netzwerkadapter
Klassen-GUID:         {4d36e972-e325-11ce-bfc1-08002be10318}
Treiberversion:     13.08.2022 1.9.11.0
Name des Signaturgebers:        Microsoft Windows Hardware Compatibility Publisher

Ver\ufffdffentlichter Name:     oem7.inf
Originalname:      viostor.inf
Anbietername:      Red Hat, Inc.
Klassenname:         Speichercontroller
Klassen-GUID:         {4d36e97b-e325-11ce-bfc1-08002be10318}
Treiberversion:     01.07.2024 100.95.104.26200
"""
CHINESE = """Microsoft PnP 工具

发布名称:     oem0.inf
原始名称:     vmxnet3.inf
提供程序名称:     VMware, Inc.
驱动程序版本：08/13/2022 1.9.11.0

发布名称：oem7.inf
原始名称：viostor.inf
驱动程序版本:     07/01/2024 100.95.104.26200
"""
FOUND = {"vmxnet3.inf": ("1.9.11.0",), "viostor.inf": ("100.95.104.26200",)}


@pytest.mark.parametrize("text", [ENGLISH, GERMAN, CHINESE])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_package_is_known_by_its_original_name(text: str, end: str) -> None:
    assert packages_of(text.replace("\n", end)) == FOUND


def test_two_versions_of_a_package_are_both_told() -> None:
    older = ENGLISH.replace("oem7", "oem9").replace("100.95.104.26200", "100.85.104.20200")
    assert packages_of(ENGLISH + "\n" + older)["viostor.inf"] == ("100.95.104.26200", "100.85.104.20200")


@pytest.mark.parametrize("text", ["", "Microsoft PnP Utility\n\nNo published driver packages were found.\n"])
def test_an_empty_store_has_no_package(text: str) -> None:
    assert packages_of(text) == {}


def test_a_block_without_a_version_is_no_evidence() -> None:
    assert packages_of("Published Name: oem7.inf\nOriginal Name: viostor.inf\nDriver Version: 07/01/2024\n") == {}


def test_versions_are_compared_by_number() -> None:
    assert ordered("100.95.104.26200") > ordered("100.95.104.9999") > ordered("99.200.0.0")
