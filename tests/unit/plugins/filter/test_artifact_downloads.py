from __future__ import annotations

from typing import Any

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.artifact_downloads import FilterModule

DIGEST = "ab" * 32


def lock(**changes: Any) -> dict[str, Any]:
    one = {
        "name": "rke2",
        "version": "v1",
        "file": "r.tgz",
        "url": "https://x/r.tgz",
        "sha256": DIGEST,
        "used_by": "nodes",
    }
    return {"artifacts": [{**one, **changes}]}


@pytest.mark.parametrize(
    ("target", "url", "dest"),
    [
        ("cache", "https://x/r.tgz", f"/root/{DIGEST}/r.tgz"),
        ("mirror", f"http://boot/{DIGEST}/r.tgz", f"/root/{DIGEST}/r.tgz"),
        ("node", f"http://boot/{DIGEST}/r.tgz", "/root/r.tgz"),
    ],
)
def test_each_target_has_its_source_and_place(target: str, url: str, dest: str) -> None:
    downloads = FilterModule().filters()["artifact_downloads"]
    (one,) = downloads(lock(), ["nodes"], target, "/root", base_url="http://boot", images_dir="/images")
    assert (one["url"], one["dest"], one["sha256"]) == (url, dest, DIGEST)


def test_what_is_not_pinned_stops_the_play_with_a_way_out() -> None:
    with pytest.raises(AnsibleFilterError, match="lock_artifacts"):
        FilterModule().filters()["artifact_downloads"](lock(sha256=None), ["nodes"], "cache", "/root")
