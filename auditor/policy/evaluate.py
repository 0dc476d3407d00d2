"""The decision: may this principal do this to that?

One function in the order that AWS documents (IAM User Guide, *Policy evaluation logic*): an explicit deny anywhere; resource control
policies and service control policies at every level; the policy of the resource; the policies of the identity; permissions boundary;
session policies; the policy of the VPC endpoint. Peculiarities are data: :data:`OWN_POLICY`, :data:`RCP_SERVICES`.

Three-valued: a decision that rests on something unknown is ``DEPENDS``, with the keys. A definite one stays, whatever the unknown is.
Where several conditions are on one unknown key, its cases are looked at one by one (:mod:`auditor.policy.cases`).
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import msgspec

from auditor.policy import arns
from auditor.policy.cases import Case, of_key
from auditor.policy.conditions import Condition
from auditor.policy.context import folded
from auditor.policy.principals import Grant, Kind
from auditor.policy.statements import Policy, Request, Stated
from auditor.policy.truth import Truth, either, every

RCP_SERVICES = frozenset(
    {
        "s3",
        "sts",
        "kms",
        "sqs",
        "secretsmanager",
        "cognito-idp",
        "cognito-identity",
        "dynamodb",
        "ecr",
        "logs",
        "aoss",
        "opensearch",
    }
)
"""Services that resource control policies apply to, when the caller does not say (the action table knows the current list)."""
RCP_EXEMPT = frozenset({"kms:retiregrant"})
"""Actions that RCPs do not apply to all the same. Source: AWS Organizations User Guide, *Resource control policies*."""


ROOT_MAY_NOT = frozenset({"sts:assumerole"})
"""What no root user may do, whatever the policies say. Source: the error that AWS STS gives, and IAM User Guide, *Roles terms and
concepts*: a root user cannot take a role."""


MOST_KEYS = 8
"""Unknown keys whose cases are looked at together."""
MOST_CASES = 128
"""Combinations of cases that are tried before an answer stays as it is: about 3 ms."""


class Outcome(enum.Enum):
    """The answers."""

    ALLOW = "ALLOW"
    DENY = "DENY"
    DEPENDS = "DEPENDS"


class Level(msgspec.Struct, frozen=True):
    """The SCPs or RCPs of one target: the root, a unit, or the account."""

    target: str
    policy: Policy


class Policies(msgspec.Struct, frozen=True, kw_only=True):
    """All policies that count. ``None``: there is none of that kind, which for ``boundary``, ``session`` and ``vpc_endpoint`` means no
    limit, and for ``resource`` that nothing is granted there. ``scp`` are those of the principal's account, ``rcp`` of the resource's.
    ``management_account``, if it is known, is the organization's: SCPs do not limit its principals, nor RCPs its resources."""

    identity: Policy = Policy()
    resource: Policy | None = None
    boundary: Policy | None = None
    scp: tuple[Level, ...] = ()
    rcp: tuple[Level, ...] = ()
    session: Policy | None = None
    vpc_endpoint: Policy | None = None
    management_account: str = ""


class Because(msgspec.Struct, frozen=True):
    """A statement that decided, or (without one) a kind of policies that allows nothing. ``policy`` is ``identity``, ``resource``,
    ``boundary``, ``scp``, ``rcp``, ``session`` or ``vpc_endpoint``, or ``root`` for what no root user may do; ``target`` the level of an
    SCP or RCP."""

    policy: str
    statement: Stated | None = None
    target: str = ""


class Decision(msgspec.Struct, frozen=True, kw_only=True):
    """The answer. ``explicit``: some statement denies. ``depends_on``: the keys, sorted, as the policies write them."""

    outcome: Outcome
    explicit: bool = False
    because: tuple[Because, ...] = ()
    depends_on: tuple[str, ...] = ()


class _Layer:
    """What the policies of one kind say of a request: whether they allow and deny, and by which statements."""

    __slots__ = ("allow", "allowing", "deny", "denying", "name", "target")

    def __init__(self, name: str, target: str = "") -> None:
        self.name = name
        self.target = target
        self.allow: Truth = False
        self.deny: Truth = False
        self.allowing: list[Stated] = []
        self.denying: list[Stated] = []

    def because(self, statements: Iterable[Stated]) -> list[Because]:
        return [Because(self.name, one, self.target) for one in statements]

    def reasons(self) -> list[Because]:
        """What it says on allowing: the statements, or that there is none."""
        return self.because(self.allowing) or [Because(self.name, None, self.target)]


def _ask(name: str, policy: Policy, request: Request, target: str = "") -> _Layer:
    """A kind of policies without principals."""
    layer = _Layer(name, target)
    for one in policy.statements:
        if not one.denies and layer.allow is True:
            continue
        found = one.applies(request)
        if found is not False:
            _note(layer, one, found)
    return layer


