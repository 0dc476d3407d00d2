"""Effect, Sid, and the shape of actions: what the values of simple elements may be."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import lru_cache
from itertools import repeat

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Edit, Found, Kind, Level
from auditor.policy.lint.named import roster
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown

_SID = "IAM User Guide, IAM JSON policy elements: Sid"
_ACTION = "IAM User Guide, IAM JSON policy elements: Action"
_CHECKS = "IAM User Guide, IAM policy validation check reference"

INVALID_EFFECT = Check(
    id="invalid-effect",
    level=Level.ERROR,
    title="an effect that is neither `Allow` nor `Deny`",
    why="There are two effects, written so; AWS refuses any other, `allow` too.",
    source="IAM User Guide, IAM JSON policy elements: Effect",
    refused=True,
)
UNSUPPORTED_SID = Check(
    id="unsupported-sid",
    level=Level.ERROR,
    title="a Sid with other characters than letters and digits",
    why="IAM and Organizations do not save a Sid with anything but A-Z, a-z and 0-9: no spaces, punctuation or other alphabets.",
    source=_SID,
    refused=True,
)
EMPTY_SID = Check(
    id="empty-sid-value",
    level=Level.SUGGESTION,
    title="an empty Sid",
    why="A Sid may be left out; an empty one names nothing.",
    source=_SID,
)
UNIQUE_SIDS_REQUIRED = Check(
    id="unique-sids-required",
    level=Level.ERROR,
    title="a Sid that two statements have",
    why="Within a policy of IAM or Organizations a Sid names one statement; AWS refuses a second.",
    source=_SID,
    refused=True,
)
UNIQUE_SIDS_RECOMMENDED = Check(
    id="unique-sids-recommended",
    level=Level.WARNING,
    title="a Sid that two statements have",
    why="Whoever changes or removes a statement by its Sid may meet the wrong one; some services refuse it.",
    source=_SID,
)
ACTION_FORMAT = Check(
    id="invalid-action-format",
    level=Level.ERROR,
    title="an action that is not written `service:Name`",
    why="AWS refuses an action without its service in front, and one with a wildcard or a second colon there.",
    source=_ACTION,
    refused=True,
)
EMPTY_ARRAY_ACTION = Check(
    id="empty-array-action",
    level=Level.SUGGESTION,
    title="an empty list of actions",
    why="The statement speaks of no action, so it does nothing.",
    source=_CHECKS,
)
EMPTY_ARRAY_RESOURCE = Check(
    id="empty-array-resource",
    level=Level.SUGGESTION,
    title="an empty list of resources",
    why="The statement speaks of no resource, so it does nothing.",
    source=_CHECKS,
)

CHECKS = (
    INVALID_EFFECT,
    UNSUPPORTED_SID,
    EMPTY_SID,
    UNIQUE_SIDS_REQUIRED,
    UNIQUE_SIDS_RECOMMENDED,
    ACTION_FORMAT,
    EMPTY_ARRAY_ACTION,
    EMPTY_ARRAY_RESOURCE,
)

_PLAIN_SID = re.compile(r"[A-Za-z0-9]*\Z")
_PLAIN_ACTION = re.compile(r"[A-Za-z0-9.-]+:[A-Za-z0-9*?]+\Z").match
_SERVICE = re.compile(r"[A-Za-z0-9.-]+\Z")


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """What is wrong with the simple elements."""
    return simple(policy, table)


def simple(policy: Policy, table: ActionTable | None = None) -> Iterator[Found]:
    """All of it: none of these checks needs to know the actions, but actions that ``table`` knows need no look at their form."""
    for clause, said in zip(policy.clauses, roster(policy, table).rows if table else repeat(None), strict=False):
        if said is None or not clause.plain:
            yield from _clause(clause)
        elif said.wild or said.unmatched:
            yield from _actions(clause, sorted({*said.wild, *said.unmatched}))
    sids = [clause.sid for clause in policy.clauses if clause.sid]
    if len(set(sids)) < len(sids):
        yield from _twice(policy, sids)


def _clause(clause: Clause) -> Iterator[Found]:
    raw = clause.raw
    effect = raw.get("Effect")
    if effect != "Allow" and effect != "Deny" and isinstance(effect, str):
        meant = effect.capitalize() if effect.lower() in ("allow", "deny") else None
        path = clause.at("Effect")
        yield Found(
            INVALID_EFFECT,
            path,
            f"`Effect` is {shown(effect)}; it must be `Allow` or `Deny`",
            f'"Effect": "{meant}"' if meant else 'write "Allow" or "Deny"',
            Edit(path, meant) if meant else None,
        )
    sid = clause.sid
    if sid == "":
        yield Found(EMPTY_SID, clause.at("Sid"), "the Sid is empty", "remove it", Edit(clause.at("Sid"), remove=True))
    elif sid and clause.kind is not Kind.RESOURCE and not _PLAIN_SID.match(sid):
        yield Found(
            UNSUPPORTED_SID,
            clause.at("Sid"),
            f"the Sid {shown(sid)} has other characters than letters and digits",
            f'"Sid": "{plain}"' if (plain := re.sub("[^A-Za-z0-9]", "", sid)) else "write it in Latin letters, or leave it out",
        )
    for name in ("Action", "NotAction"):
        if name in raw:
            if raw[name] == [] and not (name == "NotAction" and _allows_all_else(clause)):
                said = "the list of actions is empty" + (
                    ", so the statement speaks of every action" if name == "NotAction" else ""
                )
                yield Found(EMPTY_ARRAY_ACTION, clause.at(name), said, "name actions, or remove the statement")
            yield from _actions(clause, [(name, index, action) for index, action in clause.strings(name)])
    for name in ("Resource", "NotResource"):
        if raw.get(name) == [] and not (name == "NotResource" and _allows_all_else(clause)):
            said = "the list of resources is empty" + (
                ", so the statement speaks of every resource" if name == "NotResource" else ""
            )
            yield Found(EMPTY_ARRAY_RESOURCE, clause.at(name), said, "name resources, or remove the statement")


def _actions(clause: Clause, some: Iterable[tuple[str, int, str]]) -> Iterator[Found]:
    for name, index, action in some:
        if not _PLAIN_ACTION(action) and (fault := _action(action)):
            yield Found(ACTION_FORMAT, clause.at(name, index), fault, "write it as in `s3:GetObject`")


def _allows_all_else(clause: Clause) -> bool:
    """What an empty list of exceptions means here is told as `allow-with-empty-exception`."""
    return clause.allows and clause.kind in (Kind.IDENTITY, Kind.RESOURCE)


@lru_cache(maxsize=65536)
def _action(action: str) -> str:
    """What is wrong with the shape of an action."""
    if action == "*":
        return ""
    service, colon, name = action.partition(":")
    if not colon:
        return f"{shown(action)} has no service in front"
    if ":" in name and "${" not in action:
        return f"{shown(action)} has more than one colon"
    if service != "*" and not _SERVICE.match(service) and "${" not in service:
        if not service:
            return f"{shown(action)} has no service in front"
        if "*" in service or "?" in service:
            return f"{shown(action)} has a wildcard in its service, which is written out, or `*` for all"
        return f"the service of {shown(action)} may hold letters, digits, hyphens and dots only"
    return "" if name else f"{shown(action)} names no action"


def _twice(policy: Policy, sids: list[str]) -> Iterator[Found]:
    counted = Counter(sids)
    required = policy.kind not in (Kind.RESOURCE, Kind.TRUST)
    seen: set[str] = set()
    for clause in policy.clauses:
        sid = clause.sid
        if sid and counted[sid] > 1:
            if sid in seen:
                yield Found(
                    UNIQUE_SIDS_REQUIRED if required else UNIQUE_SIDS_RECOMMENDED,
                    clause.at("Sid"),
                    f"another statement has the Sid {shown(sid)}, too",
                    "give each statement a Sid of its own, or leave it out",
                )
            seen.add(sid)
