"""Attribute-based access: conditions on tags, and set operators on keys with one value or none."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.named import named
from auditor.policy.lint.sets import operator, tests_of
from auditor.policy.lint.texts import wild
from auditor.policy.lint.view import Clause, Policy, Test
from auditor.source.positions import shown

_ACCESS_ANALYZER = "IAM Access Analyzer policy check reference"
_MULTIVALUED = "IAM User Guide: Single-valued vs. multivalued context keys"
_WHY_TAG = "Requests of these services carry no such tag, so the condition is never met for them."

DENY_UNSUPPORTED = Check(
    id="deny-with-unsupported-tag-condition-key-for-service",
    level=Level.SECURITY,
    title="Deny by a tag for services that do not compare it",
    why=f"{_WHY_TAG} Nothing of them is denied.",
    source=_ACCESS_ANALYZER,
)
DENY_NOTACTION_UNSUPPORTED = Check(
    id="deny-notaction-with-unsupported-tag-condition-key-for-service",
    level=Level.SECURITY,
    title="Deny of all actions but a list by a tag",
    why="Many services do not compare tags: nothing of them is denied, although they are not in the list.",
    source=_ACCESS_ANALYZER,
)
ALLOW_UNSUPPORTED = Check(
    id="allow-with-unsupported-tag-condition-key-for-service",
    level=Level.SUGGESTION,
    title="Allow by a tag for services that do not compare it",
    why=f"{_WHY_TAG} Nothing of them is allowed.",
    source=_ACCESS_ANALYZER,
)
ALLOW_NOTACTION_UNSUPPORTED = Check(
    id="allow-notaction-with-unsupported-tag-condition-key-for-service",
    level=Level.SUGGESTION,
    title="Allow of all actions but a list by a tag",
    why="Many services do not compare tags: nothing of them is allowed, although they are not in the list.",
    source=_ACCESS_ANALYZER,
)
SINGLE_VALUED = Check(
    id="forallvalues-with-single-valued-key",
    level=Level.SECURITY,
    title="ForAllValues on a key with one value",
    why="It is also true when the key is absent, so the condition can be met by leaving it out.",
    source=_ACCESS_ANALYZER,
)
ABSENT_KEY = Check(
    id="forallvalues-matches-absent-key",
    level=Level.WARNING,
    title="Allow with ForAllValues on a key that may be absent",
    why="Of no values, all are in the list: a request without the key is allowed. A `Null` condition prevents that.",
    source=_MULTIVALUED,
)
TAG_KEYS_WITHOUT_NULL = Check(
    id="forallvalues-tag-keys-without-null-check",
    level=Level.SUGGESTION,
    title="tag keys that are limited, but not asked for",
    why="A request without any tag meets the condition: what is created may stay untagged.",
    source=_MULTIVALUED,
)
CASE_COLLISION = Check(
    id="tag-key-case-collision",
    level=Level.WARNING,
    title="tag keys that differ in case only",
    why="`aws:TagKeys` compares tag keys with their case, `aws:RequestTag/…` without: one of the two does not do what it says.",
    source="IAM User Guide: Controlling access using tags",
)

CHECKS = (
    DENY_UNSUPPORTED,
    DENY_NOTACTION_UNSUPPORTED,
    ALLOW_UNSUPPORTED,
    ALLOW_NOTACTION_UNSUPPORTED,
    SINGLE_VALUED,
    ABSENT_KEY,
    TAG_KEYS_WITHOUT_NULL,
    CASE_COLLISION,
)
CONDITIONAL = True

_RESOURCE_TAG = "aws:resourcetag/"
_TAGS = (_RESOURCE_TAG, "aws:requesttag/", "aws:tagkeys")
_IDENTIFYING = frozenset(
    {"aws:principalorgpaths", "aws:sourceorgpaths", "aws:resourceorgpaths", "aws:principalservicenameslist", "aws:calledvia"}
)
"""Multivalued global keys, in lower case, that many requests have not got, and that say who asks or what for."""


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Conditions on tags and with set operators."""
    for clause in policy.conditional:
        named_tags = 0
        for test in clause.tests:
            if test.lower.startswith(_TAGS):
                named_tags += len(test.values) if test.lower == "aws:tagkeys" else 1
                if test.lower.startswith(_RESOURCE_TAG):
                    yield from _unsupported(policy, clause, test, table)
            if test.operator[:13].lower() == "forallvalues:":
                yield from _for_all(clause, test, test.lower, table)
        if named_tags > 1:
            yield from _collisions(clause)


