"""What can go without a change of meaning, and what never counts.

Proved by patterns and bitsets, so that it holds for every request, also for actions that AWS adds tomorrow: a list of all actions that
begin with ``s3:Get`` does not make ``s3:Get*`` redundant.
"""

from __future__ import annotations

import datetime as dt
import re
from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import cast

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Edit, Found, Level
from auditor.policy.lint.named import Roster, roster
from auditor.policy.lint.networks import in_others
from auditor.policy.lint.sets import Operator, action_covers, implied, operator, resource_covers, tests_of, value_covers
from auditor.policy.lint.texts import everything, head, wild
from auditor.policy.lint.view import Clause, Policy, Test
from auditor.source.positions import shown
from auditor.source.shape import Path

_ACCESS_ANALYZER = "IAM Access Analyzer policy check reference"

REDUNDANT_ACTION = Check(
    id="redundant-action",
    level=Level.SUGGESTION,
    title="action that another pattern of the list matches",
    why="It changes nothing, and makes the list longer to read than what it says.",
    source=_ACCESS_ANALYZER,
)
REDUNDANT_RESOURCE = Check(
    id="redundant-resource",
    level=Level.SUGGESTION,
    title="resource that another pattern of the list matches",
    why="It changes nothing, and looks as if the statement were narrower than it is.",
    source=_ACCESS_ANALYZER,
)
REDUNDANT_PATTERN = Check(
    id="redundant-condition-pattern",
    level=Level.SUGGESTION,
    title="pattern or range that another value of the list includes",
    why="Any one of the values is enough, so one that another includes changes nothing.",
    source=_ACCESS_ANALYZER,
)
REDUNDANT_STATEMENT = Check(
    id="redundant-statement",
    level=Level.SUGGESTION,
    title="statement that another statement includes",
    why="It changes nothing, and counts against the size that a policy may have.",
    source=_ACCESS_ANALYZER,
)
SHADOWED_STATEMENT = Check(
    id="shadowed-statement",
    level=Level.WARNING,
    title="statement that a Deny of the same policy cancels",
    why="A Deny always wins: what looks allowed here never is.",
    source="IAM User Guide: Policy evaluation logic",
)
REDUNDANT_KEY = Check(
    id="redundant-key-due-to-wildcard-in-condition",
    level=Level.SUGGESTION,
    title="condition that every request meets",
    why="A star takes every value, so the condition looks like a limit and is none.",
    source=_ACCESS_ANALYZER,
)
NEVER_TRUE = Check(
    id="condition-never-true",
    level=Level.WARNING,
    title="conditions that exclude each other",
    why="All conditions of a statement must hold at once, so this statement does nothing.",
    source="IAM JSON policy elements: Condition operators",
)

CHECKS = (
    REDUNDANT_ACTION,
    REDUNDANT_RESOURCE,
    REDUNDANT_PATTERN,
    REDUNDANT_STATEMENT,
    SHADOWED_STATEMENT,
    REDUNDANT_KEY,
    NEVER_TRUE,
)

