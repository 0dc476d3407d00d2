"""Who can do what in an account: the evaluator over the policies of a snapshot.

What the snapshot does not hold is never taken as empty: a policy that could not be read makes the answer depend on it. Policies of the
organization (SCPs, RCPs) are not in a snapshot at all: :data:`NOT_CONSIDERED` says so beside every answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property, lru_cache

import msgspec

from auditor.model.fact import Fact, Known
from auditor.model.iam import AttachedPolicy, Group, InlinePolicy, ManagedPolicy, Role, User
from auditor.model.resource import GLOBAL
from auditor.model.s3 import Bucket
from auditor.model.snapshot import Snapshot
from auditor.policy import arns, glob
from auditor.policy.context import Context, folded
from auditor.policy.evaluate import Decision, Outcome, Policies, evaluate
from auditor.policy.parse import Malformed, parse
from auditor.policy.principals import Kind, Principal, derived, principal
from auditor.policy.statements import Policy, Ready, Request, Stated, ready, unread

NOT_CONSIDERED = "policies of the organization (SCPs and RCPs) are not in the snapshot: they may still deny"
RESOURCE_POLICIES = frozenset(
    {
        "acm-pca", "apigateway", "backup", "codeartifact", "codebuild", "dynamodb", "ecr", "elasticfilesystem", "es", "events",
        "glacier", "glue", "kinesis", "kms", "lambda", "logs", "mediastore", "s3express", "s3-outposts", "schemas", "secretsmanager",
        "serverlessrepo", "ses", "sns", "sqs", "vpc-lattice", "redshift-serverless", "rolesanywhere", "ssm-incidents", "s3tables",
    }
)  # fmt: skip
"""Services whose resources may have policies of their own that the snapshot does not hold.

Source: IAM User Guide, *AWS services that work with IAM*, column resource-based policies."""


class Document(msgspec.Struct, frozen=True):
    """A policy that counts for a principal: what it is called, and its text (``None``: it could not be read)."""

    name: str
    text: str | None


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A decision, and the names and texts of the documents of each kind that it points into."""

    principal: Principal
    decision: Decision
    documents: Mapping[str, tuple[Document, ...]]


