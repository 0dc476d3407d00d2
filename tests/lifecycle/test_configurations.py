"""Whole configurations: timeline and findings, as worked out by hand."""

from __future__ import annotations

from typing import Any

import pytest

from auditor.cli.lifecycle_costs import size
from auditor.cli.lifecycle_files import facts
from auditor.lifecycle import report
from auditor.lifecycle.config import written
from auditor.lifecycle.lint import judge
from auditor.lifecycle.read import read
from tests.lifecycle.configurations.cases import CASES, FROM_AWS, Case


def linted(case: Case) -> report.FileReport:
    said: dict[str, Any] = {"versioning": None, "object_lock_days": None, "size_gb": None, "objects": None, **case.options}
    known = facts(said["versioning"], said["object_lock_days"], size(said["size_gb"], said["objects"], ()), "2026-11-27")
    (source,) = read(case.text, "")
    config = written(source, known)
    return report.configuration("f", source.name, source.places, config, judge(config))


def short(life: report.Life) -> str:
    one = life.object
    name = " ".join([one.key, *(f"{key}={value}" for key, value in one.tags.items())])
    replaced = "" if one.noncurrent_day is None else f" replaced on day {one.noncurrent_day}"
    return f"{name}{replaced}: {', '.join(f'{e.day} {e.storage_class or e.action}' for e in life.events)}"


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_configuration(case: Case) -> None:
    found = linted(case)
    assert sorted(f"{one.check} {one.rule}".strip() for one in found.findings) == sorted(case.findings)
    assert (found.valid, found.effective) == (case.valid, case.effective)
    assert tuple(map(short, found.timeline)) == case.lives


def test_there_are_thirty_and_half_are_from_aws() -> None:
    assert len(CASES) >= 30
    assert len(FROM_AWS) >= 15
    assert all(case.source.startswith("AWS") for case in FROM_AWS)
