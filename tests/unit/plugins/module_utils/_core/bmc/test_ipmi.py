"""The bytes of IPMI's boot flags."""

from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.ipmi import decode, encode, kind_of_code
from ansible_collections.ironacre.hci.plugins.module_utils._core.bmc.model import Override


@pytest.mark.parametrize(
    ("override", "data"),
    [
        (Override("pxe", "uefi"), (5, 0xA0, 0x04, 0, 0, 0)),
        (Override("pxe", "bios"), (5, 0x80, 0x04, 0, 0, 0)),
        (Override("disk", "uefi", once=False), (5, 0xE0, 0x08, 0, 0, 0)),
        (Override("none", "uefi"), (5, 0x20, 0x00, 0, 0, 0)),
        (Override("none", None), (5, 0x00, 0x00, 0, 0, 0)),
    ],
)
def test_flags_are_written(override: Override, data: tuple[int, ...]) -> None:
    assert encode(override) == data


@pytest.mark.parametrize(("override", "words"), [(Override("pxe", None), "mode"), (Override("http", "uefi"), "http")])
def test_what_ipmi_cannot_say_is_refused(override: Override, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        encode(override)


@pytest.mark.parametrize(
    ("answer", "override"),
    [
        ((1, 5, 0xA0, 0x04, 0, 0, 0), Override("pxe", "uefi")),
        ((1, 5, 0xC0, 0x08, 0, 0, 0), Override("disk", "bios", once=False)),
        ((1, 5, 0x20, 0x00, 0, 0, 0), Override("none", "uefi")),
        ((1, 5, 0x00, 0x00, 0, 0, 0), Override("none", None)),
        ((1, 0x85, 0xA0, 0x04, 0, 0, 0), Override(None, None)),
        ((1, 5), Override(None, None)),
    ],
)
def test_flags_are_read(answer: tuple[int, ...], override: Override) -> None:
    assert decode(answer) == override


@pytest.mark.parametrize(("code", "kind"), [(0xC0, "busy"), (0xD4, "auth"), (0xC1, "unsupported"), (0x42, None)])
def test_completion_codes_have_a_kind(code: int, kind: str | None) -> None:
    assert kind_of_code(code) == kind
