"""The wish that the options of vm_import make."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._ansible.vm_move_options import wish_of
from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError

OPTIONS: dict[str, Any] = {
    "state": "cutover",
    "method": "warm",
    "shutdown": {"graceful_timeout": 60, "then": "power_off"},
    "fence": True,
    "quiesce": False,
    "compare": "all",
    "cutover_not_before": "2026-12-05T22:00:00+01:00",
    "cutover_not_after": "2026-12-05T23:00:00Z",
    "delta_threshold_mib": 3,
    "max_downtime": 300,
}


def test_times_and_sizes_get_their_units() -> None:
    wish = wish_of(OPTIONS)
    assert (wish.not_after - wish.not_before, wish.threshold, wish.force) == (7200, 3 << 20, True)
    assert wish.compare_all and not wish_of({**OPTIONS, "compare": "changed"}).compare_all
    assert wish_of({**OPTIONS, "cutover_not_before": "", "cutover_not_after": None}).not_before == 0


@pytest.mark.parametrize(("text", "told"), [("tonight", "is no time"), ("2026-12-05T22:00:00", "lacks its time zone")])
def test_a_time_that_is_none_is_refused(text: str, told: str) -> None:
    with pytest.raises(PlatformError, match=f"cutover_not_after: .*{told}"):
        wish_of({**OPTIONS, "cutover_not_after": text})
