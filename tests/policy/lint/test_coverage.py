"""Every check of IAM Access Analyzer is accounted for. ``access_analyzer.tsv`` holds its ids and levels."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from auditor.policy.lint.coverage import NOT_OFFLINE, OTHER_LEVEL, WITHDRAWN
from auditor.policy.lint.run import checks

THEIRS = {
    id: level
    for level, id in (
        line.split("\t") for line in Path(__file__).with_name("access_analyzer.tsv").read_text("utf-8").splitlines()
    )
}


def test_every_check_is_here_or_there_is_a_reason() -> None:
    assert len(THEIRS) == 135
    assert set(THEIRS) - set(checks()) == set(WITHDRAWN) | set(NOT_OFFLINE)


def test_the_levels_are_theirs_or_there_is_a_reason() -> None:
    ours = checks()
    assert {id for id, level in THEIRS.items() if id in ours and ours[id].level.value != level} == set(OTHER_LEVEL)


def test_ids_are_of_one_check_each() -> None:
    import importlib
    import pkgutil

    from auditor.policy.lint import families

    modules = [importlib.import_module(f"{families.__name__}.{one.name}") for one in pkgutil.iter_modules(families.__path__)]
    twice = {id: count for id, count in Counter(check.id for module in modules for check in module.CHECKS).items() if count > 1}
    assert twice == {}


def test_checks_say_what_they_are() -> None:
    for check in checks().values():
        assert check.id == check.id.lower().strip("-")
        assert not check.title.endswith("."), check.id
        assert check.why.endswith("."), check.id
        assert check.source, check.id
