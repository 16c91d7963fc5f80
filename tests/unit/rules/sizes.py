"""Sizes: a unit that outgrows its limit is two things."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.unit.rules.tree import Tree, loaded, parsed

FUNCTION, MODULE, PYTHON, TASKS, MAIN, DEFAULTS, TEMPLATE, PLAYBOOK, README = 40, 150, 250, 80, 40, 40, 80, 40, 30
PYTHON_FOLDERS = ("plugins", "lab", "tools", "tests", "benchmarks", "roles", "docs")
DOCS = {"DOCUMENTATION", "EXAMPLES", "RETURN"}


def lines(text: str) -> int:
    return len(text.splitlines())


def saying(text: str) -> int:
    """Lines that say something: neither empty nor only a comment."""
    return sum(1 for line in text.splitlines() if line.strip() and not line.strip().startswith("#"))


def span(node: ast.stmt) -> int:
    return (node.end_lineno or node.lineno) - node.lineno + 1


def docstring_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    return span(node.body[0]) if ast.get_docstring(node) is not None else 0


def functions(tree: Tree) -> Iterator[str]:
    """Functions, without their docstring."""
    for path in tree.python(*PYTHON_FOLDERS):
        for node in ast.walk(parsed(tree.text(path))):
            if not isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
                continue
            if span(node) - docstring_lines(node) > FUNCTION:
                yield f"{path}: {node.name} has {span(node)} lines (limit {FUNCTION})"


def code_lines(text: str) -> int:
    """Lines of a module without its documentation blocks."""
    docs = [
        node
        for node in parsed(text).body
        if isinstance(node, ast.Assign) and {ast.unparse(target) for target in node.targets} & DOCS
    ]
    return lines(text) - sum(map(span, docs))


def python_files(tree: Tree) -> Iterator[str]:
    """Python files: 250 lines; modules 150 without their documentation."""
    for path in tree.python(*PYTHON_FOLDERS):
        module = path.startswith("plugins/modules/")
        count, limit = (code_lines(tree.text(path)), MODULE) if module else (lines(tree.text(path)), PYTHON)
        if count > limit:
            yield f"{path}: {count} lines (limit {limit})"


def role_files(tree: Tree) -> Iterator[str]:
    """Task files 80 lines, tasks/main.yml 40, defaults 40 variables, templates 80, README 30."""
    for role in tree.roles():
        for path in tree.role_files(role, "tasks", "handlers"):
            limit = MAIN if path.endswith("tasks/main.yml") else TASKS
            if lines(tree.text(path)) > limit:
                yield f"{path}: {lines(tree.text(path))} lines (limit {limit})"
        defaults = loaded(tree.text(f"roles/{role}/defaults/main.yml")) or {}
        if len(defaults) > DEFAULTS:
            yield f"roles/{role}/defaults/main.yml: {len(defaults)} variables (limit {DEFAULTS})"
        if lines(tree.text(f"roles/{role}/README.md")) > README:
            yield f"roles/{role}/README.md: {lines(tree.text(f'roles/{role}/README.md'))} lines (limit {README})"
        for path in (p for p in tree.files if p.startswith(f"roles/{role}/templates/")):
            if lines(tree.text(path)) > TEMPLATE:
                yield f"{path}: {lines(tree.text(path))} lines (limit {TEMPLATE})"


def playbooks(tree: Tree) -> Iterator[str]:
    """Playbooks: 40 lines that say something."""
    for path in tree.matching("playbooks/*.yml", "*.yml"):
        if (path.startswith("playbooks/") or path == "site.yml") and saying(tree.text(path)) > PLAYBOOK:
            yield f"{path}: {saying(tree.text(path))} lines that say something (limit {PLAYBOOK})"


RULES = (functions, python_files, role_files, playbooks)
