from __future__ import annotations

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.inventory.kinds import KINDS


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        ("mac", ["52:54:00:12:34:56", "52-54-00-12-34-56"], ["52:54:00:12:34", "525400123456", 7]),
        ("address", ["10.0.0.1", "fd00::1"], ["10.0.0.1/24", "10.0.0.256", "", 10]),
        ("network", ["10.0.0.0/8", "fd00::/64"], ["10.0.0.1/8", "ten", 10]),
        ("interface_address", ["10.0.0.1/8"], ["10.0.0.1", "10.0.0.1/33", None]),
        ("host", ["10.0.0.1", "fd00::1", "bmc-1.example.org"], ["", "-a", "a b", 1]),
        ("label", ["rack1", "a-b"], ["Rack", "a_b", "-a", "a" * 64]),
        ("interface", ["eth0", "br-vm.100"], ["", "a/b", "a b", "a-name-too-long0"]),
        ("release", ["v1.35.4+rke2r1"], ["1.35.4+rke2r1", "v1.35.4", "latest"]),
        ("taint", ["a=b:NoSchedule", "a:NoExecute"], ["a", "a=b", "a=b:Never"]),
        ("port", [1, 65535], [0, 65536, "22", True, None]),
        ("vlan", [1, 4094], [0, 4095]),
        ("uuid", ["4c4c4544-0051-3010-8052-b4c04f4d3131"], ["4c4c4544"]),
        ("url", ["https://a/b", "oci://a"], ["a/b", "https:// a"]),
        ("path", ["/a"], ["a", ""]),
        ("bool", [True, False], ["yes", 1, None]),
        ("text", ["a"], ["", 1]),
        ("count", [0, 5], [-1, True, 1.5]),
    ],
)
def test_a_kind_takes_the_good_and_refuses_the_bad(kind: str, good: list[object], bad: list[object]) -> None:
    assert [KINDS[kind].holds(value) for value in good] == [True] * len(good)
    assert [KINDS[kind].holds(value) for value in bad] == [False] * len(bad)
