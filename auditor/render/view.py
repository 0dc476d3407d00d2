"""The one view model from which every report is made: all sorting, counting and grouping happens here.

Pure: the same snapshot, findings and rules give the same view, and so the same bytes. The only time is ``taken_at``.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec

from auditor import __version__
from auditor.engine.registry import LoadedRule
from auditor.engine.rule import Rule
from auditor.model.fact import Known, Reason
from auditor.model.snapshot import Gap, Snapshot
from auditor.model.verdict import Audience, Confidence, Excerpt, Finding, Location, Outcome, Pillar, Severity
from auditor.money.shown import Display
from auditor.render import amounts, blind, called
from auditor.render.evidence import mended
from auditor.render.standing import FrameworkView, Judged, stand
from auditor.render.visible import whole

FIRST = 5
"""How many causes "what to do first" names."""


class Scope(msgspec.Struct, frozen=True, kw_only=True):
    """What was looked at, when, and by whom."""

    account_id: str
    alias: str | None
    """``None``: there is none, or it could not be read."""
    partition: str
    caller: str
    taken_at: datetime
    regions: tuple[str, ...]
    regions_unknown: bool
    complete: bool
    """The scan ran to its end."""
    snapshot_tool: str
    """What took the snapshot."""
    tool: str
    """What judged it."""


class RuleView(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says of a rule, once. ``severity`` is the one that was used; page parts are Markdown."""

    id: str
    title: str
    why: str
    fix: str
    fine: str
    severity: Severity
    confidence: Confidence
    audience: Audience
    pillar: Pillar
    service: str
    noun: str
    since: str
    controls: tuple[str, ...]
    reads: tuple[str, ...]
    actions: tuple[str, ...]
    """The IAM actions of what it reads, sorted."""


