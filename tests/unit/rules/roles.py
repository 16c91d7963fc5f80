"""What every role keeps."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from tests.unit.rules.tree import Tree, loaded, play_tasks, tasks_of

NOTHING = object()
SHELL = ("shell", "raw", "script", "expect")
COMMAND = ("ansible.builtin.command", "command")
INCLUDES = ("ansible.builtin.include_tasks", "ansible.builtin.import_tasks")


def role_tasks(tree: Tree, role: str, *folders: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for path in tree.role_files(role, *(folders or ("tasks", "handlers"))):
        for task in tasks_of(loaded(tree.text(path))):
            yield path, task


def all_tasks(tree: Tree) -> Iterator[tuple[str, dict[str, Any]]]:
    """Tasks of roles, playbooks and scenarios."""
    for role in tree.roles():
        yield from role_tasks(tree, role)
    for path in tree.matching("playbooks/*.yml", "molecule/*/*.yml"):
        document = loaded(tree.text(path))
        if isinstance(document, list):
            yield from ((path, task) for task in play_tasks(document))


def complete(tree: Tree) -> Iterator[str]:
    """README, argument_specs, meta without dependencies, a task file."""
    for role in tree.roles():
        for name in ("README.md", "meta/argument_specs.yml", "meta/main.yml", "tasks/main.yml"):
            if f"roles/{role}/{name}" not in tree.files:
                yield f"roles/{role}: has no {name}"
        meta = loaded(tree.text(f"roles/{role}/meta/main.yml")) or {}
        if meta and meta.get("dependencies") != []:
            yield f"roles/{role}/meta/main.yml: must say dependencies: []"


def options_of(tree: Tree, role: str) -> dict[str, dict[str, Any]]:
    """All options of all entry points of a role."""
    specs = (loaded(tree.text(f"roles/{role}/meta/argument_specs.yml")) or {}).get("argument_specs", {})
    return {name: option for spec in specs.values() for name, option in (spec.get("options") or {}).items()}


def specs_equal_defaults(tree: Tree) -> Iterator[str]:
    """defaults/main.yml and argument_specs.yml say the same."""
    for role in tree.roles():
        defaults = loaded(tree.text(f"roles/{role}/defaults/main.yml")) or {}
        options = options_of(tree, role)
        for name in sorted(defaults.keys() | options.keys()):
            default = defaults.get(name, NOTHING)
            documented = options.get(name, {}).get("default", NOTHING)
            if name not in options:
                yield f"roles/{role}: {name} has a default and no option in argument_specs.yml"
            elif default != documented or type(default) is not type(documented):
                yield f"roles/{role}: {name} differs between defaults and argument_specs.yml"


def prefixed(tree: Tree) -> Iterator[str]:
    """Variables start with the role's name, internal ones with `__` and the role's name."""
    for role in tree.roles():
        for name in {**(loaded(tree.text(f"roles/{role}/defaults/main.yml")) or {}), **options_of(tree, role)}:
            if not name.startswith(f"{role}_"):
                yield f"roles/{role}: variable {name} lacks the prefix {role}_"
        for path in tree.role_files(role, "vars"):
            yield from internal(path, role, loaded(tree.text(path)) or {})
        for path, task in role_tasks(tree, role):
            yield from internal(path, role, set_by(task))


def set_by(task: dict[str, Any]) -> list[str]:
    """Names a task gives to values."""
    facts = task.get("ansible.builtin.set_fact") or task.get("set_fact") or {}
    names = [name for name in (*facts, *(task.get("vars") or {})) if name != "cacheable"]
    control = task.get("loop_control") or {}
    return [*names, *filter(None, (task.get("register"), control.get("loop_var"), control.get("index_var")))]


def internal(path: str, role: str, names: Any) -> Iterator[str]:
    # Connection and Python settings of a delegated task are Ansible's own names.
    for name in names:
        if not name.startswith((f"__{role}_", f"{role}_", "ansible_")):
            yield f"{path}: {name} lacks the prefix __{role}_"


def main_is_contents(tree: Tree) -> Iterator[str]:
    """tasks/main.yml only includes."""
    for role in tree.roles():
        for task in loaded(tree.text(f"roles/{role}/tasks/main.yml")) or []:
            if not any(verb in task for verb in INCLUDES):
                yield f"roles/{role}/tasks/main.yml: '{task.get('name')}' is not an include"


def no_shell(tree: Tree) -> Iterator[str]:
    """No shell; a command as argv that says when it changes something."""
    for path, task in all_tasks(tree):
        for key in task:
            if key.rsplit(".", 1)[-1] in SHELL:
                yield f"{path}: '{task.get('name')}' uses {key}"
        for key in COMMAND:
            command = task.get(key, NOTHING)
            if command is NOTHING:
                continue
            given = command if isinstance(command, dict) else {}
            if "argv" not in given or not ({"changed_when"} & task.keys() or {"creates", "removes"} & given.keys()):
                yield f"{path}: '{task.get('name')}' needs argv, and changed_when or creates"


def honest(tree: Tree) -> Iterator[str]:
    """No ignored error and no change that is always claimed."""
    for path, task in all_tasks(tree):
        if "ignore_errors" in task:
            yield f"{path}: '{task.get('name')}' has ignore_errors"
        if task.get("changed_when") is True:
            yield f"{path}: '{task.get('name')}' has changed_when: true"


def named(tree: Tree) -> Iterator[str]:
    """Each task has a name; in a sub-file it starts with the file's name."""
    for role in tree.roles():
        for path, task in role_tasks(tree, role, "tasks"):
            name, stem = str(task.get("name", "")), path.rsplit("/", 1)[-1].removesuffix(".yml")
            if not name:
                yield f"{path}: a task has no name"
            elif stem != "main" and not name.startswith(f"{stem} | "):
                yield f"{path}: '{name}' should start with '{stem} | '"


def no_structured_templates(tree: Tree) -> Iterator[str]:
    """Structured files come from filters, not from string templates."""
    for path in sorted(tree.files):
        if path.endswith((".yml.j2", ".yaml.j2", ".json.j2", ".toml.j2", ".xml.j2")):
            yield f"{path}: structured data as a string template"


RULES = (
    complete,
    specs_equal_defaults,
    prefixed,
    main_is_contents,
    no_shell,
    honest,
    named,
    no_structured_templates,
)
