from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.chain import Cost, called, measure, table


@pytest.mark.parametrize(
    ("line", "host"),
    [
        ("-o ControlMaster=auto -i key -o User=root 172.31.70.11 /bin/sh -c 'echo 10.0.0.1'", "172.31.70.11"),
        ("-tt -l root root@10.0.0.2 cmd", "10.0.0.2"),
        ("-O stop -o ControlPath=x 10.0.0.3", None),
        ("-o A=b", None),
    ],
)
def test_a_call_is_counted_for_its_host(line: str, host: str | None) -> None:
    assert called(line) == host


def test_the_table_gives_figures_for_each_host() -> None:
    text = table(Cost(12.0, 3.0, {"a": 4, "b": 8}, {"check": 0.5}))
    assert "| SSH round trips for each host | 6.0 (a: 4, b: 8) |" in text
    assert "| CPU of the controller for each host | 1.50 s |" in text
    assert "| stage check | 0.5 s |" in text


def test_a_real_run_is_measured(tmp_path: Path) -> None:
    cost = measure("playbooks/check_inventory.yml", tmp_path)
    assert (cost.code, list(cost.stages), cost.calls, cost.changed) == (0, ["check"], {}, 0)
    assert cost.cpu > 0.1
