from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.vm_networks_superfluous import vm_networks_superfluous


def test_only_what_nobody_uses_may_go() -> None:
    old = {"metadata": {"name": "old", "namespace": "default"}}
    assert vm_networks_superfluous({}, [old], []) == [{"name": "old", "namespace": "default"}]
    user = {"kind": "Pod", "metadata": {"name": "p", "annotations": {"k8s.v1.cni.cncf.io/networks": "old"}}}
    with pytest.raises(AnsibleFilterError, match="is used by Pod p"):
        vm_networks_superfluous({}, [old], [user])
