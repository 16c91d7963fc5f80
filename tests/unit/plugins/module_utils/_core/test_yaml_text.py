from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._core.yaml_text import to_yaml, to_yaml_documents


@pytest.mark.parametrize(
    "value",
    [
        {},
        [],
        {"a": {}, "b": [], "c": None, "d": True, "e": 1.5, "f": -3},
        ["yes", "no", "on", "y", "null", "~", "1e3", "0x1f", "1_000", "12:30:45", "v1.35.4+rke2r1", "", " ", "a: b"],
        ["- x"],
        {"token": "K10abc::server:pw#1", "path": "/etc/x", "url": "https://[fd00::1]:9345", "quote": 'it\'s "x"\t'},
        {"list": [{"a": 1, "b": [1, 2, {"c": "d"}]}, [[1], []], {}]},
        {"text": "one\n  two\n\nthree", "kept": "one\ntwo\n", "lead": "\n x", "tail": "x\n\n", "uml": "ä\nö"},
        {"yes": 1, "1": 2, "": 3},
        ["a\nb", "2026-11-21", "=", "<<", "@x", "`x", "%x", "&x", "*x", "!x"],
    ],
)
def test_what_is_written_reads_back_equal(value: Any) -> None:
    assert yaml.safe_load(to_yaml(value)) == value


def test_people_can_read_it() -> None:
    assert to_yaml({"cni": ["multus", "canal"], "tls-san": ["10.0.0.1"], "token": "x", "values": "a:\n  b: 1"}) == (
        'cni:\n  - multus\n  - canal\ntls-san:\n  - "10.0.0.1"\ntoken: x\nvalues: |-\n  a:\n    b: 1\n'
    )


def test_documents_are_separated() -> None:
    assert list(yaml.safe_load_all(to_yaml_documents([{"a": 1}, {"b": 2}]))) == [{"a": 1}, {"b": 2}]
