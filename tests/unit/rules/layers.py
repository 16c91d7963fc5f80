"""The arrows of the architecture: who may know whom."""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator

from tests.unit.rules.tree import Tree, loaded, parsed, tasks_of

OURS = "ansible_collections.ironacre.hci.plugins"
UTILS = "plugins/module_utils"
# What reads a clock, a file, a socket, a process or chance. A pure core gets those things as values.
OUTSIDE = {
    "asyncio",
    "http",
    "os",
    "random",
    "secrets",
    "select",
    "shutil",
    "signal",
    "socket",
    "ssl",
    "subprocess",
    "tempfile",
    "threading",
    "time",
    "urllib.request",
}
CALLS_OUTSIDE = {"open", "print", "datetime.now", "datetime.utcnow", "date.today"}
GROUPS = re.compile(r"\bgroups\s*(\[|\.\w|\|)")


def imports(tree: Tree, path: str) -> Iterator[str]:
    """Full names of the modules a Python file imports, wherever in the file; relative ones resolved."""
    for node in ast.walk(parsed(tree.text(path))):
        if isinstance(node, ast.Import):
            yield from (name.name for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield absolute(path, node)


def absolute(path: str, node: ast.ImportFrom) -> str:
    """`..errors` in plugins/module_utils/_core/vm/x.py is the collection's module_utils._core.errors."""
    if not node.level:
        return node.module or ""
    package = path.split("/")[: -node.level]
    return ".".join(["ansible_collections.ironacre.hci", *package, *([node.module] if node.module else [])])


def is_outside(name: str) -> bool:
    return any(name == one or name.startswith(f"{one}.") for one in OUTSIDE)


def core_is_pure(tree: Tree) -> Iterator[str]:
    """_core: standard library and _core, nothing that touches the outside world."""
    for path in tree.python(f"{UTILS}/_core"):
        for name in imports(tree, path):
            own = name.startswith(f"{OURS}.module_utils._core")
            standard = name.split(".")[0] in sys.stdlib_module_names
            if not own and (not standard or is_outside(name)):
                yield f"{path}: imports {name}"
        for call in ast.walk(parsed(tree.text(path))):
            if isinstance(call, ast.Call) and ast.unparse(call.func) in CALLS_OUTSIDE:
                yield f"{path}:{call.lineno}: calls {ast.unparse(call.func)}"


def adapters_know_no_ansible(tree: Tree) -> Iterator[str]:
    """_adapters: _core and the outside world; Ansible comes above them."""
    for path in tree.python(f"{UTILS}/_adapters"):
        for name in imports(tree, path):
            if name.split(".")[0] == "ansible" or name.startswith(f"{OURS}.module_utils._ansible"):
                yield f"{path}: imports {name}"


def modules_import_no_modules(tree: Tree) -> Iterator[str]:
    """Plugins know Ansible and our module_utils; never a module, never a third party directly."""
    allowed = ("ansible.", f"{OURS}.module_utils.")
    for path in tree.python("plugins/modules", "plugins/filter"):
        for name in imports(tree, path):
            if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith(allowed):
                yield f"{path}: imports {name}"
    for path in tree.python("plugins/action", "plugins/callback", "plugins/inventory", "plugins/lookup"):
        yield from (f"{path}: imports {name}" for name in imports(tree, path) if f"{OURS}.modules" in name)


def foreign_insides_stay_foreign(tree: Tree) -> Iterator[str]:
    """Nobody imports the Python of another collection, nor the lab."""
    for path in tree.python("plugins"):
        for name in imports(tree, path):
            foreign = name.startswith("ansible_collections.") and not name.startswith(f"{OURS}.")
            if foreign or name.split(".")[0] in {"lab", "tools", "tests"}:
                yield f"{path}: imports {name}"


def roles_know_no_groups(tree: Tree) -> Iterator[str]:
    """A role knows one host; the playbook passes lists."""
    for path in sorted(tree.files):
        if path.startswith("roles/") and not path.endswith(".md") and GROUPS.search(tree.text(path)):
            yield f"{path}: reads groups"


def roles_know_no_roles(tree: Tree) -> Iterator[str]:
    """A role neither includes nor depends on another one; its own entry points are fine."""
    for role in tree.roles():
        for path in tree.role_files(role, "tasks", "handlers"):
            for task in tasks_of(loaded(tree.text(path))):
                for verb in (key for key in task if key.split(".")[-1] in {"include_role", "import_role"}):
                    yield f"{path}: {verb} {task[verb]}"


RULES = (
    core_is_pure,
    adapters_know_no_ansible,
    modules_import_no_modules,
    foreign_insides_stay_foreign,
    roles_know_no_groups,
    roles_know_no_roles,
)
