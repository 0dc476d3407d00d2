"""What a row of AWS's documented behaviour is, and short ways to write policies and requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = dict[str, Any]

ACCOUNT = "111122223333"
OTHER = "444455556666"
USER = f"arn:aws:iam::{ACCOUNT}:user/reader"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/session-1"
FEDERATED = f"arn:aws:sts::{ACCOUNT}:federated-user/reader"
ROOT = f"arn:aws:iam::{ACCOUNT}:root"
STRANGER = f"arn:aws:iam::{OTHER}:user/visitor"
STRANGER_ROLE = f"arn:aws:iam::{OTHER}:role/visitor"
STRANGER_SESSION = f"arn:aws:sts::{OTHER}:assumed-role/visitor/session-1"
ANONYMOUS: Json = {"type": "Anonymous"}
QUEUE = f"arn:aws:sqs:us-east-1:{ACCOUNT}:orders"
OBJECT = "arn:aws:s3:::amzn-s3-demo-bucket/report.csv"

ALLOW: Json = {"decision": "ALLOW"}
EXPLICIT: Json = {"decision": "DENY", "explicit": True}
IMPLICIT: Json = {"decision": "DENY", "explicit": False}
ERROR: Json = {"error": True}


def depends(*keys: str) -> Json:
    """The answer depends on these condition keys."""
    return {"decision": "DEPENDS", "depends_on": sorted(key.lower() for key in keys)}


@dataclass(frozen=True)
class Row:
    """One documented fact: ``source`` is the AWS document and its section, ``request`` a request line, ``expect`` what of its answer
    the document fixes. An answer of an ALLOW has no documented ``explicit``, so only denials state it."""

    id: str
    source: str
    request: Json
    expect: Json


def allow(
    actions: object = "*",
    resources: object = "*",
    *,
    to: object = None,
    when: Mapping[str, Mapping[str, object]] | None = None,
    effect: str = "Allow",
) -> Json:
    """A statement. ``to`` is its Principal."""
    made: Json = {"Effect": effect, "Action": actions, "Resource": resources}
    if to is not None:
        made["Principal"] = to
    if when is not None:
        made["Condition"] = when
    return made


def deny(
    actions: object = "*",
    resources: object = "*",
    *,
    to: object = None,
    when: Mapping[str, Mapping[str, object]] | None = None,
) -> Json:
    """A statement that denies."""
    return allow(actions, resources, to=to, when=when, effect="Deny")


def policy(*statements: Json, version: str | None = "2012-10-17") -> Json:
    """A document."""
    made: Json = {"Statement": list(statements)}
    return made if version is None else {"Version": version, **made}


FULL = policy(allow())
"""Everything, as FullAWSAccess and AdministratorAccess say it."""
RCP_FULL = policy(allow(to="*"))
"""RCPFullAWSAccess, which is attached to every level and cannot be detached."""


def level(*policies: Json, target: str = "r-root") -> Json:
    """The policies of one level of the organization."""
    return {"target": target, "policies": list(policies)}


def aws(*principals: str) -> Json:
    """A Principal element of AWS principals."""
    return {"AWS": list(principals) if len(principals) != 1 else principals[0]}


def request(
    principal: str | Json = USER,
    action: str = "sqs:SendMessage",
    resource: str | None = QUEUE,
    *,
    owner: str | None = ACCOUNT,
    context: Mapping[str, object] | None = None,
    unknown: bool = False,
    derive: bool | None = None,
    identity: Sequence[Json] = (),
    on_resource: Json | None = None,
    boundary: Sequence[Json] | None = None,
    scp: Sequence[Json] = (),
    rcp: Sequence[Json] = (),
    session: Sequence[Json] | None = None,
    endpoint: Sequence[Json] | None = None,
) -> Json:
    """A request line but for its id. ``owner`` is the account of the resource; ``unknown``, that keys not given are not known."""
    made: Json = {
        "principal": principal,
        "action": action,
        "context": dict(context or {}),
        "unknown_context": unknown,
        "policies": {
            "identity": list(identity),
            "resource": on_resource,
            "boundary": None if boundary is None else list(boundary),
            "scp": list(scp),
            "rcp": list(rcp),
            "session": None if session is None else list(session),
            "vpc_endpoint": None if endpoint is None else list(endpoint),
        },
    }
    if resource is not None:
        made["resource"] = resource
    if owner is not None:
        made["resource_account"] = owner
    if derive is not None:
        made["derive"] = derive
    return made


def rows(source: str, *facts: tuple[str, Json, Json]) -> Iterator[Row]:
    """Rows of one source: id, request, expectation."""
    for name, asked, expect in facts:
        yield Row(name, source, {"id": name, **asked}, expect)


Outcome = bool | tuple[str, ...]
"""Whether a condition holds; or the keys on which that depends, all others being unknown."""


def conditions(
    source: str, *facts: tuple[str, Mapping[str, Mapping[str, object]], Mapping[str, object], Outcome]
) -> Iterator[Row]:
    """Two rows a fact: the condition in a statement that allows, and in one that denies what another allows.

    A fact is an id, a Condition block, a context, and the outcome. An outcome that names keys is a request of which no other
    key is known.
    """
    for name, when, context, outcome in facts:
        unknown = not isinstance(outcome, bool)
        for suffix, statements, held, not_held in (
            ("", [allow(when=when)], ALLOW, IMPLICIT),
            (":deny", [allow(), deny(when=when)], EXPLICIT, ALLOW),
        ):
            asked = request(context=context, unknown=unknown, identity=[policy(*statements)])
            expect = depends(*outcome) if isinstance(outcome, tuple) else held if outcome else not_held
            yield Row(name + suffix, source, {"id": name + suffix, **asked}, expect)
