"""Who owns the buckets that services name after account and region."""

from __future__ import annotations

import pytest

from auditor.collect.plan import estimate, lists
from auditor.collect.wanted import Wanted, opted_in
from auditor.model.account import RegionSettings
from auditor.model.fact import Fact, Reason, Unknown, need
from auditor.model.opt_in import SERVICE_BUCKETS
from auditor.model.resource import Resource
from auditor.model.s3 import Bucket
from auditor.model.service_buckets import FORMS, ServiceBuckets, control, names
from tests.collect.helpers import Hurried, scan
from tests.emulator import Emulator

HERE, ACCOUNT, XML = "us-east-1", "123456789012", "text/xml"
WANTED = opted_in(Wanted(frozenset({RegionSettings}), frozenset()), SERVICE_BUCKETS)
NAMES = tuple(names(ACCOUNT, HERE))
DENIED = Unknown(Reason.DENIED, "s3.HeadBucket", "s3:ListBucket")


def found(emulator: Emulator) -> Fact[ServiceBuckets]:
    (settings,) = scan(emulator, wanted=WANTED, clock=Hurried()).section(RegionSettings, HERE).items
    return settings.service_buckets


def in_turn(emulator: Emulator, *statuses: str) -> None:
    """Answer one question after the other with these; what is empty, moto answers."""
    todo = list(statuses)

    def turn(operation: str) -> None:
        if operation == "s3.HeadBucket":
            emulator.doorman.answers.pop(operation, None)
            if todo and (status := todo.pop(0)):
                emulator.doorman.answers[operation] = (status, b"", XML)

    emulator.doorman.on_call = turn


def test_nobody_asks_unless_told_to(emulator: Emulator) -> None:
    (settings,) = scan(emulator, RegionSettings).section(RegionSettings, HERE).items
    assert settings.service_buckets == DENIED.because(Reason.NOT_COLLECTED)
    assert not emulator.doorman.calls["s3.HeadBucket"]


def test_names_are_ours_or_free(emulator: Emulator) -> None:
    mine = f"sagemaker-{HERE}-{ACCOUNT}"
    emulator.client("s3").create_bucket(Bucket=mine)
    assert need(found(emulator)) == ServiceBuckets((mine,), (), tuple(name for name in NAMES if name != mine))
    assert emulator.doorman.calls["s3.HeadBucket"] == len(FORMS)


def test_a_name_that_somebody_else_has(emulator: Emulator) -> None:
    in_turn(emulator, "403 Forbidden")
    assert need(found(emulator)) == ServiceBuckets((), NAMES[:1], NAMES[1:])
    assert emulator.doorman.calls["s3.HeadBucket"] == len(FORMS) + 1 == RegionSettings.MOST["service_buckets"]


@pytest.mark.parametrize("count", [1, len(FORMS)])
def test_whoever_may_not_ask_knows_nothing(emulator: Emulator, count: int) -> None:
    """Of a name that no bucket has S3 says 403 as well: then it says so because of us."""
    in_turn(emulator, *["403 Forbidden"] * count, *[""] * (len(FORMS) - count), "403 Forbidden")
    assert found(emulator) == DENIED


def test_a_bucket_of_ours_that_may_not_be_looked_at_is_ours(emulator: Emulator) -> None:
    """Its policy may deny the question, or ours may allow it for other names only: S3 says 403 as of a stranger's."""
    mine = f"sagemaker-{HERE}-{ACCOUNT}"
    emulator.client("s3").create_bucket(Bucket=mine)
    in_turn(emulator, *["403 Forbidden" if name in (mine, NAMES[0]) else "" for name in NAMES])
    assert need(found(emulator)) == ServiceBuckets((mine,), NAMES[:1], tuple(name for name in NAMES[1:] if name != mine))


def test_whose_a_bucket_is_takes_the_list_of_ours(emulator: Emulator) -> None:
    emulator.doorman.deny.add("s3.ListBuckets")
    in_turn(emulator, "403 Forbidden")
    assert found(emulator) == Unknown(Reason.DENIED, "s3.ListBuckets", "s3:ListAllMyBuckets")


@pytest.mark.parametrize("kinds", [(RegionSettings,), (RegionSettings, Bucket)], ids=["alone", "with the buckets"])
def test_the_plan_names_the_list_of_ours(emulator: Emulator, kinds: tuple[type[Resource], ...]) -> None:
    wanted = Wanted(WANTED.kinds | set(kinds), WANTED.fields)
    scope = lists(wanted, (HERE,))
    plan = {one.operation: one for one in estimate(wanted, scan(emulator, wanted=scope.wanted, clock=Hurried()))}
    in_turn(emulator, "403 Forbidden")
    scan(emulator, wanted=wanted, clock=Hurried())
    assert emulator.doorman.calls["s3.ListBuckets"] == 1
    assert {name.partition(".")[2] for name in emulator.doorman.calls} <= set(plan)
    assert plan["ListBuckets"].calls == (1 if Bucket in kinds else 0)
    assert plan["ListBuckets"].at_least is (Bucket not in kinds)


def test_another_error_is_not_an_owner(emulator: Emulator) -> None:
    in_turn(emulator, *["500 Internal Server Error"] * 8)
    fact = found(emulator)
    assert isinstance(fact, Unknown)
    assert fact.reason is Reason.ERROR


def test_names_are_names_of_buckets() -> None:
    assert len(set(NAMES)) == len(FORMS)
    assert all(len(name) <= 63 for name in (*names(ACCOUNT, "ap-southeast-2"), control(ACCOUNT)))
