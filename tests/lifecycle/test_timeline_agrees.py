"""The engine against AWS's rows, and against the simulator on configurations by chance."""

from __future__ import annotations

import random
from datetime import datetime

import pytest
from hypothesis import given, settings

from auditor.lifecycle.subject import Subject
from auditor.lifecycle.timeline import timeline
from auditor.model.s3 import Lifecycle
from tests.lifecycle.documented import ROWS
from tests.lifecycle.generated import case, cases
from tests.lifecycle.rows import Row
from tests.lifecycle.simulator import simulate


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.title)
def test_the_engine_does_what_aws_documents(row: Row) -> None:
    assert timeline(row.lifecycle, row.subject, row.until) == row.events, row.source


@settings(max_examples=100)
@given(cases())
def test_the_engine_agrees_with_the_simulator(one: tuple[Lifecycle, Subject, datetime]) -> None:
    configuration, subject, until = one
    assert timeline(configuration, subject, until) == simulate(configuration, subject, until)


@pytest.mark.long
def test_the_engine_agrees_on_ten_thousand() -> None:
    pick = random.Random(2024)
    for _ in range(10_000):
        configuration, subject, until = case(pick)
        assert timeline(configuration, subject, until) == simulate(configuration, subject, until), (configuration, subject)
