"""The sizes from which on the requests of a transition are no shock, against what transitions come to in money."""

from __future__ import annotations

import pytest

from auditor.engine.registry import load
from auditor.lifecycle.classes import CLASSES, can_move
from auditor.lifecycle.costs import Step, in_money
from auditor.lifecycle.subject import Usage
from auditor.money.bundled import Bundled

PAYS = load()["s3-lifecycle-request-shock"].spec.check.__globals__["PAYS"]
KB = 1024


def shock(start: str, end: str, size: float) -> bool | None:
    step = Step(start=start, end=end, spent=0)
    usage = Usage(bytes={start: round(size * 1000)}, counts={start: 1000})
    return in_money(step, usage, Bundled(), "us-east-1").shock


@pytest.mark.parametrize("pair", PAYS, ids="-".join)
def test_half_a_year_of_saving_pays_the_requests_of_larger_objects_only(pair: tuple[str, str]) -> None:
    assert shock(*pair, PAYS[pair] * KB * 1.01) is False
    assert shock(*pair, PAYS[pair] * KB * 0.99) is True


def test_every_transition_that_saves_anything_has_its_size() -> None:
    every = {(start, end) for start in CLASSES for end in CLASSES if can_move(start, end)}
    # One Zone-IA costs more than the tier that Intelligent-Tiering puts what nobody reads in.
    assert every - set(PAYS) == {("INTELLIGENT_TIERING", "ONEZONE_IA")}
    assert shock("INTELLIGENT_TIERING", "ONEZONE_IA", 10**12) is True
