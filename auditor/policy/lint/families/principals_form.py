"""Principals: how they are written, in policies of resources and of roles."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TypeAlias

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Edit, Found, Kind, Level
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown
from auditor.source.shape import Path, is_object

_PRINCIPAL = "IAM User Guide, AWS JSON policy elements: Principal"
_CHECKS = "IAM User Guide, IAM policy validation check reference"

INVALID_KEY = Check(
    id="invalid-principal-key",
    level=Level.ERROR,
    title="a type of principal that there is not",
    why="Principals are of type `AWS`, `Service`, `Federated` or `CanonicalUser`; AWS refuses any other.",
    source=_PRINCIPAL,
    refused=True,
)
INVALID_FORMAT = Check(
    id="invalid-principal-format",
    level=Level.ERROR,
    title="a principal that is no ARN, account or `*`",
    why="AWS does not save a policy with a principal that it cannot find.",
    source=_PRINCIPAL,
    refused=True,
)
WILDCARD = Check(
    id="unsupported-wildcard-in-principal",
    level=Level.ERROR,
    title="a principal with a wildcard in it",
    why="Principals are not matched: `*` alone stands for everyone, and AWS refuses it as a part of a principal.",
    source=_PRINCIPAL,
    refused=True,
)
SERVICE_FORMAT = Check(
    id="invalid-service-principal-format",
    level=Level.ERROR,
    title="a service principal in another form than AWS's",
    why="A service is named by its own address, such as `ec2.amazonaws.com`; another text is no service.",
    source=_PRINCIPAL,
)
FEDERATED = Check(
    id="federated-principal-not-supported",
    level=Level.ERROR,
    title="an identity provider as the principal of a resource",
    why="Who comes from an identity provider acts by a role; only trust policies name the provider.",
    source=_CHECKS,
)
EMPTY_ARRAY = Check(
    id="empty-array-principal",
    level=Level.SUGGESTION,
    title="an empty list of principals",
    why="The statement is for nobody, so it does nothing.",
    source=_CHECKS,
)
EMPTY_OBJECT = Check(
    id="empty-object-principal",
    level=Level.SUGGESTION,
    title="no principals at all",
    why="The statement is for nobody, so it does nothing.",
    source=_CHECKS,
)
ROLE_REFERENCE = Check(
    id="invalid-role-reference",
    level=Level.WARNING,
    title="the unique id of a role for a principal",
    why="So AWS shows a role that was deleted. A new role of the same name is not meant by it.",
    source=_PRINCIPAL,
)
USER_REFERENCE = Check(
    id="invalid-user-reference",
    level=Level.WARNING,
    title="the unique id of a user for a principal",
    why="So AWS shows a user that was deleted. A new user of the same name is not meant by it.",
    source=_PRINCIPAL,
)
UNSUPPORTED_KEY = Check(
    id="unsupported-condition-key-for-service-principal",
    level=Level.ERROR,
    title="a condition on the identity of a service principal",
    why="A service that calls for you belongs to no organization or account of yours and has no tags: the condition never holds.",
    source=_CHECKS,
)
RECOMMENDED_KEY = Check(
    id="recommended-condition-key-for-service-principal",
    level=Level.SUGGESTION,
    title="a condition on the network of a service principal",
    why="A service calls from its own network; for whom it calls, `aws:SourceArn`, `aws:SourceAccount` and `aws:SourceOrgID` say.",
    source=_CHECKS,
)

CHECKS = (
    INVALID_KEY,
    INVALID_FORMAT,
    WILDCARD,
    SERVICE_FORMAT,
    FEDERATED,
    EMPTY_ARRAY,
    EMPTY_OBJECT,
    ROLE_REFERENCE,
    USER_REFERENCE,
    UNSUPPORTED_KEY,
    RECOMMENDED_KEY,
)
KINDS = (Kind.RESOURCE, Kind.TRUST)

_TYPES = ("AWS", "Service", "Federated", "CanonicalUser")
_ACCOUNT = re.compile(r"[0-9]{12}\Z")
_ARN = re.compile(
    r"arn:aws[a-z0-9-]*:(?:iam|sts)::(?:[0-9]{12}|cloudfront):(?:root|(?:user|role|assumed-role|federated-user|group)/.+)\Z"
)
_ROOTS = re.compile(r"arn:aws[a-z0-9-]*:iam::[0-9]{12}:(.+)\Z")
_UNIQUE = re.compile(r"A(?:RO|ID)A[A-Z0-9]{12,28}\Z")
_SERVICE = re.compile(
    r"[a-z0-9-]+(?:\.[a-z0-9-]+)*\.(?:amazonaws\.com(?:\.cn)?|amazon\.com|aws\.internal|c2s\.ic\.gov|sc2s\.sgov\.gov)\Z"
)
_CANONICAL = re.compile(r"[0-9a-f]{64}\Z")
_IDENTITY_KEYS = (
    "aws:principalorgid",
    "aws:principalorgpaths",
    "aws:principalaccount",
    "aws:principalarn",
    "aws:username",
    "aws:userid",
)
_NETWORK_KEYS = ("aws:sourceip", "aws:sourcevpc", "aws:sourcevpce", "aws:vpcsourceip")

Fault: TypeAlias = tuple[Check, str, str]


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:  # noqa: ARG001
    """How the principals are written."""
    return written(policy)


def written(policy: Policy) -> Iterator[Found]:
    """All of it: none of these checks needs to know the actions."""
    if policy.kind not in (Kind.RESOURCE, Kind.TRUST):
        return
    for clause in policy.clauses:
        for name in ("Principal", "NotPrincipal"):
            if name in clause.raw:
                yield from _element(clause, name, policy.kind)
        if "Condition" in clause.raw:
            yield from _of_services(clause)


def _element(clause: Clause, name: str, kind: Kind) -> Iterator[Found]:
    value = clause.raw[name]
    path = clause.at(name)
    if isinstance(value, str):
        if value != "*":
            fix = f'"{name}": {{"AWS": "{value}"}}' if _known(value) else f'"{name}": {{"AWS": "…"}}'
            edit = Edit(path, {"AWS": value}) if _known(value) else None
            yield Found(INVALID_FORMAT, path, f"`{name}` is {shown(value)}; a string must be `*`, all else an object", fix, edit)
        return
    if not is_object(value):
        return
    if not value and not (name == "NotPrincipal" and clause.allows):  # that is `allow-with-empty-exception`
        yield Found(EMPTY_OBJECT, path, f"`{name}` names nobody", "name principals, or remove the statement")
    for type_, listed in value.items():
        if type_ not in _TYPES and not type_.startswith("Fn::"):
            meant = next((one for one in _TYPES if one.lower() == type_.lower()), "AWS")
            yield Found(INVALID_KEY, (*path, type_), f"{shown(type_)} is no type of principal", f"write `{meant}`", name=True)
        elif listed == []:
            yield Found(EMPTY_ARRAY, (*path, type_), f"the list of `{type_}` is empty", "name principals, or remove it")
    for type_, some in clause.principals(name).items():
        for where, text in some:
            yield from _one(type_, text, where, kind)


def _known(text: str) -> bool:
    return bool(_ACCOUNT.match(text) or _ARN.match(text))


def _one(type_: str, text: str, path: Path, kind: Kind) -> Iterator[Found]:
    if "${" in text:
        return
    if type_ == "Federated" and kind is Kind.RESOURCE:
        yield Found(FEDERATED, path, f"{shown(text)} may stand in trust policies only", "name the role that is assumed")
        return
    for check, message, fix in _faults(type_, text):
        yield Found(check, path, message, fix)


@lru_cache(maxsize=16384)
def _faults(type_: str, text: str) -> tuple[Fault, ...]:
    if type_ == "AWS":
        return _aws(text)
    if type_ == "Service":
        return _service(text)
    if type_ == "CanonicalUser" and not _CANONICAL.match(text):
        return (
            (
                INVALID_FORMAT,
                f"{shown(text)} is no canonical user id, which has 64 hexadecimal digits",
                "write the id, or use `AWS`",
            ),
        )
    return ()


def _aws(text: str) -> tuple[Fault, ...]:
    if text == "*" or _ACCOUNT.match(text):
        return ()
    if "*" in text or "?" in text:
        fix = "name each principal, or use the account and a condition on `aws:PrincipalArn`"
        return ((WILDCARD, f"{shown(text)} has a wildcard, which counts in no principal", fix),)
    if _UNIQUE.match(text):
        check, what = (ROLE_REFERENCE, "role") if text.startswith("AROA") else (USER_REFERENCE, "user")
        return (
            (check, f"{shown(text)} is the unique id of a {what}, perhaps of one that is gone", f"write the ARN of the {what}"),
        )
    if not _ARN.match(text):
        if _SERVICE.match(text):
            return ((INVALID_FORMAT, f"{shown(text)} is a service, not an account or identity", f'"Service": "{text}"'),)
        found = _ROOTS.match(text)
        fix = "write `user/`, `role/` or `root` behind the account" if found else "write an account or an ARN of IAM"
        return ((INVALID_FORMAT, f"{shown(text)} is neither an account nor the ARN of an identity", fix),)
    if ":group/" in text:
        return ((INVALID_FORMAT, f"{shown(text)} is a group, which is no principal", "name the users, or a role"),)
    return ()


def _service(text: str) -> tuple[Fault, ...]:
    if "*" in text or "?" in text:
        return ((WILDCARD, f"{shown(text)} has a wildcard, which counts in no principal", "name each service"),)
    if not _SERVICE.match(text):
        plain = re.fullmatch(r"[A-Za-z0-9-]+", text)
        fix = f'"Service": "{text.lower()}.amazonaws.com"' if plain else "write it as in `ec2.amazonaws.com`"
        return ((SERVICE_FORMAT, f"{shown(text)} is not written as services are", fix),)
    return ()


def _of_services(clause: Clause) -> Iterator[Found]:
    """Conditions on what a service principal does not have."""
    principal = clause.raw.get("Principal")
    if not clause.allows or not is_object(principal) or set(principal) != {"Service"}:
        return
    for test in clause.tests:
        key = test.lower
        positive = "Not" not in test.operator and not test.operator.endswith("IfExists") and test.operator != "Null"
        if positive and (key in _IDENTITY_KEYS or key.startswith("aws:principaltag/")):
            message = f"a service that calls for you does not have {shown(test.key)}"
            fix = f"use `{_INSTEAD.get(key, 'aws:SourceAccount')}`"
            yield Found(UNSUPPORTED_KEY, test.path, message, fix, name=True)
        elif positive and key in _NETWORK_KEYS:
            message = f"a service calls from its own network, so {shown(test.key)} does not say for whom it calls"
            yield Found(RECOMMENDED_KEY, test.path, message, "use `aws:SourceArn` or `aws:SourceAccount`", name=True)


_INSTEAD: Mapping[str, str] = {
    "aws:principalorgid": "aws:SourceOrgID",
    "aws:principalorgpaths": "aws:SourceOrgPaths",
    "aws:principalarn": "aws:SourceArn",
}
