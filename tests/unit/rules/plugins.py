"""What every plugin keeps, and what the repository never holds."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from typing import Any

from tests.unit.rules.layers import OURS, UTILS, absolute, imports
from tests.unit.rules.tree import Tree, loaded, parsed

LICENCE = "GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)"
# Built from parts so that this file keeps its own rule.
FORBIDDEN = {
    "a machine's path": re.compile(r"(?<![\w.])/(?:work|root/w)/(?:main|shared|\w+)"),
    "a package index": re.compile("--(?:extra-)?index" + "-url|GOPROXY" + "=http|--find" + "-links"),
    "a silenced lint": re.compile("#\\s*no" + "qa|#\\s*no" + "sec", re.IGNORECASE),
}
LIMIT_BYTES = 400_000


def names(tree: Tree, kind: str) -> list[str]:
    """Names of the plugins of a kind."""
    return [path.split("/")[-1].removesuffix(".py") for path in tree.python(f"plugins/{kind}")]


def grouped(tree: Tree) -> Iterator[str]:
    """Every module is in exactly one action group, and a group names only modules there are."""
    groups: dict[str, Any] = (loaded(tree.text("meta/runtime.yml")) or {}).get("action_groups", {})
    listed = [name for members in groups.values() for name in members or []]
    modules = names(tree, "modules")
    yield from (f"{name}: in {listed.count(name)} action groups" for name in modules if listed.count(name) != 1)
    yield from (f"{name}: in an action group, and not a module" for name in listed if name not in modules)


def check_mode(tree: Tree) -> Iterator[str]:
    """Every module can be asked what it would do."""
    for name in names(tree, "modules"):
        action = tree.text(f"plugins/action/{name}.py")
        said = "_supports_check_mode = True" in action if action else False
        if not said and "supports_check_mode=True" not in tree.text(f"plugins/modules/{name}.py"):
            yield f"plugins/modules/{name}.py: no supports_check_mode=True"


def fragment(tree: Tree) -> Iterator[str]:
    """Every module states its attributes."""
    for name in names(tree, "modules"):
        if "ironacre.hci.attributes" not in tree.text(f"plugins/modules/{name}.py"):
            yield f"plugins/modules/{name}.py: does not use the fragment ironacre.hci.attributes"


def tested(tree: Tree) -> Iterator[str]:
    """Modules, actions and callbacks have a mirrored unit test; each module util is reached by a test.

    Filters are thin: tests/unit/plugins/filter/test_all.py looks at every one, their functions are tested in the core.
    """
    for kind in ("modules", "action", "callback"):
        for name in names(tree, kind):
            # An action plugin and the module that documents it are one thing.
            pair = ("action", "modules") if kind in {"action", "modules"} else (kind,)
            mirrors = [f"tests/unit/plugins/{one}/test_{name}.py" for one in pair]
            if not any(mirror in tree.files for mirror in mirrors):
                yield f"plugins/{kind}/{name}.py: no {mirrors[-1]}"
    used = reached(tree)
    for path in tree.python(UTILS):
        if dotted(path) not in used:
            yield f"{path}: no test reaches it"


def dotted(path: str) -> str:
    return f"{OURS}.{path.removeprefix('plugins/').removesuffix('.py').removesuffix('/__init__').replace('/', '.')}"


def reached(tree: Tree) -> set[str]:
    """Our modules that tests and the tools they test import, directly or through what they import."""
    graph = {dotted(path): names_in(tree, path) for path in tree.python("plugins")}
    todo = [name for path in tree.python("tests", "tools") for name in names_in(tree, path)]
    seen: set[str] = set()
    while todo:
        name = todo.pop()
        if name in graph and name not in seen:
            seen.add(name)
            todo += graph[name]
    return seen


def names_in(tree: Tree, path: str) -> list[str]:
    """Names of our modules that a file imports, `from package import module` too."""
    found = [name for name in imports(tree, path) if name.startswith(OURS)]
    for node in ast.walk(parsed(tree.text(path))):
        if isinstance(node, ast.ImportFrom) and absolute(path, node).startswith(OURS):
            found += [f"{absolute(path, node)}.{alias.name}" for alias in node.names]
    return found


def licensed(tree: Tree) -> Iterator[str]:
    """Every plugin says its licence."""
    for path in tree.python("plugins"):
        if tree.text(path).strip() and LICENCE not in tree.text(path):
            yield f"{path}: no licence line"


def typed(tree: Tree) -> Iterator[str]:
    """Annotations are not evaluated, so that the node's old Python reads new ones."""
    for path in tree.python("plugins"):
        if tree.text(path).strip() and "from __future__ import annotations" not in tree.text(path):
            yield f"{path}: no 'from __future__ import annotations'"


def said(tree: Tree) -> Iterator[str]:
    """Nothing is called `_`: ansible-test refuses it, minutes later."""
    for path in tree.python("plugins"):
        for node in ast.walk(parsed(tree.text(path))):
            if isinstance(node, ast.Name) and node.id == "_" and isinstance(node.ctx, ast.Store):
                yield f"{path}:{node.lineno}: a variable is called _"


def clean(tree: Tree) -> Iterator[str]:
    """No path of one machine, no package index, no silenced lint, no sanity ignore."""
    for path in sorted(tree.files):
        for what, pattern in FORBIDDEN.items():
            if path != "tests/unit/test_repository.py" and pattern.search(tree.text(path)):
                yield f"{path}: {what}"
        if path.startswith("tests/sanity/ignore"):
            yield f"{path}: a sanity ignore"


def nothing_fetched(tree: Tree) -> Iterator[str]:
    """No binaries but pictures of the docs, and nothing big."""
    for path, content in sorted(tree.files.items()):
        picture = path.startswith("docs/") and path.endswith(".png")
        if not picture and (isinstance(content, bytes) or len(content) > LIMIT_BYTES):
            yield f"{path}: binary or bigger than {LIMIT_BYTES} bytes"


def one_version(tree: Tree) -> Iterator[str]:
    """The version of the collection stands in galaxy.yml and in what is generated from it."""
    version = str((loaded(tree.text("galaxy.yml")) or {}).get("version", ""))
    exact = re.compile(rf"(?<![\w.]){re.escape(version)}(?!\w|\.\d)")
    folders = ("roles/", "plugins/", "playbooks/", "docs/", "meta/")
    texts = [path for path in sorted(tree.files) if path.startswith(folders)]
    for path in [*texts, "README.md", "Makefile", "pyproject.toml", "ansible.cfg"]:
        lines = [line for line in tree.text(path).splitlines() if "version_added" not in line]
        if version and any(exact.search(line) for line in lines):
            yield f"{path}: repeats the version {version}"


RULES = (grouped, check_mode, fragment, tested, licensed, typed, said, clean, nothing_fetched, one_version)
