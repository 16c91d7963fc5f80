from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.journal import explain


@pytest.mark.parametrize(
    ("line", "told"),
    [
        (
            'level=error msg="token CA hash does not match the Cluster CA certificate hash: aa != bb"',
            "another cluster's CA",
        ),
        ("failed to get CA certs: https://x/cacerts: 401 Unauthorized", "does not accept the token"),
        ("Node password rejected, duplicate hostname or contents of", "delete its Node object"),
        ("write /var/lib/rancher: no space left on device", "the disk is full"),
        ("dial tcp 192.0.2.5:9345: connect: connection refused", "cannot be reached"),
        ("listen tcp :9345: bind: address already in use", "holds one of RKE2's ports"),
    ],
)
def test_a_known_fault_is_named_with_its_line(line: str, told: str) -> None:
    answer = explain(["Starting rke2", line, "Waiting to retrieve agent configuration"])
    assert told in answer
    assert line[:60] in answer


def test_an_unknown_journal_explains_nothing() -> None:
    assert explain(["all is well"]) == ""