def _note(layer: _Layer, one: Stated, found: Truth) -> None:
    if one.denies:
        layer.deny = either((layer.deny, found))
        layer.denying = [one] if found is True else [*layer.denying, one]
    else:
        layer.allow = either((layer.allow, found))
        layer.allowing = [one] if found is True else [*layer.allowing, one]


def _ask_named(
    name: str, policy: Policy, request: Request, *, bounded: bool
) -> tuple[_Layer, Mapping[Grant, Truth], Mapping[Grant, list[Stated]]]:
    """A kind of policies with principals: what it says, and by which strength of naming it allows."""
    layer = _Layer(name)
    grants: dict[Grant, Truth] = {}
    by: dict[Grant, list[Stated]] = {}
    for one in policy.statements:
        strength, depends = one.names(request.principal, bounded=bounded)
        if strength is Grant.NONE:
            continue
        found = one.applies(request)
        if depends is not True:
            # A principal that cannot be told counts only where unknown keys count.
            found = every((depends, found)) if request.context.open else False
        if found is False:
            continue
        if not one.denies:
            grants[strength] = either((grants.get(strength, False), found))
            by[strength] = [one] if found is True else [*by.get(strength, []), one]
        _note(layer, one, found)
    return layer, grants, by


def evaluate(request: Request, policies: Policies, *, rcp_services: frozenset[str] = RCP_SERVICES) -> Decision:
    """The decision on a request. ``rcp_services``: those that RCPs apply to."""
    found = _decide(request, policies, rcp_services)
    return found if found.outcome is not Outcome.DEPENDS else _by_cases(found, request, policies, rcp_services)


def _decide(request: Request, policies: Policies, rcp_services: frozenset[str]) -> Decision:
    """The decision, condition by condition: it may depend on what cannot be so."""
    who = request.principal
    layers: list[_Layer] = []
    service = request.action.partition(":")[0]
    exempt = policies.management_account
    limited = who.has_identity and not who.service_linked and (not exempt or who.account != exempt)
    scps = policies.scp if limited else ()
    guarded = service in rcp_services and request.action not in RCP_EXEMPT and not who.service_linked
    rcps = policies.rcp if guarded and (not exempt or request.resource_account != exempt) else ()
    guards = [_ask("rcp", level.policy, request, level.target) for level in rcps]
    guards += [_ask("scp", level.policy, request, level.target) for level in scps]
    if policies.vpc_endpoint is not None:
        guards.append(_ask_named("vpc_endpoint", policies.vpc_endpoint, request, bounded=policies.boundary is not None)[0])
    layers += guards
    resource: _Layer | None = None
    grants: Mapping[Grant, Truth] = {}
    by: Mapping[Grant, list[Stated]] = {}
    if policies.resource is not None:
        resource, grants, by = _ask_named("resource", policies.resource, request, bounded=policies.boundary is not None)
        layers.append(resource)
    identity = boundary = session = None
    if who.has_identity:
        identity = _ask("identity", policies.identity, request)
        if who.kind is Kind.ROOT:
            identity.allow = True
        boundary = None if policies.boundary is None else _ask("boundary", policies.boundary, request)
        session = None if policies.session is None else _ask("session", policies.session, request)
        if session is None and who.kind is Kind.FEDERATED_USER:
            session = _Layer("session")  # without a session policy, such a session has no permissions of its own
        layers += [layer for layer in (identity, boundary, session) if layer is not None]
    deny = either(layer.deny for layer in layers)
    if deny is True:
        return Decision(
            outcome=Outcome.DENY,
            explicit=True,
            because=tuple(why for layer in layers if layer.deny is True for why in layer.because(layer.denying)),
        )
    if who.kind is Kind.ROOT and request.action in ROOT_MAY_NOT:
        return Decision(outcome=Outcome.DENY, because=(Because("root"),))
    limits = [layer for layer in (boundary, session) if layer is not None]
    granted = _granted(request, identity, limits, grants)
    allow = every((granted, *(guard.allow for guard in guards)))
    if allow is False:
        return Decision(outcome=Outcome.DENY, because=_missing(guards, granted, resource, identity, limits))
    because = [why for guard in guards for why in guard.reasons()]
    because += _grounds(request, resource, grants, by, identity, limits)
    if deny is False and allow is True:
        return Decision(outcome=Outcome.ALLOW, because=tuple(because))
    keys = {key for unknown in (deny, allow) if isinstance(unknown, frozenset) for key in unknown}
    denying = [why for layer in layers if layer.deny is not False for why in layer.because(layer.denying)]
    return Decision(outcome=Outcome.DEPENDS, because=(*denying, *because), depends_on=tuple(sorted(keys)))


