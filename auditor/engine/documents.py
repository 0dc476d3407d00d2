"""Rules over policy documents: one verdict per statement, with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from auditor.engine.rule import cannot_tell, flag
from auditor.model.fact import Reason
from auditor.model.iam import InlinePolicy
from auditor.model.verdict import Verdict
from auditor.policy.breadth import Answer, every_action, every_resource
from auditor.policy.parse import Malformed, Statement, parse

UNCLEAR = "statement {statement} of {document} may allow {grant}: whether its condition holds for everyone cannot be told"
"""What is said of a statement of which it cannot be told whether it is wrong, unless the rule says it better."""


def bad_statements(
    member: object,
    document: str,
    text: str,
    wrong: Callable[[Statement], Answer],
    because: str,
    *,
    unclear: str = UNCLEAR,
    key: str = "",
) -> Iterator[Verdict]:
    """A failure for each statement that is ``wrong``, an ``unknown`` where that cannot be told; nothing when there is none.

    ``member`` is the field that holds the text (``Role.trust``), ``document`` what a location calls it, ``key`` a prefix of the keys.
    ``because`` and ``unclear`` may read out ``{statement}``, its Sid or number, ``{document}``, and ``{grant}``, what it is about.

    A text that is no policy gives one ``unknown`` with the place where it breaks: AWS does not keep such text, so it is we who cannot
    read it, and neither pass nor fail would be true.
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
    for statement in policy.statements:
        answer = wrong(statement)
        if answer is False:
            continue
        evidence: dict[str, Any] = {
            "document": document,
            "statement": statement.sid or f"number {statement.index + 1}",
            "grant": _grant(statement),
            "elements": _elements(statement),
        }
        place = statement.at(document)
        if answer is None:
            yield cannot_tell(member, unclear, reason=Reason.NO_DATA, key=key + statement.key, at=place, **evidence)
        else:
            yield flag(because, key=key + statement.key, at=place, **evidence)


def bad_inline(
    member: object, policies: Iterable[InlinePolicy], wrong: Callable[[Statement], Answer], because: str
) -> Iterator[Verdict]:
    """:func:`bad_statements` of every inline policy of an identity."""
    for policy in policies:
        yield from bad_statements(member, f"inline policy {policy.name}", policy.document, wrong, because, key=f"{policy.name}/")


def _grant(statement: Statement) -> str:
    """How much a statement is about, in words."""
    if statement.not_actions is not None:
        actions = "all actions except its NotAction"
    else:
        actions = "every action" if every_action(statement.actions) else "its actions"
    if statement.not_resources is not None:
        return f"{actions} on all resources except its NotResource"
    if statement.resources is None:
        return actions
    return f"{actions} on {'every resource' if every_resource(statement.resources) else 'its resources'}"


def _elements(statement: Statement) -> Mapping[str, object]:
    """What is written, by AWS's names."""
    elements = {
        "Principal": statement.principals,
        "NotPrincipal": statement.not_principals,
        "Action": statement.actions,
        "NotAction": statement.not_actions,
        "Resource": statement.resources,
        "NotResource": statement.not_resources,
        "Condition": statement.conditions or None,
    }
    return {"Effect": statement.effect} | {name: value for name, value in elements.items() if value is not None}
