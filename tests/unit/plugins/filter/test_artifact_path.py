from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.artifact_path import FilterModule

DIGEST = "ab" * 32
ENTRY = {
    "name": "cdi",
    "version": "v1",
    "file": "c.yaml",
    "url": "https://x/c.yaml",
    "sha256": DIGEST,
    "used_by": "controller",
}


def test_the_path_is_that_of_the_cache() -> None:
    path = FilterModule().filters()["artifact_path"]
    assert path({"artifacts": [ENTRY]}, "cdi", "/cache") == f"/cache/{DIGEST}/c.yaml"
    with pytest.raises(AnsibleFilterError, match="no artifact of this name"):
        path({"artifacts": [ENTRY]}, "kubevirt", "/cache")
