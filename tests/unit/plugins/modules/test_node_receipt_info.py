"""A node's receipt, and the lack of one."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ansible_collections.ironacre.hci.plugins.modules import node_receipt_info
from tests.unit.running import runner


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (None, None),
        (json.dumps({"digest": "abc", "spec": {}}), {"digest": "abc", "spec": {}}),
        ("{torn", {"digest": ""}),
        ("[]", {"digest": ""}),
    ],
)
def test_a_damaged_receipt_is_still_one(
    capfd: pytest.CaptureFixture[str], tmp_path: Path, text: str | None, found: object
) -> None:
    path = tmp_path / "receipt.json"
    if text is not None:
        path.write_text(text)
    result = runner(capfd)(node_receipt_info, {"path": str(path)})
    assert (result["receipt"], result["changed"]) == (found, False)
