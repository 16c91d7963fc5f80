"""The arrows of the architecture hold, and each rule can say no."""

from __future__ import annotations

import pytest

from tests.unit.rules import layers
from tests.unit.rules.tree import Rule, Tree, checkout

CORE, ADAPTER = "plugins/module_utils/_core/x.py", "plugins/module_utils/_adapters/x.py"
OURS = "ansible_collections.ironacre.hci.plugins"


@pytest.mark.parametrize("rule", layers.RULES, ids=lambda rule: rule.__name__)
def test_the_checkout_keeps_the_arrow(rule: Rule) -> None:
    assert list(rule(checkout())) == []


@pytest.mark.parametrize(
    ("rule", "path", "text"),
    [
        (layers.core_is_pure, CORE, "import yaml"),
        (layers.core_is_pure, CORE, "from ansible.module_utils.basic import AnsibleModule"),
        (layers.core_is_pure, CORE, "import socket"),
        (layers.core_is_pure, CORE, "from urllib.request import urlopen"),
        (layers.core_is_pure, CORE, f"from {OURS}.module_utils._adapters.kube_transport import KubeTransport"),
        (layers.core_is_pure, CORE, "def read(path):\n    return open(path)"),
        (layers.core_is_pure, CORE, "from datetime import datetime\nNOW = datetime.now()"),
        (layers.adapters_know_no_ansible, ADAPTER, "from ansible.module_utils.urls import open_url"),
        (layers.adapters_know_no_ansible, ADAPTER, f"from {OURS}.module_utils._ansible.module import run"),
        (layers.modules_import_no_modules, "plugins/modules/x.py", f"from {OURS}.modules.y import main"),
        (layers.modules_import_no_modules, "plugins/modules/x.py", "import sushy"),
        (layers.modules_import_no_modules, "plugins/action/x.py", f"from {OURS}.modules.y import main"),
        (layers.foreign_insides_stay_foreign, ADAPTER, "from ansible_collections.kubernetes.core.plugins import x"),
        (layers.core_is_pure, CORE, "from .._adapters.x import y"),
        (layers.foreign_insides_stay_foreign, ADAPTER, "from lab.build import cache"),
        (layers.roles_know_no_groups, "roles/a/tasks/main.yml", "- name: X\n  debug: {msg: \"{{ groups['all'] }}\"}"),
        (layers.roles_know_no_groups, "roles/a/templates/x.j2", "{% for host in groups.hci_nodes %}"),
        (layers.roles_know_no_roles, "roles/a/tasks/x.yml", "- ansible.builtin.include_role: {name: b}"),
        (layers.roles_know_no_roles, "roles/a/tasks/x.yml", "- block:\n    - ansible.builtin.import_role: {name: b}"),
    ],
)
def test_a_breach_is_seen(rule: Rule, path: str, text: str) -> None:
    assert len(list(rule(Tree({path: text})))) == 1


def test_what_is_allowed_passes() -> None:
    fine = {
        CORE: "import json\nfrom urllib.parse import urlsplit\nfrom .errors import Finding",
        ADAPTER: f"import socket\nimport sushy\nfrom {OURS}.module_utils._core.errors import PlatformError",
        "plugins/modules/x.py": f"from ansible.module_utils.basic import AnsibleModule\n"
        f"from {OURS}.module_utils._ansible.module import run",
        "roles/a/tasks/main.yml": "- name: X\n  ansible.builtin.user: {name: x, groups: [a]}",
    }
    assert [offence for rule in layers.RULES for offence in rule(Tree(fine))] == []
