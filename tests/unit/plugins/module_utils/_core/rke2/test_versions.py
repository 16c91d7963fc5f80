from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.versions import (
    find_version,
    parse_version,
    skew_faults,
    step_faults,
)

ORDERED = [
    "v1.34.9+rke2r3",
    "v1.35.4-rc1+rke2r1",
    "v1.35.4-rc2+rke2r1",
    "v1.35.4+rke2r1",
    "v1.35.4+rke2r2",
    "v1.35.10+rke2r1",
]


def test_versions_sort_as_they_were_released() -> None:
    assert sorted(sorted(ORDERED), key=parse_version) == ORDERED
    assert [str(parse_version(text)) for text in ORDERED] == ORDERED


@pytest.mark.parametrize("text", ["1.35.4", "v1.35.4", "v1.35.4+k3s1", "latest", "v1.35.4+rke2r1 "])
def test_another_text_is_no_version(text: str) -> None:
    with pytest.raises(PlatformError, match=r"write it as in v1\.35\.4\+rke2r1"):
        parse_version(text)


def test_a_version_is_found_in_the_program_s_output() -> None:
    assert find_version("rke2 version v1.35.4+rke2r1 (0badc0de)\ngo version go1.25") == "v1.35.4+rke2r1"
    assert find_version("rke2: not found") == ""


@pytest.mark.parametrize(
    ("running", "wanted", "told"),
    [
        ("v1.35.4+rke2r1", "v1.35.4+rke2r1", ""),
        ("v1.35.4+rke2r1", "v1.36.1+rke2r1", ""),
        ("v1.35.4+rke2r2", "v1.35.4+rke2r1", "cannot go back"),
        ("v1.34.1+rke2r1", "v1.36.1+rke2r1", "go to v1.35 first"),
    ],
)
def test_which_step_is_supported(running: str, wanted: str, told: str) -> None:
    assert told in "".join(map(str, step_faults("n1", running, wanted)))
    assert bool(step_faults("n1", running, wanted)) is bool(told)


@pytest.mark.parametrize(
    ("server", "agent", "fine"),
    [("v1.35.4+rke2r1", "v1.32.1+rke2r1", True), ("v1.35.4+rke2r1", "v1.31.1+rke2r1", False),
     ("v1.35.4+rke2r1", "v1.36.0+rke2r1", False), ("v1.35.1+rke2r1", "v1.35.9+rke2r1", True)],
)  # fmt: skip
def test_an_agent_is_not_newer_and_at_most_three_minors_older(server: str, agent: str, fine: bool) -> None:
    assert (not skew_faults("m1", server, agent)) is fine
