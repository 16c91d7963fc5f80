"""What of a journal is believed, and what is never overwritten without being told to."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ansible_collections.ironacre.hci.plugins.module_utils._core.errors import PlatformError
from ansible_collections.ironacre.hci.plugins.module_utils._core.vm.copy_trust import (
    DOUBTFUL,
    FRESH,
    TRUSTED,
    Errand,
    Stamp,
    trust,
)

ERRAND = Errand("/srv/web01.img", "a", 1 << 30)
FILE, DEVICE = Stamp("file 1:2", 77, False), Stamp("device 5", 0, False)


def journal(stamp: Stamp, **changes: Any) -> dict[str, Any]:
    plain = {"source": "a", "capacity": 1 << 30, "done": True, "identity": stamp.identity, "touched": stamp.touched}
    return {**plain, **changes}


@pytest.mark.parametrize(
    ("now", "written", "verdict"),
    [
        (Stamp(), {}, FRESH),
        (Stamp(), journal(FILE), FRESH),
        (Stamp("", 0, True), journal(Stamp("", 0)), FRESH),
        (replace(FILE, blank=True), {}, FRESH),
        (FILE, journal(FILE), TRUSTED),
        (FILE, journal(FILE, source="b"), TRUSTED),
        (FILE, journal(FILE, done=False), TRUSTED),
        (FILE, journal(FILE, done=False, source="b"), DOUBTFUL),
        (FILE, journal(FILE, done=False, touched=76), DOUBTFUL),
        (DEVICE, journal(DEVICE), TRUSTED),
        (DEVICE, journal(DEVICE, source="b"), DOUBTFUL),
        (DEVICE, journal(DEVICE, done=False), DOUBTFUL),
    ],
)
def test_a_journal_is_believed_as_far_as_its_target_is_as_it_was(
    now: Stamp, written: dict[str, Any], verdict: str
) -> None:
    assert trust(ERRAND, written, now) == verdict


@pytest.mark.parametrize(
    ("now", "written", "verdict", "told"),
    [
        (FILE, {}, FRESH, "holds data that this copy did not write"),
        (FILE, journal(FILE, capacity=5), FRESH, "holds data that this copy did not write"),
        (DEVICE, journal(replace(DEVICE, identity="device 4")), FRESH, "holds data that this copy did not write"),
        (FILE, journal(FILE, touched=76), DOUBTFUL, "was written to after it had been copied"),
    ],
)
def test_what_others_have_written_is_lost_by_an_order_only(
    now: Stamp, written: dict[str, Any], verdict: str, told: str
) -> None:
    with pytest.raises(PlatformError, match=f"/srv/web01.img: {told}; name another dest, or lose it with overwrite"):
        trust(ERRAND, written, now)
    assert trust(replace(ERRAND, overwrite=True), written, now) == verdict
