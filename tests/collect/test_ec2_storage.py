"""Volumes, snapshots and images over real HTTP, and what AWS says of those of others."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from auditor.collect.ec2_storage import attachments
from auditor.collect.wanted import Wanted, by_rules
from auditor.engine.rule import Rule, rule
from auditor.model import calls, compute
from auditor.model.compute import Attachment, Image, Volume
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.resource import unread
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Confidence, Pillar, Severity, Verdict
from tests.collect.ec2_seed import ACCOUNT, LONG_AGO, REGION, launch, wants
from tests.collect.ec2_stubs import answer, answer_pages
from tests.collect.helpers import scan
from tests.emulator import Emulator


def test_volumes_come_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    made = ec2.create_volume(Size=10, AvailabilityZone="us-east-1a", VolumeType="gp3", Iops=4000, Throughput=250, Encrypted=True)
    instance = launch(emulator)
    volumes = scan(emulator, Volume, with_metrics=False).section(Volume, REGION).items
    free = next(v for v in volumes if v.id == made["VolumeId"])
    assert free.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/{free.id}"
    assert need(free.type, free.size_gib, free.iops, free.throughput) == ("gp3", 10, 4000, 250)
    assert need(free.state, free.encrypted, free.attachments) == ("available", True, ())
    assert need(free.snapshot) is None
    assert need(free.created).tzinfo is UTC
    (root,) = need(next(v for v in volumes if v.id != free.id).attachments)
    assert (root.instance, root.device) == (instance, "/dev/sda1")


def test_attachments_name_an_instance_or_a_managed_resource() -> None:
    task = "arn:aws:ecs:us-east-1:123456789012:task/1"
    raw = {
        "Attachments": [
            {"InstanceId": "i-2", "Device": "/dev/sdf", "DeleteOnTermination": True, "AttachTime": LONG_AGO, "State": "attached"},
            {"AssociatedResource": task, "InstanceOwningService": "fargate", "DeleteOnTermination": False, "State": "attached"},
            {"InstanceId": "i-1", "Device": "/dev/sdg", "State": "detached"},
        ]
    }
    assert attachments(raw) == (Attachment(task, "", False), Attachment("i-2", "/dev/sdf", True, LONG_AGO))


def own_snapshot(number: str, **more: Any) -> dict[str, Any]:
    return {
        "SnapshotId": number,
        "VolumeId": "vol-1",
        "VolumeSize": 8,
        "StartTime": LONG_AGO,
        "Encrypted": False,
        "OwnerId": ACCOUNT,
        "StorageTier": "standard",
        **more,
    }


def snapshots(snapshot: Snapshot) -> dict[str, compute.Snapshot]:
    return {s.id: s for s in snapshot.section(compute.Snapshot, REGION).items}


def test_a_snapshot_comes_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    volume = ec2.create_volume(Size=3, AvailabilityZone="us-east-1a")["VolumeId"]
    number = ec2.create_snapshot(VolumeId=volume)["SnapshotId"]
    found = snapshots(scan(emulator, compute.Snapshot))[number]
    assert found.arn == f"arn:aws:ec2:{REGION}::snapshot/{number}"
    assert need(found.volume, found.size_gib, found.encrypted, found.tier) == (volume, 3, False, "standard")
    assert need(found.created).tzinfo is UTC


def test_snapshots_of_others_are_filtered_here_too(emulator: Emulator) -> None:
    """An emulator (and whoever ignores OwnerIds) lists 1,300 foreign snapshots."""
    answer(emulator, "DescribeSnapshots", {"Snapshots": [own_snapshot("snap-1"), own_snapshot("snap-2", OwnerId="999999999999")]})
    section = scan(emulator, wanted=wants(compute.Snapshot.created)).section(compute.Snapshot, REGION)
    assert [s.id for s in section.items] == ["snap-1"]
    assert section.complete


def test_public_snapshots_are_a_list_of_their_own(emulator: Emulator) -> None:
    answer_pages(
        emulator,
        "DescribeSnapshots",
        {"Snapshots": [own_snapshot("snap-1"), own_snapshot("snap-2", VolumeId="vol-ffffffff")]},
        {"Snapshots": [own_snapshot("snap-2")]},
    )
    snapshot = scan(emulator, compute.Snapshot)
    assert {number: need(s.public) for number, s in snapshots(snapshot).items()} == {"snap-1": False, "snap-2": True}
    assert need(snapshots(snapshot)["snap-2"].volume) is None, "a copied snapshot names a volume that does not exist"
    assert sorted(c.of for c in snapshot.calls) == ["", "public"]


def test_public_is_only_asked_when_wanted_and_when_there_are_snapshots(emulator: Emulator) -> None:
    scan(emulator, compute.Snapshot)
    assert emulator.doorman.calls["ec2.DescribeSnapshots"] == 1
    answer(emulator, "DescribeSnapshots", {"Snapshots": [own_snapshot("snap-1")]})
    found = snapshots(scan(emulator, wanted=wants(compute.Snapshot.created)))
    assert found["snap-1"].public == unread(calls.DESCRIBE_SNAPSHOTS)
    assert emulator.doorman.calls["ec2.DescribeSnapshots"] == 1


def test_public_does_not_come_free_with_the_list() -> None:
    def nothing(_: compute.Snapshot, __: object) -> Iterator[Verdict]:
        return iter(())

    def reading(member: object) -> Wanted:
        made: Callable[[Any], Rule[compute.Snapshot]] = rule(
            over=compute.Snapshot,
            reads=(member,),
            pillar=Pillar.COST,
            severity=Severity.LOW,
            confidence=Confidence.LOW,
            since="0.1",
        )
        return by_rules([made(nothing)])

    assert reading(compute.Snapshot.created).field(compute.Snapshot.tags)
    assert not reading(compute.Snapshot.created).field(compute.Snapshot.public)
    assert reading(compute.Snapshot.public).field(compute.Snapshot.public)


def test_who_does_not_heed_the_owner_cannot_say_what_is_public(emulator: Emulator) -> None:
    both = {"Snapshots": [own_snapshot("snap-1"), own_snapshot("snap-2", OwnerId="999999999999")]}
    answer_pages(emulator, "DescribeSnapshots", both, both)
    found = snapshots(scan(emulator, compute.Snapshot))
    assert found["snap-1"].public == Unknown(Reason.UNSUPPORTED, "ec2.DescribeSnapshots", "ec2:DescribeSnapshots")


def test_a_public_list_that_breaks_off_still_tells_of_those_it_named(emulator: Emulator) -> None:
    pages: list[dict[str, Any]] = [
        {"Snapshots": [own_snapshot("snap-1"), own_snapshot("snap-2")]},
        {"Snapshots": [own_snapshot("snap-2")], "NextToken": "more"},
    ]

    def turn(operation: str) -> None:
        if operation != "ec2.DescribeSnapshots":
            return
        if pages:
            answer(emulator, "DescribeSnapshots", pages.pop(0))
        else:
            emulator.doorman.deny.add(operation)

    emulator.doorman.on_call = turn
    found = snapshots(scan(emulator, compute.Snapshot))
    assert found["snap-1"].public == Unknown(Reason.DENIED, "ec2.DescribeSnapshots", "ec2:DescribeSnapshots")
    assert found["snap-2"].public == Known(True)


def test_an_image_comes_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    number = ec2.create_image(InstanceId=launch(emulator), Name="gold 이미지")["ImageId"]
    raw = ec2.describe_images(ImageIds=[number])["Images"][0]
    (image,) = scan(emulator, Image).section(Image, REGION).items
    assert image.arn == f"arn:aws:ec2:{REGION}::image/{number}"
    assert need(image.image_name, image.public, image.deprecated) == ("gold 이미지", False, None)
    assert need(image.created) == datetime.fromisoformat(raw["CreationDate"])
    assert need(image.snapshots) == (raw["BlockDeviceMappings"][0]["Ebs"]["SnapshotId"],)


def test_a_deprecated_image_keeps_its_date_and_a_foreign_one_is_not_ours(emulator: Emulator) -> None:
    image = {"ImageId": "ami-1", "OwnerId": ACCOUNT, "Public": True, "DeprecationTime": "2026-05-01T00:00:00.000Z"}
    answer(emulator, "DescribeImages", {"Images": [image, {"ImageId": "ami-2", "OwnerId": "999999999999"}]})
    (found,) = scan(emulator, Image).section(Image, REGION).items
    assert need(found.public) is True
    assert need(found.deprecated) == datetime(2026, 5, 1, tzinfo=UTC)
    assert need(found.created) is None
    assert need(found.snapshots) == ()
