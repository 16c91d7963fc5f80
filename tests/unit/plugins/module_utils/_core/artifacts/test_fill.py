from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._core.artifacts.fill import fill_lock, find_checksum

DIGEST = "ef" * 32
LOCK = """\
---
# kept
artifacts:
  - name: one
    version: v1
    sha256: null  # upstream publishes none
    size_bytes: null
  - name: two
    sha256: null
    size_bytes: 5
"""


def test_only_the_named_artifact_is_filled_and_comments_stay() -> None:
    filled = fill_lock(LOCK, {"one": (DIGEST, 42)})
    assert f"    sha256: {DIGEST}  # upstream publishes none\n    size_bytes: 42\n" in filled
    assert filled.endswith("  - name: two\n    sha256: null\n    size_bytes: 5\n")
    assert filled.startswith("---\n# kept\n")


def test_nothing_to_fill_changes_nothing() -> None:
    assert fill_lock(LOCK, {}) == LOCK


def test_a_checksum_list_is_searched_by_the_exact_name() -> None:
    text = f"{'00' * 32}  rke2.linux-amd64\n{DIGEST.upper()} *rke2.linux-amd64.tar.gz\n"
    assert find_checksum(text, "rke2.linux-amd64.tar.gz") == DIGEST
    assert find_checksum(text, "rke2.linux") == ""
