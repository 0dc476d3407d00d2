"""Two linters' answers side by side, and why they differ."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from auditor.policy.actions import Action, table
from auditor.policy.global_keys import global_key
from tests.differential.ours import Place

Answers = Mapping[Place, str]


class Disagreement(NamedTuple):
    """One side finds a fault at a place, the other none. ``said`` is ``peer`` or ``awsaudit``; ``issue`` that side's id of the fault."""

    peer: str
    document: str
    place: Place
    said: str
    issue: str
    setting: Setting

    @property
    def question(self) -> str:
        return self.place[1]

    @property
    def subject(self) -> str:
        return self.place[2]


class Setting:
    """What stands around a place: its statement, and what else the peer found there."""

    def __init__(self, raw: Any, place: Place, peer: Answers) -> None:
        self.raw = raw
        self.statement: dict[str, Any] = _statement(raw, place[0])
        self.question, self.subject = place[1:]
        self.words = place[2].split(" ")
        self.around = {(question, issue) for (where, question, _), issue in peer.items() if where in (place[0], -1)}
        self.anywhere = {question for _, question, _ in peer}

    @cached_property
    def name(self) -> str:
        """The name of the action that is asked about."""
        return self.words[-1] if self.question == "key" else self.subject

    @cached_property
    def action(self) -> Action | None:
        """The action that is asked about, if it is known."""
        return table().action(self.name)

    @cached_property
    def patterns(self) -> list[str]:
        """The actions that the statement names."""
        found = self.statement.get("Action", [])
        return [str(one).lower() for one in (found if isinstance(found, list) else [found])]

    @cached_property
    def resources(self) -> list[str]:
        """The resources that the statement names."""
        found = self.statement.get("Resource", [])
        return [str(one) for one in (found if isinstance(found, list) else [found])]


def _statement(raw: Any, index: int) -> dict[str, Any]:
    listed = raw.get("Statement") if isinstance(raw, dict) else None
    if isinstance(listed, dict):
        return listed
    one = listed[index] if isinstance(listed, list) and 0 <= index < len(listed) else {}
    return one if isinstance(one, dict) else {}


def compare(
    peer: str, documents: Mapping[str, str], theirs: Sequence[Answers], ours: Sequence[Answers]
) -> Iterator[Disagreement]:
    """Every place at which one of them finds a fault and the other does not."""
    for name, text, they, we in zip(documents, documents.values(), theirs, ours, strict=True):
        if not they and not we:
            continue
        try:
            raw = json.loads(text)
        except ValueError:
            raw = {}
        mine, other = (_coarse(we), _coarse(they)) if peer == "validator" else (_fine(we), they)
        for place in sorted({*mine, *other}):
            if (place in mine) != (place in other):
                said = "peer" if place in other else "awsaudit"
                issue = other[place] if place in other else mine[place]
                yield Disagreement(peer, name, place, said, issue, Setting(raw, place, they))


def agreements(peer: str, theirs: Sequence[Answers], ours: Sequence[Answers]) -> int:
    """At how many places both find a fault."""
    mine, other = (_coarse, _coarse) if peer == "validator" else (_fine, dict)
    return sum(len(mine(we).keys() & other(they).keys()) for they, we in zip(theirs, ours, strict=True))


def _coarse(answers: Answers) -> dict[Place, str]:
    """As the validator answers: it names only the first action to which a key does not apply, and for what does not load no statement."""
    told: dict[Place, str] = {}
    for (where, question, subject), issue in answers.items():
        where = -1 if (question, subject) == ("syntax", "types") else where
        told.setdefault((where, question, subject.split(" ")[0] if question == "key" else subject), issue)
    return told