_ALWAYS_THERE = frozenset({"aws:principalarn", "aws:principalaccount", "aws:principaltype", "aws:userid", "aws:currenttime"})
_LIKE = frozenset({"stringlike", "arnlike", "arnequals"})
_SINGLE = frozenset({"stringequals", "bool", "numericequals", "dateequals"})
_WILD = re.compile(r"[*?]")
_MANY = 400
"""Statements that are compared with each other at most: a policy cannot have more, and hostile text must not cost their square."""
_MOST = 7_000_000
"""Values of one list that are compared with patterns of it at most: more than the square of what fits into the 20,480 characters of AWS's
longest policies, so only what AWS refuses is not compared to its end."""


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Lists against themselves, then statements against each other."""
    clauses = policy.clauses
    said = roster(policy, table)
    for clause, row in zip(clauses, said.rows, strict=True):
        if row.overlap:
            for name in ("Action", "NotAction"):
                if isinstance(clause.raw.get(name), list):
                    yield from _actions(clause, name)
        for name in ("Resource",) if clause.plain else ("Resource", "NotResource"):
            if isinstance(clause.raw.get(name), list) and len(clause.texts(name)) > 1:
                yield from _resources(clause, name)
        if clause.tests:
            yield from _conditions(clause)
    if 1 < len(clauses) <= _MANY:
        yield from _statements(clauses, said)


def _actions(clause: Clause, name: str) -> Iterator[Found]:
    texts = list(map(str.lower, clause.texts(name)))
    by = _covered(texts, texts, action_covers)
    return _redundancies(REDUNDANT_ACTION, clause, name, texts, by)


def _resources(clause: Clause, name: str) -> Iterator[Found]:
    texts = clause.texts(name)
    heads = sorted(map(_head, texts))
    if not any(map(str.startswith, heads[1:], heads)):
        return iter(())  # of two that begin alike, one would begin as the one before it does
    by = _covered(texts, list(map(_last, texts)), resource_covers)
    if name == "NotResource":  # what a variable excepts for a principal without it is open, so nothing covers it
        by = {at: other for at, other in by.items() if "${" not in texts[at]}
    return _redundancies(REDUNDANT_RESOURCE, clause, name, texts, by)


def _last(arn: str) -> str:
    """The last field, in which the ARNs of a list differ most."""
    return arn.split(":", 5)[-1]


@lru_cache(maxsize=16384)
def _head(arn: str) -> str:
    """What its last field begins with, up to the first wildcard; with an end if there is none, so that nothing longer begins like it."""
    last = _last(arn)
    return head(last) if wild(arn) else f"{last}\0"


def _redundancies(check_: Check, clause: Clause, name: str, texts: Sequence[str], by: Mapping[int, int]) -> Iterator[Found]:
    some = clause.strings(name) if by else ()
    for at in sorted(by):
        place, written = some[at]
        same = "stands in the list twice" if texts[at] == texts[by[at]] else f"is included in {shown(some[by[at]][1])}"
        path = clause.at(name, place)
        yield Found(check_, path, f"{shown(written)} {same}", f'remove "{written}"', _removed(path))


def _covered(texts: Sequence[str], keys: Sequence[str], covers: Callable[[str, str], bool]) -> dict[int, int]:
    """The texts that another one covers, with that one, by their places. Of twins, and of two that mean the same, the first stays.

    ``keys`` are the parts in which the texts differ most, each an end of its text. A pattern is only compared with texts whose key
    begins as its own does: in the order of the keys they follow each other.
    """
    found: dict[int, int] = {}
    if len(set(texts)) < len(texts):
        first: dict[str, int] = {}
        for place, text in enumerate(texts):
            if first.setdefault(text, place) != place:
                found[place] = first[text]
    patterns = [at for at, text in enumerate(texts) if ("*" in text or "?" in text) and at not in found]
    rows = sorted(zip(keys, range(len(keys)), strict=True))
    left = _MOST
    # Patterns of one service or partition are told before those of any.
    for at in sorted(patterns, key=lambda at: ":" not in head(texts[at])):
        wide = texts[at]
        start, *_, end = _WILD.split(wide)
        begins = head(keys[at])
        low, high = bisect_left(rows, (begins, -1)), len(rows)
        some = len(found)
        if left <= 0:
            break
        for near in range(low, high):
            key, place = rows[near]
            if not key.startswith(begins):
                high = near
                break
            text = texts[place]
            if (
                text.endswith(end)
                and text.startswith(start)
                and place != at
                and place not in found
                and covers(wide, text)
                and (at < place or not covers(text, wide))
            ):
                found[place] = at
        left -= high - low
        if len(found) > some:  # else a list of patterns that cover each other would cost its square
            rows[low:high] = [row for row in rows[low:high] if row[1] not in found]
    return found


def _removed(path: Path) -> Edit:
    return Edit(path, remove=True)


def _conditions(clause: Clause) -> Iterator[Found]:
    tests = clause.tests
    for test in tests:
        kind = operator(test.operator)
        if kind.base in _LIKE and _always(test, kind):
            yield Found(
                REDUNDANT_KEY,
                test.path,
                f"{shown(test.operator)} on {shown(test.key)} with `*` holds for every request",
                f"remove the condition on `{test.key}`, or name the values that are meant",
                name=True,
            )
        if len(test.values) > 1 and not test.opaque:
            yield from _values(clause, test)
    if len(tests_of(clause)) < len(tests) and not any(test.opaque for test in tests):
        yield from _contradictions(clause)


def _always(test: Test, kind: Operator) -> bool:
    """One of the values is a star, and the condition holds without the key as well, or there is always one."""
    optional = kind.if_exists or kind.over == "forallvalues" or test.key.lower() in _ALWAYS_THERE
    return optional and kind.over != "foranyvalue" and any(isinstance(value, str) and everything(value) for value in test.values)


def _values(clause: Clause, test: Test) -> Iterator[Found]:
    kind = operator(test.operator)
    base = kind.base.replace("not", "")
    values = [str(value) for value in test.values]
    if base not in _LIKE and base != "ipaddress" and not base.startswith("date"):
        return  # twins and numbers are for the checks of values
    raw: object = clause.raw["Condition"][test.operator][test.key]
    if not isinstance(raw, list) or len(cast("list[object]", raw)) != len(values):
        return
    if base == "ipaddress":
        by_place = in_others(values)
    else:
        by_place = {
            place: by for place, value in enumerate(values) if (by := _first_with(base, place, value, values)) is not None
        }
    for place, by in by_place.items():
        value = values[place]
        path = test.where(place, True)
        message = f"{shown(value)} is included in {shown(by)}"
        yield Found(REDUNDANT_PATTERN, path, message, f'remove "{value}"', _removed(path))


def _first_with(base: str, place: int, value: str, values: Sequence[str]) -> str | None:
    """The first of the values that includes the one at a place. Of two that mean the same, the first stays."""
    for at, other in enumerate(values):
        if other != value and _includes(base, other, value) and (at < place or not _includes(base, value, other)):
            return other
    return None


def _includes(base: str, wide: str, narrow: str) -> bool:
    """A request that ``narrow`` matches is matched by ``wide`` too, under this operator."""
    if base in _LIKE:
        return (value_covers if base == "stringlike" else resource_covers)(wide, narrow)
    if base.startswith("date"):
        one, other = _moment(wide), _moment(narrow)
        if one is None or other is None or one == other:
            return False
        return one > other if "less" in base else one < other if "greater" in base else False
    return False


def _moment(text: str) -> float | None:
    try:
        return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC).timestamp() if "T" in text and text.endswith("Z") else None
    except ValueError:
        return None


def _contradictions(clause: Clause) -> Iterator[Found]:
    """Conditions on one key of which not both can hold. Only what is certain for single values."""
    for tests in tests_of(clause).values():
        if len(tests) < 2:
            continue
        absent = [t for t in tests if operator(t.operator).base == "null" and {str(v).lower() for v in t.values} == {"true"}]
        bound = [t for t in tests if operator(t.operator).binds]
        if absent and bound:
            yield Found(
                NEVER_TRUE,
                bound[0].path,
                f"{shown(absent[0].operator)} wants {shown(bound[0].key)} to be absent, and {shown(bound[0].operator)} a value of it",
                "remove one of the two conditions",
                name=True,
            )
            continue
        plain = [t for t in bound if t.operator.lower() in _SINGLE and not any("${" in str(v) for v in t.values)]
        for other in tests:
            base = other.operator.lower()
            if plain and base in ("stringnotequals", "numericnotequals") and base.replace("not", "") == plain[0].operator.lower():
                left = {str(v) for v in plain[0].values} - {str(v) for v in other.values}
                if plain[0].values and not left:
                    yield Found(
                        NEVER_TRUE,
                        other.path,
                        f"{shown(other.operator)} excludes every value of {shown(other.key)} that {shown(plain[0].operator)} asks for",
                        "remove one of the two conditions",
                        name=True,
                    )


def _statements(clauses: Sequence[Clause], said: Roster) -> Iterator[Found]:
    gone: set[int] = set()
    for place, near in _candidates(said):
        clause = clauses[place]
        effect = clause.raw.get("Effect")
        keys = tests_of(clause).keys()
        for at in near:
            other = clauses[at]
            if at == place or at in gone or not tests_of(other).keys() <= keys:
                continue
            if effect == other.raw.get("Effect"):
                if (
                    implied(clause, other, said.rows[place], said.rows[at])
                    and _says_something(clause)
                    and (at < place or not implied(other, clause, said.rows[at], said.rows[place]))
                ):
                    gone.add(place)
                    yield _redundant(clause, other, mutual=implied(other, clause, said.rows[at], said.rows[place]))
                    break
            elif (
                clause.allows
                and other.denies
                and implied(clause, other, said.rows[place], said.rows[at])
                and _says_something(clause)
            ):
                yield Found(
                    SHADOWED_STATEMENT,
                    clause.path,
                    f"everything that {_named(clause)} allows, {_named(other)} denies",
                    f"remove {_named(clause)}, or narrow the Deny",
                )
                break


def _candidates(said: Roster) -> Iterator[tuple[int, Sequence[int]]]:
    """For each statement, those that are about one of its actions, itself included: nearly all pairs end with it. All, if it has none that
    is known. Statements that are only about themselves are left out."""
    counts = [len(row.literals) for row in said.rows]
    if said.exact and sum(counts) == len(said.literals) and 0 not in counts:
        return  # no action stands in two statements
    ones: dict[int, list[int]] = {}
    for place, row in enumerate(said.rows):
        ones.setdefault(row.one, []).append(place)
    wanted = frozenset(ones) - {-1}
    found: list[list[int]] = [[] for _ in counts]
    for at, row in enumerate(said.rows):
        for bit in (*row.among(wanted), -1) if -1 in ones else row.among(wanted):
            for place in ones[bit]:
                found[place].append(at)
    for place, near in enumerate(found):
        if len(near) > 1:
            yield place, near


def _says_something(clause: Clause) -> bool:
    """Empty lists are for the checks of the grammar."""
    return all(clause.raw[name] != [] for name in ("Action", "NotAction", "Resource", "NotResource") if name in clause.raw)


def _redundant(clause: Clause, other: Clause, *, mutual: bool) -> Found:
    return Found(
        REDUNDANT_STATEMENT,
        clause.path,
        f"everything that {_named(clause)} {'allows' if clause.allows else 'denies'}, {_named(other)} does too",
        f"remove {_named(clause)}" + ("" if mutual else f", or {_named(other)} if no more than {_named(clause)} is meant"),
        _removed(clause.path),
    )


def _named(clause: Clause) -> str:
    return shown(clause.sid) if clause.sid else f"statement {clause.index + 1}"
