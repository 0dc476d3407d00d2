"""A whole scan: the calls it makes are the calls it said it would make, and whatever stops it, it keeps what it has."""

from __future__ import annotations

import signal
import threading
from collections import Counter
from collections.abc import Callable

import pytest

from auditor.collect.permissions import actions
from auditor.collect.plan import Estimate, estimate, lists
from auditor.collect.run import Scan, Scope
from auditor.collect.session import Connection, Target, connect
from auditor.collect.wanted import Wanted, by_rules, everything
from auditor.engine.registry import load, pick
from auditor.model import calls
from auditor.model.account import Account, Root
from auditor.model.calls import Per
from auditor.model.compute import Instance, Volume
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.iam import Role, User
from auditor.model.resource import GLOBAL, FieldRef
from auditor.model.s3 import Bucket
from auditor.model.snapshot import CallRecord, Gap, Header, Snapshot
from tests.collect.helpers import Hurried, Silence, session
from tests.collect.helpers import scan as scan_all
from tests.emulator import Emulator

REGIONS = ("eu-west-1", "us-east-1")
TRUST = '{"Version": "2012-10-17", "Statement": []}'
RULES = load()


def seed(emulator: Emulator, *, users: int = 3) -> None:
    """A small account: something of most kinds, in two regions."""
    s3, iam = emulator.client("s3"), emulator.client("iam")
    for name in ("first-bucket", "second-bucket"):
        s3.create_bucket(Bucket=name)
    for number in range(users):
        iam.create_user(UserName=f"user-{number}")
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=TRUST)
    for region in REGIONS:
        ec2, sagemaker = emulator.client("ec2", region), emulator.client("sagemaker", region)
        ec2.run_instances(ImageId="ami-12c6146b", InstanceType="t3.micro", MinCount=2, MaxCount=2)
        ec2.create_volume(AvailabilityZone=f"{region}a", Size=8, VolumeType="gp2")
        sagemaker.create_notebook_instance(
            NotebookInstanceName="notebook", InstanceType="ml.t3.medium", RoleArn="arn:aws:iam::123456789012:role/role-0"
        )


def connection(emulator: Emulator) -> Connection:
    return connect(Target(endpoint_url=emulator.url), session=session())


def start(
    emulator: Emulator,
    wanted: Wanted,
    regions: tuple[str, ...] = REGIONS,
    *,
    over: Connection | None = None,
    journal: Silence | None = None,
) -> Scan:
    scope = Scope(wanted=wanted, regions=regions)
    return Scan(over or connection(emulator), scope, journal=journal or Silence(), progress=Silence(), clock=Hurried())


def fields_of(*kinds: type) -> Wanted:
    return Wanted(frozenset(kinds), frozenset(ref for ref in everything().fields if ref.kind in kinds))


# --- the calls
def chosen(name: str) -> Wanted:
    return {
        "all rules": lambda: by_rules(rule.spec for rule in RULES.values()),
        "s3 only": lambda: by_rules(rule.spec for rule in RULES.values() if rule.service == "s3"),
        "iam only": lambda: by_rules(rule.spec for rule in RULES.values() if rule.service == "iam"),
        "ec2 only": lambda: by_rules(rule.spec for rule in RULES.values() if rule.service == "ec2"),
        "sagemaker only": lambda: by_rules(rule.spec for rule in RULES.values() if rule.service == "sagemaker"),
        "one rule": lambda: by_rules(rule.spec for rule in pick(RULES, ["s3-versioning-off"])),
        "everything": lambda: everything(),
    }[name]()


SELECTIONS = ("all rules", "s3 only", "iam only", "ec2 only", "sagemaker only", "one rule", "everything")


def planned(emulator: Emulator, wanted: Wanted, regions: tuple[str, ...] = REGIONS) -> tuple[Estimate, ...]:
    over = connection(emulator)
    listed = Scan(over, lists(wanted, regions), journal=Silence(), progress=Silence(), clock=Hurried()).run()
    return estimate(wanted, listed)


