"""What is read out of an agent's report."""

from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.inspection import parse_inspection
from tests.unit.plugins.module_utils._core.boot.samples import GIB, inspection


def test_disks_with_their_facts_and_signatures() -> None:
    text = inspection(
        {"sdb": {"serial": "B"}, "sda": {"serial": "A", "wwn": "", "signature": ["gpt@sda", "ext4@sda1"]}}
    )
    first, second = parse_inspection(text).disks
    assert (first.name, first.size, first.facts["serial"]) == ("sda", 20 * GIB, "A")
    assert first.signatures == ("gpt@sda", "ext4@sda1")
    assert "wwn" not in first.facts, "an empty fact is no fact"
    assert second.signatures == ()


def test_lines_of_another_shape_are_left_out() -> None:
    read = parse_inspection("noise\nsystem\t-\tserial\tX\tY\n\ndisk\tsda\n\x00\t\t\t\n")
    assert (dict(read.system), read.disks) == ({"serial": "X\tY"}, ())


def test_a_disk_is_recognised_by_wwn_then_serial_then_place() -> None:
    disks = parse_inspection(
        inspection({"sda": {"wwn": "W", "serial": "S"}, "sdb": {"serial": "S"}, "sdc": {"by_path": "p"}, "sdd": {}})
    ).disks
    assert [disk.identity.split("/")[0] for disk in disks] == ["W", "S", "p", "sdd"]


def test_a_size_that_is_no_number_is_zero() -> None:
    assert parse_inspection(inspection({"sda": {"size": "much"}})).disks[0].size == 0