def _unsupported(policy: Policy, clause: Clause, test: Test, table: ActionTable) -> Iterator[Found]:
    if not operator(test.operator).binds or policy.kind is Kind.TRUST:
        return
    if "NotAction" in clause.raw:
        if clause.denies or clause.allows:
            yield Found(
                DENY_NOTACTION_UNSUPPORTED if clause.denies else ALLOW_NOTACTION_UNSUPPORTED,
                test.path,
                f"many actions that `NotAction` leaves over do not know {shown(test.key)}, and are not {_done(clause)} by this statement",
                "list the actions that are meant in `Action`",
                name=True,
            )
        return
    services = _without_tags(clause, table)
    if services:
        yield Found(
            DENY_UNSUPPORTED if clause.denies else ALLOW_UNSUPPORTED,
            test.path,
            f"the actions of {', '.join(shown(one) for one in services[:3])}{' and others' if len(services) > 3 else ''} in this statement"
            f" do not know {shown(test.key)}, and are not {_done(clause)} by it",
            f"move them to a statement without `{test.key}`",
            name=True,
        )


def _done(clause: Clause) -> str:
    return "denied" if clause.denies else "allowed"


def _without_tags(clause: Clause, table: ActionTable) -> Sequence[str]:
    """The services of which some actions are named, and none of these compares the tags of resources."""
    unsure = {pattern.partition(":")[0].lower() for _, _, pattern in named(clause, table).unmatched}
    compares: dict[str, bool] = {}
    settled: tuple[str, ...] = ()
    for pattern in clause.texts("Action"):
        if pattern.startswith(settled):
            continue  # of a service of which another action does: most lists are long, and of one service
        service = pattern.partition(":")[0]
        prefix = service.lower()
        if not compares.get(prefix) and prefix not in unsure and not wild(prefix) and table.has_service(prefix):
            compares[prefix] = _compares_tags(table, pattern)
        if compares.get(prefix):
            settled = (*settled, f"{service}:")
    return sorted(prefix for prefix, some in compares.items() if not some)


@lru_cache(maxsize=32768)
def _compares_tags(table: ActionTable, pattern: str) -> bool:
    """One of the actions that the pattern matches does."""
    return any(key.startswith(_RESOURCE_TAG) for action in table.actions(table.expand(pattern)) for key in table.keys_for(action))


def _for_all(clause: Clause, test: Test, lower: str, table: ActionTable) -> Iterator[Found]:
    if operator(test.operator).base == "null":
        return
    known = table.key(test.key)
    if known is not None and not known.type.startswith("ArrayOf"):
        yield Found(
            SINGLE_VALUED,
            test.path,
            f"{shown(test.key)} has one value, and {shown(test.operator)} also holds when it is absent",
            f'"{test.operator.partition(":")[2]}": {{"{test.key}": …}}',
            name=True,
        )
        return
    if not clause.allows or operator(test.operator).negated:
        return
    if lower != "aws:tagkeys" and lower not in _IDENTIFYING:
        return
    others = [other for other in tests_of(clause)[lower] if other is not test]
    if any(operator(other.operator).base == "null" or operator(other.operator).binds for other in others):
        return
    if lower == "aws:tagkeys":
        # A call that does nothing but tag always names the tags.
        creates = named(clause, table).bits & ~table.actions_of_level("Tagging")
        if not creates or any(key.startswith("aws:requesttag/") for key in tests_of(clause)):
            return
        yield Found(
            TAG_KEYS_WITHOUT_NULL,
            test.path,
            f"{shown(test.operator)} on {shown(test.key)} also holds for a request without tags",
            f'add "Null": {{"{test.key}": "false"}}',
            name=True,
        )
    else:
        yield Found(
            ABSENT_KEY,
            test.path,
            f"{shown(test.operator)} also holds for a request without {shown(test.key)}",
            f'add "Null": {{"{test.key}": "false"}}',
            name=True,
        )


def _collisions(clause: Clause) -> Iterator[Found]:
    """Spellings of one tag key in one statement: of ``aws:RequestTag`` and ``aws:TagKeys``, of ``aws:ResourceTag`` by itself."""
    for group in (("aws:requesttag/",), (_RESOURCE_TAG,)):
        spelled: dict[str, str] = {}
        for test in clause.tests:
            lower = test.lower
            if lower.startswith(group):
                yield from _spelling(spelled, test.key.partition("/")[2], test, ())
            elif lower == "aws:tagkeys" and group[0] != _RESOURCE_TAG and "like" not in test.operator.lower():
                many = isinstance(clause.raw["Condition"][test.operator][test.key], list)
                for index, value in enumerate(test.values):
                    if isinstance(value, str):
                        yield from _spelling(spelled, value, test, (index,) if many else ())


def _spelling(spelled: dict[str, str], name: str, test: Test, place: tuple[int, ...]) -> Iterator[Found]:
    first = spelled.setdefault(name.lower(), name)
    if first != name:
        yield Found(
            CASE_COLLISION,
            (*test.path, *place),
            f"the tag key {shown(name)} is also spelt {shown(first)} in this statement",
            f"spell it {shown(first)} everywhere",
            name=not place,
        )