@pytest.mark.parametrize("selection", SELECTIONS)
def test_the_calls_of_a_scan_are_those_of_its_plan_and_of_the_fields_it_wants(emulator: Emulator, selection: str) -> None:
    wanted = chosen(selection)
    seed(emulator)
    plan = planned(emulator, wanted)
    emulator.doorman.calls.clear()
    snapshot = start(emulator, wanted).run()
    made = Counter(emulator.doorman.calls)
    _as_the_fields_say(wanted, snapshot, set(made))
    for one in plan:
        count = made.pop(f"{one.service}.{one.operation}", 0)
        if one.at_least:
            assert count >= one.calls, f"{one} is the least, but {count} were made"
        else:
            assert count == one.calls, f"{one}, but {count} were made"
    assert not made, "calls that the plan does not name"

    keys = Counter((c.service, c.operation, c.region, c.of) for c in snapshot.calls)
    assert [key for key, count in keys.items() if count > 1] == [], "a call is made twice"
    assert sum(c.tries for c in snapshot.calls) + 1 == emulator.doorman.calls.total(), (
        "every call is recorded, but that of connecting"
    )


def _as_the_fields_say(wanted: Wanted, snapshot: Snapshot, made: set[str]) -> None:
    assert made <= {call.name for call in wanted.calls()}, "a call that no wanted field names, and no permission is asked for"
    held = {kind: [i for s in snapshot.scopes(kind) for i in snapshot.section(kind, s).items] for kind in wanted.kinds}
    for ref in wanted.fields:
        if ref.call.name in made or (ref.call.per in (Per.ITEM, Per.BATCH) and not held[ref.kind]):
            continue
        assert ref.call in (calls.GET_METRIC_DATA, calls.LIST_METRICS), f"{ref} is wanted, but {ref.call.name} was not called"
    for kind in wanted.kinds:
        assert kind.LISTED_BY.name in made or kind.LISTED_BY == calls.DESCRIBE_REGIONS or kind.LISTED_BY.per is Per.ITEM
    assert {calls.by_name(name).action for name in made} - {""} <= set(actions(wanted)), "all that is called is permitted"


def test_one_rule_costs_one_call_for_each_thing_it_judges(emulator: Emulator) -> None:
    seed(emulator)
    emulator.doorman.calls.clear()
    start(emulator, chosen("one rule"), ("us-east-1",)).run()
    made = dict(emulator.doorman.calls)
    assert made.pop("s3.GetBucketLocation") == 2, "moto's ListBuckets lacks the region, which AWS's has"
    assert made == {"sts.GetCallerIdentity": 1, "s3.ListBuckets": 1, "s3.GetBucketVersioning": 2}


def test_a_plan_makes_list_calls_only(emulator: Emulator) -> None:
    seed(emulator)
    emulator.doorman.calls.clear()
    wanted = chosen("everything")
    planned(emulator, wanted)
    listing = {kind.LISTED_BY.name for kind in wanted.kinds if kind.LISTED_BY.per is not Per.ITEM}
    made = set(emulator.doorman.calls) - {"s3.GetBucketLocation"}  # moto's ListBuckets lacks the region, which AWS's has
    assert made <= listing | {"iam.GetAccountSummary", "ec2.DescribeRegions", "sts.GetCallerIdentity"}
    assert "iam.GetAccountAuthorizationDetails" not in made
    assert not any(calls.by_name(name).per in (Per.ITEM, Per.BATCH) for name in made)


def test_iam_calls_do_not_grow_with_users_and_roles(emulator: Emulator) -> None:
    wanted = chosen("iam only")
    made: list[Counter[str]] = []
    for users in (1, 25):
        emulator.reset()
        seed(emulator, users=users)
        emulator.doorman.calls.clear()
        start(emulator, wanted).run()
        made.append(Counter({name: n for name, n in emulator.doorman.calls.items() if name.startswith("iam.")}))
    assert made[0] == made[1]
    assert made[0]["iam.GetAccountAuthorizationDetails"] == 1


# --- interruptions
class Kept(Silence):
    """A journal that remembers the resources."""

    def __init__(self) -> None:
        self.items: list[str] = []
        self.calls: list[CallRecord] = []
        self.gaps: list[Gap] = []
        self.headers: list[Header] = []

    def header(self, header: Header) -> None:
        self.headers.append(header)

    def item(self, resource: object, scope: str) -> None:
        self.items.append(resource.id)  # type: ignore[attr-defined]

    def call(self, record: CallRecord) -> None:
        self.calls.append(record)

    def gap(self, gap: Gap) -> None:
        self.gaps.append(gap)


def interrupted(emulator: Emulator, stop: Callable[[Scan], None], journal: Kept) -> Snapshot:
    """A scan of 40 buckets that is stopped while the tenth is read."""
    s3 = emulator.client("s3")
    for number in range(40):
        s3.create_bucket(Bucket=f"bucket-{number:02d}")
    scan = start(emulator, fields_of(Bucket), journal=journal)
    seen: list[str] = []

    def after_ten(operation: str) -> None:
        seen.append(operation)
        if seen.count("s3.GetBucketTagging") == 10:
            emulator.doorman.on_call = None
            emulator.doorman.latency = 0.5  # a busy machine hears of it late, and must not have read everything by then
            stop(scan)

    emulator.doorman.on_call = after_ten
    return scan.run()


