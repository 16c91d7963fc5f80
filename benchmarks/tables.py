"""Figures as Markdown."""

from __future__ import annotations

from collections.abc import Mapping

from benchmarks.measuring import Row

COLUMNS = {
    "wall_s": "wall s",
    "cpu_s": "CPU s",
    "rss_mib": "peak MiB",
    "staged_mib": "staged MiB",
    "writes": "full-size writes",
    "calls": "calls",
    "answer": "answer",
}
# What is compared: ours, and what it is compared with.
PAIRS = (
    ("decode: ours", "decode: qemu-img"),
    ("upload: ours", "upload: curl, qemu-img, curl"),
    ("inventory: ours", "inventory: one by one"),
)


def tables(figures: Mapping[str, Row]) -> str:
    """All figures, then the other way divided by ours: above 1, ours is the cheaper one."""
    lines = _table(["variant", *COLUMNS.values()])
    for key, row in figures.items():
        if not key.endswith(": ratio"):
            lines.append(_line([key, *(_number(row.get(what)) for what in COLUMNS)]))
    compared = ("wall_s", "cpu_s", "rss_mib", "calls")
    lines += ["", *_table(["divided by ours", *(COLUMNS[what] for what in compared)])]
    for ours, other in PAIRS:
        if ours in figures and other in figures:
            ratios = [_ratio(figures[other], figures[ours], what) for what in compared]
            lines.append(_line([other, *(_number(ratio) for ratio in ratios)]))
    return "\n".join(lines)


def _ratio(other: Row, ours: Row, what: str) -> float | None:
    return other[what] / ours[what] if other.get(what) and ours.get(what) else None


def _number(value: float | None) -> str:
    return "" if value is None else f"{value:.0f}" if value >= 100 or value == int(value) else f"{value:.2f}"


def _table(titles: list[str]) -> list[str]:
    return [_line(titles), "|---|" + "---:|" * (len(titles) - 1)]


def _line(cells: list[str]) -> str:
    return "| " + " | ".join(cells) + " |"
