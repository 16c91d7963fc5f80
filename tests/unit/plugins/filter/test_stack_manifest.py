from __future__ import annotations

from ansible_collections.ironacre.hci.plugins.filter.stack_manifest import FilterModule


def test_the_manifest_is_prepared() -> None:
    operator = {"kind": "Deployment", "metadata": {"name": "o"}, "spec": {"template": {"spec": {}}}}
    home, deployment = FilterModule().filters()["stack_manifest"]([operator, None], "cdi", {"vm": "true"}, 1)
    assert (home["kind"], home["metadata"]["name"]) == ("Namespace", "cdi")
    assert deployment["spec"] == {"template": {"spec": {"nodeSelector": {"vm": "true"}}}, "replicas": 1}
