"""Catalogues are exact: ids are unique, every id that a rule names exists, and editions follow each other."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from auditor.engine import frameworks
from auditor.engine.controls import rules_of
from auditor.engine.frameworks import Assess, Framework
from auditor.engine.registry import load
from auditor.errors import UnknownFramework

FRAMEWORKS = frameworks.load()
RULES = load()
CONTROLS = {"cis-aws-6.0": 63, "cis-aws-7.0": 70, "fsbp": 368, "kisa-isms-p-2023": 101}
"""How many controls each framework has, by its publisher's own table of contents."""
CIS_BY_RULES = (
    *(f"2.{number}" for number in range(3, 18)),
    *("2.20", "3.1.1", "3.1.2", "3.1.4", "4.7", "6.1.1", "6.1.2", "6.2", "6.3", "6.4", "6.5", "6.7"),
)
"""Controls of CIS 7.0 that data of IAM, the account, S3, EC2 and VPC decides wholly."""
each = pytest.mark.parametrize("framework", FRAMEWORKS.values(), ids=FRAMEWORKS)


def natural(id: str) -> list[tuple[int, str]]:
    return [(int(part), "") if part.isdigit() else (0, part) for part in re.split(r"[.-]", id)]


@each
def test_ids_are_unique_and_named_after_the_file(framework: Framework) -> None:
    assert FRAMEWORKS[framework.id] is framework
    assert [id for id, count in Counter(c.id for c in framework.controls).items() if count > 1] == []
    assert [id for id, count in Counter(s.id for s in framework.sections).items() if count > 1] == []


@pytest.mark.parametrize("id", CONTROLS)
def test_every_control_is_there(id: str) -> None:
    assert FRAMEWORKS[id].complete
    assert len(FRAMEWORKS[id].controls) == CONTROLS[id]


def test_an_extract_says_so() -> None:
    assert all(framework.note for framework in FRAMEWORKS.values() if not framework.complete)


@each
def test_controls_are_in_the_order_of_the_framework(framework: Framework) -> None:
    for section in framework.sections:
        ids = [c.id for c in framework.controls if framework.section(c) is section]
        assert ids == sorted(ids, key=natural)
    assert all(framework.section(control) for control in framework.controls)


@each
def test_titles_are_one_line_and_ours(framework: Framework) -> None:
    for one in (*framework.sections, *framework.controls):
        assert one.title == " ".join(one.title.split())
        assert not one.title.endswith(".")
    named = [c.title for c in framework.controls if c.title]
    assert len(set(named)) == len(named), [title for title, count in Counter(named).items() if count > 1]


@each
def test_editions_follow_each_other(framework: Framework) -> None:
    before = {c.id for c in FRAMEWORKS[framework.was].controls} if framework.was else set()
    was = [c.was for c in framework.controls if c.was]
    assert set(was) <= before
    assert len(set(was)) == len(was)


def test_every_control_that_a_rule_names_exists() -> None:
    known = {f"{f.id}:{c.id}" for f in FRAMEWORKS.values() for c in f.controls}
    named = {control for rule in RULES.values() for control in rule.spec.controls}
    assert named - known == set()


def test_a_rule_names_the_newest_edition() -> None:
    inherited = {f"{f.was}:{c.was}" for f in FRAMEWORKS.values() for c in f.controls if c.was}
    assert {c for rule in RULES.values() for c in rule.spec.controls} & inherited == set()


@each
def test_a_control_says_what_rules_judge_of_it(framework: Framework) -> None:
    rules = rules_of(FRAMEWORKS, framework, RULES.values())
    for control in framework.controls:
        if control.assess is Assess.PARTIAL and rules[control.id]:
            assert control.part, control.id
        assert not (control.assess is Assess.MANUAL and rules[control.id]), control.id
        assert not (control.assess is not Assess.PARTIAL and control.part), control.id


def test_what_the_data_decides_has_its_rules() -> None:
    rules = rules_of(FRAMEWORKS, FRAMEWORKS["cis-aws-7.0"], RULES.values())
    assert [id for id in (*CIS_BY_RULES, "6.6", "6.8") if not rules[id]] == []


def test_an_older_edition_inherits_rules() -> None:
    newer = rules_of(FRAMEWORKS, FRAMEWORKS["cis-aws-7.0"], RULES.values())
    older = rules_of(FRAMEWORKS, FRAMEWORKS["cis-aws-6.0"], RULES.values())
    for control in FRAMEWORKS["cis-aws-7.0"].controls:
        if control.was:
            assert set(newer[control.id]) <= set(older[control.was])
    assert [rule.id for rule in older["2.2"]] == ["account-no-security-contact"]


def test_a_framework_that_does_not_exist() -> None:
    with pytest.raises(UnknownFramework, match=r"there is no framework `cis-aws-7`: did you mean `cis-aws-7\.0`\?"):
        frameworks.pick(FRAMEWORKS, ["cis-aws-7"])
    with pytest.raises(UnknownFramework, match=r"there are `cis-aws-6\.0`"):
        frameworks.pick(FRAMEWORKS, ["zzz"])
    assert [f.id for f in frameworks.pick(FRAMEWORKS, ["fsbp", "fsbp"])] == ["fsbp"]
