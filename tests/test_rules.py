"""Every rule is proved by its own cases, and keeps the first promise: hiding a fact never flips a verdict."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from decimal import Decimal
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engine.cases import Case, case_snapshot
from auditor.engine.evaluate import judge, worst
from auditor.engine.registry import LoadedRule, load
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.resource import FieldRef, Resource, fact_fields
from auditor.model.snapshot import Section, Snapshot
from auditor.model.verdict import Finding, Outcome

RULES = load()
CASES = [(rule, case) for rule in RULES.values() for case in rule.cases()]
CASE_IDS = [f"{rule.id}: {case.title}" for rule, case in CASES]
PRICED = [(rule, case) for rule, case in CASES if case.saves is not None or case.once is not None]
EVERY_PRICE = tuple(price for _, case in PRICED for price in case.prices)
PRICED_IDS = [f"{rule.id}: {case.title}" for rule, case in PRICED]


def run(rule: LoadedRule, snapshot: Snapshot, case: Case[Any]) -> list[Finding]:
    """The findings about the case's own resource, or about its list."""
    limits = {rule.id: case.limits} if case.limits else {}
    return [
        f
        for f in judge(snapshot, [rule], limits=limits)
        if f.resource == case.resource.arn or f.resource.startswith("AWS::::Account")
    ]


def outcome(rule: LoadedRule, snapshot: Snapshot, case: Case[Any]) -> Outcome:
    return worst([f.verdict for f in run(rule, snapshot, case)])


def facts(snapshot: Snapshot) -> Iterator[tuple[tuple[str, str], int, FieldRef, Known[Any]]]:
    for place, section in snapshot.sections.items():
        for number, item in enumerate(section.items):
            for name in fact_fields(type(item)):
                fact = getattr(item, name)
                if isinstance(fact, Known):
                    yield place, number, FieldRef(type(item), name), fact


def with_fact(snapshot: Snapshot, place: tuple[str, str], number: int, name: str, fact: Known[Any] | Unknown) -> Snapshot:
    section = snapshot.sections[place]
    items = list(section.items)
    items[number] = msgspec.structs.replace(items[number], **{name: fact})
    changed: Section[Resource] = msgspec.structs.replace(section, items=tuple(items))
    return msgspec.structs.replace(snapshot, sections={**snapshot.sections, place: changed})


def hidden(ref: FieldRef) -> Unknown:
    return Unknown(Reason.DENIED, ref.call.name, ref.call.action)


@cache
def pool() -> Mapping[FieldRef, list[Known[Any]]]:
    """The values of each field in the cases of all rules: what the field may be."""
    values: dict[FieldRef, list[Known[Any]]] = defaultdict(list)
    for _, case in CASES:
        for _, _, ref, fact in facts(case_snapshot(case)):
            if fact not in values[ref]:
                values[ref].append(fact)
    return values


@pytest.mark.parametrize(("rule", "case"), CASES, ids=CASE_IDS)
def test_case(rule: LoadedRule, case: Case[Any]) -> None:
    findings = run(rule, case_snapshot(case), case)
    assert worst([f.verdict for f in findings]) is case.outcome, [(f.verdict, f.because) for f in findings]
    assert len({f.fingerprint for f in findings}) == len(findings), "two verdicts on one resource need different keys"
    for finding in findings:
        assert "{" not in finding.because or finding.evidence, finding.because
        assert set(finding.controls) <= set(rule.spec.controls), "a verdict narrows the rule's controls, it adds none"
        assert not finding.because.endswith(".")
        assert (finding.verdict is Outcome.UNKNOWN) == bool(finding.missing)
        if finding.verdict is Outcome.FAIL:
            assert finding.evidence, "a failure without the values it judged"


@pytest.mark.parametrize(("rule", "case"), PRICED, ids=PRICED_IDS)
def test_a_case_saves_what_it_says(rule: LoadedRule, case: Case[Any]) -> None:
    failures = [f for f in run(rule, case_snapshot(case), case) if f.verdict is Outcome.FAIL]
    for said, per, some in (
        (case.saves, "month", [f.saving for f in failures if f.saving is not None]),
        (case.once, "once", [f.once for f in failures if f.once is not None]),
    ):
        if said is None:
            continue
        assert some, "it says an amount, and no failure has one"
        assert {money.per for money in some} == {per}
        amounts = [money.amount for money in some]
        if said:
            total = sum((amount for amount in amounts if amount is not None), Decimal(0))
            # A part of a month is no round figure: what is paid once is compared as far as it is written out.
            assert (total.quantize(Decimal(said)) if per == "once" else total) == Decimal(said)
            assert None not in amounts
            assert all(part.price in case.prices for money in some for part in money.parts)
        else:
            assert amounts == [None] * len(amounts)
            assert all(money.unpriced or money.missing or money.why for money in some), "unknown, and not why"


