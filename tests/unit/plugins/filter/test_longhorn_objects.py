from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.longhorn_objects import FilterModule


def test_settings_come_before_the_classes() -> None:
    render = FilterModule().filters()["longhorn_objects"]
    objects = render({"a": 1}, "lh", [{"name": "vm"}], [{"name": "snap", "type": "snap"}])
    assert [one["kind"] for one in objects] == ["Setting", "StorageClass", "VolumeSnapshotClass"]
    assert objects[0]["metadata"] == {"name": "a", "namespace": "lh"}
