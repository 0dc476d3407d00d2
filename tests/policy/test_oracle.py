"""Who can do what in a snapshot: which documents count, and that what was not read is never taken as empty."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.engine.cases import denied
from auditor.model.fact import Fact, Known, Reason
from auditor.model.iam import AttachedPolicy, Group, InlinePolicy, ManagedPolicy, Role, User
from auditor.model.resource import GLOBAL, Resource, unread
from auditor.model.s3 import Bucket
from auditor.model.snapshot import Header, Section, Snapshot
from auditor.policy.context import Context
from auditor.policy.evaluate import Outcome
from auditor.policy.oracle import Answer, Oracle
from auditor.policy.requests import reasons

ACCOUNT = "123456789012"
OPEN = Context(open=True)


def text(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: str, resource: str = "*", **more: Any) -> str:
    return text({"Effect": "Allow", "Action": action, "Resource": resource, **more})


def arn(rest: str) -> str:
    return f"arn:aws:iam::{ACCOUNT}:{rest}"


def user(name: str, *inline: str, **more: Fact[Any]) -> User:
    facts: dict[str, Any] = {
        "inline": Known(tuple(InlinePolicy(f"p{n}", one) for n, one in enumerate(inline))),
        "attached": Known(()),
        "groups": Known(()),
        "boundary": Known(None),
        "tags": Known({}),
        **more,
    }
    return User(arn=arn(f"user/{name}"), id=name, region=GLOBAL, **facts)


def role(name: str, *inline: str, path: str = "", **more: Fact[Any]) -> Role:
    facts: dict[str, Any] = {
        "inline": Known(tuple(InlinePolicy(f"p{n}", one) for n, one in enumerate(inline))),
        "attached": Known(()),
        "boundary": Known(None),
        **more,
    }
    return Role(arn=arn(f"role/{path}{name}"), id=name, region=GLOBAL, **facts)


def managed(name: str, document: Fact[str]) -> ManagedPolicy:
    return ManagedPolicy(arn=arn(f"policy/{name}"), id=name, region=GLOBAL, document=document, aws_managed=Known(False))


def attached(*names: str) -> Known[tuple[AttachedPolicy, ...]]:
    return Known(tuple(AttachedPolicy(arn(f"policy/{name}"), name) for name in names))


def bucket(name: str, policy: Fact[str | None]) -> Bucket:
    return Bucket(arn=f"arn:aws:s3:::{name}", id=name, region="us-east-1", policy=policy)


def oracle(*resources: Resource, unlisted: tuple[type[Resource], ...] = ()) -> Oracle:
    header = Header(
        tool="awsaudit",
        account_id=ACCOUNT,
        partition="aws",
        caller=arn("role/audit"),
        taken_at=datetime(2026, 11, 27, tzinfo=UTC),
        regions=("us-east-1",),
        kinds=(),
        fields=(),
    )
    sections: dict[tuple[str, str], Section[Resource]] = {}
    for kind in (User, Group, Role, ManagedPolicy, Bucket):
        missing = (unread(kind.LISTED_BY).because(Reason.DENIED),) if kind in unlisted else ()
        sections[kind.KIND, GLOBAL] = Section(kind, GLOBAL, tuple(one for one in resources if type(one) is kind), missing)
    return Oracle(Snapshot(header=header, sections=sections))


def ask(asked: Oracle, who: str, action: str, resource: str = "*", given: Context = OPEN) -> Answer:
    found = asked.find(who)
    assert found is not None
    return asked.can(found, action, resource, given)


def outcome(asked: Oracle, who: str, action: str, resource: str = "*") -> Outcome:
    return ask(asked, who, action, resource).decision.outcome


def test_inline_attached_group_and_boundary_count() -> None:
    group = Group(
        arn=arn("group/g"), id="g", region=GLOBAL, inline=Known((InlinePolicy("g", allow("sqs:*")),)), attached=attached("m")
    )
    asked = oracle(
        user("u", allow("s3:ListAllMyBuckets"), attached=attached("n"), groups=Known(("g",))),
        user("bound", allow("iam:*"), boundary=Known(arn("policy/m"))),
        group,
        managed("m", Known(allow("ec2:*"))),
        managed("n", Known(allow("sns:*"))),
    )
    for action in ("s3:ListAllMyBuckets", "sqs:ListQueues", "ec2:DescribeInstances", "sns:ListTopics"):
        assert outcome(asked, "u", action) is Outcome.ALLOW, action
    assert outcome(asked, "u", "iam:ListUsers") is Outcome.DENY
    assert outcome(asked, "bound", "iam:ListUsers") is Outcome.DENY
    answer = ask(asked, "u", "ec2:DescribeInstances")
    assert [answer.documents[why.policy][why.statement.document].name for why in answer.decision.because if why.statement] == [
        f"policy {arn('policy/m')}"
    ]


@pytest.mark.parametrize(
    ("there", "depends"),
    [
        (user("u", inline=denied(User.inline)), "inline policies of user u (not read)"),
        (user("u", attached=denied(User.attached)), "policies attached to user u (not read)"),
        (user("u", groups=denied(User.groups)), "groups of user u (not read)"),
        (user("u", groups=Known(("gone",))), "policies of group gone (not read)"),
        (user("u", attached=attached("gone")), f"policy {arn('policy/gone')} (not read)"),
        (user("u", "{"), "inline policy p0 of user u (cannot be read)"),
        (user("u", allow("*"), boundary=denied(User.boundary)), f"permissions boundary of {arn('user/u')} (not read)"),
    ],
)
def test_what_was_not_read_is_never_empty(there: User, depends: str) -> None:
    decision = ask(oracle(there), "u", "s3:ListAllMyBuckets").decision
    assert (decision.outcome, decision.depends_on) == (Outcome.DEPENDS, (depends,))


def test_a_plain_deny_needs_nothing_else() -> None:
    there = user("u", text({"Effect": "Deny", "Action": "s3:*", "Resource": "*"}), attached=denied(User.attached))
    decision = ask(oracle(there), "u", "s3:ListAllMyBuckets").decision
    assert (decision.outcome, decision.explicit) == (Outcome.DENY, True)


def test_a_bucket_policy_counts_and_a_bucket_elsewhere_has_one_that_we_cannot_read() -> None:
    reader = {"Effect": "Allow", "Principal": {"AWS": arn("user/u")}, "Action": "s3:GetObject", "Resource": "arn:aws:s3:::ours/*"}
    asked = oracle(
        user("u"),
        user("admin", allow("*")),
        bucket("ours", Known(text(reader))),
        bucket("plain", Known(None)),
        bucket("vault", denied(Bucket.policy)),
    )
    assert outcome(asked, "u", "s3:GetObject", "arn:aws:s3:::ours/x") is Outcome.ALLOW
    assert outcome(asked, "u", "s3:PutObject", "arn:aws:s3:::ours/x") is Outcome.DENY
    assert outcome(asked, "admin", "s3:GetObject", "arn:aws:s3:::plain/x") is Outcome.ALLOW
    assert ask(asked, "admin", "s3:GetObject", "arn:aws:s3:::vault/x").decision.depends_on == (
        "bucket policy of vault (not read)",
    )
    assert outcome(asked, "admin", "s3:GetObject", "arn:aws:s3:::elsewhere/x") is Outcome.DEPENDS
    assert outcome(asked, "u", "s3:GetObject", "arn:aws:s3:::elsewhere/x") is Outcome.DENY, "its own account must allow it too"


def test_without_the_list_of_buckets_it_may_be_ours_or_not() -> None:
    asked = oracle(user("admin", allow("*")), unlisted=(Bucket,))
    assert outcome(asked, "admin", "s3:GetObject", "arn:aws:s3:::some/x") is Outcome.DEPENDS


def test_roles_are_found_by_session_and_with_their_path() -> None:
    only = allow("s3:ListAllMyBuckets", Condition={"ArnEquals": {"aws:PrincipalArn": arn("role/team/r")}})
    asked = oracle(role("r", only, path="team/"))
    session = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/s"
    for who in ("r", "role/r", arn("role/team/r"), session):
        assert outcome(asked, who, "s3:ListAllMyBuckets") is Outcome.ALLOW, who


def test_taking_a_role_asks_its_trust_policy_and_nothing_else_does() -> None:
    trust = text({"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"})
    target = arn("role/target")
    asked = oracle(
        user("u", allow("sts:AssumeRole")), user("v"), user("p", allow("iam:PassRole")), role("target", trust=Known(trust))
    )
    assert outcome(asked, "u", "sts:AssumeRole", target) is Outcome.ALLOW
    assert outcome(asked, "v", "sts:AssumeRole", target) is Outcome.DENY
    assert outcome(asked, "p", "iam:PassRole", target) is Outcome.ALLOW
    unseen = oracle(user("u", allow("sts:AssumeRole")), role("target"))
    assert ask(unseen, "u", "sts:AssumeRole", target).decision.depends_on == (f"trust policy of {target} (not read)",)


def test_the_policy_of_a_key_or_queue_is_not_in_the_snapshot() -> None:
    asked = oracle(user("admin", allow("*")))
    key = f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1"
    assert ask(asked, "admin", "kms:Decrypt", key).decision.depends_on == (f"policy of {key} (not read)",)


def test_tags_of_users_are_known() -> None:
    tagged = allow("s3:ListAllMyBuckets", Condition={"StringEquals": {"aws:PrincipalTag/Team": "ml"}})
    asked = oracle(
        user("ml", tagged, tags=Known({"team": "ml"})), user("web", tagged, tags=Known({"team": "web"})), role("r", tagged)
    )
    assert outcome(asked, "ml", "s3:ListAllMyBuckets") is Outcome.ALLOW
    assert outcome(asked, "web", "s3:ListAllMyBuckets") is Outcome.DENY
    assert outcome(asked, "r", "s3:ListAllMyBuckets") is Outcome.DEPENDS, "a session may bring tags"


def test_who_can_finds_whom_can_finds() -> None:
    asked = oracle(
        user("star", allow("*")),
        user("list", allow("s3:List*")),
        user("question", allow("s3:Lis?AllMyBuckets")),
        user("not", text({"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"})),
        user("other", allow("ec2:*")),
        user("bracket", text({"Effect": "Allow", "Action": ["x]:y", "s3:ListAllMyBuckets"], "Resource": "arn:aws:s3:::x"})),
        user("escaped", allow("s3:ListAllMyBuckets").replace("s3:", "\\u0073\\u0033:")),
        user("denied", attached=denied(User.attached)),
        role("reader", allow("s3:listallmybuckets")),
        role("nobody"),
    )
    found = {
        answer.principal.name or "root": answer.decision.outcome for answer in asked.who_can("s3:ListAllMyBuckets", "*", OPEN)
    }
    alone = {who.name or "root": asked.can(who, "s3:ListAllMyBuckets", "*", OPEN).decision.outcome for who in asked.principals()}
    assert found == {name: one for name, one in alone.items() if one is not Outcome.DENY}
    assert set(found) == {"root", "star", "list", "question", "not", "escaped", "denied", "reader"}


def test_names_that_do_not_tell_are_not_guessed() -> None:
    asked = oracle(user("twin", allow("*")), role("twin", allow("*")))
    assert asked.find("twin") is None
    assert asked.find("nobody") is None
    found = asked.find("role/twin")
    assert found is not None
    assert found.arn == arn("role/twin")


def test_an_operator_that_nobody_knows_is_not_guessed() -> None:
    odd = allow("s3:ListAllMyBuckets", Condition={"StringSoundsLike": {"aws:PrincipalTag/team": "ml"}})
    decision = ask(oracle(user("u", odd)), "u", "s3:ListAllMyBuckets").decision
    assert (decision.outcome, decision.depends_on) == (Outcome.DEPENDS, ("aws:PrincipalTag/team",))
    deny = text({"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Odd": {"aws:x": "1"}}})
    assert outcome(oracle(user("u", allow("*"), deny)), "u", "s3:ListAllMyBuckets") is Outcome.DEPENDS


def test_an_unread_document_is_said_to_be_unread() -> None:
    decision = ask(oracle(user("u", attached=denied(User.attached))), "u", "s3:ListAllMyBuckets").decision
    assert {(one.unread, one.missing) for one in reasons(decision)} == {(True, False)}
