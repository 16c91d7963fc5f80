"""Sizes and hosts of made-up estates, the same for the same seed."""

from __future__ import annotations

import random


def size_mib(source: random.Random) -> float:
    """Of 1 GiB to 2 TiB, most of them small."""
    return min(2e6, max(1024, source.lognormvariate(10.8, 1.0)))


def host_name(source: random.Random, hosts: int, hot: int) -> str:
    """One of them; `hot` of them hold five times as much."""
    weights = [5 if number < hot else 1 for number in range(hosts)]
    return f"esx{source.choices(range(hosts), weights)[0]}"