def _fine(answers: Answers) -> dict[Place, str]:
    """As Parliament answers: what is wrong with a key is said of each action that a pattern stands for."""
    told: dict[Place, str] = {}
    for (where, question, subject), issue in answers.items():
        key, _, pattern = subject.partition(" ")
        known = table().expand(pattern) if question == "key" else 0
        for name in table().names(known) if known else [pattern]:
            told[where, question, f"{key} {name}".lower() if question == "key" else subject] = issue
    return told


def read(found: Iterable[list[Any]], count: int) -> Sequence[Answers]:
    """The answers of a peer's file, by document."""
    told: list[dict[Place, str]] = [{} for _ in range(count)]
    for document, statement, question, subject, issue in found:
        told[document].setdefault((statement, question, str(subject).lower()), issue)
    return told


def _global(setting: Setting) -> bool:
    return global_key(setting.words[1 if setting.question == "operator" else 0]) is not None


def _applies(setting: Setting) -> bool:
    action = setting.action
    return action is not None and table().applies(setting.words[0], action)


def _lenient(statement: dict[str, Any], key: str) -> bool:
    """No condition on the key fails when it is absent: the statement works without it."""
    condition = statement.get("Condition")
    operators = (
        [name.lower() for name, keys in condition.items() if key in map(str.lower, keys)] if isinstance(condition, dict) else []
    )
    return bool(operators) and all(
        "ifexists" in one or "not" in one or one.startswith(("null", "forallvalues")) for one in operators
    )


def _stop(question: str, issue: str) -> bool:
    """The peer stopped with an exception: the issue is its name."""
    return question == "syntax" and (issue.endswith("Error") or issue == "Exception")


def _by_pattern(resource: str) -> bool:
    """The part of an ARN that says the type of the resource holds a wildcard."""
    kind = re.split("[:/]", resource.split(":", 5)[-1])[0]
    return "*" in kind or "?" in kind


WHEN: Mapping[str, Callable[[Setting], bool]] = {
    "lenient": lambda s: _lenient(s.statement, s.words[0]),
    "aws-key": lambda s: s.words[-1 if s.question == "operator" else 0].startswith("aws:"),
    "several-required": lambda s: s.action is not None and sum(needs.required for needs in s.action.needs) > 1,
    "typed-by-pattern": lambda s: any(_by_pattern(one) for one in s.resources),
    "no-arn": lambda s: not any(one == "*" or one.count(":") >= 5 for one in s.resources),
    "no-account": lambda s: any(one.split(":")[4:5] == [""] for one in s.resources),
    "known": lambda s: bool(table().expand(s.name)),
    "unknown": lambda s: not table().expand(s.name),
    "retired": lambda s: table().retired(s.name) or table().retired(s.name.partition(":")[0]),
    "named": lambda s: s.name in s.patterns,
    "expanded": lambda s: s.name not in s.patterns,
    "resource-less": lambda s: s.action is not None and s.action.resource_less,
    "optional": lambda s: s.action is not None and not any(needs.required for needs in s.action.needs),
    "several-types": lambda s: s.action is not None and len(s.action.needs) > 1,
    "applies": _applies,
    "not-applies": lambda s: s.action is not None and not _applies(s),
    "global-key": _global,
    "service-key": lambda s: not _global(s),
    "stopped": lambda s: any(question in ("syntax", "action", "arn") for question, _ in s.around),
    "crashed": lambda s: any(_stop(question, issue) for question, issue in s.around),
    "denies": lambda s: s.statement.get("Effect") == "Deny",
    "every-resource": lambda s: "*" in s.resources,
    "not-action": lambda s: "NotAction" in s.statement,
    "not-resource": lambda s: "NotResource" in s.statement,
    "wildcard": lambda s: "*" in s.subject or "?" in s.subject,
    "variable": lambda s: "${" in s.subject or any("${" in one for one in s.resources),
    "whole-service": lambda s: any(one.split(":", 5)[-1] == "*" for one in s.resources if one.count(":") >= 5),
}  # fmt: skip
"""What may be asked of a disagreement, by the word that rows of the table use."""
