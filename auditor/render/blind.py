"""What could not be seen, grouped by what would let us see it."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

import msgspec

from auditor.model import calls
from auditor.model.fact import Reason, Unknown
from auditor.model.verdict import Finding
from auditor.render.json_line import inert

REMEDIES: Mapping[Reason, str] = {
    Reason.DENIED: "let the audit role call it; if its policy does already, an SCP, a boundary or a resource policy refuses",
    Reason.THROTTLED: "scan again when the account is less busy: AWS throttled the call until the retries were spent",
    Reason.UNSUPPORTED: "nothing to do where the service or the operation is not offered",
    Reason.REGION_OFF: "enable the region or leave it out of the scan; if an SCP closes it, except the audit role",
    Reason.NO_DATA: "AWS answered without the value, for example because nobody publishes the metric: judge it by hand",
    Reason.NOT_COLLECTED: "scan again: the snapshot was taken without it",
    Reason.GONE: "nothing to do: it was deleted while the scan ran",
    Reason.ERROR: "scan again; if it stays, look up the call in the section on calls",
}
"""What resolves a missing fact, by why it is missing."""
GIVE = "scan again, and give a report of S3 Inventory or S3 Storage Lens with `--inventory` if there is one"
"""What resolves a fact that no call gives."""


class Seen(msgspec.Struct, frozen=True, order=True):
    """A resource about which something is not known."""

    region: str
    name: str
    resource: str


class Blind(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that could not be read: the call, why, and the checks that hang on it."""

    reason: Reason
    call: str
    action: str
    """The IAM action that allows the call; empty when AWS needs none."""
    checks: int
    """Unknown verdicts that list it."""
    rules: tuple[str, ...]
    resources: tuple[tuple[str, tuple[Seen, ...]], ...]
    """The resources by region."""

    @property
    def word(self) -> str:
        """The reason in words."""
        return self.reason.value.replace("_", " ")

    @property
    def label(self) -> str:
        """What to look for: the action when it was denied, else the call."""
        return self.action if self.action and self.reason is Reason.DENIED else self.call

    @property
    def remedy(self) -> str:
        """What resolves it."""
        return GIVE if self.call == calls.STORAGE_REPORT.name else REMEDIES[self.reason]

    @property
    def places(self) -> int:
        """How many resources it is about."""
        return sum(len(seen) for _, seen in self.resources)


def group(unknowns: Iterable[Finding]) -> tuple[Blind, ...]:
    """The missing facts of unknown verdicts, the one on which most checks hang first."""
    checks: Counter[Unknown] = Counter()
    rules: dict[Unknown, set[str]] = defaultdict(set)
    seen: dict[Unknown, dict[str, set[Seen]]] = defaultdict(lambda: defaultdict(set))
    for finding in unknowns:
        for missing in dict.fromkeys(finding.missing):
            checks[missing] += 1
            rules[missing].add(finding.rule)
            seen[missing][finding.region].add(Seen(finding.region, finding.name, finding.resource))
    return tuple(
        Blind(
            reason=missing.reason,
            call=missing.call,
            action=missing.action,
            checks=count,
            rules=tuple(sorted(rules[missing])),
            resources=tuple((region, tuple(sorted(places))) for region, places in sorted(seen[missing].items())),
        )
        for missing, count in sorted(
            checks.items(), key=lambda item: (-item[1], item[0].call, item[0].reason.value, item[0].action)
        )
    )


def denied_actions(blind: Iterable[Blind]) -> tuple[str, ...]:
    """The IAM actions that would let the denied calls through, sorted."""
    return tuple(sorted({one.action for one in blind if one.reason is Reason.DENIED and one.action}))


def allowed_by_actions(unknowns: Iterable[Finding]) -> int:
    """How many unknown verdicts lack nothing but what IAM actions would give."""
    return sum(
        1 for finding in unknowns if finding.missing and all(m.reason is Reason.DENIED and m.action for m in finding.missing)
    )


def policy(actions: tuple[str, ...]) -> str:
    """The IAM policy that allows the actions, as JSON to paste; empty when there is none to allow.

    A snapshot may come from anybody: what is hidden in an action stands there as an escape.
    """
    if not actions:
        return ""
    statement = {"Sid": "AwsauditCouldNotLook", "Effect": "Allow", "Action": list(actions), "Resource": "*"}
    made = msgspec.json.format(msgspec.json.encode({"Version": "2012-10-17", "Statement": [statement]}), indent=2).decode()
    return "\n".join(map(inert, made.split("\n")))
