from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.filter.rke2_install_reason import FilterModule

VERSION = "v1.35.4+rke2r1"


@pytest.mark.parametrize(
    ("installed", "noted", "declared", "told"),
    [
        ("", "", "b", f"installed is nothing, declared is {VERSION}"),
        ("v1.35.3+rke2r1", "a", "b", f"installed is v1.35.3+rke2r1, declared is {VERSION}"),
        (VERSION, "a", "b", f"{VERSION} was installed from a release with digest a, declared is b"),
        (VERSION, "b", "b", ""),
        (VERSION, "", "b", ""),
        (VERSION, "a", "", ""),
    ],
)
def test_version_and_digest_decide_what_is_installed(installed: str, noted: str, declared: str, told: str) -> None:
    reason = FilterModule().filters()["rke2_install_reason"]
    assert reason({"installed": installed, "release_sha256": noted}, VERSION, declared) == told
