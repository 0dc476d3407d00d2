"""The policy linter in rules: a verdict for each finding, with its place in the document and the line itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Literal

from auditor.engine.context import Limits
from auditor.engine.rule import cannot_tell, flag
from auditor.model.fact import Reason
from auditor.model.iam import InlinePolicy
from auditor.model.verdict import Excerpt, Location, Verdict
from auditor.policy.actions import table
from auditor.policy.lint.check import Found, Kind, Level
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Policy
from auditor.policy.parse import Malformed, parse
from auditor.source.json_source import JsonPlaces, Span, data, pointer


class LintLimits(Limits, frozen=True):
    """How much the linter says."""

    level: Literal["error", "security", "warning", "suggestion"] = "security"
    """The mildest level that counts as a failure: `error` (AWS refuses it, or it does nothing), `security` (it allows more than is safe),
    `warning` (it probably does not do what it looks like) or `suggestion`. Our own choice: what is wrong, not what could be nicer."""


WINDOW = 90
"""Characters of the line that are shown on each side; AWS keeps many policies on one line."""
LONGEST = 300
"""Characters of the marked part that are shown."""


def lint_verdicts(
    member: object, document: str, text: str, kind: Kind, limits: LintLimits, *, key: str = "", attached_to: str = ""
) -> Iterator[Verdict]:
    """A failure for each finding that counts; nothing when there is none.

    ``member`` is the field that holds the text, ``document`` what a location calls it, ``key`` a prefix of the keys. A text that is no
    policy gives one ``unknown``, as :func:`auditor.engine.documents.bad_statements` does.
    """
    policy = parse(text)
    if isinstance(policy, Malformed):
        yield cannot_tell(
            member,
            "{document} cannot be read as a policy: {problem} (line {line})",
            reason=Reason.ERROR,
            key=key + "malformed",
            at=policy.at(document),
            document=document,
            problem=policy.message,
            line=policy.line,
        )
        return
    order = list(Level)
    mildest = order.index(Level(limits.level))
    places = JsonPlaces(text)
    keys = Counter[str]()
    for found in lint(Policy(data(text), kind, text=text, attached_to=attached_to), table()):
        if order.index(found.check.level) > mildest:
            continue
        name = f"{key}{found.check.id}/{_stable(found, [one.key for one in policy.statements])}"
        keys[name] += 1
        said = f"{document}: {found.message}"
        yield flag(
            said.replace("{", "{{").replace("}", "}}"),  # policy text: what looks like a place for evidence is none
            key=name if keys[name] == 1 else f"{name}#{keys[name]}",
            at=_location(text, document, found, places),
            check=found.check.id,
            level=found.check.level.value,
            fix=found.fix or None,
            why=found.check.why,
        )


def lint_inline(member: object, policies: Iterable[InlinePolicy], limits: LintLimits) -> Iterator[Verdict]:
    """:func:`lint_verdicts` of every inline policy of an identity."""
    for policy in policies:
        name = f"inline policy {policy.name}"
        yield from lint_verdicts(member, name, policy.document, Kind.IDENTITY, limits, key=f"{policy.name}/")


def _stable(found: Found, keys: list[str]) -> str:
    """What names the place from scan to scan: the key of its statement, and the element."""
    path = found.path
    if len(path) > 1 and path[0] == "Statement":
        if isinstance(path[1], int):
            return "/".join((keys[path[1]], *(str(step) for step in path[2:3])))
        return "/".join((keys[0], str(path[1])))
    return "/".join(str(step) for step in path[:1])


def _location(text: str, document: str, found: Found, places: JsonPlaces) -> Location:
    span = places.span(found.path, name=found.name)
    return Location(document, pointer(found.path), span.line, span.column, span.end_line, span.end_column, excerpt(text, span))


def excerpt(text: str, span: Span) -> Excerpt:
    """The line where a place begins, cut to what is near; of a place of several lines, what is in the first."""
    lines = text.split("\n")
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    before, marked, after = line[:start].lstrip(), line[start:end], line[end:]
    more = "…" if span.end_line != span.line or len(marked) > LONGEST else ""
    return Excerpt(
        before if len(before) <= WINDOW else f"…{before[-WINDOW:]}",
        marked[:LONGEST] + more,
        after if len(after) <= WINDOW else f"{after[:WINDOW]}…",
    )
