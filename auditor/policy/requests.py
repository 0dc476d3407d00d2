"""Requests with the documents that count, a line of JSON each: behind ``awsaudit can --requests``.

A line is answered by itself: one that cannot be answered gives an error, and the others go on. Nothing is guessed: a document that AWS
would not take makes its line an error.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeAlias, cast

import msgspec

from auditor.policy import arns
from auditor.policy.action_names import is_action
from auditor.policy.context import Context, context, folded
from auditor.policy.evaluate import RCP_SERVICES, Because, Decision, Level, Outcome, Policies, evaluate
from auditor.policy.lint.check import Kind
from auditor.policy.lint.refuse import refusal
from auditor.policy.lint.view import Policy as View
from auditor.policy.parse import Document, Malformed, parse
from auditor.policy.principals import ANONYMOUS, Principal, derived, principal
from auditor.policy.principals import Kind as PrincipalKind
from auditor.policy.statements import Policy, Ready, Request, policy
from auditor.source import json_source
from auditor.source.positions import shown

Doc: TypeAlias = dict[str, Any] | str
"""A document: as an object, or as the text that AWS keeps. Lines of an object are those of the object written with an indent of two."""
Value: TypeAlias = str | int | float | bool
Account: TypeAlias = Annotated[str, msgspec.Meta(pattern="^[0-9]{12}$", max_length=12)]


class Anonymous(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Nobody: a request without a signature."""

    type: Literal["Anonymous"]


