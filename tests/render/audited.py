"""An account against a framework of the tests' own, with a control in every state there is."""

from __future__ import annotations

from datetime import date

import msgspec

from auditor.engine.controls import Attestation, assess
from auditor.engine.frameworks import Assess, Control, Framework, Titled
from auditor.engine.registry import LoadedRule
from auditor.model.verdict import Finding, Outcome, Waived
from auditor.render.standing import Judged
from auditor.render.view import View, build
from tests.render.synthetic import HOSTILE, RULES, finding, snapshot

ID = "sample-1.0"
MANY = 230
"""Failures of the control that has the most: more than a page shows at once."""

FRAMEWORK = Framework(
    id=ID,
    name="Sample Benchmark for Accounts",
    version="1.0",
    publisher="The Tests",
    complete=False,
    note="it holds a control in each state",
    sections=(
        Titled(id="1", title="Identity and access", title_ko="신원 및 접근 관리"),
        Titled(id="2", title="Storage"),
        Titled(id="2.1", title="Buckets"),
    ),
    controls=(
        Control(
            id="1.1", title="Nobody uses the root user", title_ko="루트 사용자를 쓰지 않는다", level="L1", assess=Assess.MANUAL
        ),
        Control(id="1.2", title="Somebody reviews the roles", level="L1", mode="manual", assess=Assess.MANUAL),
        Control(id="1.3", assess=Assess.AUTO),
        Control(id="2.1", title="Objects move to a cheaper tier", level="L2", mode="automated", assess=Assess.AUTO),
        Control(id="2.2", title="Uploads do not stay half done", level="L1", mode="automated", assess=Assess.AUTO),
        Control(id="2.3", title="Buckets keep old versions", level="L1", assess=Assess.PARTIAL, part="rules judge buckets only"),
        Control(id="2.4", title="Buckets are encrypted with a key of one's own", level="L2", assess=Assess.AUTO),
        Control(id="2.5", title="Volumes are attached", level="L1", assess=Assess.AUTO),
        Control(id="2.6", title="Versions end", level="L1", assess=Assess.AUTO),
        Control(id="2.7", title="Notebooks have keys", level="L1", assess=Assess.AUTO),
    ),
)
DECIDED_BY = {
    "2.1": "s3-no-tier-policy",
    "2.2": "s3-no-multipart-abort",
    "2.3": "s3-versioning-off",
    "2.4": "s3-encryption-not-kms",
    "2.5": "ec2-volume-unattached",
    "2.6": "s3-versioned-no-noncurrent-expiry",
}
NOT_RUN = "sagemaker-notebook-no-kms"


def rules() -> dict[str, LoadedRule]:
    """The rules of :data:`DECIDED_BY`, which name the framework's controls."""
    return {rule: _naming(RULES[rule], control) for control, rule in DECIDED_BY.items()}


def findings(many: int = MANY) -> list[Finding]:
    """Verdicts for every state; ``many`` of them are failures of one control."""
    found = [_about("2.1", f"training-data-{number:04}") for number in range(many)]
    found += [_about("2.1", HOSTILE["korean"]), _about("2.1", "vault", Outcome.UNKNOWN)]
    owned = Waived("data-platform", "the uploads are rewritten every day", date(2027, 3, 31))
    found += [msgspec.structs.replace(_about("2.2", f"inbox-{number}"), waived=owned) for number in range(3)]
    found += [_about("2.3", f"logs-{number}", Outcome.PASS) for number in range(12)]
    found += [_about("2.3", "website", Outcome.NOT_APPLICABLE)]
    found += [_about("2.4", f"closed-{number}", Outcome.UNKNOWN) for number in range(2)]
    found += [_about("2.4", "open", Outcome.PASS), _about("2.4", "broken", Outcome.CRASH)]
    return found


def view(language: str = "en", *, many: int = MANY, hostile: bool = False) -> View:
    """The account; ``hostile``: with hostile text wherever somebody else's text can stand."""
    framework, found, known = FRAMEWORK, findings(many), rules()
    by, evidence, settings = "Kim, audit", "minutes of 2026-06-30, page 4", "tiers = ['GLACIER']"
    if hostile:
        by = evidence = settings = " ".join(HOSTILE.values())
        owned = [Waived(name, name, date(2027, 3, 31)) for name in HOSTILE.values()]
        found += [_about("2.4", name) for name in HOSTILE.values()]
        found += [_about("2.4", name, Outcome.UNKNOWN) for name in HOSTILE.values()]
        found += [msgspec.structs.replace(_about("2.2", f"of {one.owner}"), waived=one) for one in owned]
        titled = tuple(msgspec.structs.replace(c, title=by, title_ko=by, part=by, level=by, mode=by) for c in framework.controls)
        framework = msgspec.structs.replace(framework, name=by, publisher=by, version=by, note=by, controls=titled)
        page = msgspec.structs.replace(known["s3-encryption-not-kms"].page, title=by)
        known["s3-encryption-not-kms"] = msgspec.structs.replace(known["s3-encryption-not-kms"], page=page)
    taken = snapshot()
    attested = Attestation(control=f"{ID}:1.1", by=by, on=date(2026, 7, 1), until=date(2027, 6, 30), evidence=evidence)
    judged = Judged(
        framework=framework,
        controls=assess(
            taken,
            {ID: framework},
            framework,
            known=(*known.values(), _naming(RULES[NOT_RUN], "2.7")),
            ran=known.keys(),
            findings=found,
            attestations=(attested,),
        ),
        settings={"s3-no-tier-policy": settings},
    )
    notes = (by,) if hostile else ("`awsaudit.toml` sets limits of `s3-no-tier-policy`: tiers = ['GLACIER']",)
    return build(taken, found, known, notes, (judged,), language)


def _naming(rule: LoadedRule, control: str) -> LoadedRule:
    return msgspec.structs.replace(rule, spec=msgspec.structs.replace(rule.spec, controls=(f"{ID}:{control}",)))


def _about(control: str, name: str, outcome: Outcome = Outcome.FAIL) -> Finding:
    one = finding(name, outcome, rule=DECIDED_BY[control])
    return msgspec.structs.replace(one, controls=(f"{ID}:{control}",))
