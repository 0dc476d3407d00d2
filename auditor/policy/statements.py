"""Statements, ready to be asked about requests."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TypeAlias

import msgspec

from auditor.policy import arns, glob
from auditor.policy.conditions import Condition
from auditor.policy.context import Context
from auditor.policy.parse import Document, Statement
from auditor.policy.principals import Grant, Kind, Named, Principal
from auditor.policy.truth import Truth, either, negate
from auditor.policy.variables import resolve, template, without_value


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """A request: who does what to what, in which circumstances.

    ``action`` in lower case (AWS compares actions so); ``resource`` an ARN, or ``*`` for actions that know no resources;
    ``resource_account`` owns the resource. ``context`` holds also what follows from the request (:func:`principals.derived`).
    """

    principal: Principal
    action: str
    resource: str
    resource_account: str
    context: Context


class Ready:
    """One statement. ``statement`` is what was parsed, ``document`` the place of its document among those of its kind.

    Most requests are not about most statements: conditions are made ready when action and resource fit for the first time.
    """

    __slots__ = (
        "_action",
        "_conditions",
        "_not_principals",
        "_principals",
        "_resource",
        "_variables",
        "denies",
        "document",
        "statement",
    )

    def __init__(self, statement: Statement, document: int, *, variables: bool) -> None:
        """``variables``: the document's version knows policy variables."""
        self.statement = statement
        self.document = document
        self.denies = statement.effect == "Deny"
        self._variables = variables
        self._action = _Actions(statement)
        self._resource = _Resources(statement, variables=variables)
        self._conditions: tuple[Condition, ...] | None = None if statement.conditions else ()
        self._principals = None if statement.principals is None else Named(statement.principals)
        self._not_principals = None if statement.not_principals is None else Named(statement.not_principals)

    def about(self, action: str) -> bool:
        """The statement is about an action in lower case."""
        return self._action.match(action)

    def applies(self, request: Request) -> Truth:
        """Action, resource and conditions fit the request: principals are not looked at."""
        if not self._action.match(request.action):
            return False
        found = self._resource.match(request)
        if found is False or self._conditions == ():
            return found
        unknown = found
        for condition in self._ready():  # `every`, unrolled: most of the time of an evaluation is spent here
            truth = condition.holds(request.context)
            if truth is False:
                return False
            if truth is not True:
                unknown = truth if unknown is True else unknown | truth
        return unknown

    def open_conditions(self, request: Request) -> Iterator[Condition]:
        """The conditions on which it depends whether the statement fits the request; none when it fits or does not."""
        if not isinstance(self.applies(request), bool):
            yield from (one for one in self._ready() if not isinstance(one.holds(request.context), bool))

    def _ready(self) -> tuple[Condition, ...]:
        if self._conditions is None:
            self._conditions = tuple(
                Condition(operator, key, wanted, variables=self._variables)
                for operator, keys in self.statement.conditions.items()
                for key, wanted in keys.items()
            )
        return self._conditions

    def names(self, who: Principal, *, bounded: bool) -> tuple[Grant, Truth]:
        """How the principals of the statement name who asks. ``bounded``: a permissions boundary is attached to who asks."""
        if self._principals is not None:
            return self._principals.grant(who)
        if self._not_principals is None:
            return Grant.DIRECT, True
        if not self.denies:
            return (Grant.NONE if self._not_principals.mentions(who) else Grant.DIRECT), True
        # AWS: with a boundary attached, NotPrincipal with Deny denies whatever it names.
        spared = self._not_principals.excepts(who) and not (bounded and who.kind in (Kind.USER, Kind.ROLE, Kind.SESSION))
        return (Grant.NONE if spared else Grant.DIRECT), True


class _Actions:
    """The actions that a statement is about. AWS compares them without regard to case."""

    __slots__ = ("_exact", "_negated", "_others", "_prefixes")

    def __init__(self, statement: Statement) -> None:
        self._negated = statement.actions is None
        patterns = [one.lower() for one in (statement.not_actions if statement.actions is None else statement.actions) or ()]
        self._exact, self._prefixes, others = _sorted(patterns)
        self._others = _any_of(tuple(others)) if others else None

    def match(self, action: str) -> bool:
        found = (
            action in self._exact
            or action.startswith(self._prefixes)
            or (self._others is not None and self._others(action) is not None)
        )
        return found is not self._negated


def _sorted(patterns: Iterable[str]) -> tuple[frozenset[str], tuple[str, ...], list[str]]:
    """Patterns without wildcards, what those begin with whose only wildcard is a ``*`` at the end, and the others."""
    exact: list[str] = []
    prefixes: list[str] = []
    others: list[str] = []
    for one in patterns:
        first = _WILD.search(one)
        if first is None:
            exact.append(one)
        elif first.start() == len(one) - 1 and one[-1] == "*":
            prefixes.append(one[:-1])
        else:
            others.append(one)
    return frozenset(exact), tuple(prefixes), others


