"""The rules of the house hold, and each rule can say no."""

from __future__ import annotations

import pytest

from tests.unit.rules import plugins, roles, sizes
from tests.unit.rules.tree import Rule, Tree, checkout

SPECS = "roles/a/meta/argument_specs.yml"
DEFAULTS = "roles/a/defaults/main.yml"
TASKS = "roles/a/tasks/x.yml"
MODULE = "plugins/modules/x.py"
A_SPEC = "argument_specs: {main: {options: {a_x: {type: int, default: 1}}}}"
LONG = "\n".join("    x = 1" for _ in range(41))


@pytest.mark.parametrize("rule", [*sizes.RULES, *roles.RULES, *plugins.RULES], ids=lambda rule: rule.__name__)
def test_the_checkout_keeps_the_rule(rule: Rule) -> None:
    assert list(rule(checkout())) == []


@pytest.mark.parametrize(
    ("rule", "files"),
    [
        (sizes.functions, {"lab/x.py": f"def f():\n{LONG}"}),
        (sizes.python_files, {"tools/x.py": "x = 1\n" * 251}),
        (sizes.python_files, {MODULE: 'DOCUMENTATION = """\n' + "a\n" * 99 + '"""\n' + "x = 1\n" * 151}),
        (sizes.role_files, {TASKS: "# x\n" * 81}),
        (sizes.role_files, {"roles/a/tasks/main.yml": "# x\n" * 41}),
        (sizes.role_files, {DEFAULTS: "\n".join(f"a_{n}: 1" for n in range(41))}),
        (sizes.role_files, {"roles/a/README.md": "x\n" * 31}),
        (sizes.role_files, {"roles/a/templates/x.conf.j2": "x\n" * 81}),
        (sizes.playbooks, {"playbooks/x.yml": "- hosts: x\n" * 41}),
        (roles.complete, {"roles/a/README.md": "", SPECS: "", "roles/a/meta/main.yml": "dependencies: []"}),
        (
            roles.complete,
            {
                "roles/a/README.md": "",
                SPECS: "",
                "roles/a/tasks/main.yml": "",
                "roles/a/meta/main.yml": "dependencies: [b]",
            },
        ),
        (roles.specs_equal_defaults, {SPECS: A_SPEC, DEFAULTS: "a_x: 2"}),
        (roles.specs_equal_defaults, {SPECS: A_SPEC, DEFAULTS: "a_x: true"}),
        (roles.specs_equal_defaults, {SPECS: A_SPEC, DEFAULTS: ""}),
        (roles.specs_equal_defaults, {SPECS: A_SPEC, DEFAULTS: "{a_x: 1, a_y: 1}"}),
        (roles.prefixed, {DEFAULTS: "other: 1"}),
        (roles.prefixed, {TASKS: "- set_fact: {other: 1}"}),
        (roles.prefixed, {TASKS: "- ansible.builtin.debug: {}\n  register: other"}),
        (roles.prefixed, {TASKS: "- ansible.builtin.debug: {}\n  loop_control: {loop_var: other}"}),
        (roles.prefixed, {"roles/a/vars/debian.yml": "other: 1"}),
        (roles.main_is_contents, {"roles/a/tasks/main.yml": "- name: X\n  ansible.builtin.debug: {}"}),
        (roles.no_shell, {TASKS: "- ansible.builtin.shell: ls"}),
        (roles.no_shell, {"playbooks/x.yml": "- hosts: x\n  tasks: [{raw: ls}]"}),
        (roles.no_shell, {TASKS: "- block: [{ansible.builtin.command: {argv: [ls]}}]"}),
        (roles.no_shell, {TASKS: "- ansible.builtin.command: ls\n  changed_when: false"}),
        (roles.honest, {TASKS: "- debug: {}\n  ignore_errors: false"}),
        (roles.honest, {TASKS: "- debug: {}\n  changed_when: true"}),
        (roles.named, {TASKS: "- debug: {}"}),
        (roles.named, {TASKS: "- name: Say it\n  debug: {}"}),
        (roles.no_structured_templates, {"roles/a/templates/x.yaml.j2": ""}),
        (plugins.grouped, {MODULE: "", "meta/runtime.yml": "action_groups: {bmc: []}"}),
        (plugins.grouped, {MODULE: "", "meta/runtime.yml": "action_groups: {bmc: [x], node: [x]}"}),
        (plugins.grouped, {"meta/runtime.yml": "action_groups: {bmc: [x]}"}),
        (plugins.check_mode, {MODULE: "AnsibleModule(argument_spec={})"}),
        (plugins.fragment, {MODULE: ""}),
        (plugins.tested, {MODULE: ""}),
        (plugins.tested, {"plugins/module_utils/_core/x.py": ""}),
        (plugins.licensed, {MODULE: "x = 1"}),
        (plugins.typed, {MODULE: "x = 1"}),
        (plugins.said, {MODULE: "a, _, b = x"}),
        (plugins.clean, {"docs/x.md": "see /work/shared/design"}),
        (plugins.clean, {"Makefile": "pip install --index-url https://example.org x"}),
        (plugins.clean, {"lab/x.py": "import x  # noqa: F401"}),
        (plugins.clean, {"tests/sanity/ignore-2.19.txt": ""}),
        (plugins.nothing_fetched, {"lab/x.bin": b"\0"}),
        (plugins.nothing_fetched, {"lab/x.yaml": "x" * 400_001}),
        (plugins.one_version, {"galaxy.yml": "version: 4.5.6", "docs/x.md": "Install 4.5.6."}),
    ],
)
def test_a_breach_is_seen(rule: Rule, files: dict[str, str | bytes]) -> None:
    assert len(list(rule(Tree(files)))) == 1


def test_a_util_reached_through_another_one_is_tested() -> None:
    core = "ansible_collections.ironacre.hci.plugins.module_utils._core"
    files: dict[str, str | bytes] = {
        "plugins/module_utils/_core/a.py": f"from {core} import b",
        "plugins/module_utils/_core/b.py": "",
        "tests/unit/test_a.py": f"from {core}.a import x",
    }
    assert list(plugins.tested(Tree(files))) == []