class Cause(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with findings of one sort: they have one cause and one fix."""

    rule: RuleView
    findings: tuple[Finding, ...]
    resources: int
    regions: tuple[str, ...]


class SeverityCount(msgspec.Struct, frozen=True):
    """What fails at one severity. Waived findings do not count."""

    severity: Severity
    rules: int
    resources: int
    findings: int


class Tally(msgspec.Struct, frozen=True, kw_only=True):
    """The verdicts of one rule, or of all. ``failed`` is without ``waived``."""

    failed: int
    waived: int
    unknown: int
    crashed: int
    passed: int
    not_applicable: int

    @property
    def total(self) -> int:
        """All verdicts."""
        return self.failed + self.waived + self.unknown + self.crashed + self.passed + self.not_applicable

    @property
    def quiet(self) -> bool:
        """There is nothing to say of it: all passed, or nothing was met."""
        return not (self.failed or self.waived or self.unknown or self.crashed)


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that a report says, sorted."""

    scope: Scope
    headline: str
    """How the account stands, in a few words."""
    tally: Tally
    severities: tuple[SeverityCount, ...]
    """The worst first; those at which nothing fails are there, too."""
    resources_failing: int
    incomplete: tuple[str, ...]
    """Why the picture is not complete, as clauses. Empty: it is."""
    causes: tuple[Cause, ...]
    """What fails, most severe and most widespread first."""
    blind: tuple[blind.Blind, ...]
    actions: tuple[str, ...]
    """The IAM actions that would resolve what was denied."""
    resolvable: int
    """Unknown verdicts that those actions alone would decide."""
    crashes: tuple[Cause, ...]
    waived: tuple[Cause, ...]
    tallies: tuple[tuple[RuleView, Tally], ...]
    rules: tuple[RuleView, ...]
    findings: tuple[Finding, ...]
    """Every verdict, by rule, region, resource and fingerprint."""
    calls: tuple[called.CallCount, ...]
    services: tuple[called.ServiceCount, ...]
    gaps: tuple[Gap, ...]
    notes: tuple[str, ...]
    frameworks: tuple[FrameworkView, ...]
    """Those that were asked for."""
    language: str
    """Of the pages of frameworks: ``en`` or ``ko``."""
    money: amounts.MoneyView

    @property
    def first(self) -> tuple[Cause, ...]:
        """The causes to begin with."""
        return self.causes[:FIRST]

    @property
    def dearest(self) -> tuple[Cause, ...]:
        """The causes that the largest parts of the total come from, the largest first."""
        by = {cause.rule.id: cause for cause in self.causes}
        return tuple(by[rule] for rule in self.money.largest if rule in by)

    @property
    def policy(self) -> str:
        """The IAM policy that would resolve what was denied, as JSON; empty when nothing was."""
        return blind.policy(self.actions)


def build(
    snapshot: Snapshot,
    findings: Iterable[Finding],
    rules: Mapping[str, LoadedRule],
    notes: Sequence[str] = (),
    judged: Iterable[Judged] = (),
    language: str = "en",
    display: Display | None = None,
) -> View:
    """The view of findings on a snapshot. ``rules`` are those that were run, by id; ``notes`` are for the reader, such as a waiver
    that matches nothing; ``judged`` are the frameworks to report on; ``display`` is how amounts of money are shown.

    Raises :class:`KeyError` when a finding is of a rule that is not among them.
    """
    every = tuple(sorted(map(_mended, findings), key=lambda f: (f.rule, f.region, f.resource, f.fingerprint)))
    used = {finding.rule: finding.severity for finding in every}
    shown = {id: _rule(rule, used.get(id, rule.spec.severity)) for id, rule in sorted(rules.items())}
    failing = tuple(f for f in every if f.verdict is Outcome.FAIL and f.waived is None)
    unknown = tuple(f for f in every if f.verdict is Outcome.UNKNOWN)
    tallies = _tallies(every, shown)
    tally = _sum(tallies.values())
    unseen = blind.group(unknown)
    counts = called.count(snapshot.calls)
    gaps = tuple(sorted((_gap(gap) for gap in snapshot.gaps), key=lambda g: (g.reason.value, g.what, g.detail)))
    return View(
        scope=_scope(snapshot),
        headline=_headline(failing, tally),
        tally=tally,
        severities=_severities(failing),
        resources_failing=len({f.resource for f in failing}),
        incomplete=_incomplete(snapshot, tally, gaps),
        causes=_causes(failing, shown),
        blind=unseen,
        actions=blind.denied_actions(unseen),
        resolvable=blind.allowed_by_actions(unknown),
        crashes=_causes((f for f in every if f.verdict is Outcome.CRASH), shown),
        waived=_causes((f for f in every if f.verdict is Outcome.FAIL and f.waived is not None), shown),
        tallies=tuple((shown[id], tallies[id]) for id in shown),
        rules=tuple(shown.values()),
        findings=every,
        calls=counts,
        services=called.by_service(counts),
        gaps=gaps,
        notes=tuple(whole(note) for note in notes),
        frameworks=stand(judged, every),
        language=language,
        money=amounts.view(every, snapshot.header.taken_at.astimezone(UTC).date(), display or Display()),
    )


def count_of(number: int, noun: str) -> str:
    """A number with its noun: ``1 rule``, ``1,200 rules``."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _mended(finding: Finding) -> Finding:
    try:
        msgspec.json.encode(finding)
    except UnicodeEncodeError:
        at = finding.location
        return msgspec.structs.replace(
            finding,
            region=whole(finding.region),
            resource=whole(finding.resource),
            name=whole(finding.name),
            because=whole(finding.because),
            evidence=mended(dict(finding.evidence)),
            location=at and _mended_place(at),
            saving=amounts.mended(finding.saving),
            cost=amounts.mended(finding.cost),
            once=amounts.mended(finding.once),
        )
    return finding


def _mended_place(at: Location) -> Location:
    shown = at.excerpt and Excerpt(whole(at.excerpt.before), whole(at.excerpt.marked), whole(at.excerpt.after))
    return msgspec.structs.replace(at, document=whole(at.document), pointer=whole(at.pointer), excerpt=shown)


def _gap(gap: Gap) -> Gap:
    return Gap(whole(gap.what), gap.reason, whole(gap.detail))


def _scope(snapshot: Snapshot) -> Scope:
    header = snapshot.header
    alias = snapshot.account.alias
    return Scope(
        account_id=header.account_id,
        alias=alias.value if isinstance(alias, Known) else None,
        partition=header.partition,
        caller=whole(header.caller),
        taken_at=header.taken_at.astimezone(UTC),
        regions=tuple(sorted(header.regions)),
        regions_unknown=header.regions_unknown,
        complete=header.complete,
        snapshot_tool=whole(header.tool),
        tool=f"awsaudit {__version__}",
    )


def _rule(rule: LoadedRule, severity: Severity) -> RuleView:
    spec = rule.spec
    return RuleView(
        id=rule.id,
        title=rule.page.title,
        why=rule.page.why,
        fix=rule.page.fix,
        fine=rule.page.fine,
        severity=severity,
        confidence=spec.confidence,
        audience=spec.audience,
        pillar=spec.pillar,
        service=rule.service,
        noun=spec.over.NOUN,
        since=spec.since,
        controls=spec.controls,
        reads=tuple(map(str, spec.reads)),
        actions=_actions(spec),
    )


def _actions(spec: Rule[Any]) -> tuple[str, ...]:
    kinds = {spec.over, *spec.kinds, *(ref.kind for ref in spec.reads)}
    actions = {ref.call.action for ref in spec.reads} | {kind.LISTED_BY.action for kind in kinds}
    return tuple(sorted(action for action in actions if action))


def _tallies(findings: Iterable[Finding], rules: Iterable[str]) -> dict[str, Tally]:
    counts: dict[str, Counter[Outcome]] = {id: Counter() for id in rules}
    waived: Counter[str] = Counter()
    for finding in findings:
        if finding.verdict is Outcome.FAIL and finding.waived is not None:
            waived[finding.rule] += 1
        else:
            counts[finding.rule][finding.verdict] += 1
    return {
        id: Tally(
            failed=count[Outcome.FAIL],
            waived=waived[id],
            unknown=count[Outcome.UNKNOWN],
            crashed=count[Outcome.CRASH],
            passed=count[Outcome.PASS],
            not_applicable=count[Outcome.NOT_APPLICABLE],
        )
        for id, count in counts.items()
    }


def _sum(tallies: Collection[Tally]) -> Tally:
    return Tally(
        failed=sum(tally.failed for tally in tallies),
        waived=sum(tally.waived for tally in tallies),
        unknown=sum(tally.unknown for tally in tallies),
        crashed=sum(tally.crashed for tally in tallies),
        passed=sum(tally.passed for tally in tallies),
        not_applicable=sum(tally.not_applicable for tally in tallies),
    )


def _headline(failing: Sequence[Finding], tally: Tally) -> str:
    if failing:
        rules, resources = len({f.rule for f in failing}), len({f.resource for f in failing})
        return f"{count_of(resources, 'resource')} {'fails' if resources == 1 else 'fail'} {count_of(rules, 'rule')}"
    if not tally.total:
        return "Nothing was checked"
    return "Nothing that could be checked fails" if tally.unknown or tally.crashed else "Nothing fails"


def _severities(failing: Sequence[Finding]) -> tuple[SeverityCount, ...]:
    return tuple(
        SeverityCount(severity, len({f.rule for f in at}), len({f.resource for f in at}), len(at))
        for severity in sorted(Severity, reverse=True)
        for at in ([f for f in failing if f.severity is severity],)
    )


def _causes(findings: Iterable[Finding], rules: Mapping[str, RuleView]) -> tuple[Cause, ...]:
    grouped: dict[str, list[Finding]] = defaultdict(list)
    for finding in findings:
        grouped[finding.rule].append(finding)
    causes = [
        Cause(
            rule=rules[id],
            findings=tuple(sorted(group, key=lambda f: (f.region, f.name, f.resource, f.fingerprint))),
            resources=len({f.resource for f in group}),
            regions=tuple(sorted({f.region for f in group})),
        )
        for id, group in grouped.items()
    ]
    return tuple(sorted(causes, key=lambda c: (-c.rule.severity, -c.resources, -len(c.findings), c.rule.id)))


def _incomplete(snapshot: Snapshot, tally: Tally, gaps: Iterable[Gap]) -> tuple[str, ...]:
    reasons: list[str] = []
    if not snapshot.header.complete:
        reasons.append("the scan was interrupted before its end, or the snapshot was cut short")
    if snapshot.header.regions_unknown:
        reasons.append(
            "the regions of the account could not be listed, so there may be more than were scanned: "
            "allow ec2:DescribeRegions, or name regions with --region"
        )
    if tally.unknown:
        reasons.append(f"{tally.unknown:,} of {tally.total:,} checks could not be decided")
    if tally.crashed:
        reasons.append(f"{count_of(tally.crashed, 'check')} crashed")
    # What was deleted while the scan ran is worth a note, but no longer a part of the account; what the header says is said above.
    if open_gaps := sum(1 for gap in gaps if gap.reason is not Reason.GONE and gap.what not in ("regions", "scan", "snapshot")):
        reasons.append(f"{count_of(open_gaps, 'part')} of the account could not be seen")
    if not tally.total:
        reasons.append("nothing was checked")
    return tuple(reasons)
