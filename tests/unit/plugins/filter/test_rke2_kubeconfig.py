from __future__ import annotations

import pytest
from ansible.errors import AnsibleFilterError

from ansible_collections.ironacre.hci.plugins.filter.rke2_kubeconfig import FilterModule
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.kubeconfig import Kubeconfig, render_kubeconfig

kubeconfig = FilterModule().filters()["rke2_kubeconfig"]


def test_the_controller_s_file_names_the_api_address() -> None:
    text = render_kubeconfig(Kubeconfig("https://127.0.0.1:6443", "a", "b", "c"), "https://127.0.0.1:6443", "default")
    assert 'server: "https://[fd00::5]:6443"' in kubeconfig(text, address="fd00::5", name="rack1")
    assert "current-context: rack1" in kubeconfig(text, address="192.0.2.5", name="rack1")


def test_another_text_stops_the_play() -> None:
    with pytest.raises(AnsibleFilterError, match=r"rke2\.yaml: has 0 values of server"):
        kubeconfig("nothing", address="x", name="y")
