from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.longhorn_superfluous import FilterModule
from ansible_collections.ironacre.hci.plugins.module_utils._adapters.kubernetes_api import FIELD_MANAGER

MARK = "storageclass.kubernetes.io/is-default-class"


def test_a_mark_of_the_role_on_an_undeclared_class_is_patched_away() -> None:
    fields = {"f:metadata": {"f:annotations": {f"f:{MARK}": {}}}}
    managed = [{"manager": FIELD_MANAGER, "fieldsV1": fields}]
    found = {"metadata": {"name": "old", "annotations": {MARK: "true"}, "managedFields": managed}}
    render = FilterModule().filters()["longhorn_superfluous"]
    assert [one["metadata"]["name"] for one in render([{"name": "new"}], [found])] == ["old"]
    assert render([{"name": "new"}], [found], manager="other") == []
