"""What ``can`` and ``who-can`` have in common: reading questions, and words for answers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import typer

from auditor.engine import archive
from auditor.errors import UsageError
from auditor.policy.action_names import is_action
from auditor.policy.context import Context, folded
from auditor.policy.evaluate import Because, Outcome
from auditor.policy.oracle import Answer, Document, Oracle
from auditor.policy.requests import reasons
from auditor.policy.statements import Ready
from auditor.render.visible import visible

KINDS = {
    "identity": "the policies of the principal",
    "resource": "the policy of the resource",
    "boundary": "the permissions boundary",
    "root": "what a root user may do",
}
"""What the kinds of policies are called in sentences."""


def check_format(name: str) -> None:
    """Raises :class:`UsageError` for a format that does not exist."""
    if name not in ("text", "json"):
        raise UsageError(f"`{name}` is not a format here; there are `text` and `json`")


def oracle(path: Path) -> Oracle:
    """The oracle over a snapshot file. Raises :class:`auditor.errors.SnapshotError`."""
    return Oracle(archive.read(archive.find(path)))


def action(text: str) -> str:
    """An action. Raises :class:`UsageError` for what is none."""
    if not is_action(text):
        raise UsageError(f"`{text}` is not an action; one looks like s3:GetObject, without wildcards")
    return text


def resource(text: str) -> str:
    """A resource. Raises :class:`UsageError` for what is none."""
    if text != "*" and (not text.startswith("arn:") or text.count(":") < 5):
        raise UsageError(f"`{text}` is not a resource; one looks like arn:aws:s3:::bucket/key, or is * for all")
    return text


def doubts(action: str, resource: str) -> None:
    """Say, on standard error, why a question may not be the one that was meant."""
    from auditor.policy.actions import table

    found = table().action(action)
    if found is None:
        typer.echo(visible(f"awsaudit: `{action}` is no action that is known; see whether it is spelled right"), err=True)
    elif resource == "*" and not found.resource_less:
        typer.echo(
            f"awsaudit: {found.name} is about resources, and without a RESOURCE only statements on `*` count; name one by its ARN",
            err=True,
        )


def context(given: Sequence[str]) -> Context:
    """The context of ``KEY=VALUE`` texts; a key named twice has both values. Raises :class:`UsageError`."""
    found: dict[str, tuple[str, ...]] = {}
    for one in given:
        key, equals, value = one.partition("=")
        if not (key and equals):
            raise UsageError(f"`{one}` is not a condition key with a value; write KEY=VALUE, or KEY= when it is absent")
        found[folded(key)] = (*found.get(folded(key), ()), *((value,) if value else ()))
    return Context(found, open=True)


def said(answer: Answer, action: str, resource: str) -> Iterator[str]:
    """The answer in a sentence or two."""
    decision = answer.decision
    what = f"{answer.principal.arn} {action} on {resource}"
    if decision.outcome is Outcome.ALLOW:
        yield visible(f"ALLOW  {what}")
    elif decision.outcome is Outcome.DEPENDS:
        yield visible(f"DEPENDS  {what}")
        yield visible(f"  on {', '.join(decision.depends_on)}")
    elif decision.explicit:
        yield visible(f"DENY  {what}")
        yield "  a statement denies it"
    else:
        yield visible(f"DENY  {what}")
        kinds = dict.fromkeys(KINDS.get(why.policy, why.policy) for why in decision.because if why.statement is None)
        nothing = f"nothing in {' or in '.join(kinds)} allows it" if kinds else "nothing allows it"
        if any(why.statement is not None for why in decision.because):
            yield f"  by what is not known of the request, a statement denies it, or {nothing}"
        else:
            yield f"  {nothing}"


def row(answer: Answer) -> str:
    """The answer as a row of a list."""
    on = f"  on {', '.join(answer.decision.depends_on)}" if answer.decision.depends_on else ""
    return visible(f"{answer.decision.outcome.value:<8} {answer.principal.arn}{on}")


def statements(answer: Answer) -> Iterator[str]:
    """The statements that decide, each with its document, place and text."""
    unread: set[str] = set()
    for why in answer.decision.because:
        document = _document(answer, why)
        if document is None:
            continue
        if not isinstance(why.statement, Ready):
            if why.statement is not None and document.name not in unread:
                unread.add(document.name)
                yield visible(f"  {document.name}: not read")
            continue
        statement = why.statement.statement
        place = statement.location
        name = f" `{statement.sid}`" if statement.sid else ""
        yield visible(f"  {document.name}, line {place.line}: statement {statement.index + 1}{name} ({statement.effect})")


def _document(answer: Answer, why: Because) -> Document | None:
    if why.statement is None:
        return None
    return answer.documents[why.policy][why.statement.document]


def besides(action: str) -> Iterator[str]:
    """What AWS documents that the action needs besides: other actions, and the resources it is authorised on."""
    from auditor.policy.actions import table
    from auditor.policy.dependent import REFERENCE, dependent

    found = table().action(action)
    if found is None:
        yield visible(f"  {action} is in no table of actions: whether it needs more is not known")
        return
    if found.resource_less:
        yield f"  {found.name} knows no resources: only Resource `*` allows it"
    required = [need.resource for need in found.needs if need.required]
    if len(required) > 1:
        yield f"  {found.name} is authorised on several resources at once: {', '.join(required)}; ask for each"
    depends = sorted({*found.dependent, *(one for need in found.needs for one in need.dependent)})
    more = dependent(found.name)
    if depends or more is not None:
        actions, source = (depends, REFERENCE) if more is None else (sorted({*depends, *more.actions}), more.source)
        yield f"  {found.name} may also need {', '.join(actions)}; ask for each ({source})"


class _Json(msgspec.Struct, frozen=True):
    principal: str
    decision: str
    explicit: bool
    because: list[dict[str, object]]
    depends_on: tuple[str, ...]


def write_json(answer: Answer) -> None:
    """A line of JSON for an answer, documents by name."""
    because: list[dict[str, object]] = []
    for why, reason in zip(answer.decision.because, reasons(answer.decision), strict=True):
        document = _document(answer, why)
        plain: dict[str, object] = msgspec.to_builtins(reason)
        because.append(plain | ({"name": document.name} if document else {}))
    decision = answer.decision
    line = _Json(answer.principal.arn, decision.outcome.value, decision.explicit, because, decision.depends_on)
    typer.echo(msgspec.json.encode(line))
