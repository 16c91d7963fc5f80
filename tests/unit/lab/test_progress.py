"""What the builder says while the Go tool works."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from lab.build import progress
from lab.build.progress import Progress


def test_counts_modules_and_packages_and_keeps_what_is_news() -> None:
    seen = Progress("kubelet")
    for line in ("go: downloading a.example/b v1.0.0", "k8s.io/api/core/v1", "fmt"):
        seen.take(line)
    for line in ("# k8s.io/broken", "x.go:3:1: oops"):
        seen.take(line)
    assert str(seen) == "kubelet: 1 modules fetched, 2 packages compiled"
    assert list(seen.rest) == ["# k8s.io/broken", "x.go:3:1: oops"]


def test_a_line_now_and_then_and_not_for_each_package(capsys: pytest.CaptureFixture[str]) -> None:
    seen = Progress("kubelet")
    for number in range(progress.EVERY * 2):
        seen.take(f"example.org/package{number}")
    assert len(capsys.readouterr().err.splitlines()) == 2


def test_a_refused_build_says_what_the_compiler_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = "import sys; sys.stderr.write('fmt\\n./main.go:3:1: syntax error\\n'); sys.exit(2)"
    with pytest.raises(subprocess.CalledProcessError):
        progress.run("broken", [sys.executable, "-c", script], tmp_path, {})
    assert capsys.readouterr().err == "./main.go:3:1: syntax error\n"