@pytest.mark.parametrize(("rule", "case"), PRICED, ids=PRICED_IDS)
def test_prices_never_decide_a_verdict(rule: LoadedRule, case: Case[Any]) -> None:
    """They are facts of the book, not of the account: without them amounts are unknown, and the verdicts what they were."""
    snapshot = case_snapshot(case)
    before = run(rule, snapshot, case)
    for prices in ((), EVERY_PRICE):
        after = run(rule, msgspec.structs.replace(snapshot, prices=prices), case)
        assert [(f.verdict, f.fingerprint) for f in after] == [(f.verdict, f.fingerprint) for f in before]
        for money in (money for f in after for money in (f.saving, f.cost, f.once) if money is not None):
            assert not money.amount or prices


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_cases_cover_the_verdicts(rule: LoadedRule) -> None:
    outcomes = {case.outcome for case in rule.cases()}
    assert outcomes >= {Outcome.PASS, Outcome.FAIL, Outcome.UNKNOWN}
    titles = [case.title for case in rule.cases()]
    assert len(set(titles)) == len(titles)


@pytest.mark.parametrize(("rule", "case"), CASES, ids=CASE_IDS)
def test_hiding_what_it_reads_never_flips_it(rule: LoadedRule, case: Case[Any]) -> None:
    """Hide one fact: the verdict stays if every possible value agrees on it, else it becomes unknown."""
    snapshot = case_snapshot(case)
    before = outcome(rule, snapshot, case)
    if before is Outcome.UNKNOWN:
        return  # nothing is decided that could flip
    for place, number, ref, _ in facts(snapshot):
        if ref not in rule.spec.reads:
            continue
        after = outcome(rule, with_fact(snapshot, place, number, ref.field, hidden(ref)), case)
        possible = (outcome(rule, with_fact(snapshot, place, number, ref.field, value), case) for value in pool()[ref])
        if after is Outcome.UNKNOWN:
            assert any(one is not before for one in possible), (
                f"{ref}: every value in the cases gives {before}, so hiding it should not matter"
            )
        else:
            assert after is before, f"{ref}: hidden, the verdict flips from {before} to {after}"
            others = {one for one in possible if one not in (before, Outcome.UNKNOWN)}
            assert not others, f"{ref}: hidden, it still says {before}, but it may be {others}"


@pytest.mark.parametrize(("rule", "case"), CASES, ids=CASE_IDS)
def test_hiding_what_it_does_not_read_changes_nothing(rule: LoadedRule, case: Case[Any]) -> None:
    snapshot = case_snapshot(case)
    before = run(rule, snapshot, case)
    for place, number, ref, _ in facts(snapshot):
        if ref not in rule.spec.reads and ref.field != "tags":
            snapshot = with_fact(snapshot, place, number, ref.field, hidden(ref))
    listed = {rule.spec.over, *rule.spec.kinds, *(ref.kind for ref in rule.spec.reads)}
    sections = {
        place: section
        if section.kind in listed
        else msgspec.structs.replace(section, items=(), missing=(Unknown(Reason.DENIED, "x", "x"),))
        for place, section in snapshot.sections.items()
    }
    assert run(rule, msgspec.structs.replace(snapshot, sections=sections), case) == before


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_every_declared_read_matters(rule: LoadedRule) -> None:
    """A field that never changes a verdict costs calls for nothing."""
    idle = set(rule.spec.reads)
    for case in rule.cases():
        snapshot = case_snapshot(case)
        before = run(rule, snapshot, case)
        for place, number, ref, _ in facts(snapshot):
            if ref in idle and run(rule, with_fact(snapshot, place, number, ref.field, hidden(ref)), case) != before:
                idle.discard(ref)
    assert not idle, f"reads that no case needs: {', '.join(map(str, idle))}"


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
@settings(max_examples=10)
@given(data=st.data())
def test_hiding_more_never_flips(rule: LoadedRule, data: st.DataObject) -> None:
    hide_more(rule, data)


@pytest.mark.long
@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
@settings(max_examples=1000)
@given(data=st.data())
def test_hiding_more_never_flips_in_a_thousand_ways(rule: LoadedRule, data: st.DataObject) -> None:
    hide_more(rule, data)


def hide_more(rule: LoadedRule, data: st.DataObject) -> None:
    """Hide any set of facts: what is still decided is decided as before."""
    cases = list(rule.cases())
    case = cases[data.draw(st.integers(0, len(cases) - 1))]
    snapshot = case_snapshot(case)
    before = outcome(rule, snapshot, case)
    readable = [f for f in facts(snapshot) if f[2] in rule.spec.reads]
    for place, number, ref, _ in readable:
        if data.draw(st.booleans()):
            snapshot = with_fact(snapshot, place, number, ref.field, hidden(ref))
    after = outcome(rule, snapshot, case)
    assert after in (before, Outcome.UNKNOWN)


@pytest.mark.parametrize("rule", RULES.values(), ids=list(RULES))
def test_an_incomplete_list_is_one_unknown(rule: LoadedRule) -> None:
    """Without the list of what it judges, a rule gives exactly one unknown for the scope, and never an empty, clean account."""
    case = next(iter(rule.cases()))
    snapshot = case_snapshot(case)
    place = next(p for p, s in snapshot.sections.items() if s.kind is rule.spec.over)
    missing = (Unknown(Reason.DENIED, rule.spec.over.LISTED_BY.name, rule.spec.over.LISTED_BY.action),)
    section: Section[Resource] = Section(rule.spec.over, place[1], (), missing)
    findings = judge(msgspec.structs.replace(snapshot, sections={**snapshot.sections, place: section}), [rule])
    in_scope = [f for f in findings if f.region == place[1]]
    assert [f.verdict for f in in_scope] == [Outcome.UNKNOWN]
    assert in_scope[0].missing == missing
