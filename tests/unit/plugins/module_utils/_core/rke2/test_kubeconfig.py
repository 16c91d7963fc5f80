from __future__ import annotations

import base64

import pytest
import yaml

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.rke2.kubeconfig import (
    Kubeconfig,
    api_url,
    parse_kubeconfig,
    render_kubeconfig,
)

CONFIG = Kubeconfig("https://127.0.0.1:6443", "authority\n", "certificate\n", "key\n")


def test_what_is_rendered_is_read_back_under_its_new_address_and_name() -> None:
    text = render_kubeconfig(CONFIG, "https://192.0.2.5:6443", "rack1")
    assert parse_kubeconfig(text) == Kubeconfig("https://192.0.2.5:6443", "authority\n", "certificate\n", "key\n")
    document = yaml.safe_load(text)
    assert document["current-context"] == "rack1"
    assert document["contexts"] == [{"name": "rack1", "context": {"cluster": "rack1", "user": "rack1"}}]
    assert base64.b64decode(document["users"][0]["user"]["client-key-data"]) == b"key\n"


def test_a_kubeconfig_in_yaml_of_any_indent_is_read() -> None:
    text = yaml.safe_dump(yaml.safe_load(render_kubeconfig(CONFIG, CONFIG.server, "default")), indent=6)
    assert parse_kubeconfig(text) == CONFIG


def test_two_clusters_are_refused() -> None:
    text = render_kubeconfig(CONFIG, CONFIG.server, "a") + render_kubeconfig(CONFIG, "https://other:6443", "b")
    with pytest.raises(PlatformError, match="has 2 values of server, expected one"):
        parse_kubeconfig(text)


def test_the_key_is_not_in_the_representation() -> None:
    assert "key\n" not in repr(CONFIG)


def test_an_ipv6_address_gets_brackets() -> None:
    assert api_url("fd00::5", 6443) == "https://[fd00::5]:6443"
