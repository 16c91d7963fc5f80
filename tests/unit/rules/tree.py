"""The repository as data: path -> text. A rule is a function from a Tree to the offences it finds."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

CHECKOUT = Path(__file__).resolve().parents[3]


class AnsibleLoader(yaml.SafeLoader):
    """Reads Ansible's own tags (!vault, !unsafe) as the plain value under them."""


AnsibleLoader.add_multi_constructor("!", lambda loader, suffix, node: loader.construct_scalar(node))


@dataclass(frozen=True)
class Tree:
    """The files of a repository by their path, as `/`-separated text. Binary files are bytes."""

    files: dict[str, str | bytes]

    def text(self, path: str) -> str:
        """Text of a file; an empty one when it is missing or binary."""
        content = self.files.get(path, "")
        return content if isinstance(content, str) else ""

    def matching(self, *patterns: str) -> list[str]:
        """Paths that match one of the shell patterns, which start at the top."""
        return sorted(path for path in self.files if any(matches(path, pattern) for pattern in patterns))

    def python(self, *folders: str) -> list[str]:
        """Python files below the folders."""
        return sorted(p for p in self.files if p.endswith(".py") and p.startswith(tuple(f"{f}/" for f in folders)))

    def roles(self) -> list[str]:
        """Names of the roles."""
        return sorted({path.split("/")[1] for path in self.files if path.startswith("roles/") and path.count("/") > 1})

    def role_files(self, role: str, *folders: str) -> list[str]:
        """YAML files in folders of a role."""
        heads = tuple(f"roles/{role}/{folder}/" for folder in folders)
        return sorted(path for path in self.files if path.startswith(heads) and path.endswith((".yml", ".yaml")))


def matches(path: str, pattern: str) -> bool:
    """PurePosixPath.match looks from the right: equal depth makes it look from the top."""
    return PurePosixPath(path).match(pattern) and path.count("/") == pattern.count("/")


Rule = Callable[[Tree], Iterator[str]]


@cache
def checkout() -> Tree:
    """What git would commit of this checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "-co", "--exclude-standard", "-z"], cwd=CHECKOUT, capture_output=True, check=True, text=True
    )
    paths = [name for name in listed.stdout.split("\0") if name and (CHECKOUT / name).is_file()]
    return Tree({name: readable((CHECKOUT / name).read_bytes()) for name in paths})


def readable(content: bytes) -> str | bytes:
    """Text when it is text."""
    try:
        return content.decode() if b"\0" not in content else content
    except UnicodeDecodeError:
        return content


@cache
def parsed(text: str) -> ast.Module:
    """Python as a syntax tree."""
    return ast.parse(text)


@cache
def loaded(text: str) -> Any:
    """A YAML document."""
    return yaml.load(text, Loader=AnsibleLoader)


def tasks_of(document: Any) -> Iterator[dict[str, Any]]:
    """All tasks of a task file or handlers file, those inside blocks too."""
    for task in document or []:
        if isinstance(task, dict):
            yield task
            for part in ("block", "rescue", "always"):
                yield from tasks_of(task.get(part))


def play_tasks(document: Any) -> Iterator[dict[str, Any]]:
    """All tasks of a playbook."""
    for play in document or []:
        for part in ("pre_tasks", "tasks", "post_tasks", "handlers"):
            yield from tasks_of(play.get(part))