class Oracle:
    """Answers questions on an account. Made once for a snapshot: documents are made ready once each."""

    def __init__(self, snapshot: Snapshot) -> None:
        """``snapshot`` is what is asked. Nothing of it is read before."""
        self.snapshot = snapshot
        self._account = snapshot.header.account_id
        self._partition = snapshot.header.partition
        self._ready: dict[tuple[str, int], tuple[Ready, ...] | None] = {}

    @cached_property
    def _users(self) -> Mapping[str, User]:
        return {user.id: user for user in self.snapshot.section(User, GLOBAL).items}

    @cached_property
    def _roles(self) -> Mapping[str, Role]:
        return {role.id: role for role in self.snapshot.section(Role, GLOBAL).items}

    @cached_property
    def _groups(self) -> Mapping[str, Group]:
        return {group.id: group for group in self.snapshot.section(Group, GLOBAL).items}

    @cached_property
    def _managed(self) -> Mapping[str, ManagedPolicy]:
        return {policy.arn: policy for policy in self.snapshot.section(ManagedPolicy, GLOBAL).items}

    @cached_property
    def _buckets(self) -> Mapping[str, Bucket]:
        return {bucket.id: bucket for bucket in self.snapshot.section(Bucket, GLOBAL).items}

    def find(self, name: str) -> Principal | None:
        """The principal of that ARN, or the user or role of that name (``user/name`` and ``role/name`` where both exist)."""
        if (found := principal(name)) is not None:
            role = self._roles.get(found.name) if found.role_arn and found.account == self._account else None
            return msgspec.structs.replace(found, role_arn=role.arn) if role else found
        kind, _, short = name.rpartition("/")
        named = [
            *([self._users.get(short)] if kind in ("", "user") else []),
            *([self._roles.get(short)] if kind in ("", "role") else []),
        ]
        there = [one for one in named if one is not None]
        return principal(there[0].arn) if len(there) == 1 else None

    def principals(self) -> Iterator[Principal]:
        """The root user, and all users and roles that were listed."""
        arn = f"arn:{self._partition}:iam::{self._account}:root"
        yield Principal(kind=Kind.ROOT, arn=arn, account=self._account)
        for user in self._users.values():
            yield Principal(kind=Kind.USER, arn=user.arn, account=self._account, name=user.id)
        for role in self._roles.values():
            yield Principal(kind=Kind.ROLE, arn=role.arn, account=self._account, name=role.id, role_arn=role.arn)

    def complete(self) -> bool:
        """All users and roles were listed."""
        return self.snapshot.section(User, GLOBAL).complete and self.snapshot.section(Role, GLOBAL).complete

    def can(self, who: Principal, action: str, resource: str, given: Context) -> Answer:
        """May ``who`` do it? Keys that ``given`` does not hold are unknown."""
        documents = self._documents(who, action, resource)
        owners = self._owners(resource, who)
        decisions = [
            evaluate(
                Request(
                    principal=who,
                    action=action.lower(),
                    resource=resource,
                    resource_account=owner,
                    context=Context({**derived(who, action, owner), **self._tags(who), **given.values}, open=True),
                ),
                self._policies(documents, who),
            )
            for owner in owners
        ]
        first = decisions[0]
        if any(one.outcome is not first.outcome for one in decisions):
            keys = {key for one in decisions for key in one.depends_on} | {f"owner of {resource} (not known)"}
            first = Decision(outcome=Outcome.DEPENDS, because=first.because, depends_on=tuple(sorted(keys)))
        return Answer(principal=who, decision=first, documents=documents)

    def who_can(self, action: str, resource: str, given: Context) -> Iterator[Answer]:
        """The answers that are not a plain no, principal by principal. Those that no policy mentions the action to are passed over."""
        mention = _Mention(action.lower())
        own = self._resource(action, resource)
        mentioned = any(mention.may_allow(one.text) for one in own)
        for who in self.principals():
            if who.kind is Kind.ROOT or mentioned or any(mention.may_allow(one.text) for one in self._identity(who)):
                found = self.can(who, action, resource, given)
                if found.decision.outcome is not Outcome.DENY:
                    yield found

    def _tags(self, who: Principal) -> Mapping[str, tuple[str, ...]]:
        """Of a user. Sessions of a role may bring tags of their own."""
        user = self._users.get(who.name) if who.kind is Kind.USER and who.account == self._account else None
        if user is None or not isinstance(user.tags, Known):
            return {}
        return {f"aws:principaltag/{folded(key)}": (value,) for key, value in user.tags.value.items()}

    def _owners(self, resource: str, who: Principal) -> tuple[str, ...]:
        """The accounts that may own the resource; empty text: another than ours."""
        if account := arns.account_of(resource):
            return (account if account.isdecimal() else who.account,)
        if arns.service_of(resource) != "s3":
            return (self._account,)
        if resource.split(":", 5)[5].split("/")[0] in self._buckets:
            return (self._account,)
        return ("",) if self.snapshot.section(Bucket, GLOBAL).complete else (self._account, "")

    def _documents(self, who: Principal, action: str, resource: str) -> Mapping[str, tuple[Document, ...]]:
        found = {"identity": tuple(self._identity(who)), "resource": tuple(self._resource(action, resource))}
        boundary = self._boundary(who)
        return {**found, "boundary": boundary} if boundary else found

    def _policies(self, documents: Mapping[str, tuple[Document, ...]], who: Principal) -> Policies:
        resource, boundary = documents["resource"], documents.get("boundary")
        return Policies(
            identity=self._policy(documents["identity"]) if who.has_identity else Policy(),
            resource=self._policy(resource) if resource else None,
            boundary=self._policy(boundary) if boundary else None,
        )

    def _policy(self, documents: Iterable[Document]) -> Policy:
        return Policy(tuple(one for place, document in enumerate(documents) for one in self._stated(document, place)))

    def _stated(self, document: Document, place: int) -> tuple[Stated, ...]:
        if document.text is None:
            return unread(f"{document.name} (not read)", place)
        key = (document.text, place)
        if key not in self._ready:
            parsed = parse(document.text)
            self._ready[key] = None if isinstance(parsed, Malformed) else ready(parsed, place)
        found = self._ready[key]
        return found if found is not None else unread(f"{document.name} (cannot be read)", place)

    def _identity(self, who: Principal) -> Iterator[Document]:
        if who.account != self._account:
            if who.has_identity and who.kind is not Kind.ROOT:
                yield Document(f"policies of {who.arn}", None)
        elif who.kind is Kind.USER:
            user = self._users.get(who.name)
            if user is None:
                yield Document(f"policies of user {who.name}", None)
                return
            yield from self._of(f"user {user.id}", user.inline, user.attached)
            if not isinstance(user.groups, Known):
                yield Document(f"groups of user {user.id}", None)
                return
            for name in user.groups.value:
                group = self._groups.get(name)
                if group is None:
                    yield Document(f"policies of group {name}", None)
                else:
                    yield from self._of(f"group {name}", group.inline, group.attached)
        elif who.role_arn:
            role = self._roles.get(who.name)
            if role is None:
                yield Document(f"policies of role {who.name}", None)
            else:
                yield from self._of(f"role {role.id}", role.inline, role.attached)

    def _of(
        self, owner: str, inline: Fact[tuple[InlinePolicy, ...]], attached: Fact[tuple[AttachedPolicy, ...]]
    ) -> Iterator[Document]:
        if isinstance(inline, Known):
            for one in inline.value:
                yield Document(f"inline policy {one.name} of {owner}", one.document)
        else:
            yield Document(f"inline policies of {owner}", None)
        if isinstance(attached, Known):
            for policy in attached.value:
                yield self._managed_document(policy.arn)
        else:
            yield Document(f"policies attached to {owner}", None)

    def _managed_document(self, arn: str) -> Document:
        policy = self._managed.get(arn)
        text = policy.document.value if policy is not None and isinstance(policy.document, Known) else None
        return Document(f"policy {arn}", text)

    def _boundary(self, who: Principal) -> tuple[Document, ...]:
        if who.account != self._account or who.kind is Kind.ROOT:
            return ()
        holder = self._users.get(who.name) if who.kind is Kind.USER else self._roles.get(who.name) if who.role_arn else None
        if holder is None:
            return ()
        if not isinstance(holder.boundary, Known):
            return (Document(f"permissions boundary of {holder.arn}", None),)
        return (self._managed_document(holder.boundary.value),) if holder.boundary.value else ()

    def _resource(self, action: str, resource: str) -> Iterator[Document]:
        """The policies of a resource."""
        service, account = arns.service_of(resource), arns.account_of(resource)
        if service == "s3" and not account:
            bucket = self._buckets.get(resource.split(":", 5)[5].split("/")[0])
            if bucket is None:
                yield Document(f"bucket policy of {resource.split(':', 5)[5].split('/')[0]}, which is not in the snapshot", None)
            elif not isinstance(bucket.policy, Known):
                yield Document(f"bucket policy of {bucket.id}", None)
            elif bucket.policy.value is not None:
                yield Document(f"bucket policy of {bucket.id}", bucket.policy.value)
        elif service == "iam":
            if not action.lower().startswith("sts:"):
                return  # a trust policy is about taking the role, and nothing else
            role = self._roles.get(resource.rpartition("/")[2]) if account == self._account else None
            yield Document(f"trust policy of {resource}", role.trust.value if role and isinstance(role.trust, Known) else None)
        elif service in RESOURCE_POLICIES or (service and account not in ("", self._account, "aws")):
            yield Document(f"policy of {resource}", None)


_ACTIONS = re.compile(r'"(Not)?Action"\s*:\s*(\[[^\]]*\]|"[^"]*")')
_STRING = re.compile(r'"([^"]*)"')


class _Mention:
    """Whether a policy's text may allow an action, by what stands at its ``Action`` members: quick, and never wrongly no."""

    def __init__(self, action: str) -> None:
        self._action = action
        self._shared: dict[str, bool] = {}

    def may_allow(self, text: str | None) -> bool:
        """The text was not read, or may allow the action."""
        if text is None or "\\" in text:
            return True
        known = self._shared.get(text)
        if known is None:
            known = any(self._may(found.group(1), found.group(2)) for found in _ACTIONS.finditer(text))
            self._shared[text] = known
        return known

    def _may(self, negated: str | None, written: str) -> bool:
        # An odd number of quotes: the list was cut within a string, at a bracket in it.
        return negated is not None or written.count('"') % 2 == 1 or any(map(self._matches, _STRING.findall(written)))

    def _matches(self, pattern: str) -> bool:
        return _matches(pattern, self._action)


@lru_cache(maxsize=65536)
def _matches(pattern: str, action: str) -> bool:
    return glob.matches(pattern.lower(), action)