_WILD = re.compile(r"[*?]")
_FIXED = re.compile(r"[^*?$]*")


@lru_cache(maxsize=4096)
def _any_of(patterns: tuple[str, ...]) -> Callable[[str], object]:
    return re.compile("|".join(f"(?:{glob.expression([(False, glob.normal(one))])})" for one in patterns), re.DOTALL).match


class _Resources:
    """The resources that a statement is about. Without any (a trust policy), it is about the one that it is attached to."""

    __slots__ = ("_all", "_exact", "_negated", "_others", "_prefixes", "_templates")

    def __init__(self, statement: Statement, *, variables: bool) -> None:
        self._negated = statement.resources is None
        patterns = statement.not_resources if statement.resources is None else statement.resources
        self._all = patterns is None
        variable = [one for one in patterns or () if variables and "${" in one]
        self._exact, self._prefixes, others = _sorted([one for one in patterns or () if one not in variable])
        self._others = tuple((_start(one), one) for one in others)
        self._templates = tuple((_start(one), one) for one in variable)

    def match(self, request: Request) -> Truth:
        if self._all:
            return True
        resource = request.resource
        found: Truth = resource in self._exact or resource.startswith(self._prefixes)
        if found is False and self._others:
            found = any(resource.startswith(start) and bool(arns.plain_resource(one)(resource)) for start, one in self._others)
        if found is False and self._templates:
            near = [one for start, one in self._templates if resource.startswith(start)]
            found = either(_resolved(near, resource, request.context))
            if self._negated and found is False and (without := self._without_value(request.context)):
                return without
        return negate(found) if self._negated else found

    def _without_value(self, context: Context) -> frozenset[str]:
        """The variables that the request has no value for.

        A resource with such a variable matches nothing; what a ``NotResource`` with one is about, AWS does not document beyond that
        the whole statement may be invalid (IAM User Guide, *IAM policy elements: Variables and tags*, note). So it is not known.
        """
        found = [template(one) or () for _, one in self._templates]
        return frozenset(f"{key} (no value, in NotResource)" for one in found for key in without_value(one, context))


def _start(pattern: str) -> str:
    """What everything begins with that the pattern matches: what stands before the first wildcard or variable."""
    found = _FIXED.match(pattern)
    return found.group() if found else ""


def _resolved(patterns: Iterable[str], resource: str, context: Context) -> Iterable[Truth]:
    for pattern in patterns:
        one = template(pattern)
        if one is None:
            yield bool(arns.plain_resource(pattern)(resource))
            continue
        found = resolve(one, context)
        if found is None or not arns.resource(found.parts)(resource):
            yield False
        else:
            yield found.unknown or True


class Unread:
    """A document that counts and could not be read: it may allow, and may deny, so all depends on it."""

    __slots__ = ("_depends", "denies", "document", "name")

    def __init__(self, name: str, document: int, *, denies: bool) -> None:
        """``name`` says which document it is, and that it was not read."""
        self.name = name
        self.document = document
        self.denies = denies
        self._depends = frozenset({name})

    def about(self, action: str) -> bool:  # noqa: ARG002
        """It may be about any action."""
        return True

    def applies(self, request: Request) -> Truth:  # noqa: ARG002
        """It cannot be told."""
        return self._depends

    def open_conditions(self, request: Request) -> Iterator[Condition]:  # noqa: ARG002
        """They are not known."""
        return iter(())

    def names(self, who: Principal, *, bounded: bool) -> tuple[Grant, Truth]:  # noqa: ARG002
        """It may name anybody."""
        return Grant.DIRECT, True


def unread(name: str, document: int = 0) -> tuple[Unread, Unread]:
    """What a document that could not be read may say."""
    return Unread(name, document, denies=False), Unread(name, document, denies=True)


Stated: TypeAlias = Ready | Unread


class Policy(msgspec.Struct, frozen=True):
    """The documents of one kind that count together, such as all policies of an identity."""

    statements: tuple[Stated, ...] = ()

    def about(self, action: str) -> bool:
        """Some statement that allows is about an action in lower case."""
        return any(not one.denies and one.about(action) for one in self.statements)


def policy(documents: Sequence[Document]) -> Policy:
    """The documents, made ready."""
    return Policy(tuple(one for place, document in enumerate(documents) for one in ready(document, place)))


def ready(document: Document, place: int = 0) -> tuple[Ready, ...]:
    """The statements of a document, made ready; ``place`` is that of the document among those of its kind."""
    variables = document.version == "2012-10-17"
    return tuple(Ready(statement, place, variables=variables) for statement in document.statements)
