"""The lifecycle linter in rules: stable keys, proofs, and what is decided without a fact."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from auditor.engine import lifecycles
from auditor.engine.cases import case_snapshot
from auditor.engine.evaluate import judge
from auditor.engine.lifecycles import STATES, UNTRIED, acting, agreed, lint_lifecycle, multipart_abort_days
from auditor.engine.registry import load
from auditor.lifecycle.config import Config, Facts, collected
from auditor.lifecycle.lint import all_checks
from auditor.lifecycle.report import Life
from auditor.model.fact import Known, Missing, Reason, Unknown
from auditor.model.s3 import Expiration, Filter, Lifecycle, LifecycleRule, NoncurrentExpiration, NoncurrentTransition, Transition
from auditor.model.verdict import Outcome, Verdict

RULES = {
    id: rule for id, rule in load().items() if {"lint_lifecycle", "acting"} & set(getattr(rule.spec.check, "__globals__", {}))
}
"""Those that live on what a lifecycle configuration does."""
TODAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
KEEP = LifecycleRule(id="keep {x}", enabled=True, filter=Filter(prefix="a/"), expiration=Expiration(days=3650))
TIDY = LifecycleRule(id="tidy", enabled=True, expiration=Expiration(days=30))
OLD = LifecycleRule(id="old", enabled=True, noncurrent_expiration=NoncurrentExpiration(days=30))


def test_a_verdict_has_its_proof_and_a_key_that_stays() -> None:
    (one,) = lint_lifecycle(Lifecycle((TIDY, KEEP)), ("expiration-overruled",), today=TODAY)
    assert one.key == "expiration-overruled/keep {x}/expiration"
    assert one.because.startswith("rule `keep {x}`: objects are not deleted after 3,650 days but before")
    life = msgspec.convert(one.evidence["life"], Life)
    assert (life.object.key, [(event.day, event.rules) for event in life.events]) == ("a/example", [(30, ("tidy",))])
    (other,) = lint_lifecycle(Lifecycle((OLD, KEEP, TIDY)), ("expiration-overruled",), today=TODAY.replace(year=2027))
    assert other.key == one.key


def test_two_findings_of_one_kind_have_two_keys() -> None:
    twice = LifecycleRule(
        id="r",
        enabled=True,
        transitions=(Transition("GLACIER", days=1), Transition("STANDARD_IA", days=60), Transition("STANDARD_IA", days=90)),
    )
    found = lint_lifecycle(Lifecycle((twice,)), ("impossible-transition",), today=TODAY)
    assert [one.key for one in found] == [
        "impossible-transition/r/transition STANDARD_IA",
        "impossible-transition/r/transition STANDARD_IA#2",
    ]


def test_what_all_values_agree_on_is_decided() -> None:
    denied = Unknown(Reason.DENIED, "s3.GetBucketVersioning", "s3:GetBucketVersioning")

    def judged(lifecycle: Lifecycle, check: str, status: str) -> tuple[Verdict, ...]:
        return lint_lifecycle(lifecycle, (check,), today=TODAY, versioning=status)

    same = agreed(denied, STATES, lambda status: judged(Lifecycle((TIDY, KEEP)), "expiration-overruled", status))
    assert [one.key for one in same] == ["expiration-overruled/keep {x}/expiration"]
    check = "noncurrent-without-versioning"
    with pytest.raises(Missing):
        agreed(denied, STATES, lambda status: judged(Lifecycle((OLD,)), check, status))
    assert agreed(Known("Enabled"), STATES, lambda status: judged(Lifecycle((OLD,)), check, status)) == ()


def test_a_fee_says_since_when_the_version_is_noncurrent() -> None:
    moving = LifecycleRule(
        id="v",
        enabled=True,
        noncurrent_transitions=(NoncurrentTransition("GLACIER", days=7),),
        noncurrent_expiration=NoncurrentExpiration(days=30),
    )
    marking = LifecycleRule(id="m", enabled=True, transitions=(Transition("GLACIER", days=20),), expiration=Expiration(days=50))
    rules = Lifecycle((marking, OLD))
    (one,) = lint_lifecycle(Lifecycle((moving,)), ("early-deletion-fee",), today=TODAY, versioning="Enabled")
    assert "of 1 MB, noncurrent from day 0 on, is in `GLACIER` from day 7 and deleted on day 30 by rule `v`" in one.because
    (two,) = lint_lifecycle(rules, ("early-deletion-fee",), today=TODAY, versioning="Enabled")
    assert "of 1 MB, noncurrent from day 50 on, is in `GLACIER` from day 20 and deleted on day 80" in two.because
    (three,) = lint_lifecycle(Lifecycle((marking,)), ("early-deletion-fee",), today=TODAY, versioning="Off")
    assert "noncurrent" not in three.because


def test_actions_that_take_place() -> None:
    late = LifecycleRule(id="late", enabled=True, filter=Filter(prefix="a/"), transitions=(Transition("GLACIER", days=60),))
    lifecycle = Lifecycle((late, TIDY, OLD))
    assert [(one.rule, one.kind, one.days) for one in acting(lifecycle, today=TODAY, versioning="Off")] == [(1, "expiration", 30)]
    assert [one.rule for one in acting(lifecycle, today=TODAY, versioning="Enabled")] == [1, 2]
    assert multipart_abort_days(lifecycle, today=TODAY) is None


def test_rules_name_checks_that_there_are() -> None:
    named = {check for rule in load().values() for check in getattr(rule.spec.check, "__globals__", {}).get("CHECKS", ())}
    assert len(named) > 10
    assert named <= set(all_checks())


@pytest.fixture
def _tired(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing may be tried of any configuration."""

    def tired(lifecycle: Lifecycle, facts: Facts) -> Config:
        whole = collected(lifecycle, facts)
        return Config(whole.rules, whole.minimum, whole.facts, budget=-1)

    monkeypatch.setattr(lifecycles, "collected", tired)


@pytest.mark.usefixtures("_tired")
@pytest.mark.parametrize("name", sorted(RULES))
def test_no_rule_passes_what_was_not_tried_to_its_end(name: str) -> None:
    untried = 0
    for case in RULES[name].cases():
        for found in judge(case_snapshot(case), [RULES[name]]):
            assert found.verdict in (case.outcome, Outcome.UNKNOWN), case.title
            assert found.verdict is not Outcome.PASS, case.title
            if found.verdict is Outcome.UNKNOWN and case.outcome is not Outcome.UNKNOWN:
                assert found.missing == (UNTRIED,), case.title
                untried += 1
    assert untried > 1, "else this shows nothing"


@pytest.mark.usefixtures("_tired")
def test_what_was_not_tried_to_its_end_is_neither_good_nor_bad() -> None:
    moving = Lifecycle((LifecycleRule(id="a", enabled=True, transitions=(Transition("GLACIER", days=30),)),))
    with pytest.raises(Missing):
        acting(moving, today=datetime(2026, 11, 22, tzinfo=UTC))
    with pytest.raises(Missing):
        lint_lifecycle(moving, ("never-applies",), today=datetime(2026, 11, 22, tzinfo=UTC))
