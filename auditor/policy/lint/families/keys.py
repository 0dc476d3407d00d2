"""Policies of KMS keys: the one kind of policy without which nobody can do anything, administrators included."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.policy.action_names import ones
from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.named import named
from auditor.policy.lint.texts import everything, wild
from auditor.policy.lint.view import Clause, Policy
from auditor.source.positions import shown

_KMS = "AWS KMS Developer Guide: Key policies"

LOCKED_OUT = Check(
    id="kms-key-policy-without-administrator",
    level=Level.WARNING,
    title="key that nobody may change the policy of",
    why="Policies of identities count for a key only if its own policy says so: without that, the key cannot be managed any more.",
    source=_KMS,
)
OTHER_RESOURCE = Check(
    id="kms-key-policy-on-resource",
    level=Level.SUGGESTION,
    title="key policy that names a resource",
    why="A key policy is about its own key, and `*` means that key; another ARN makes the statement do nothing.",
    source=_KMS,
)

CHECKS = (LOCKED_OUT, OTHER_RESOURCE)
KINDS = (Kind.RESOURCE,)


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Policies that belong to a key, as far as that can be told."""
    if not policy.clauses or not _of_a_key(policy):
        return
    put = frozenset(ones(table.expand("kms:PutKeyPolicy")))
    if not any(clause.opaque("Action") or clause.opaque("Principal") for clause in policy.clauses) and not any(
        clause.allows and named(clause, table).among(put) and _somebody(clause) for clause in policy.clauses
    ):
        yield Found(
            LOCKED_OUT,
            ("Statement",),
            "nobody is allowed `kms:PutKeyPolicy`, so the policy of this key can never be changed again",
            '{"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::<account>:root"}, "Action": "kms:*", "Resource": "*"}',
        )
    for clause in policy.clauses:
        for index, pattern in clause.resources:
            if not everything(pattern) and ":kms:" in pattern and not wild(pattern) and pattern != policy.attached_to:
                yield Found(
                    OTHER_RESOURCE,
                    clause.at("Resource", index),
                    f"{shown(pattern, 70)} is either this key, for which `*` is enough, or another one, on which this policy has no effect",
                    '"Resource": "*"',
                )


def _of_a_key(policy: Policy) -> bool:
    attached = policy.attached_to.lower()
    if attached:
        return attached.startswith("aws::kms::") or ":kms:" in attached
    return all(
        clause.actions and all(pattern.lower().startswith("kms:") for _, pattern in clause.actions) for clause in policy.clauses
    )


def _somebody(clause: Clause) -> bool:
    """A principal of an account: services do not change policies."""
    return bool({"*", "AWS"} & clause.principals().keys())