class Target(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The SCPs or RCPs of one level."""

    policies: list[Doc]
    target: str = ""


class Documents(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The documents of each kind. ``null``: there is none."""

    identity: list[Doc] | None = None
    resource: Doc | None = None
    boundary: list[Doc] | None = None
    scp: list[Target] | None = None
    rcp: list[Target] | None = None
    session: list[Doc] | None = None
    vpc_endpoint: list[Doc] | None = None


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A request. ``resource`` is ``*`` when it is left out; with several, all must be allowed. ``resource_account`` is that of the ARN,
    else the principal's. A value ``null`` in the context: the key is absent. Keys that are not given are absent, or unknown with
    ``unknown_context``. ``derive`` adds keys that follow from the request."""

    principal: str | Anonymous
    action: str
    id: str | int | None = None
    resource: str | list[str] = "*"
    resource_account: str | None = None
    context: dict[str, Value | list[Value] | None] = {}
    unknown_context: bool = False
    policies: Documents = Documents()
    derive: bool = True
    management_account: Account | None = None
    role_arn: str | None = None


class Reason(msgspec.Struct, frozen=True, omit_defaults=True):
    """A statement that decided; or a document that could not be read (``unread``); or policies that allow nothing (``missing``).
    ``document`` and ``statement`` count from 0."""

    policy: str
    target: str = ""
    document: int | None = None
    statement: int | None = None
    sid: str | None = None
    effect: str = ""
    pointer: str = ""
    line: int | None = None
    missing: bool = False
    unread: bool = False


class Answer(msgspec.Struct, frozen=True):
    """The answer to a line."""

    id: str | int | None
    decision: Literal["ALLOW", "DENY", "DEPENDS"]
    explicit: bool
    because: list[Reason]
    depends_on: list[str]


class Failure(msgspec.Struct, frozen=True, omit_defaults=True):
    """Why a line has no answer. ``document`` names the document that AWS would refuse, ``line`` the line in it."""

    id: str | int | None
    error: str
    document: str = ""
    line: int | None = None


class Refused(Exception):
    """A document cannot be used."""

    def __init__(self, message: str, document: str, line: int) -> None:
        self.message = message
        self.document = document
        self.line = line
        super().__init__(message)


class _Unusable(Exception):
    """A line cannot be used; the message says why."""


def request_schema() -> dict[str, Any]:
    """The JSON Schema of a request line."""
    return msgspec.json.schema(Line)


def answer_schema() -> dict[str, Any]:
    """The JSON Schema of an answer line."""
    found, components = msgspec.json.schema_components((Answer, Failure), ref_template="#/$defs/{name}")
    return {"anyOf": list(found), "$defs": components}


def answer_text(text: str) -> dict[str, Any]:
    """The answer to a line of text."""
    try:
        found = json_source.data(text)
    except json_source.Unreadable as error:
        return _plain(Failure(None, f"the line is not JSON: {error.message}"))
    return answer(found)


def answer(line: object) -> dict[str, Any]:
    """The answer to a line, as plain data."""
    given = cast("dict[object, object]", line).get("id") if isinstance(line, dict) else None
    known = given if isinstance(given, str | int) and not isinstance(given, bool) else None
    try:
        return _plain(_answer(msgspec.convert(line, Line)))
    except msgspec.ValidationError as error:
        return _plain(Failure(known, f"the request cannot be used: {_place(str(error))}"))
    except _Unusable as error:
        return _plain(Failure(known, str(error)))
    except Refused as error:
        return _plain(Failure(known, error.message, error.document, error.line))


def _plain(found: Answer | Failure) -> dict[str, Any]:
    plain: dict[str, Any] = msgspec.to_builtins(found)
    return plain


def _place(message: str) -> str:
    said, _, where = message.partition(" - at `$")
    return said[:1].lower() + said[1:] + (f" in `{where.strip('.`')}`" if where.strip(".`") else "")


def _answer(line: Line) -> Answer:
    who = _in_role(_who(line.principal), line.role_arn)
    if not is_action(line.action):
        raise _Unusable(f"{shown(line.action)} is not an action; one looks like `s3:GetObject`")
    resources = [line.resource] if isinstance(line.resource, str) else line.resource
    if not all(resources) or not resources:
        raise _Unusable("the request names no resource; leave it out for actions that know none")
    _distinct(line.context)
    policies = _policies(line, trust=line.action.lower().startswith("sts:") and ":role/" in resources[0])
    rcp_services = _rcp_services() if line.policies.rcp else RCP_SERVICES
    decisions = [evaluate(_request(line, who, one), policies, rcp_services=rcp_services) for one in resources]
    found = next((one for wanted in (Outcome.DENY, Outcome.DEPENDS) for one in decisions if one.outcome is wanted), decisions[0])
    depends = sorted({key for one in decisions if one.outcome is found.outcome for key in one.depends_on})
    return Answer(line.id, found.outcome.value, found.explicit, reasons(found), depends)


def _distinct(keys: Iterable[str]) -> None:
    """AWS compares keys without regard to case: of two that differ in nothing else, neither may win in silence."""
    seen: dict[str, str] = {}
    for key in keys:
        before = seen.setdefault(folded(key), key)
        if before != key:
            raise _Unusable(f"the context has {shown(before)} and {shown(key)}, which are one key; give it once")


def _who(given: str | Anonymous) -> Principal:
    if isinstance(given, Anonymous):
        return ANONYMOUS
    found = principal(given)
    if found is None:
        raise _Unusable(
            f"{shown(given)} is not a principal; use the ARN of a user, role, session or account, or a service's name"
        )
    return found


def _in_role(who: Principal, role_arn: str | None) -> Principal:
    """A session with the ARN of its role. Raises :class:`_Unusable` when it is not of that role."""
    if role_arn is None:
        return who
    role = principal(role_arn)
    if role is None or role.kind is not PrincipalKind.ROLE:
        raise _Unusable(f"{shown(role_arn)} is not the ARN of a role")
    if who.kind is not PrincipalKind.SESSION or (who.account, who.name) != (role.account, role.name):
        raise _Unusable(f"the principal is no session of the role {shown(role_arn)}; leave out `role_arn`, or name its role")
    return msgspec.structs.replace(who, role_arn=role_arn)


def _request(line: Line, who: Principal, resource: str) -> Request:
    account = line.resource_account or _account(resource) or who.account
    given = context(line.context, open=line.unknown_context)
    if line.derive:
        given = Context({**derived(who, line.action, account), **given.values}, given.open)
    return Request(principal=who, action=line.action.lower(), resource=resource, resource_account=account, context=given)


def _account(resource: str) -> str:
    found = arns.account_of(resource)
    return found if found.isdecimal() else ""


def reasons(decision: Decision) -> list[Reason]:
    """What decided, as plain data."""
    return [_reason(one) for one in decision.because]


def _reason(why: Because) -> Reason:
    if why.statement is None:
        return Reason(why.policy, why.target, missing=True)
    if not isinstance(why.statement, Ready):
        return Reason(why.policy, why.target, why.statement.document, unread=True)
    statement = why.statement.statement
    place = statement.location
    return Reason(
        why.policy,
        why.target,
        why.statement.document,
        statement.index,
        statement.sid,
        statement.effect,
        place.pointer,
        place.line,
    )


def _policies(line: Line, *, trust: bool) -> Policies:
    given = line.policies
    return Policies(
        identity=_many(given.identity or [], "identity", Kind.IDENTITY),
        resource=None if given.resource is None else _one(given.resource, "resource", Kind.TRUST if trust else Kind.RESOURCE),
        boundary=None if given.boundary is None else _many(given.boundary, "boundary", Kind.BOUNDARY),
        scp=_levels(given.scp, "scp", Kind.SCP),
        rcp=_levels(given.rcp, "rcp", Kind.RCP),
        session=None if given.session is None else _many(given.session, "session", Kind.SESSION),
        vpc_endpoint=None if given.vpc_endpoint is None else _many(given.vpc_endpoint, "vpc_endpoint", Kind.RESOURCE),
        management_account=line.management_account or "",
    )


def _levels(targets: Sequence[Target] | None, name: str, kind: Kind) -> tuple[Level, ...]:
    return tuple(
        Level(one.target, _many(one.policies, f"{name}[{place}].policies", kind)) for place, one in enumerate(targets or ())
    )


def _many(documents: Sequence[Doc], name: str, kind: Kind) -> Policy:
    return _ready(tuple(_text(one) for one in documents), name, kind)


def _one(document: Doc, name: str, kind: Kind) -> Policy:
    return policy([_read(_text(document), name, kind)])


def _text(document: Doc) -> str:
    return document if isinstance(document, str) else json.dumps(document, indent=2, ensure_ascii=False)


@lru_cache(maxsize=256)
def _ready(texts: tuple[str, ...], name: str, kind: Kind) -> Policy:
    return policy([_read(text, f"{name}[{place}]", kind) for place, text in enumerate(texts)])


def _read(text: str, name: str, kind: Kind) -> Document:
    """The document, if AWS would take it. Raises :class:`Refused`."""
    found = parse(text)
    if isinstance(found, Malformed):
        raise Refused(found.message, name, found.line)
    fault = refusal(View(json_source.data(text), kind, text=text))
    if fault is not None:
        span = json_source.JsonPlaces(text).span(fault.path, name=fault.name)
        raise Refused(fault.message, name, span.line)
    return found


@lru_cache(maxsize=1)
def _rcp_services() -> frozenset[str]:
    from auditor.policy.actions import table

    return table().rcp_services() or RCP_SERVICES


def summary(answers: Sequence[Mapping[str, Any]]) -> Mapping[str, int]:
    """How many answers there are of each kind."""
    counts = dict.fromkeys((*(one.value for one in Outcome), "error"), 0)
    for one in answers:
        counts[one.get("decision", "error")] += 1
    return counts
