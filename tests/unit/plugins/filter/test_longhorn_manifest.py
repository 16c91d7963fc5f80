from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.longhorn_manifest import FilterModule


def test_the_mark_of_the_own_class_is_taken_out() -> None:
    text = 'storageclass.kubernetes.io/is-default-class: "true"'
    data = {"storageclass.yaml": text}
    objects = [{"kind": "ConfigMap", "metadata": {"name": "longhorn-storageclass"}, "data": data}]
    render = FilterModule().filters()["longhorn_manifest"]
    assert render(objects, [{"name": "vm", "default": True}])[0]["data"] == {
        "storageclass.yaml": text.replace("true", "false")
    }
    assert render(objects) == objects
