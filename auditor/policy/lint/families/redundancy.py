"""What can go without a change of meaning, and what never counts.

Proved by patterns and bitsets, so that it holds for every request, also for actions that AWS adds tomorrow: a list of all actions that
begin with ``s3:Get`` does not make ``s3:Get*`` redundant.
"""

from __future__ import annotations

import datetime as dt
import ipaddress
import re
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple, cast

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Edit, Found, Level
from auditor.policy.lint.named import Named, named
from auditor.policy.lint.sets import action_covers, implied, operator, parts_of, resource_covers, tests_of, value_covers
from auditor.policy.lint.texts import everything, wild
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
_SINGLE = frozenset({"stringequals", "bool", "numericequals", "dateequals"})
_WILD = re.compile(r"[*?]")
_MANY = 400
"""Statements that are compared with each other at most: a policy cannot have more, and hostile text must not cost their square."""


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Lists against themselves, then statements against each other."""
    for clause in policy.clauses:
        if named(clause, table).overlap:
            yield from _actions(clause, table)
        for name in ("Resource", "NotResource"):
            if len(clause.texts(name)) > 1:
                yield from _listed(clause, name, resource_covers, REDUNDANT_RESOURCE)
        if clause.tests:
            yield from _conditions(clause)
    if 1 < len(policy.clauses) <= _MANY:
        yield from _statements(policy.clauses, table)


def _actions(clause: Clause, table: ActionTable) -> Iterator[Found]:
    said = named(clause, table)
    for name in ("Action", "NotAction"):
        if isinstance(clause.raw.get(name), list):
            lower = [text.lower() for text in clause.texts(name)]
            patterns = [_pattern(text.lower(), place) for where, place, text in said.wild if where == name]
            yield from _covered(clause, name, lower, patterns, action_covers, REDUNDANT_ACTION)


def _listed(clause: Clause, name: str, covers: Callable[[str, str], bool], check_: Check) -> Iterator[Found]:
    texts = clause.texts(name)
    patterns = [_pattern(text, place) for place, text in clause.strings(name) if wild(text)]
    if patterns or len(set(texts)) < len(texts):
        yield from _covered(clause, name, texts, patterns, covers, check_)


class _Pattern(NamedTuple):
    """A pattern and its place in the list, with what every text begins and ends with that it covers, and what the last field of an ARN
    begins with: few pairs get further than these."""

    start: str
    last: str
    end: str
    text: str
    place: int


def _pattern(text: str, place: int) -> _Pattern:
    pieces = _WILD.split(text)
    parts = parts_of(text)
    last = _WILD.split(parts[-1], maxsplit=1)[0] if len(parts) > 1 else ""
    return _Pattern(pieces[0], last, pieces[-1], text, place)


def _covered(
    clause: Clause,
    name: str,
    texts: Sequence[str],
    patterns: Sequence[_Pattern],
    covers: Callable[[str, str], bool],
    check_: Check,
) -> Iterator[Found]:
    """The texts of a list that another of the same list covers. Of twins, the first stays."""
    seen: dict[str, int] = {}
    starts: dict[str, list[_Pattern]] = {}
    for pattern in patterns:
        starts.setdefault(pattern.start.partition(":")[0] if ":" in pattern.start else "", []).append(pattern)
    anywhere = starts.pop("", [])
    some = clause.strings(name)
    for (place, written), text in zip(some, texts, strict=True):
        if name == "NotResource" and "${" in text:
            continue  # what it excepts for a principal without the variable is open, so nothing covers it
        first = seen.setdefault(text, place)
        by = first if first != place else None
        near = starts.get(text.partition(":")[0], ()) if starts else ()
        if by is None and (anywhere or near):
            last = parts_of(text)[-1]
            for start, begin, end, wide, at in (*near, *anywhere) if anywhere else near:
                if not (text.startswith(start) and last.startswith(begin) and text.endswith(end)) or at == place:
                    continue
                # Of two that mean the same, the first stays.
                if covers(wide, text) and (at < place or not covers(text, wide)):
                    by = at
                    break
        if by is not None:
            other = next(one for at, one in some if at == by)
            same = "stands in the list twice" if first != place else f"is included in {shown(other)}"
            yield Found(
                check_,
                clause.at(name, place),
                f"{shown(written)} {same}",
                f'remove "{written}"',
                _removed(clause.at(name, place)),
            )


def _removed(path: Path) -> Edit:
    return Edit(path, remove=True)


def _conditions(clause: Clause) -> Iterator[Found]:
    for test in clause.tests:
        yield from _star(test)
        if len(test.values) > 1 and not test.opaque:
            yield from _values(clause, test)
    if not any(test.opaque for test in clause.tests):
        yield from _contradictions(clause)


def _star(test: Test) -> Iterator[Found]:
    kind = operator(test.operator)
    if kind.base not in ("stringlike", "arnlike", "arnequals") or kind.over == "foranyvalue":
        return
    optional = kind.if_exists or kind.over == "forallvalues" or test.key.lower() in _ALWAYS_THERE
    if optional and any(isinstance(value, str) and everything(value) for value in test.values):
        yield Found(
            REDUNDANT_KEY,
            test.path,
            f"{shown(test.operator)} on {shown(test.key)} with `*` holds for every request",
            f"remove the condition on `{test.key}`, or name the values that are meant",
            name=True,
        )


def _values(clause: Clause, test: Test) -> Iterator[Found]:
    kind = operator(test.operator)
    base = kind.base.replace("not", "")
    values = [str(value) for value in test.values]
    if base not in ("stringlike", "arnlike", "arnequals", "ipaddress") and not base.startswith("date"):
        return  # twins and numbers are for the checks of values
    raw: object = clause.raw["Condition"][test.operator][test.key]
    if not isinstance(raw, list) or len(cast("list[object]", raw)) != len(values):
        return
    for place, value in enumerate(values):
        by = next(
            (
                other
                for at, other in enumerate(values)
                if other != value and _includes(base, other, value) and (at < place or not _includes(base, value, other))
            ),
            None,
        )
        if by is not None:
            path = test.where(place, True)
            message = f"{shown(value)} is included in {shown(by)}"
            yield Found(REDUNDANT_PATTERN, path, message, f'remove "{value}"', _removed(path))


def _includes(base: str, wide: str, narrow: str) -> bool:
    """A request that ``narrow`` matches is matched by ``wide`` too, under this operator."""
    if base in ("stringlike", "arnlike", "arnequals"):
        return (value_covers if base == "stringlike" else resource_covers)(wide, narrow)
    if base == "ipaddress":
        return _network_in(narrow, wide)
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


def _network_in(narrow: str, wide: str) -> bool:
    try:
        one, other = ipaddress.ip_network(narrow, strict=False), ipaddress.ip_network(wide, strict=False)
    except ValueError:
        return False
    if isinstance(one, ipaddress.IPv4Network) and isinstance(other, ipaddress.IPv4Network):
        return one != other and one.subnet_of(other)
    if isinstance(one, ipaddress.IPv6Network) and isinstance(other, ipaddress.IPv6Network):
        return one != other and one.subnet_of(other)
    return False


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


def _statements(clauses: Sequence[Clause], table: ActionTable) -> Iterator[Found]:
    keys = [frozenset(tests_of(clause)) for clause in clauses]
    gone: set[int] = set()
    for place, near in enumerate(_candidates([named(clause, table) for clause in clauses])):
        clause = clauses[place]
        effect = clause.raw.get("Effect")
        for at in near:
            if at == place or not keys[at] <= keys[place] or at in gone:
                continue
            other = clauses[at]
            if effect == other.raw.get("Effect"):
                if (
                    implied(clause, other, table)
                    and _says_something(clause)
                    and (at < place or not implied(other, clause, table))
                ):
                    gone.add(place)
                    yield _redundant(clause, other, mutual=implied(other, clause, table))
                    break
            elif clause.allows and other.denies and implied(clause, other, table) and _says_something(clause):
                yield Found(
                    SHADOWED_STATEMENT,
                    clause.path,
                    f"everything that {_named(clause)} allows, {_named(other)} denies",
                    f"remove {_named(clause)}, or narrow the Deny",
                )
                break


def _candidates(rows: Sequence[Named]) -> Sequence[Sequence[int]]:
    """For each statement, those that are about one of its actions: nearly all pairs end with it. All, if it has none that is known."""
    found: list[list[int]] = [[] for _ in rows]
    ones: dict[int, list[int]] = {}
    for place, row in enumerate(rows):
        ones.setdefault(row.one, []).append(place)
    for at, row in enumerate(rows):
        marks = row.marks
        shared = [bit for bit in ones if bit >= 0 and marks[bit >> 3] >> (bit & 7) & 1] if marks else row.literals & ones.keys()
        for bit in (*shared, -1) if -1 in ones else shared:
            for place in ones[bit]:
                found[place].append(at)
    return found


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
