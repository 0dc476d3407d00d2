"""CloudWatch: batches, windows, pages and statuses on a scripted client, the rest over real HTTP."""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from auditor.collect import metrics as cloudwatch
from auditor.collect.door import Door
from auditor.collect.ec2_instances import COLLECTORS as EC2
from auditor.collect.ec2_storage import COLLECTORS as EBS
from auditor.collect.metrics import POINTS, QUERIES, Query, batches, fill, window
from auditor.collect.run import SERIES
from auditor.collect.session import Target, connect
from auditor.collect.visit import Metric
from auditor.collect.wanted import Wanted, with_needs
from auditor.model import calls
from auditor.model.compute import Accelerators, Hardware, Instance, Volume
from auditor.model.fact import Fact, Known, Reason, Unknown, need
from auditor.model.resource import Resource, field_ref, unread
from auditor.model.series import Series
from auditor.model.snapshot import CallRecord
from tests.collect.helpers import scan, session
from tests.emulator import Emulator

NOW = datetime(2026, 11, 22, 13, 31, 41, tzinfo=UTC)
HOUR, DAY = 3600, 86400
REGION = "us-east-1"
NO_DATA = Unknown(Reason.NO_DATA, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")
FAILED = Unknown(Reason.ERROR, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")

Answers = Callable[[Mapping[str, Any]], Mapping[str, Any]]


def complete(params: Mapping[str, Any]) -> dict[str, Any]:
    """CloudWatch of an account that publishes nothing: it answers every query."""
    return {"MetricDataResults": [result(number, "Complete") for number in range(len(params["MetricDataQueries"]))]}


def result(number: int, status: str, *points: tuple[datetime, float]) -> dict[str, Any]:
    return {"Id": f"q{number}", "StatusCode": status, "Timestamps": [p[0] for p in points], "Values": [p[1] for p in points]}


class Cloud:
    """A scripted CloudWatch. ``data`` answers GetMetricData (a list: one after the other), ``published`` is what ListMetrics holds."""

    def __init__(self, data: Answers | Sequence[Any] = complete, published: Iterable[Mapping[str, str]] = ()) -> None:
        self._data = data if callable(data) else None
        self._script = [] if callable(data) else list(data)
        self._published = list(published)
        self.asked: list[Mapping[str, Any]] = []
        self.listed: list[Mapping[str, Any]] = []
        self.regions: set[tuple[str, str]] = set()
        self.records: list[CallRecord] = []

    def client(self, service: str, region: str) -> Any:
        self.regions.add((service, region))
        return self

    def offers(self, service: str, region: str) -> bool:
        return True

    def get_metric_data(self, **params: Any) -> Mapping[str, Any]:
        self.asked.append(params)
        answer = self._data(params) if self._data else self._script.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    def list_metrics(self, **params: Any) -> Mapping[str, Any]:
        self.listed.append(params)
        sets = [{"Dimensions": [{"Name": name, "Value": value} for name, value in d.items()]} for d in self._published]
        return {"Metrics": sets}

    def fill(
        self, resources: Sequence[Resource], metrics: Mapping[type[Resource], Sequence[Metric]], now: datetime = NOW
    ) -> list[Any]:
        door = Door(self, self.records.append)
        return list(fill(door, REGION, resources, metrics, now, lambda items, work: [work(item) for item in items]))


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": ""}, "ResponseMetadata": {"HTTPStatusCode": 400}}, "GetMetricData")  # type: ignore[typeddict-item]


def instance(number: str, state: str = "running", hardware: Fact[Hardware] | None = None) -> Instance:
    known: Fact[Hardware] = unread(calls.DESCRIBE_INSTANCE_TYPES) if hardware is None else hardware
    return Instance(arn=f"arn:aws:ec2:{REGION}:1:instance/{number}", id=number, region=REGION, state=Known(state), hardware=known)


def volume(number: str, state: str = "in-use") -> Volume:
    return Volume(arn=f"arn:aws:ec2:{REGION}:1:volume/{number}", id=number, region=REGION, state=Known(state))


def metric(field: str, *, period: int = HOUR, days: int = 14, **more: Any) -> Metric:
    base = Metric(
        field=field,
        namespace="AWS/EC2",
        name="CPUUtilization",
        stat="Average",
        period=period,
        days=days,
        dimensions=lambda resource: ({"InstanceId": resource.id},),
    )
    return msgspec.structs.replace(base, **more)


def of(kind: type[Resource], *fields: str) -> Mapping[type[Resource], tuple[Metric, ...]]:
    """The metrics that the collectors declare for these fields."""
    declared = [m for collector in (*EC2, *EBS) for m in collector.metrics.get(kind, ())]
    return {kind: tuple(m for m in declared if m.field in fields)}


def series(fact: Fact[tuple[Series, ...]]) -> Series:
    (found,) = need(fact)
    return found


def wants(*members: object) -> Wanted:
    refs = [field_ref(member) for member in members]
    return Wanted(frozenset(ref.kind for ref in refs), with_needs(refs))


# --- batches and windows

METRICS = st.builds(
    metric,
    st.just("cpu"),
    period=st.sampled_from((60, 300, HOUR, DAY)),
    days=st.sampled_from((1, 3, 7, 14)),
)


@given(st.lists(st.tuples(METRICS, st.integers(1, 700)), max_size=4))
def test_batches_hold_every_query_once_within_both_limits(groups: list[tuple[Metric, int]]) -> None:
    wanted = [m for m, n in groups for _ in range(n)]
    queries = [Query(place, m, {}) for place, m in enumerate(wanted)]
    full = batches(queries)
    assert sorted(q.place for batch in full for q in batch) == list(range(len(queries)))
    for batch in full:
        assert 0 < len(batch) <= QUERIES == 500
        assert sum(q.points for q in batch) <= POINTS == 100_800
        assert len({window(q.metric, NOW) for q in batch}) == 1, "a request has one window"


@pytest.mark.parametrize(
    ("period", "days", "holds"), [(DAY, 14, 500), (HOUR, 14, 300), (HOUR, 7, 500), (300, 14, 25), (60, 14, 5)]
)
@pytest.mark.parametrize("count", [1, 499, 500, 501, 1000])
def test_calls_are_as_few_as_the_formula_says(period: int, days: int, holds: int, count: int) -> None:
    m = metric("cpu", period=period, days=days)
    assert holds == min(500, 100_800 // (days * DAY // period))
    assert len(batches([Query(place, m, {}) for place in range(count)])) == math.ceil(count / holds)


@given(
    st.datetimes(datetime(2020, 1, 1), datetime(2040, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001  hypothesis adds the zone
    METRICS,
)
def test_windows_are_whole_periods_that_have_ended(taken_at: datetime, m: Metric) -> None:
    start, end = window(m, taken_at)
    assert end - start == timedelta(days=m.days)
    assert end <= taken_at < end + timedelta(seconds=max(m.period, HOUR))
    assert start.timestamp() % max(m.period, HOUR) == 0
    if m.period == DAY:
        assert (end.hour, end.minute, end.second) == (0, 0, 0)


def test_the_window_is_in_the_request() -> None:
    cloud = Cloud()
    cloud.fill([instance("i-1")], of(Instance, "cpu", "network_in"))
    assert [(a["StartTime"], a["EndTime"]) for a in cloud.asked] == [
        (datetime(2026, 11, 8, 13, tzinfo=UTC), datetime(2026, 11, 22, 13, tzinfo=UTC)),
        (datetime(2026, 11, 8, tzinfo=UTC), datetime(2026, 11, 22, tzinfo=UTC)),
    ]


def test_points_are_put_where_they_belong() -> None:
    start, end = window(metric("cpu", days=1), NOW)
    points = [
        (start - timedelta(hours=1), 1.0),
        (start, 2.0),
        (start + timedelta(hours=5), 3.0),
        (end - timedelta(hours=1), 4.0),
        (end, 5.0),
    ]
    cloud = Cloud([{"MetricDataResults": [result(0, "Complete", *points)]}])
    (filled,) = cloud.fill([instance("i-1")], {Instance: [metric("cpu", days=1)]})
    found = series(filled.cpu)
    assert (found.start, found.end, found.period, len(found.values)) == (start, end, HOUR, 24)
    assert {place: value for place, value in enumerate(found.values) if value is not None} == {0: 2.0, 5: 3.0, 23: 4.0}
    assert (found.namespace, found.metric, found.stat) == ("AWS/EC2", "CPUUtilization", "Average")
    assert found.dimensions == {"InstanceId": "i-1"}


def test_five_minutes_and_hours_share_a_request_and_are_not_shifted() -> None:
    """A window that ended at 13:30 for the finer metric would put the other's hourly datapoints an hour too early."""

    def hourly(params: Mapping[str, Any]) -> dict[str, Any]:
        start = params["StartTime"]
        return {"MetricDataResults": [result(0, "Complete", (start, 1.0)), result(1, "Complete", (start, 2.0))]}

    cloud = Cloud(hourly)
    (filled,) = cloud.fill(
        [instance("i-1")], {Instance: [metric("cpu", period=300, days=1), metric("network_in", period=HOUR, days=1)]}
    )
    assert len(cloud.asked) == 1
    assert (series(filled.cpu).start, series(filled.cpu).values[0]) == (series(filled.network_in).start, 1.0)
    assert series(filled.network_in).values[0] == 2.0
    assert series(filled.network_in).start.minute == 0


# --- how many calls


def test_a_thousand_instances_take_eight_calls() -> None:
    """GetMetricStatistics, one by one, would take 3,000."""
    cloud = Cloud()
    filled = cloud.fill([instance(f"i-{n:04}") for n in range(1000)], of(Instance, "cpu", "network_in", "network_out"))
    assert len(cloud.asked) == math.ceil(1000 / 300) + math.ceil(2000 / 500)
    assert all(series(i.cpu).coverage == 0 for i in filled)
    assert len({r.of for r in cloud.records}) == len(cloud.records) == 8
    assert "cloudwatch.GetMetricStatistics" not in calls.table()


def test_kinds_share_their_batches() -> None:
    cloud = Cloud()
    resources = [*(instance(f"i-{n}") for n in range(100)), *(volume(f"vol-{n}") for n in range(150))]
    cloud.fill(resources, {**of(Instance, "network_in", "network_out"), **of(Volume, "read_ops", "write_ops")})
    assert len(cloud.asked) == 1, "all of it is daily over 14 days: 500 queries"
    assert len(cloud.asked[0]["MetricDataQueries"]) == 500


def test_what_is_asked_does_not_depend_on_the_order_in_which_resources_were_found() -> None:
    instances = [instance(f"i-{n:03}") for n in range(700)]
    one, other = Cloud(), Cloud()
    one.fill(instances, of(Instance, "cpu", "network_in"))
    filled = other.fill(instances[::-1], of(Instance, "cpu", "network_in"))
    assert one.asked == other.asked
    assert [i.id for i in filled] == [i.id for i in instances[::-1]]
    assert all(series(i.cpu).dimensions == {"InstanceId": i.id} for i in filled)


def test_nothing_to_ask_is_no_call() -> None:
    cloud = Cloud()
    cloud.fill(
        [instance("i-1", "stopped"), volume("vol-1", "available")], {**of(Instance, "cpu", "gpu"), **of(Volume, "read_ops")}
    )
    assert cloud.asked == cloud.listed == []
    assert cloud.regions == set()


# --- what the answers mean


def test_no_datapoints_are_no_datapoints_and_never_zeros() -> None:
    (filled,) = Cloud().fill([instance("i-1")], of(Instance, "cpu"))
    found = series(filled.cpu)
    assert set(found.values) == {None}
    assert (found.coverage, found.maximum, found.mean, found.total) == (0, None, None, None)


def test_a_series_over_several_pages_is_joined() -> None:
    start, _ = window(metric("cpu"), NOW)
    first, second = (start, 1.0), (start + timedelta(hours=1), 2.0)
    cloud = Cloud(
        [
            {"MetricDataResults": [result(0, "PartialData", first), result(1, "Complete", first)], "NextToken": "a"},
            {"MetricDataResults": [result(0, "PartialData")], "NextToken": "b"},
            {"MetricDataResults": [result(0, "Complete", second), result(1, "Complete")]},
        ]
    )
    one, two = cloud.fill([instance("i-1"), instance("i-2")], of(Instance, "cpu"))
    assert series(one.cpu).values[:3] == (1.0, 2.0, None)
    assert series(two.cpu).present == (1.0,)
    assert [a.get("NextToken") for a in cloud.asked] == [None, "a", "b"]
    assert [r.of for r in cloud.records] == ["batch 1", "batch 1#2", "batch 1#3"]


def test_an_error_that_a_later_page_mends_is_none() -> None:
    start, _ = window(metric("cpu"), NOW)
    cloud = Cloud(
        [
            {"MetricDataResults": [result(0, "InternalError")], "NextToken": "a"},
            {"MetricDataResults": [result(0, "Complete", (start, 1.0))]},
        ]
    )
    (filled,) = cloud.fill([instance("i-1")], of(Instance, "cpu"))
    assert series(filled.cpu).present == (1.0,)


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("InternalError", Reason.ERROR),
        ("PartialData", Reason.ERROR),
        ("Forbidden", Reason.DENIED),
        ("SomethingNew", Reason.ERROR),
    ],
)
def test_a_series_that_is_not_complete_is_unknown_and_the_others_are_not(status: str, reason: Reason) -> None:
    start, _ = window(metric("cpu"), NOW)
    cloud = Cloud([{"MetricDataResults": [result(0, status, (start, 1.0)), result(1, "Complete", (start, 2.0))]}])
    one, two = cloud.fill([instance("i-1"), instance("i-2")], of(Instance, "cpu"))
    assert one.cpu == NO_DATA.because(reason)
    assert series(two.cpu).present == (2.0,)


def test_a_query_without_an_answer_was_not_looked_up() -> None:
    cloud = Cloud([{"MetricDataResults": [result(1, "Complete")]}])
    one, two = cloud.fill([instance("i-1"), instance("i-2")], of(Instance, "cpu"))
    assert one.cpu == NO_DATA
    assert isinstance(two.cpu, Known)


@pytest.mark.parametrize(
    "broken",
    [
        {"Timestamps": [NOW], "Values": []},
        {"Timestamps": [], "Values": [1.0]},
        {"Timestamps": ["soon"], "Values": [1.0]},
        {"Timestamps": [NOW.replace(tzinfo=None)], "Values": [1.0]},
        {"Timestamps": [NOW], "Values": ["many"]},
    ],
)
def test_a_broken_series_is_unknown_not_a_crash(broken: Mapping[str, Any]) -> None:
    cloud = Cloud([{"MetricDataResults": [{"Id": "q0", "StatusCode": "Complete", **broken}]}])
    (filled,) = cloud.fill([instance("i-1")], of(Instance, "cpu"))
    assert filled.cpu == FAILED


def test_a_page_that_fails_makes_its_batch_unknown_and_no_other() -> None:
    cloud = Cloud([{"MetricDataResults": [result(0, "Complete")], "NextToken": "a"}, refused("InvalidNextToken"), complete_one()])
    (filled,) = cloud.fill([instance("i-1")], of(Instance, "cpu", "network_in"))
    assert filled.cpu == FAILED
    assert isinstance(filled.network_in, Known)


def complete_one() -> Mapping[str, Any]:
    return {"MetricDataResults": [result(0, "Complete")]}


def test_a_field_of_several_series_is_unknown_when_one_is() -> None:
    def two(resource: Any) -> tuple[Mapping[str, str], ...]:
        return {"InstanceId": resource.id, "index": "0"}, {"InstanceId": resource.id, "index": "1"}

    cloud = Cloud([{"MetricDataResults": [result(0, "InternalError"), result(1, "Complete")]}])
    (filled,) = cloud.fill([instance("i-1")], {Instance: [metric("cpu", dimensions=two)]})
    assert filled.cpu == FAILED


# --- metrics that must be discovered

T4 = Known(Hardware(type="g4dn.xlarge", offered=True, accelerators=(Accelerators("gpu", "NVIDIA", "T4", 1),)))
PLAIN = Known(Hardware(type="t3.micro", offered=True))
RADEON = Known(Hardware(type="g4ad.xlarge", offered=True, accelerators=(Accelerators("gpu", "AMD", "Radeon Pro V520", 1),)))
RETIRED = Known(Hardware(type="p2.xlarge", offered=False))


def published(number: str, index: str = "0") -> Mapping[str, str]:
    return {"InstanceId": number, "index": index, "host": "ip-10-0-0-1", "name": "Tesla T4", "arch": "Turing"}


def test_gpu_metrics_are_joined_on_the_instance() -> None:
    cloud = Cloud(published=[published("i-1", "1"), published("i-1", "0"), published("i-2"), published("i-9")])
    one, two, three = cloud.fill(
        [instance("i-1", hardware=T4), instance("i-2", hardware=T4), instance("i-3", hardware=T4)], of(Instance, "gpu")
    )
    assert need(one.gpu_metrics) == (published("i-1", "0"), published("i-1", "1"))
    assert [s.dimensions for s in need(one.gpu)] == [published("i-1", "0"), published("i-1", "1")]
    assert [s.dimensions["InstanceId"] for s in need(two.gpu)] == ["i-2"]
    assert need(three.gpu_metrics, three.gpu) == ((), ())
    assert cloud.listed == [{"Namespace": "CWAgent", "MetricName": "nvidia_smi_utilization_gpu"}]
    asked = cloud.asked[0]["MetricDataQueries"][0]["MetricStat"]
    assert (asked["Stat"], asked["Period"]) == ("Maximum", HOUR)
    assert {d["Name"]: d["Value"] for d in asked["Metric"]["Dimensions"]} == published("i-1", "0"), "the exact set"


@pytest.mark.parametrize("anonymous", [{"host": "ip-10-0-0-1", "index": "0"}, {"InstanceType": "g4dn.xlarge"}, {}])
def test_telemetry_that_names_no_instance_may_be_anyones(anonymous: Mapping[str, str]) -> None:
    cloud = Cloud(published=[anonymous, published("i-1")])
    one, two = cloud.fill([instance("i-1", hardware=T4), instance("i-2", hardware=T4)], of(Instance, "gpu"))
    assert need(one.gpu_metrics) == (published("i-1"),)
    unsure = Unknown(Reason.NO_DATA, "cloudwatch.ListMetrics", "cloudwatch:ListMetrics")
    assert two.gpu_metrics == two.gpu == unsure


@pytest.mark.parametrize(
    ("hardware", "state", "asked"),
    [
        (T4, "running", True),
        (RETIRED, "running", True),
        (Unknown(Reason.DENIED, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes"), "running", True),
        (T4, "stopped", False),
        (PLAIN, "running", False),
        (RADEON, "running", False),
    ],
)
def test_gpu_metrics_are_asked_for_where_there_may_be_nvidia_gpus(hardware: Fact[Hardware], state: str, asked: bool) -> None:
    cloud = Cloud()
    (filled,) = cloud.fill([instance("i-1", state, hardware)], of(Instance, "gpu"))
    assert len(cloud.listed) == asked
    if not asked:
        assert filled.gpu_metrics == unread(calls.LIST_METRICS), "no telemetry would be a claim"
        assert filled.gpu == unread(calls.GET_METRIC_DATA)


def test_only_the_dimension_sets_are_read_when_only_they_are_wanted() -> None:
    cloud = Cloud(published=[published("i-1")])
    (declared,) = of(Instance, "gpu")[Instance]
    sets_only: dict[type[Resource], list[Metric]] = {Instance: [msgspec.structs.replace(declared, data=False)]}
    (filled,) = cloud.fill([instance("i-1", hardware=T4)], sets_only)
    assert need(filled.gpu_metrics) == (published("i-1"),)
    assert filled.gpu == unread(calls.GET_METRIC_DATA)
    assert cloud.asked == []


def test_two_statistics_of_a_metric_are_listed_once() -> None:
    (declared,) = of(Instance, "gpu")[Instance]
    mean = msgspec.structs.replace(declared, field="cpu", stat="Average", sets_field=None)
    cloud = Cloud(published=[published("i-1")])
    (filled,) = cloud.fill([instance("i-1", hardware=T4)], {Instance: [declared, mean]})
    assert len(cloud.listed) == len(cloud.asked) == 1
    assert (series(filled.gpu).stat, series(filled.cpu).stat) == ("Maximum", "Average")


# --- over real HTTP


def launch(emulator: Emulator, type: str, region: str = REGION) -> str:
    made = emulator.client("ec2", region).run_instances(ImageId="ami-12345678", InstanceType=type, MinCount=1, MaxCount=1)
    return str(made["Instances"][0]["InstanceId"])


def put(emulator: Emulator, what: str, value: float, hours_ago: int, dimensions: Mapping[str, str], region: str = REGION) -> None:
    """Publish a datapoint of ``AWS/EC2 CPUUtilization``."""
    namespace, _, name = what.partition(" ")
    moment = NOW.replace(minute=0, second=0) - timedelta(hours=hours_ago)
    data = {
        "MetricName": name,
        "Timestamp": moment,
        "Value": value,
        "Dimensions": [{"Name": key, "Value": one} for key, one in dimensions.items()],
    }
    emulator.client("cloudwatch", region).put_metric_data(Namespace=namespace, MetricData=[data])


def instances(emulator: Emulator, *members: object) -> dict[str, Instance]:
    return {i.id: i for i in scan(emulator, wanted=wants(*members), now=NOW).section(Instance, REGION).items}


def test_cpu_and_network_of_a_running_instance(emulator: Emulator) -> None:
    number = launch(emulator, "t3.micro")
    put(emulator, "AWS/EC2 CPUUtilization", 7.5, 5, {"InstanceId": number})
    put(emulator, "AWS/EC2 NetworkIn", 1000, 30, {"InstanceId": number})
    put(emulator, "AWS/EC2 NetworkIn", 234, 30, {"InstanceId": number})
    found = instances(emulator, Instance.cpu, Instance.network_in)[number]
    assert (series(found.cpu).present, series(found.cpu).values[-5]) == ((7.5,), 7.5)
    assert series(found.network_in).present == (1234.0,)
    assert (series(found.cpu).days, series(found.network_in).days) == (14, 14)
    assert found.network_out == unread(calls.GET_METRIC_DATA)


def test_a_metric_under_more_or_fewer_dimensions_is_another_metric(emulator: Emulator) -> None:
    """CloudWatch takes the exact set only: whoever asks for a subset finds nothing and calls everything idle."""
    number = launch(emulator, "t3.micro")
    put(emulator, "AWS/EC2 CPUUtilization", 99, 5, {"InstanceId": number, "InstanceType": "t3.micro"})
    put(emulator, "AWS/EC2 CPUUtilization", 98, 5, {"InstanceType": "t3.micro"})
    assert series(instances(emulator, Instance.cpu)[number].cpu).present == ()


def test_what_is_stopped_or_unattached_is_not_asked_about(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    number = launch(emulator, "g4dn.xlarge")
    ec2.stop_instances(InstanceIds=[number])
    ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")
    snapshot = scan(emulator, wanted=wants(Instance.cpu, Instance.gpu, Instance.gpu_metrics))
    (found,) = snapshot.section(Instance, REGION).items
    for fact in (found.cpu, found.gpu):
        assert fact == unread(calls.GET_METRIC_DATA)
    assert not [name for name in emulator.doorman.calls if name.startswith("cloudwatch.")]
    volumes = scan(emulator, wanted=wants(Volume.read_ops, Volume.write_ops)).section(Volume, REGION).items
    assert {need(v.state): isinstance(v.read_ops, Known) for v in volumes} == {"available": False, "in-use": True}


def test_gpu_telemetry_of_a_region_is_listed_once(emulator: Emulator) -> None:
    seen, silent, plain = (launch(emulator, type) for type in ("g4dn.xlarge", "g4dn.xlarge", "t3.micro"))
    put(emulator, "CWAgent nvidia_smi_utilization_gpu", 83, 20, published(seen))
    found = instances(emulator, Instance.gpu, Instance.gpu_metrics)
    assert need(found[seen].gpu_metrics) == (published(seen),)
    assert series(found[seen].gpu).present == (83.0,)
    assert series(found[seen].gpu).days == 7
    assert need(found[silent].gpu_metrics, found[silent].gpu) == ((), ())
    assert found[plain].gpu_metrics == unread(calls.LIST_METRICS)
    assert emulator.doorman.calls["cloudwatch.ListMetrics"] == 1
    assert emulator.doorman.calls["cloudwatch.GetMetricData"] == 1
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 1


def test_without_gpus_no_metrics_are_listed(emulator: Emulator) -> None:
    launch(emulator, "t3.micro")
    instances(emulator, Instance.gpu, Instance.gpu_metrics)
    assert not [name for name in emulator.doorman.calls if name.startswith("cloudwatch.")]


def test_denied_listing_is_not_the_absence_of_telemetry(emulator: Emulator) -> None:
    number = launch(emulator, "g4dn.xlarge")
    put(emulator, "CWAgent nvidia_smi_utilization_gpu", 83, 20, published(number))
    emulator.doorman.deny.add("cloudwatch.ListMetrics")
    found = instances(emulator, Instance.gpu, Instance.gpu_metrics, Instance.cpu)[number]
    denied = Unknown(Reason.DENIED, "cloudwatch.ListMetrics", "cloudwatch:ListMetrics")
    assert found.gpu == found.gpu_metrics == denied
    assert isinstance(found.cpu, Known)


def test_denied_data_is_not_idleness(emulator: Emulator) -> None:
    number = launch(emulator, "g4dn.xlarge")
    put(emulator, "CWAgent nvidia_smi_utilization_gpu", 83, 20, published(number))
    emulator.doorman.deny.add("cloudwatch.GetMetricData")
    found = instances(emulator, Instance.gpu, Instance.gpu_metrics, Instance.cpu)[number]
    denied = Unknown(Reason.DENIED, "cloudwatch.GetMetricData", "cloudwatch:GetMetricData")
    assert found.gpu == found.cpu == denied
    assert need(found.gpu_metrics) == (published(number),)


def test_each_region_is_asked_about_its_own(emulator: Emulator) -> None:
    here, there = launch(emulator, "t3.micro"), launch(emulator, "t3.micro", "eu-west-1")
    put(emulator, "AWS/EC2 CPUUtilization", 5, 5, {"InstanceId": here})
    put(emulator, "AWS/EC2 CPUUtilization", 50, 5, {"InstanceId": there}, "eu-west-1")
    regions = ("us-east-1", "eu-west-1", "ap-northeast-2")
    snapshot = scan(emulator, wanted=wants(Instance.cpu), regions=regions, now=NOW)
    found = {i.id: series(i.cpu).present for region in regions for i in snapshot.section(Instance, region).items}
    assert found == {here: (5.0,), there: (50.0,)}
    asked = {place: n for (name, place), n in emulator.doorman.regions.items() if name == "cloudwatch.GetMetricData"}
    assert asked == {"us-east-1": 1, "eu-west-1": 1}, "nothing runs in ap-northeast-2"


def test_without_metrics_nothing_is_asked(emulator: Emulator) -> None:
    launch(emulator, "g4dn.xlarge")
    snapshot = scan(emulator, wanted=wants(Instance.cpu, Instance.gpu), with_metrics=False)
    (found,) = snapshot.section(Instance, REGION).items
    assert found.cpu == unread(calls.GET_METRIC_DATA)
    assert not [name for name in emulator.doorman.calls if name.startswith("cloudwatch.")]


def test_only_so_many_answers_are_held_at_once(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    for _ in range(SERIES * 3):
        launch(emulator, "t3.micro")
    monkeypatch.setattr(cloudwatch, "QUERIES", 1)
    held = most = 0
    lock = threading.Lock()

    def slow(name: str) -> None:
        nonlocal held, most
        if name != "cloudwatch.GetMetricData":
            return
        with lock:
            held += 1
            most = max(most, held)
        time.sleep(0.05)
        with lock:
            held -= 1

    emulator.doorman.on_call = slow
    found = instances(emulator, Instance.cpu)
    assert len(found) == SERIES * 3
    assert all(isinstance(one.cpu, Known) for one in found.values())
    assert most == SERIES


def test_times_in_numbers_share_one_time_zone(emulator: Emulator) -> None:
    """The SDK gives each its own, which takes more memory than all the rest of an answer."""
    put(emulator, "AWS/EC2 CPUUtilization", 7.5, 5, {"InstanceId": "i-1"})
    client = connect(Target(endpoint_url=emulator.url), session()).client("cloudwatch", REGION)
    end = NOW.replace(minute=0, second=0)
    metric = {"Namespace": "AWS/EC2", "MetricName": "CPUUtilization", "Dimensions": [{"Name": "InstanceId", "Value": "i-1"}]}
    query = {"Id": "q0", "MetricStat": {"Metric": metric, "Period": HOUR, "Stat": "Average"}}
    answer = client.get_metric_data(MetricDataQueries=[query], StartTime=end - timedelta(days=1), EndTime=end)
    (moment,) = answer["MetricDataResults"][0]["Timestamps"]
    assert moment == end - timedelta(hours=5)
    assert moment.tzinfo is UTC
