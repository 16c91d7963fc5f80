"""A declared object is compared with the cluster's: what is right is left alone, what is not is named."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack import drift

DECLARED: dict[str, Any] = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "ui", "namespace": "longhorn", "labels": {"app": "ui"}},
    "spec": {"replicas": 2, "template": {"spec": {"containers": [{"name": "ui", "image": "ui:1", "resources": {}}]}}},
}


def live(**spec: Any) -> dict[str, Any]:
    """As a server keeps it: with defaults, without what is empty, with its own fields."""
    found = copy.deepcopy(drift.marked(DECLARED))
    del found["spec"]["template"]["spec"]["containers"][0]["resources"]
    found["spec"]["template"]["spec"]["containers"][0]["imagePullPolicy"] = "IfNotPresent"
    found["spec"] |= spec
    found["metadata"] |= {"uid": "1", "resourceVersion": "7", "generation": 2, "managedFields": [{"manager": "x"}]}
    return {**found, "status": {"replicas": 2}}


def test_an_object_with_defaults_of_the_server_is_right() -> None:
    assert drift.difference(drift.marked(DECLARED), live()) == ""


def test_a_missing_object_is_said_to_be_missing() -> None:
    assert drift.difference(drift.marked(DECLARED), None) == "is not there"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"replicas": 1}, "spec.replicas is 1, declared is 2"),
        ({"replicas": None}, "spec.replicas is null, declared is 2"),
        ({"template": {"spec": {"containers": []}}}, "spec.template.spec.containers is []"),
    ],
)
def test_a_changed_value_is_named_with_its_place(change: dict[str, Any], told: str) -> None:
    assert drift.difference(drift.marked(DECLARED), live(**change)).startswith(told)


def test_an_image_in_a_list_is_compared() -> None:
    found = live()
    found["spec"]["template"]["spec"]["containers"][0]["image"] = "ui:0"
    told = drift.difference(drift.marked(DECLARED), found)
    assert told == 'spec.template.spec.containers[0].image is "ui:0", declared is "ui:1"'


def test_a_field_that_left_the_declaration_is_a_difference() -> None:
    less = copy.deepcopy(DECLARED)
    del less["metadata"]["labels"]
    assert "ironacre.hci/declared" in drift.difference(drift.marked(less), live())


def test_the_status_is_not_ours() -> None:
    declared = drift.marked({**DECLARED, "status": {"replicas": 9}})
    found = {**live(), "metadata": declared["metadata"]}
    assert drift.difference(declared, found) == ""


def test_marking_changes_nothing_else_and_keeps_annotations() -> None:
    given = {"metadata": {"name": "x", "annotations": {"a": "b"}}}
    marked = drift.marked(given)
    assert given == {"metadata": {"name": "x", "annotations": {"a": "b"}}}
    assert marked["metadata"]["annotations"]["a"] == "b"
    assert len(marked["metadata"]["annotations"][drift.DECLARED]) == 64


def test_what_the_server_keeps_is_no_part_of_the_object() -> None:
    assert drift.plain(live()) == {
        **{k: v for k, v in live().items() if k != "status"},
        "metadata": drift.marked(DECLARED)["metadata"],
    }
    assert drift.plain(None) == {}


def test_namespaces_are_named_once_and_cluster_wide_objects_have_none() -> None:
    objects = [DECLARED, DECLARED, {"kind": "Node", "metadata": {"name": "n1"}}]
    assert [one["metadata"]["name"] for one in drift.namespaces(objects)] == ["longhorn"]
