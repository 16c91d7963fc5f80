"""What an installation is bound to, and drift."""

from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.module_utils._core.boot.spec import digest, drift, receipt, spec_of
from tests.unit.plugins.module_utils._core.boot.samples import IMAGE, NODE, SPEC


def test_network_and_keys_are_no_part_of_it() -> None:
    changed = {**NODE, "address": "192.0.2.99", "nics": [{"name": "eth0"}], "os": {"image": "node_image"}}
    assert digest(spec_of("n1", changed, IMAGE)) == digest(SPEC)


def test_the_image_is_part_of_it() -> None:
    assert digest(spec_of("n1", NODE, {**IMAGE, "sha256": "d" * 64})) != digest(SPEC)


def test_a_receipt_of_the_same_spec_does_not_drift() -> None:
    assert drift(receipt(SPEC, "DISK-A/1", "2026-01-01T00:00:00Z"), SPEC) == ()


def test_drift_names_place_found_and_declared() -> None:
    other = spec_of("n1", {**NODE, "root_device": {"serial": "DISK-B"}}, IMAGE)
    assert drift(receipt(SPEC, "", ""), other) == ("root_device.serial: installed DISK-A, declared DISK-B",)


def test_a_damaged_receipt_drifts_everywhere() -> None:
    assert drift({"digest": ""}, SPEC)
