"""A snapshot takes along the prices that it can need, and is judged by them for ever."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from auditor.engine.cases import sample
from auditor.model.compute import Address, CapacityReservation, DedicatedHost, Instance, Volume
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.resource import GLOBAL, Resource
from auditor.model.s3 import Bucket
from auditor.model.sagemaker import ConfiguredVariant, EndpointConfig, NotebookInstance, StoredArtifact, TrainingJob
from auditor.model.snapshot import FORMAT, Header, Section, Snapshot
from auditor.money.book import Book, Table
from auditor.money.bundled import Bundled, blocks
from auditor.money.frozen import freeze, needs
from auditor.money.kinds import KINDS
from tests.money.made import price

REGION = "ap-northeast-2"


def snapshot(*resources: Resource) -> Snapshot:
    header = Header(
        format=1,
        tool="awsaudit",
        account_id="123456789012",
        partition="aws",
        caller="arn:aws:iam::123456789012:role/audit",
        taken_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        regions=(REGION,),
        kinds=(),
        fields=(),
    )
    sections: dict[tuple[str, str], Section[Resource]] = {}
    for resource in resources:
        kind = type(resource)
        place = (kind.KIND, resource.region if kind.REGIONAL else GLOBAL)
        held = sections[place].items if place in sections else ()
        sections[place] = Section(kind, place[1], (*held, resource))
    return Snapshot(header=header, sections=sections)


def test_what_each_kind_of_resource_can_need() -> None:
    def of(resource: Resource) -> set[tuple[str, str]]:
        places = set(needs(snapshot(resource)))
        assert {region for _, region, _ in places} <= {REGION}
        return {(kind, item) for kind, _, item in places}

    variants = (ConfiguredVariant("a", "m", "ml.g5.xlarge", 1), ConfiguredVariant("b", "m", serverless=True))
    assert of(sample(Instance, "i-1", type=Known("m4.large"))) == {
        (kind, item) for kind in ("ec2-hour", "ec2-spot-hour") for item in ("m4.large", "m5.large")
    }
    assert of(sample(Instance, "i-2", type=Unknown(Reason.DENIED, "x", "x"))) == set()
    assert ("ebs-storage", "gp3") in of(sample(Volume, "vol-1", type=Known("io2")))
    assert ("ebs-iops", "io2") in of(sample(Volume, "vol-1", type=Known("io2")))
    assert ("ebs-snapshot", "standard") in of(sample(Volume, "vol-1", type=Known("gp2")))
    assert of(sample(Address, "eip-1")) == {("ipv4-hour", "public")}
    assert of(sample(CapacityReservation, "cr-1", type=Known("p5.48xlarge"))) >= {("ec2-hour", "p5.48xlarge")}
    assert of(sample(DedicatedHost, "h-1", type=Known("m5.large"))) == {("ec2-host-hour", "m5")}
    assert of(sample(DedicatedHost, "h-2", type=Known(None))) == set()
    assert of(sample(EndpointConfig, "c", variants=Known(variants))) == {("sagemaker-hosting-hour", "ml.g5.xlarge")}
    assert of(sample(NotebookInstance, "n", type=Known("ml.t3.medium"))) == {("sagemaker-notebook-hour", "ml.t3.medium")}
    assert of(sample(TrainingJob, "t", type=Known(None))) == set()
    stored = Known(StoredArtifact(2**30, "STANDARD_IA"))
    assert of(sample(TrainingJob, "t", type=Known(None), stored_artifact=stored)) == {("s3-storage", "STANDARD_IA")}
    assert of(sample(TrainingJob, "t", type=Known(None), stored_artifact=Known(None))) == set()
    s3 = {(kind, item) for kind, block in blocks().items() if kind.startswith("s3-") for item in block.rows}
    assert of(sample(Bucket, "b")) == s3
    assert {kind for kind, _ in s3} == {kind for kind in KINDS if kind.startswith("s3-")}


def test_freezing_keeps_what_is_known_sorted_and_nothing_else() -> None:
    taken = snapshot(sample(Instance, "i-1", type=Known("m5.large")), sample(Instance, "i-2", type=Known("zz9.huge")))
    frozen = freeze(taken, Bundled())
    assert [(one.kind, one.item) for one in frozen.prices] == [("ec2-hour", "m5.large"), ("ec2-hour", "m6i.large")]
    assert frozen.header.format == FORMAT
    assert msgspec.structs.replace(frozen, prices=(), header=taken.header) == taken
    assert freeze(frozen, Bundled()) == frozen
    assert freeze(taken, Book(())).prices == ()


def test_a_price_that_stands_in_is_frozen_with_its_mark() -> None:
    book = Book((Table([price("m5.large", "0.096")]),), elsewhere="us-east-1")
    (one,) = freeze(snapshot(sample(Instance, "i-1", type=Known("m5.large"))), book).prices
    assert (one.region, one.elsewhere) == ("us-east-1", REGION)