def _by_cases(first: Decision, request: Request, policies: Policies, rcp_services: frozenset[str]) -> Decision:
    """The decision that all cases of the unknown keys agree on; the first one when they do not, or are too many."""
    agreed: list[Decision] = []
    for one in _leaves(first, request, _cases(request, policies), lambda asked: _decide(asked, policies, rcp_services)):
        differs = bool(agreed) and one.outcome is not agreed[0].outcome
        if one.outcome is Outcome.DEPENDS or differs or len(agreed) == MOST_CASES:
            return first
        agreed.append(one)
    return Decision(
        outcome=agreed[0].outcome,
        explicit=all(one.explicit for one in agreed),
        because=tuple(dict.fromkeys(why for one in agreed for why in one.because)),
    )


def _cases(request: Request, policies: Policies) -> Mapping[str, Sequence[Case]]:
    """The cases of each key that several conditions wait for, the fewest first. One condition alone depends on no other, so its cases tell
    nothing, unless there is but one. Of many keys, those that the fewest conditions are on are looked at."""
    levels = [level.policy for level in (*policies.scp, *policies.rcp)]
    kinds = (policies.identity, policies.resource, policies.boundary, policies.session, policies.vpc_endpoint)
    waiting: dict[str, list[Condition]] = {}
    for policy in (*kinds, *levels):
        for one in policy.statements if policy is not None else ():
            for condition in one.open_conditions(request):
                waiting.setdefault(condition.key, []).append(condition)
    keys = sorted(waiting, key=lambda key: (len(waiting[key]), key))
    single = [key for key in keys if len(waiting[key]) == 1][:MOST_KEYS]
    several = [key for key in keys if len(waiting[key]) > 1][:MOST_KEYS]
    found = {key: cases for key in (*single, *several) if (cases := of_key(waiting[key], request.context))}
    useful = [key for key in found if key in several or len(found[key]) == 1]
    return {key: found[key] for key in sorted(useful, key=lambda key: (len(found[key]), key))}


def _leaves(
    decision: Decision, request: Request, cases: Mapping[str, Sequence[Case]], decide: Callable[[Request], Decision]
) -> Iterator[Decision]:
    """The decisions in all cases. A decision that depends on a key whose cases are known is looked at case by case."""
    keys = {folded(key) for key in decision.depends_on}
    key = next((one for one in cases if one in keys), None)
    if key is None:
        yield decision
        return
    others = {other: some for other, some in cases.items() if other != key}
    for case in cases[key]:
        context = msgspec.structs.replace(request.context, assumed={**request.context.assumed, **case})
        asked = msgspec.structs.replace(request, context=context)
        yield from _leaves(decide(asked), asked, others, decide)


def needs_resource_policy(request: Request) -> bool:
    """Only the resource's own policy opens it, within its account too: KMS keys, and roles for those who take them."""
    if request.action.startswith("kms:"):
        return ":key/" in request.resource
    return request.action.startswith("sts:") and ":role/" in request.resource and arns.service_of(request.resource) == "iam"


def _granted(request: Request, identity: _Layer | None, limits: Sequence[_Layer], grants: Mapping[Grant, Truth]) -> Truth:
    """Something allows it, before SCPs, RCPs and the VPC endpoint."""
    direct, role, account = (grants.get(one, False) for one in (Grant.DIRECT, Grant.ROLE, Grant.ACCOUNT))
    if identity is None:
        return direct
    limit = [layer.allow for layer in limits]
    if request.principal.account != request.resource_account:
        return every((either((direct, role, account)), identity.allow, *limit))
    own = every((identity.allow, account)) if needs_resource_policy(request) else identity.allow
    return either((direct, every((either((own, role)), *limit))))


def _grounds(
    request: Request,
    resource: _Layer | None,
    grants: Mapping[Grant, Truth],
    by: Mapping[Grant, list[Stated]],
    identity: _Layer | None,
    limits: Sequence[_Layer],
) -> list[Because]:
    """The statements that grant it, or may."""
    cross = identity is not None and request.principal.account != request.resource_account
    found: list[Because] = []
    if resource is not None:
        found += resource.because(one for strength in sorted(by, reverse=True) for one in by[strength])
        if grants.get(Grant.DIRECT) is True and not cross:
            return found
    if identity is None:
        return found
    found += identity.because(identity.allowing)
    return found + [why for layer in limits for why in layer.because(layer.allowing)]


def _missing(
    guards: Sequence[_Layer], granted: Truth, resource: _Layer | None, identity: _Layer | None, limits: Sequence[_Layer]
) -> tuple[Because, ...]:
    """Which kinds of policies allow nothing, so that it is denied implicitly."""
    found = [Because(guard.name, None, guard.target) for guard in guards if guard.allow is False]
    if granted is False:
        silent = [layer for layer in (resource, identity, *limits) if layer is not None and layer.allow is False]
        found += [Because(layer.name) for layer in silent]
        if resource is None and not silent:
            found.append(Because("resource"))
    return tuple(found)
