from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.storage_classes import (
    DEFAULT,
    VIRT_DEFAULT,
    judge_default,
    superfluous_marks,
    yield_default,
)

TEXT = """kind: StorageClass
metadata:
  name: longhorn
  annotations:
    storageclass.kubernetes.io/is-default-class: {}
parameters:
  migratable: "true"
"""
MANIFEST: list[Any] = [
    {"kind": "Namespace", "metadata": {"name": "longhorn-system"}},
    {
        "kind": "ConfigMap",
        "metadata": {"name": "longhorn-storageclass"},
        "data": {"storageclass.yaml": TEXT.format('"true"')},
    },
    None,
]


def existing(name: str, *marks: str, manager: str = "") -> dict[str, Any]:
    """A class with marks, all set by one manager."""
    fields = {"f:metadata": {"f:annotations": {".": {}, **{f"f:{mark}": {} for mark in marks}}}}
    return {
        "metadata": {
            "name": name,
            "annotations": dict.fromkeys(marks, "true"),
            "managedFields": [{"manager": "kubectl", "fieldsV1": {}}, {"manager": manager, "fieldsV1": fields}],
        }
    }


@pytest.mark.parametrize(("default", "left"), [(True, '"false"'), (False, '"true"')])
def test_longhorns_own_class_is_the_default_only_without_another(default: bool, left: str) -> None:
    changed = yield_default(MANIFEST, [{"name": "vm", "default": default}, {"name": "scratch"}])
    assert [one["kind"] for one in changed] == ["Namespace", "ConfigMap"]
    assert changed[1]["data"]["storageclass.yaml"] == TEXT.format(left)


def test_only_marks_of_the_own_manager_on_classes_that_are_undeclared_are_taken_back() -> None:
    classes = [
        existing("was", DEFAULT, VIRT_DEFAULT, manager="ironacre.hci"),
        existing("ceph", DEFAULT, manager="helm"),
        existing("vm", DEFAULT, manager="ironacre.hci"),
        existing("plain", manager="ironacre.hci"),
        {"metadata": {"name": "bare"}},
    ]
    patches = superfluous_marks(classes, [{"name": "vm", "default": True}], "ironacre.hci")
    assert [one["metadata"] for one in patches] == [
        {"name": "was", "annotations": {DEFAULT: None, VIRT_DEFAULT: None}},
    ]


def test_two_defaults_of_either_kind_are_named_with_their_annotation() -> None:
    classes = [existing("b", DEFAULT, VIRT_DEFAULT), existing("a", VIRT_DEFAULT)]
    told = list(judge_default(classes))
    assert len(told) == 1
    assert "2 storage classes are the default of virtual machines (a, b)" in told[0]
    assert VIRT_DEFAULT in told[0]