def press_ctrl_c(_: Scan) -> None:
    main = threading.main_thread().ident
    assert main is not None
    signal.pthread_kill(main, signal.SIGINT)


@pytest.mark.parametrize("stop", [press_ctrl_c, lambda scan: scan.stop("interrupted")], ids=["Ctrl-C", "stop from a thread"])
def test_an_interrupted_scan_keeps_what_it_has_and_says_what_it_lacks(emulator: Emulator, stop: Callable[[Scan], None]) -> None:
    journal = Kept()
    snapshot = interrupted(emulator, stop, journal)
    assert not snapshot.header.complete
    assert Gap("scan", Reason.NOT_COLLECTED, "interrupted") in snapshot.gaps
    assert Gap("scan", Reason.NOT_COLLECTED, "interrupted") in journal.gaps
    section = snapshot.section(Bucket, GLOBAL)
    assert section.complete, "the list itself was read"
    assert len(section.items) == 40
    tags = [bucket.tags for bucket in section.items]
    known = [fact for fact in tags if isinstance(fact, Known)]
    assert 0 < len(known) < 40
    assert {fact.reason for fact in tags if isinstance(fact, Unknown)} == {Reason.NOT_COLLECTED}
    assert sorted(journal.items) == [bucket.id for bucket in section.items]
    assert snapshot.calls == tuple(sorted(journal.calls, key=lambda c: (c.service, c.operation, c.region, c.of)))


def test_an_interrupted_scan_makes_no_more_calls(emulator: Emulator) -> None:
    interrupted(emulator, lambda scan: scan.stop("enough"), Kept())
    assert emulator.doorman.calls["s3.GetBucketTagging"] < 40
    assert emulator.doorman.calls["cloudwatch.GetMetricData"] == 0


def test_expired_credentials_end_a_scan_like_an_interruption(emulator: Emulator) -> None:
    seed(emulator)
    body = b"<ErrorResponse><Error><Code>ExpiredToken</Code><Message>x</Message></Error></ErrorResponse>"
    emulator.doorman.answers["iam.GetAccountAuthorizationDetails"] = ("403 Forbidden", body, "text/xml")
    snapshot = start(emulator, fields_of(User, Role)).run()
    assert not snapshot.header.complete
    assert [g.detail for g in snapshot.gaps if g.what == "scan"] == [
        "the AWS credentials expired on the way; sign in again and repeat the command"
    ]
    assert not snapshot.section(User, GLOBAL).complete


def test_a_mistake_of_ours_rises_and_stops_the_calls(emulator: Emulator) -> None:
    class Broken(Kept):
        def item(self, resource: object, scope: str) -> None:
            raise ZeroDivisionError

    seed(emulator)
    emulator.doorman.calls.clear()
    scan = start(emulator, everything(), journal=Broken())
    with pytest.raises(ZeroDivisionError):
        scan.run()
    assert scan.door.stopped.is_set()


# --- what AWS does not give
def test_a_region_that_refuses_everything(emulator: Emulator) -> None:
    seed(emulator)
    emulator.doorman.deny_regions.add("eu-west-1")
    snapshot = start(emulator, fields_of(Instance, Volume)).run()
    assert snapshot.header.complete, "the scan did what it could"
    for kind, call in ((Instance, calls.DESCRIBE_INSTANCES), (Volume, calls.DESCRIBE_VOLUMES)):
        assert snapshot.section(kind, "eu-west-1").missing == (Unknown(Reason.DENIED, call.name, call.action),)
        assert snapshot.section(kind, "us-east-1").complete
        assert len(snapshot.section(kind, "us-east-1").items) > 0
        assert isinstance(snapshot.all(kind), Unknown), "all of them are not known"


def test_without_describe_regions_only_the_configured_region_is_scanned(emulator: Emulator) -> None:
    seed(emulator)
    emulator.doorman.deny.add("ec2.DescribeRegions")
    snapshot = start(emulator, fields_of(Account, Instance), ()).run()
    assert snapshot.header.regions == ("us-east-1",)
    assert snapshot.header.regions_unknown
    assert snapshot.account.regions == Unknown(Reason.DENIED, "ec2.DescribeRegions", "ec2:DescribeRegions")
    assert [(g.what, g.reason) for g in snapshot.gaps] == [("regions", Reason.DENIED)]


