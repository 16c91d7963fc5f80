"""A whole node and its controller, for the time of the tests of one file of `nodes/`, each of which is given both.

python -m tests.uml.node FILE RESULTS [TEST...]
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.peers.nic.bench import Bench
from tests.uml import lane
from tests.uml.inside import runner
from tests.uml.whole import Whole

NUMBER = 21


@contextmanager
def running(folder: Path, bonded: bool) -> Iterator[tuple[Bench, Whole]]:
    """The node is up and alone in the controller's inventory."""
    bench = Bench(folder, lane.root() / "tree")
    bench.up()
    node = Whole(NUMBER, "", bench.name, folder, lane.root() / "root.img", bonded=bonded)
    try:
        bench.nodes = {f"p{NUMBER}": bench.add(node)}
        bench.inventory()
        yield bench, node
    finally:
        bench.down()


def main(path: str, results: str, *wanted: str) -> None:
    module = runner.loaded(path)
    with running(Path(results).parent, module.BONDED) as (bench, node):
        runner.run(module, results, wanted, bench, node)


if __name__ == "__main__":
    main(*sys.argv[1:])
