"""Actions and resources that do not go together, and what a policy of a resource cannot speak of."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import count
from typing import NamedTuple

from auditor.policy import glob
from auditor.policy.actions import ActionTable, ResourceType
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.named import NOWHERE, WILD, Named, roster
from auditor.policy.lint.texts import everything, head, wild
from auditor.policy.lint.view import Clause, Policy
from auditor.source.kept import Kept
from auditor.source.positions import shown

_REFERENCE = "Service Authorization Reference"
_ACCESS_ANALYZER = "IAM Access Analyzer policy check reference"

ACTION_RESOURCE_MISMATCH = Check(
    id="action-resource-mismatch",
    level=Level.WARNING,
    title="action that can never be on the resources of its statement",
    why="The action is authorised on resources of another type, so the statement neither allows nor denies it.",
    source=_REFERENCE,
)
WILDCARD_ONLY_ACTION = Check(
    id="resource-less-action-on-resource",
    level=Level.WARNING,
    title="action without resources in a statement on named resources",
    why="AWS asks about such an action with the resource `*` only; a statement on ARNs neither allows nor denies it.",
    source=_REFERENCE,
)
S3_BUCKET_ACTION = Check(
    id="s3-bucket-action-on-object-arn",
    level=Level.WARNING,
    title="S3 action on buckets in a statement on objects",
    why="Listing a bucket is authorised on the bucket, whose ARN has no slash: on `bucket/*` the action does nothing.",
    source="Amazon S3 User Guide: Policy resources",
)
S3_OBJECT_ACTION = Check(
    id="s3-object-action-on-bucket-arn",
    level=Level.WARNING,
    title="S3 action on objects in a statement on a bucket",
    why="Objects have ARNs of their own, with a slash: on the bucket alone the action does nothing.",
    source="Amazon S3 User Guide: Policy resources",
)
UNSUPPORTED_ACTION = Check(
    id="unsupported-action-in-policy",
    level=Level.ERROR,
    title="action of another service in the policy of a resource",
    why="The policy of a resource can only speak of actions on that resource. AWS refuses most others.",
    source=_ACCESS_ANALYZER,
    refused=True,
)

CHECKS = (
    ACTION_RESOURCE_MISMATCH,
    WILDCARD_ONLY_ACTION,
    S3_BUCKET_ACTION,
    S3_OBJECT_ACTION,
    UNSUPPORTED_ACTION,
)

_PARTS = 6
_FILLER = re.compile(r"\$\{[^}]*\}")
_TRUST_ACTIONS = (
    "sts:assumerole",
    "sts:assumerolewithsaml",
    "sts:assumerolewithwebidentity",
    "sts:tagsession",
    "sts:setsourceidentity",
    "sts:setcontext",
)
_OWNERS = {
    "aws::backup::backupvault": ("backup",),
    "aws::codeartifact::": ("codeartifact",),
    "aws::ecr::": ("ecr",),
    "aws::efs::": ("elasticfilesystem",),
    "aws::events::": ("events",),
    "aws::kinesis::": ("kinesis",),
    "aws::kms::": ("kms",),
    "aws::lambda::": ("lambda",),
    "aws::opensearchservice::": ("es",),
    "aws::s3::": ("s3",),
    "aws::s3express::": ("s3express",),
    "aws::secretsmanager::": ("secretsmanager",),
    "aws::sns::": ("sns",),
    "aws::sqs::": ("sqs",),
}
"""Beginnings of CloudFormation types with a policy, in lower case, and the prefixes of the actions that it may name."""
_STRICT = frozenset(
    {
        "s3",
        "kms",
        "sns",
        "sqs",
        "secretsmanager",
        "ecr",
        "lambda",
        "kinesis",
        "events",
        "elasticfilesystem",
        "codeartifact",
        "backup",
    }
)
"""Services whose policies of resources name actions of their own only."""


_OBJECTS = re.compile(r"arn:(?:aws[a-z-]*|\$\{AWS::Partition\}):s3:::[^/]+/")


class _Target(NamedTuple):
    """A pattern of resources, or the ARNs of a type of resource, in the parts that tell types apart."""

    service: str
    start: str
    """The resource up to the first wildcard."""
    rest: str


class _Type(NamedTuple):
    """A form of the ARNs of a type of resource: AWS's template, the name of the type, and what it means if that can be told."""

    arn: str
    name: str
    target: _Target | None


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Actions against resources, statement by statement."""
    if policy.kind is Kind.TRUST:
        yield from _trust(policy, table)
        return
    owner = _owner(policy) if policy.kind is Kind.RESOURCE else ""
    for clause, said in zip(policy.clauses, roster(policy, table).rows, strict=True):
        patterns = clause.texts("Resource")
        if owner:
            yield from _foreign(clause, owner)
        if "*" in patterns:
            continue
        if clause.opaque("Resource"):
            if not patterns:
                yield from _bucket_in_template(clause, table)
            # What a template fills in may be any part of its ARN.
            filled = [_FILLER.sub("*", text) for _, text in clause.templates("Resource")]
            patterns = (*patterns, *filled) if filled else ()
        if patterns and "NotAction" not in clause.raw:
            yield from _mismatches(clause, said, patterns, table)


def _bucket_in_template(clause: Clause, table: ActionTable) -> Iterator[Found]:
    """``!Sub arn:aws:s3:::${Bucket}/*``: of which bucket is not known, but that it is about objects."""
    texts = [text for _, text in clause.templates("Resource")]
    if not texts or not all(_OBJECTS.match(text) for text in texts):
        return
    wrong: list[tuple[int, str]] = []
    for index, name in clause.actions:
        kinds = _names_of(table, name)
        if name.lower().startswith("s3:") and "bucket" in kinds and "object" not in kinds:
            wrong.append((index, name))
    if wrong:
        yield Found(
            S3_BUCKET_ACTION,
            clause.at("Action", wrong[0][0]),
            f"{_listed(wrong)} {_act(wrong)} on buckets, and {shown(texts[0], 60)} is about objects",
            f'"Resource": "{texts[0].split("/", 1)[0]}"',
        )


def _trust(policy: Policy, table: ActionTable) -> Iterator[Found]:
    fit = 0
    for name in _TRUST_ACTIONS:
        fit |= table.expand(name)
    for clause in policy.clauses:
        for index, pattern in clause.actions:
            known = table.expand(pattern)
            if known and not known & fit:
                yield Found(
                    UNSUPPORTED_ACTION,
                    clause.at("Action", index),
                    f"{shown(pattern)} cannot stand in the trust policy of a role, which is about who may take the role",
                    '"sts:AssumeRole"',
                )


def _owner(policy: Policy) -> str:
    """The service whose resource the policy belongs to, if that is known and its policies are strict."""
    attached = policy.attached_to.lower()
    if attached.startswith("arn:"):
        parts = attached.split(":", _PARTS - 1)
        found = parts[2] if len(parts) == _PARTS else ""
        return found if found in _STRICT else ""
    return next((owners[0] for start, owners in _OWNERS.items() if attached.startswith(start)), "")


def _foreign(clause: Clause, owner: str) -> Iterator[Found]:
    for name in ("Action", "NotAction"):
        for index, pattern in clause.strings(name):
            prefix, colon, _ = pattern.partition(":")
            if colon and not wild(prefix) and prefix.lower() != owner:
                yield Found(
                    UNSUPPORTED_ACTION,
                    clause.at(name, index),
                    f"{shown(pattern)} is no action on the resource of {shown(owner)} that this policy belongs to",
                    "remove it, or put it into a policy of identities",
                )


def _whole_service(pattern: str) -> bool:
    """Every resource, all of a service, or a pattern that is no ARN or has no resource: AWS asks about some actions with such an ARN."""
    target = _target(pattern)
    return target is None or not target.rest or everything(target.rest)


def _mismatches(clause: Clause, said: Named, patterns: Sequence[str], table: ActionTable) -> Iterator[Found]:
    known = _known(table)
    unmet: set[_Forms] = set()
    for forms in set(map(known.__getitem__, said.places)):  # actions that are alike are looked at once
        if forms is not None:
            for pattern in patterns:
                if _meet(forms, pattern):
                    break
            else:
                unmet.add(forms)
    if not unmet or any(map(_whole_service, patterns)):
        return
    less: list[tuple[int, str]] = []
    wrong: list[tuple[int, str]] = []
    for item, place in zip(clause.actions, said.places, strict=True):
        forms = known[place]
        if forms in unmet:
            (wrong if forms.types else less).append(item)
    does = "allowed" if clause.allows else "denied"
    if less:
        yield Found(
            WILDCARD_ONLY_ACTION,
            clause.at("Action", less[0][0]),
            f"{_listed(less)} {'knows' if len(less) == 1 else 'know'} no resources, so on {shown(patterns[0], 60)} nothing is {does}",
            'put it into a statement with "Resource": "*"',
        )
    if not wrong:
        return
    if all(name.lower().startswith("s3:") for _, name in wrong):
        yield from _s3(clause, wrong, patterns, table)
        return
    types = _types(table, wrong[0][1])
    yield Found(
        ACTION_RESOURCE_MISMATCH,
        clause.at("Action", wrong[0][0]),
        f"{_listed(wrong)} cannot be on {shown(patterns[0], 60)}{' or the others' if len(patterns) > 1 else ''}, so nothing is {does}",
        f"name a resource such as `{types[0].arn}`" if types else "",
    )


def _s3(clause: Clause, wrong: list[tuple[int, str]], patterns: Sequence[str], table: ActionTable) -> Iterator[Found]:
    kinds = {place: _names_of(table, action) for place, action in wrong}
    buckets = [item for item in wrong if "bucket" in kinds[item[0]]]
    objects = [item for item in wrong if "object" in kinds[item[0]]]
    on_objects = next((text for text in patterns if text.startswith("arn:") and ":s3:::" in text and "/" in text), "")
    on_bucket = next((text for text in patterns if text.startswith("arn:") and ":s3:::" in text and "/" not in text), "")
    if buckets and on_objects:
        yield Found(
            S3_BUCKET_ACTION,
            clause.at("Action", buckets[0][0]),
            f"{_listed(buckets)} {_act(buckets)} on buckets, and {shown(on_objects, 60)} is about objects",
            f'"Resource": "{on_objects.split("/", 1)[0]}"',
        )
        wrong = [item for item in wrong if item not in buckets]
    if objects and on_bucket:
        yield Found(
            S3_OBJECT_ACTION,
            clause.at("Action", objects[0][0]),
            f"{_listed(objects)} {_act(objects)} on objects, and {shown(on_bucket, 60)} is a bucket",
            f'"Resource": "{on_bucket}/*"',
        )
        wrong = [item for item in wrong if item not in objects]
    if wrong:
        yield Found(
            ACTION_RESOURCE_MISMATCH,
            clause.at("Action", wrong[0][0]),
            f"{_listed(wrong)} cannot be on {shown(patterns[0], 60)}, so nothing is {'allowed' if clause.allows else 'denied'}",
        )


def _act(some: list[tuple[int, str]]) -> str:
    return "acts" if len(some) == 1 else "act"


def _listed(some: list[tuple[int, str]]) -> str:
    more = len(some) - 1
    return shown(some[0][1]) + (f" and {more} other action{'s' if more > 1 else ''} of the statement" if more else "")


_SHARED = tuple(
    f"elasticloadbalancing:{name}"
    for name in ("addtags", "removetags", "createloadbalancer", "deleteloadbalancer", "applysecuritygroupstoloadbalancer")
)
"""Actions, in lower case, that AWS documents twice, for classic load balancers and for the others; the data have one of the two."""


class _Forms:
    """The forms of the ARNs that actions can be on. Actions that are alike have the same, so that a statement asks once for all of them."""

    def __init__(self, kinds: Sequence[ResourceType]) -> None:
        self._kinds = kinds

    @Kept
    def types(self) -> tuple[_Type, ...]:
        """Some types have several forms of ARNs, written in one line."""
        return tuple([_type(arn, kind.name) for kind in self._kinds for arn in kind.arn.split(", ")])


class _Known(dict[int, "_Forms | None"]):
    """The forms by the place of an action in the table, service by service; ``None`` for what has no place, or is not known."""

    def __init__(self, table: ActionTable) -> None:
        super().__init__({NOWHERE: None, WILD: None})
        self._table = table
        self._shared = frozenset(place for name in _SHARED if (place := table.bit(name)) is not None)

    def __missing__(self, place: int) -> _Forms | None:
        first, service = self._table.service_of(place)
        kinds = service.resource_types
        forms = {on: None if on is None else _Forms([kinds[one] for one in on]) for on in set(service.on)}
        self.update(zip(count(first), map(forms.__getitem__, service.on)))
        self.update(dict.fromkeys(self._shared & self.keys()))
        return self[place]


@lru_cache(maxsize=4)
def _known(table: ActionTable) -> _Known:
    return _Known(table)


def _types(table: ActionTable, action: str) -> tuple[_Type, ...]:
    """The resource types that an action can be on."""
    place = table.bit(action)
    found = None if place is None else _known(table)[place]
    return found.types if found else ()


def _names_of(table: ActionTable, action: str) -> set[str]:
    return {kind.name for kind in _types(table, action)}


@lru_cache(maxsize=8192)
def _type(arn: str, name: str) -> _Type:
    return _Type(arn, name, _target(_FILLER.sub("*", arn)))


@lru_cache(maxsize=65536)
def _meet(forms: _Forms, pattern: str) -> bool:
    """Some resource of one of the types can have an ARN that the pattern matches. Regions and accounts are not compared."""
    other = _target(_FILLER.sub("*", pattern) if "${" in pattern else pattern)
    if other is None:
        return bool(forms.types)
    theirs = other.start
    for _, name, target in forms.types:
        if target is None:
            return True
        service, start, rest = target
        if not (start.startswith(theirs) or theirs.startswith(start)):
            continue
        if service != other.service and not glob.overlap(service, other.service):
            continue
        if "/" not in other.rest if name == "bucket" and service == "s3" else glob.overlap(rest, other.rest):
            return True
    return False


@lru_cache(maxsize=65536)
def _target(arn: str) -> _Target | None:
    parts = arn.split(":", _PARTS - 1)
    if len(parts) < _PARTS or parts[0] != "arn":
        return None
    return _Target(parts[2], head(parts[5]), parts[5])