def test_what_the_account_has_once_does_not_depend_on_its_regions(emulator: Emulator) -> None:
    seed(emulator)
    emulator.doorman.deny.add("ec2.DescribeRegions")
    fields = frozenset({FieldRef(Bucket, "versioning")})
    snapshot = start(emulator, Wanted(frozenset({Bucket}), fields), ()).run()
    assert not snapshot.header.regions_unknown, "no region that is not known of can hide a bucket"
    assert snapshot.gaps == ()


def test_all_enabled_regions_are_scanned_unless_some_are_named(emulator: Emulator) -> None:
    items = b"<item><regionName>%s</regionName></item><item><regionName>%s</regionName></item>"
    body = b"<DescribeRegionsResponse><regionInfo>" + items + b"</regionInfo></DescribeRegionsResponse>"
    emulator.doorman.answers["ec2.DescribeRegions"] = ("200 OK", body % (b"us-east-1", b"eu-west-1"), "text/xml")
    snapshot = start(emulator, fields_of(Volume), ()).run()
    assert snapshot.header.regions == REGIONS
    assert not snapshot.header.regions_unknown
    named = start(emulator, fields_of(Volume), ("ap-northeast-2",)).run()
    assert named.header.regions == ("ap-northeast-2",)
    assert not named.header.regions_unknown, "nobody asked for more"


def test_the_network_is_lost_in_mid_scan(emulator: Emulator) -> None:
    seed(emulator)

    def lose(operation: str) -> None:
        if operation == "s3.GetBucketTagging":
            emulator.doorman.reset_connections.add("*")

    emulator.doorman.on_call = lose
    snapshot = start(emulator, fields_of(Bucket, Instance, User)).run()
    buckets = snapshot.section(Bucket, GLOBAL).items
    assert [b.id for b in buckets] == ["first-bucket", "second-bucket"]
    assert {b.tags.reason for b in buckets if isinstance(b.tags, Unknown)} == {Reason.ERROR}
    assert {s.reason for b in buckets if isinstance(s := b.sizes, Unknown)} == {Reason.ERROR}, "metrics come last"


def test_the_network_was_never_there(emulator: Emulator) -> None:
    over = connection(emulator)
    emulator.doorman.reset_connections.add("*")
    snapshot = start(emulator, everything(), over=over).run()
    for kind in everything().kinds - {Account, Root}:
        for scope in snapshot.scopes(kind):
            if kind.KIND == "region":
                continue
            section = snapshot.section(kind, scope)
            assert not section.complete, f"{kind.KIND} in {scope} looks empty"
            assert {u.reason for u in section.missing} == {Reason.ERROR}


def test_each_kind_fails_for_itself(emulator: Emulator) -> None:
    seed(emulator)
    emulator.doorman.deny |= {"ec2.DescribeVolumes", "s3.GetBucketPolicy"}
    snapshot = start(emulator, fields_of(Bucket, Instance, Volume, User)).run()
    assert snapshot.header.complete
    assert not snapshot.section(Volume, "us-east-1").complete
    assert snapshot.section(Instance, "us-east-1").complete
    assert snapshot.section(User, GLOBAL).complete
    for bucket in snapshot.section(Bucket, GLOBAL).items:
        assert bucket.policy == Unknown(Reason.DENIED, "s3.GetBucketPolicy", "s3:GetBucketPolicy")
        assert isinstance(bucket.acl, Known)


def test_what_was_not_asked_for_is_not_collected(emulator: Emulator) -> None:
    seed(emulator)
    wanted = Wanted(frozenset({Bucket}), frozenset({FieldRef(Bucket, "acl")}))
    snapshot = start(emulator, wanted).run()
    for bucket in snapshot.section(Bucket, GLOBAL).items:
        assert isinstance(bucket.acl, Known)
        assert isinstance(bucket.policy, Unknown)
        assert bucket.policy.reason is Reason.NOT_COLLECTED
    assert snapshot.section(Instance, "us-east-1").missing[0].reason is Reason.NOT_COLLECTED


def test_the_same_account_gives_the_same_snapshot(emulator: Emulator) -> None:
    seed(emulator)
    first, second = (scan_all(emulator, Bucket, Role, Volume) for _ in range(2))
    assert first.sections == second.sections
    assert [msg.of for msg in first.calls] == [msg.of for msg in second.calls]
