from __future__ import annotations

import re
from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.report.model import report_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.report.page import page, says_the_same
from tests.unit.plugins.module_utils._core.report.sample import document


def rendered(**changes: Any) -> str:
    return page(report_of({**document(), **changes}))


def plain(text: str) -> str:
    """What a reader sees, roughly."""
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text.partition("</head>")[2]))


def test_everything_of_the_rack_is_told() -> None:
    told = plain(rendered())
    for text in (
        "rack1",
        "4 / 4 nodes ready",
        "1 / 1 VMs running",
        "5 / 5 components healthy",
        "172.31.70.14",
        "guest1",
    ):
        assert text in told
    for text in ("installed by image", "containers only", "live migration n1 → n2", "Deploy the cluster", "2 min 23 s"):
        assert text in told


def test_the_page_needs_nothing_else() -> None:
    assert not re.findall(r"(?:src|href)=|url\(|@import|<script", rendered())


def test_what_is_given_is_escaped() -> None:
    text = rendered(title='<b>"rack"</b>', notes=["<script>alert(1)</script>"])
    assert "<script" not in text
    assert "&lt;b&gt;&quot;rack&quot;&lt;/b&gt;" in text


def test_parts_without_content_are_left_out() -> None:
    text = plain(page(report_of({"title": "rack1"})))
    assert "rack1" in text
    assert not re.findall("Virtual machines|Stages|Components|Networks", text)


def test_a_node_that_is_not_ready_is_seen() -> None:
    changed = document()
    changed["nodes"][0]["ready"] = False
    text = page(report_of(changed))
    assert 'title="not ready"' in text
    assert "3 / 4 nodes ready" in plain(text)
    assert 'class="tile bad"' in text


def test_only_facts_make_a_page_different() -> None:
    report = report_of(document())
    assert says_the_same(report, rendered(generated="later", history=None))
    moved = document()
    moved["vms"][0]["node"] = "n3"
    assert not says_the_same(report_of(moved), rendered())
    assert not says_the_same(report, "")
