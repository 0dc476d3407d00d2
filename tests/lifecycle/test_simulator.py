"""The simulator against what AWS documents, before anything is measured against the simulator."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from tests.lifecycle.documented import ROWS
from tests.lifecycle.generated import case
from tests.lifecycle.rows import Row
from tests.lifecycle.simulator import FAVOURED, SUPPORTED, simulate


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_it_does_what_aws_documents(row: Row) -> None:
    assert simulate(row.lifecycle, row.subject, row.until) == row.events, row.source


def test_there_are_enough_rows_and_each_names_its_page() -> None:
    assert len(ROWS) >= 40
    assert len({row.title for row in ROWS}) == len(ROWS)
    assert len({repr(row.lifecycle) for row in ROWS if row.example}) >= 15
    assert all(": " in row.source or row.source.startswith("User Guide, ") for row in ROWS)


def test_what_is_out_of_reach_stays_out_of_reach() -> None:
    # Only so may a transition that was impossible when it was due be forgotten.
    for start, reach in SUPPORTED.items():
        assert all(SUPPORTED[one] <= reach for one in reach), start
        assert reach <= set(FAVOURED)


def test_chance_reaches_every_action_and_class() -> None:
    # Agreement on cases in which nothing happens would prove nothing.
    pick = random.Random(7)
    seen: Counter[str] = Counter()
    for _ in range(600):
        events = simulate(*case(pick))
        seen.update(event.storage_class or event.action.value for event in events)
        seen["nothing"] += not events
        seen["several rules"] += any(len(event.rules) > 1 for event in events)
        assert [event.at for event in events] == sorted({event.at for event in events})
    assert all(seen[name] >= 5 for name in (*FAVOURED, "delete", "mark", "remove-marker", "several rules")), seen
    assert seen["nothing"] < 300
