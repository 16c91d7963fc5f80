from __future__ import annotations

from typing import Any

from ansible_collections.ironacre.hci.plugins.module_utils._core.stack.manifest import prepare


def manifest() -> list[Any]:
    return [
        {"kind": "CustomResourceDefinition", "metadata": {"name": "x", "creationTimestamp": None}, "status": {"a": 1}},
        {"kind": "Namespace", "metadata": {"name": "cdi", "labels": {"cdi.kubevirt.io": ""}}},
        None,
        {
            "kind": "Deployment",
            "metadata": {"name": "cdi-operator"},
            "spec": {"replicas": 1, "template": {"spec": {"nodeSelector": {"kubernetes.io/os": "linux"}}}},
        },
    ]


def test_the_namespace_comes_first_and_holds_privileged_pods() -> None:
    home, *others = prepare(manifest(), "cdi")
    assert home["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == "privileged"
    assert home["metadata"]["labels"]["cdi.kubevirt.io"] == ""
    assert [one["kind"] for one in others] == ["CustomResourceDefinition", "Deployment"]


def test_a_namespace_the_manifest_lacks_is_added() -> None:
    assert prepare([], "longhorn-system")[0]["metadata"]["name"] == "longhorn-system"


def test_pods_go_to_the_selected_nodes() -> None:
    *_rest, deployment = prepare(manifest(), "cdi", {"vm": "true"}, 2)
    assert deployment["spec"]["template"]["spec"]["nodeSelector"] == {"kubernetes.io/os": "linux", "vm": "true"}
    assert deployment["spec"]["replicas"] == 2


def test_what_only_a_server_writes_is_left_out_and_the_input_stays_as_it_is() -> None:
    given = manifest()
    crd = prepare(given, "cdi")[1]
    assert crd == {"kind": "CustomResourceDefinition", "metadata": {"name": "x"}}
    assert given == manifest()
