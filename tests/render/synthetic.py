"""Accounts for the tests of reports: one of the cases of all rules, one of hostile names, one that is large."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import cache

import msgspec

from auditor.engine import frameworks
from auditor.engine.cases import case_snapshot
from auditor.engine.controls import Attestation, assess
from auditor.engine.evaluate import fingerprint, judge
from auditor.engine.frameworks import Assess
from auditor.engine.registry import LoadedRule, load
from auditor.model.fact import Reason, Unknown
from auditor.model.resource import Resource
from auditor.model.snapshot import CallRecord, Gap, Section, Snapshot
from auditor.model.verdict import Finding, Location, Outcome, Severity, Waived
from auditor.render.standing import Judged
from auditor.render.view import View, build

RULES = load()
RULE = "s3-no-tier-policy"
SINGLE = ("account", "root", "region")
"""Kinds of which a scope has exactly one."""

HOSTILE = {
    "script": "<script>alert(1)</script>",
    "attribute": "\" onmouseover=\"document.title='owned'\" x='",
    "style": "</style><script>document.title='owned'</script>",
    "image": "<img src=x onerror=\"document.title='owned'\">",
    "formula": "=cmd|'/c calc'!A1",
    "quoted formula": '  "@SUM(A1:A9)"\t-1+1',
    "link": "](javascript:alert(1)) ![x](https://x.invalid/x.png) https://x.invalid www.x.invalid @team #1 <https://x.invalid>",
    "table": "a | b `` ` c \\| **d** __e__ ~~f~~ # g\n\n# heading\n- item\n> quote",
    "cdata": "]]><evil/>&amp;&#x1b;",
    "jinja": "{{ 7 * 7 }}{% raw %}",
    "rich": "[bold red]x[/bold red] :boom: [link=https://example.com]y[/link]",
    "ansi": "a\x1b[31mred\x1b]0;title\x07\x9b31m",
    "override": "invoice\u202efdp.exe\u2066",
    "lines": "one\ntwo\r\tthree\u2028four",
    "nul": "a\x00b\x01\x1f\x7f",
    "breaks": "\u0085x\x0by\x0cz\u2029",
    "nothing": "a\ufffeb\U0001fffe",
    "mark": "\ufeff=1+1",
    "tab": "\t=1+1",
    "return": "\r@SUM(A1)",
    "minus": "-1+1|calc",
    "wide": "＝1＋1＠x",
    "math": "$`\\href{javascript:alert(1)}{x}`$ $$x$$",
    "comment": "<!-- x --><!DOCTYPE x [<!ENTITY a 'b'>]><details open>&a;",
    "refresh": "<meta http-equiv=refresh content=0;url=https://x.invalid>",
    "path": "../../%2e%2e/etc/passwd?a=b#c",
    "scheme": "javascript:alert(1)",
    "tick": "`",
    "setext": "x\n===\n1. y\n- [ ] z\n[^1]: q",
    "braces": "{0} {{1}} %(x)s %s ${x}",
    "emoji": "𝓫𝓾𝓬𝓴𝓮𝓽-🪣-👩‍🔬",
    "korean": "학습-데이터-보관소",
    "arabic": "بيانات-التدريب",
    "long": "n" * 300,
}
CALLS = (
    CallRecord("s3", "ListBuckets", "us-east-1", "ok", ms=41),
    CallRecord("s3", "GetBucketLifecycleConfiguration", "us-east-1", "denied", of="vault", code="AccessDenied", ms=9),
    CallRecord("s3", "GetBucketLifecycleConfiguration", "us-east-1", "absent", of="logs", ms=12),
    CallRecord("s3", "GetBucketLifecycleConfiguration", "us-east-1", "ok", of="data", ms=17),
    CallRecord("ec2", "DescribeInstances", "ap-northeast-2", "throttled", code="RequestLimitExceeded", tries=9, ms=30000),
)
GAPS = (
    Gap("s3 bucket `short-lived`", Reason.GONE, "deleted while the scan ran"),
    Gap("region eu-south-2", Reason.REGION_OFF, "closed by an SCP"),
)
DENIED = Unknown(Reason.DENIED, "s3.GetBucketLifecycleConfiguration", "s3:GetLifecycleConfiguration")


@cache
def snapshot() -> Snapshot:
    """The cases of all rules as one account. Resources get names of their own, as cases of different rules share theirs."""
    sections: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    base = None
    number = 0
    for rule in RULES.values():
        for case in rule.cases():
            one = case_snapshot(case)
            base = base or one
            for place, section in one.sections.items():
                for item in section.items:
                    number += 1
                    if place[0] in SINGLE and sections[place]:
                        continue
                    changed = {} if place[0] in SINGLE else {"arn": f"{item.arn}-{number}", "id": f"{item.id}-{number}"}
                    sections[place].append(msgspec.structs.replace(item, **changed))
    assert base is not None
    regions = tuple(sorted({scope for _, scope in sections} - {"global"}))
    made: dict[tuple[str, str], Section[Resource]] = dict(base.sections)
    for place, items in sections.items():
        made[place] = Section(type(items[0]), place[1], tuple(items))
    return Snapshot(
        header=msgspec.structs.replace(base.header, regions=regions or base.header.regions), sections=made, calls=CALLS, gaps=GAPS
    )


def finding(name: str, outcome: Outcome = Outcome.FAIL, *, rule: str = RULE, region: str = "ap-northeast-2") -> Finding:
    """One finding of a rule on a bucket of that name."""
    spec = RULES[rule].spec
    arn = f"arn:aws:s3:::{name}"
    return Finding(
        rule=rule,
        verdict=outcome,
        severity=spec.severity,
        confidence=spec.confidence,
        pillar=spec.pillar,
        service=RULES[rule].service,
        region=region,
        resource=arn,
        name=name,
        location=Location("bucket policy", f"/Statement/{name}", 3, 7) if outcome is Outcome.FAIL else None,
        because=f"no rule moves the objects of {name}",
        evidence={"count": 0, "rules": [name], "owner": name, "policy": {"Statement": [name] * 40}}
        if outcome is Outcome.FAIL
        else {},
        missing=(DENIED,) if outcome is Outcome.UNKNOWN else (),
        controls=spec.controls,
        waived=None,
        fingerprint=fingerprint(rule, arn, outcome.value),
    )


def small() -> View:
    """Every rule judged on its cases, with a waiver, a crash, gaps and notes."""
    taken = snapshot()
    # A case holds only what its own rule reads: what other rules miss in it, no scan would have left out.
    findings = [f for f in judge(taken, RULES.values()) if not any(m.reason is Reason.NOT_COLLECTED for m in f.missing)]
    failing = next(f for f in findings if f.rule == RULE and f.verdict is Outcome.FAIL)
    waived = msgspec.structs.replace(
        failing, waived=Waived("data-platform", "objects are rewritten every day", date(2027, 3, 31))
    )
    findings = [waived if f is failing else f for f in findings]
    findings.append(finding("crashing", Outcome.CRASH))
    notes = ("the waiver of `ec2-*` by platform expired on 2026-10-31",)
    return build(taken, findings, RULES, notes, judged(taken, findings))


def hostile(language: str = "en") -> View:
    """Names that attack a report, wherever a name can stand: also where only a forged snapshot could put one."""
    names = HOSTILE.values()
    findings = [finding(name, outcome) for name in names for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.CRASH)]
    findings += [
        msgspec.structs.replace(finding(f"waived {name}"), waived=Waived(name, name, date(2027, 3, 31))) for name in names
    ]
    findings += [
        msgspec.structs.replace(finding(f"hidden {name}", Outcome.UNKNOWN), missing=(Unknown(Reason.DENIED, name, name),))
        for name in names
    ]
    gaps = tuple(Gap(name, Reason.ERROR, name) for name in names)
    taken = snapshot()
    header = msgspec.structs.replace(taken.header, caller=" ".join(names), regions=tuple(names))
    taken = msgspec.structs.replace(taken, header=header, gaps=gaps)
    return build(taken, findings, hostile_rules(), tuple(names), judged(taken, findings), language)


def judged(taken: Snapshot, findings: Sequence[Finding], *ids: str) -> tuple[Judged, ...]:
    """How the account stands against frameworks (all without ``ids``), with an attestation in the words of every hostile name."""
    every = frameworks.load()
    manual = [f"{one.id}:{c.id}" for one in every.values() for c in one.controls if c.assess is not Assess.AUTO]
    said = [
        Attestation(control=control, by=name, on=date(2026, 1, 1), until=date(2027, 1, 1), evidence=name)
        for control, name in zip(manual, HOSTILE.values(), strict=False)
    ]
    known = tuple(RULES.values())
    return tuple(
        Judged(
            framework=every[id],
            controls=assess(taken, every, every[id], known=known, ran=set(RULES), findings=findings, attestations=said),
            settings={RULE: "tiers = ['<script>alert(1)</script>']"},
        )
        for id in ids or every
    )


def hostile_rules() -> Mapping[str, LoadedRule]:
    """The rules, one of them with a page that somebody else wrote."""
    rule = RULES[RULE]
    attack = "\n\n".join(
        [
            *(text for key, text in HOSTILE.items() if key != "link"),
            "[link](javascript:alert(1)) ![i](https://x.invalid/i.png) <b>b</b> [web](https://example.com/)",
        ]
    )
    page = msgspec.structs.replace(rule.page, title=HOSTILE["script"], why=attack, fix=attack, fine=attack)
    return {**RULES, RULE: msgspec.structs.replace(rule, page=page)}


def large(verdicts: int = 25_000) -> View:
    """A large account: of 25,000 verdicts, 6,000 fail and 3,000 are unknown, over all rules."""
    return build(snapshot(), _many(verdicts), RULES)


def _many(verdicts: int) -> Iterator[Finding]:
    ids = list(RULES)
    regions = ("ap-northeast-2", "eu-central-1", "us-east-1", "us-west-2")
    severities = list(Severity)
    for number in range(verdicts):
        share = number % 25
        outcome = Outcome.FAIL if share < 6 else Outcome.UNKNOWN if share < 9 else Outcome.PASS
        id = ids[number // 25 % len(ids)]
        one = finding(f"team-{number % 40:02}-training-data-{number:05}", outcome, rule=id, region=regions[number % 4])
        one = msgspec.structs.replace(one, severity=severities[ids.index(id) % 5], location=None)
        if outcome is Outcome.FAIL:
            evidence = {"count": number % 7, "days": number % 900, "storage_class": "STANDARD", "bytes": number * 7919}
            one = msgspec.structs.replace(one, evidence=evidence)
        yield one


def korean() -> View:
    """Names in Hangul, which take two columns a letter."""
    return build(snapshot(), [finding(f"학습-데이터-{number}-보관소-서울") for number in range(4)], RULES)


def empty() -> View:
    """Nothing was checked."""
    return build(snapshot(), [], {})
