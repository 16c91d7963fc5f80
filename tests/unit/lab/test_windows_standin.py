"""The stand-in for ansible.windows cannot drift: its arguments and those of the role's tasks are the genuine ones."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from tests.unit.rules.roles import role_tasks
from tests.unit.rules.tree import CHECKOUT, checkout

UTILS = "ansible_collections.ansible.windows.plugins.module_utils"
STANDIN = CHECKOUT / "lab/windows/plugins"
MODULES = sorted(path.stem for path in (STANDIN / "modules").glob("*.py"))
PREFIX = "ansible.windows."
KEPT = ("type", "required", "choices", "default", "elements", "aliases")


def genuine() -> Path:
    found = importlib.util.find_spec("ansible_collections.ansible.windows")
    assert found and found.submodule_search_locations
    return Path(next(iter(found.submodule_search_locations))) / "plugins/modules"


@cache
def documented(name: str) -> dict[str, dict[str, Any]]:
    """Options of a genuine module, in the shape of an argument spec."""
    path = genuine() / f"{name}.yml"
    if path.exists():
        options = yaml.safe_load(path.read_text())["DOCUMENTATION"]["options"]
    else:
        body = ast.parse(path.with_suffix(".py").read_text()).body
        texts = [ast.literal_eval(node.value) for node in body if isinstance(node, ast.Assign)]
        options = yaml.safe_load(texts[0])["options"]
    return {key: {name: option[name] for name in KEPT if name in option} for key, option in options.items()}


def normal(option: dict[str, Any]) -> dict[str, Any]:
    """Without what says nothing, and with one thing of a list as a list."""
    lists = option.get("type") == "list" and "default" in option
    default = {
        "default": [option["default"]] if lists and isinstance(option["default"], str) else option.get("default")
    }
    known = {**option, **default, "choices": sorted(option.get("choices", [])), "aliases": option.get("aliases", [])}
    return {name: value for name, value in known.items() if value not in (None, [], False) or name == "default"}


@cache
def standin(name: str) -> ModuleType:
    for util in ("standin", "programs"):
        load(f"{UTILS}.{util}", STANDIN / f"module_utils/{util}.py")
    return load(f"lab.windows.plugins.modules.{name}", STANDIN / f"modules/{name}.py")


def load(name: str, path: Path) -> ModuleType:
    """Under the name that Ansible gives it on the guest."""
    spec = importlib.util.spec_from_file_location(name, path)
    assert spec and spec.loader
    module = sys.modules[name] = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", MODULES)
def test_a_standin_takes_what_the_genuine_module_takes(name: str) -> None:
    known = documented(name)
    for option, spec in standin(name).ARGUMENT_SPEC.items():
        assert option in known, f"{name} has no {option}"
        assert normal(spec) == normal(known[option]), f"{name}: {option}"


@pytest.mark.parametrize("name", MODULES)
def test_the_genuine_module_reads_what_its_documentation_says(name: str) -> None:
    """Documentation is Python's, the module is PowerShell's: they are two files."""
    source = (genuine() / f"{name}.ps1").read_text()
    # The action plugin of win_copy keeps these for itself.
    own = {"content", "decrypt", "local_follow", "remote_src"} if name == "win_copy" else set()
    for option in set(standin(name).ARGUMENT_SPEC) - own:
        assert re.search(rf"\b{option}\b", source), f"{name}: {option}"


def tasks() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, task in role_tasks(checkout(), "vm_guest_prepare", "tasks"):
        for key, arguments in task.items():
            if key.startswith(PREFIX):
                yield f"{path}: {task['name']}", key.removeprefix(PREFIX), arguments or {}


@pytest.mark.parametrize(("place", "name", "arguments"), [pytest.param(*task, id=task[0]) for task in tasks()])
def test_a_task_gives_what_the_genuine_module_takes(place: str, name: str, arguments: dict[str, Any]) -> None:
    options = documented(name)
    literal = {key: filled(value, options.get(key, {})) for key, value in arguments.items()}
    assert ArgumentSpecValidator(options).validate(literal).error_messages == [], place


def filled(value: Any, option: dict[str, Any]) -> Any:
    """A value that is only known when the task runs may be any that the option takes."""
    if isinstance(value, str) and "{{" in value:
        return (
            option["choices"][0]
            if "choices" in option
            else {"list": [], "bool": True}.get(option.get("type", ""), value)
        )
    return value


def test_no_module_of_the_role_is_without_a_standin_and_no_standin_without_use() -> None:
    assert {name for _place, name, _arguments in tasks()} == set(MODULES)


def test_a_task_with_an_unknown_argument_would_be_seen() -> None:
    wrong = ArgumentSpecValidator(documented("win_regedit")).validate({"path": "HKLM:\\X", "kind": "dword"})
    assert wrong.error_messages
