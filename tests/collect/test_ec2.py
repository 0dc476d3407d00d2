"""EC2 collectors over real HTTP, and AWS's documented shapes where the emulator cannot show them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from auditor.collect.door import Answer
from auditor.collect.ec2_hardware import accelerators, not_known
from auditor.collect.ec2_instances import public_ips, state_since
from auditor.collect.ec2_network import ranges
from auditor.collect.ec2_storage import attachments
from auditor.collect.wanted import Wanted, by_rules, everything, with_needs
from auditor.engine.rule import Rule, rule
from auditor.model import calls, compute
from auditor.model.compute import (
    Accelerators,
    Address,
    Attachment,
    CapacityReservation,
    DedicatedHost,
    Hardware,
    Image,
    Instance,
    IpRange,
    MetadataOptions,
    ReservedInstances,
    SecurityGroup,
    SpotRequest,
    Volume,
)
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.resource import Resource, field_ref, unread
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Confidence, Pillar, Severity, Verdict
from tests.collect.ec2_stubs import answer, answer_pages, refuse
from tests.collect.helpers import scan
from tests.emulator import Emulator

REGION = "us-east-1"
ACCOUNT = "123456789012"
LONG_AGO = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def launch(emulator: Emulator, type: str = "t3.micro", region: str = REGION, **more: Any) -> str:
    ec2 = emulator.client("ec2", region)
    made = ec2.run_instances(ImageId="ami-12345678", InstanceType=type, MinCount=1, MaxCount=1, **more)
    return str(made["Instances"][0]["InstanceId"])


def wants(*members: object) -> Wanted:
    """These fields, with what reading them takes."""
    refs = [field_ref(member) for member in members]
    return Wanted(frozenset(ref.kind for ref in refs), with_needs(refs))


def the_instance(snapshot: Snapshot) -> Instance:
    (instance,) = snapshot.section(Instance, REGION).items
    return instance


def asked(snapshot: Snapshot) -> Counter[tuple[str, str, str, str]]:
    return Counter((c.service, c.operation, c.region, c.of) for c in snapshot.calls)


# --- instances


def test_an_instance_comes_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    launch(
        emulator,
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "팀", "Value": "<b>머신러닝</b>"}, {"Key": "Name", "Value": "web"}]}
        ],
        MetadataOptions={"HttpTokens": "required", "HttpEndpoint": "enabled", "HttpPutResponseHopLimit": 2},
    )
    raw = ec2.describe_instances()["Reservations"][0]["Instances"][0]
    instance = the_instance(scan(emulator, Instance, with_metrics=False))
    assert instance.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{raw['InstanceId']}"
    assert (instance.id, instance.region, instance.name) == (raw["InstanceId"], REGION, "web")
    assert need(instance.type) == "t3.micro"
    assert need(instance.state) == "running"
    assert need(instance.state_since) is None
    assert need(instance.launched) == raw["LaunchTime"]
    assert need(instance.launched).tzinfo is UTC, "whatever the zone of the machine that scans"
    assert need(instance.lifecycle) == "on-demand"
    assert need(instance.tenancy) == "default"
    assert need(instance.zone) == raw["Placement"]["AvailabilityZone"]
    assert need(instance.vpc) == raw["VpcId"]
    assert need(instance.subnet) == raw["SubnetId"]
    assert need(instance.metadata) == MetadataOptions("required", "enabled", 2)
    assert need(instance.profile) is None
    assert need(instance.security_groups) == tuple(sorted(g["GroupId"] for g in raw["NetworkInterfaces"][0]["Groups"]))
    assert need(instance.public_ips) == (raw["PublicIpAddress"],)
    assert need(instance.volumes) == tuple(m["Ebs"]["VolumeId"] for m in raw["BlockDeviceMappings"])
    assert need(instance.image) == "ami-12345678"
    assert need(instance.detailed_monitoring) is False
    assert need(instance.tags) == {"Name": "web", "팀": "<b>머신러닝</b>"}
    assert list(need(instance.tags)) == ["Name", "팀"]


def test_a_stopped_instance_says_since_when_and_a_terminated_one_is_nothing(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    stopped, terminated = launch(emulator), launch(emulator)
    ec2.stop_instances(InstanceIds=[stopped])
    ec2.terminate_instances(InstanceIds=[terminated])
    instance = the_instance(scan(emulator, Instance, with_metrics=False))
    assert instance.id == stopped
    assert need(instance.state) == "stopped"
    since = need(instance.state_since)
    assert since is not None
    assert abs(since - datetime.now(UTC)) < timedelta(minutes=2)


@pytest.mark.parametrize(
    ("state", "reason", "since"),
    [
        ("stopped", "User initiated (2026-11-22 13:31:41 UTC)", datetime(2026, 11, 22, 13, 31, 41, tzinfo=UTC)),
        ("stopped", "User initiated (2026-11-22 13:31:41 GMT)", datetime(2026, 11, 22, 13, 31, 41, tzinfo=UTC)),
        ("stopping", "Server.SpotInstanceShutdown: Spot (2026-01-02 03:04:05 GMT)", datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)),
        ("running", "User initiated (2026-11-22 13:31:41 UTC)", None),
        ("stopped", "User initiated", None),
        ("stopped", "", None),
        ("stopped", None, None),
    ],
)
def test_since_when_it_is_stopped_is_read_from_words(state: str, reason: str | None, since: datetime | None) -> None:
    assert state_since({"State": {"Name": state}, "StateTransitionReason": reason}) == since


def test_a_date_that_does_not_exist_is_unknown_not_a_crash() -> None:
    entry = Answer(
        calls.DESCRIBE_INSTANCES, Known({"State": {"Name": "stopped"}, "StateTransitionReason": "(2026-13-45 99:99:99 UTC)"})
    )
    assert entry.take(state_since) == Unknown(Reason.ERROR, "ec2.DescribeInstances", "ec2:DescribeInstances")


def test_public_addresses_are_those_of_all_interfaces() -> None:
    raw = {
        "PublicIpAddress": "198.51.100.7",
        "NetworkInterfaces": [
            {"Association": {"PublicIp": "198.51.100.7"}, "Ipv6Addresses": [{"Ipv6Address": "2600:1f18:1:2::3"}]},
            {
                "PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.9", "Association": {"PublicIp": "198.51.100.9"}}, {}],
                "Ipv6Addresses": [{"Ipv6Address": "fd00:ec2::254"}, {"Ipv6Address": "fe80::1"}],
            },
        ],
    }
    assert public_ips(raw) == ("198.51.100.7", "198.51.100.9", "2600:1f18:1:2::3")
    assert public_ips({"NetworkInterfaces": []}) == ()
    with pytest.raises(KeyError):
        public_ips({})


def test_an_answer_without_a_value_is_no_data_never_a_default(emulator: Emulator) -> None:
    answer(emulator, "DescribeInstances", {"Reservations": [{"Instances": [{"InstanceId": "i-1", "InstanceType": "t3.micro"}]}]})
    instance = the_instance(scan(emulator, Instance, with_metrics=False))
    silent = Unknown(Reason.NO_DATA, "ec2.DescribeInstances", "ec2:DescribeInstances")
    for fact in (
        instance.state,
        instance.metadata,
        instance.tenancy,
        instance.launched,
        instance.detailed_monitoring,
        instance.zone,
    ):
        assert fact == silent
    assert need(instance.lifecycle) == "on-demand"


def test_instances_come_in_pages_and_each_page_is_told_apart(emulator: Emulator) -> None:
    def page(number: str, **more: str) -> dict[str, Any]:
        return {"Reservations": [{"Instances": [{"InstanceId": number, "InstanceType": "t3.micro"}]}], **more}

    answer_pages(emulator, "DescribeInstances", page("i-1", NextToken="more"), page("i-2", NextToken="again"), page("i-3"))
    snapshot = scan(emulator, Instance, with_metrics=False)
    assert [i.id for i in snapshot.section(Instance, REGION).items] == ["i-1", "i-2", "i-3"]
    assert max(asked(snapshot).values()) == 1
    assert [c.of for c in snapshot.calls if c.operation == "DescribeInstances"] == ["", "#2", "#3"]


def test_denied_instances_are_not_an_empty_region(emulator: Emulator) -> None:
    launch(emulator)
    emulator.doorman.deny.add("ec2.DescribeInstances")
    section = scan(emulator, Instance).section(Instance, REGION)
    assert section.missing == (Unknown(Reason.DENIED, "ec2.DescribeInstances", "ec2:DescribeInstances"),)
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 0, "there is nothing to ask about"


# --- hardware


def test_hardware_is_asked_once_for_the_types_in_use(emulator: Emulator) -> None:
    for type in ("g4dn.xlarge", "t3.micro", "t3.micro"):
        launch(emulator, type)
    gone = launch(emulator, "m5.large")
    emulator.client("ec2").terminate_instances(InstanceIds=[gone])
    snapshot = scan(emulator, wanted=wants(Instance.hardware))
    found = {need(i.type): need(i.hardware) for i in snapshot.section(Instance, REGION).items}
    t4 = Accelerators("gpu", "NVIDIA", "T4", 1, 16384)
    assert found["g4dn.xlarge"] == Hardware(
        type="g4dn.xlarge", offered=True, current_generation=True, vcpus=4, memory_mib=16384, accelerators=(t4,)
    )
    assert found["g4dn.xlarge"].nvidia_gpus == 1
    assert found["t3.micro"].accelerators == ()
    assert set(found) == {"g4dn.xlarge", "t3.micro"}
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 1


def test_hardware_is_not_asked_when_no_rule_reads_it(emulator: Emulator) -> None:
    launch(emulator)
    instance = the_instance(scan(emulator, wanted=wants(Instance.state)))
    assert instance.hardware == unread(calls.DESCRIBE_INSTANCE_TYPES)
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 0


@pytest.mark.parametrize("retired", [("p2.xlarge",), ("p2.xlarge", "g3.4xlarge")])
def test_a_retired_type_does_not_hide_the_others(emulator: Emulator, retired: tuple[str, ...]) -> None:
    for type in ("t3.micro", *retired):
        launch(emulator, type)
    snapshot = scan(emulator, wanted=wants(Instance.hardware))
    found = {need(i.type): need(i.hardware) for i in snapshot.section(Instance, REGION).items}
    assert found["t3.micro"].offered
    for type in retired:
        assert found[type] == Hardware(type=type, offered=False)
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 2
    assert max(asked(snapshot).values()) == 1, "the second call asks something else"


def test_when_all_types_are_retired_nothing_is_asked_again(emulator: Emulator) -> None:
    launch(emulator, "p2.xlarge")
    instance = the_instance(scan(emulator, wanted=wants(Instance.hardware)))
    assert need(instance.hardware).offered is False
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 1


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("InvalidInstanceType", "nothing that we understand"),
        ("InvalidInstanceType", "The following supplied instance types do not exist: [x1.none]"),
        ("InvalidInstanceType.NotFound", "no such type"),
        ("InvalidParameterValue", "The following supplied instance types do not exist: [t3.micro]"),
    ],
)
def test_a_refusal_that_names_no_type_of_ours_is_unknown(emulator: Emulator, code: str, message: str) -> None:
    launch(emulator)
    refuse(emulator, "DescribeInstanceTypes", code, message)
    snapshot = scan(emulator, wanted=wants(Instance.hardware))
    assert the_instance(snapshot).hardware == Unknown(Reason.ERROR, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")
    assert emulator.doorman.calls["ec2.DescribeInstanceTypes"] == 1
    assert snapshot.gaps == (), "the type may be gone, the instance is not"


def test_denied_hardware_is_unknown(emulator: Emulator) -> None:
    launch(emulator)
    emulator.doorman.deny.add("ec2.DescribeInstanceTypes")
    instance = the_instance(scan(emulator, Instance))
    assert instance.hardware == Unknown(Reason.DENIED, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")


def test_a_type_that_the_answer_leaves_out_is_no_data(emulator: Emulator) -> None:
    launch(emulator)
    answer(emulator, "DescribeInstanceTypes", {"InstanceTypes": []})
    instance = the_instance(scan(emulator, wanted=wants(Instance.hardware)))
    assert instance.hardware == Unknown(Reason.NO_DATA, "ec2.DescribeInstanceTypes", "ec2:DescribeInstanceTypes")


def test_types_are_asked_for_a_hundred_at_a_time(emulator: Emulator) -> None:
    types = [f"m9.size{number:03}" for number in range(201)]
    instances = [{"InstanceId": f"i-{type}", "InstanceType": type, "State": {"Name": "running"}} for type in types]
    answer(emulator, "DescribeInstances", {"Reservations": [{"Instances": instances}]})
    answer(emulator, "DescribeInstanceTypes", {"InstanceTypes": [{"InstanceType": t, "CurrentGeneration": True} for t in types]})
    snapshot = scan(emulator, wanted=wants(Instance.hardware))
    assert [need(i.hardware).type for i in snapshot.section(Instance, REGION).items] == types
    assert [c.of for c in snapshot.calls if c.operation == "DescribeInstanceTypes"] == ["batch 1", "batch 2", "batch 3"]


def test_only_types_that_were_asked_for_are_taken_from_a_message() -> None:
    refused = Answer(
        calls.DESCRIBE_INSTANCE_TYPES,
        unread(calls.DESCRIBE_INSTANCE_TYPES),
        "InvalidInstanceType",
        "The following supplied instance types do not exist: [g3.4xlarge, p2.xlarge] [][a,b",
    )
    assert not_known(refused, ("p2.xlarge", "t3.micro")) == {"p2.xlarge"}


def test_every_kind_of_accelerator_is_seen_and_inferentia_once() -> None:
    raw = {
        "GpuInfo": {"Gpus": [{"Name": "A10G", "Manufacturer": "NVIDIA", "Count": 4, "MemoryInfo": {"SizeInMiB": 22888}}]},
        "NeuronInfo": {"NeuronDevices": [{"Name": "Inferentia2", "Count": 1, "MemoryInfo": {"SizeInMiB": 32768}}]},
        "InferenceAcceleratorInfo": {
            "Accelerators": [
                {"Name": "Inferentia2", "Manufacturer": "AWS", "Count": 1},
                {"Name": "other", "Manufacturer": "X", "Count": 2},
            ]
        },
        "FpgaInfo": {"Fpgas": [{"Name": "VU9P", "Manufacturer": "Xilinx", "Count": 1, "MemoryInfo": {"SizeInMiB": 65536}}]},
        "MediaAcceleratorInfo": {
            "Accelerators": [{"Name": "U30", "Manufacturer": "Xilinx", "Count": 2, "MemoryInfo": {"SizeInMiB": 24}}]
        },
    }
    assert accelerators(raw) == (
        Accelerators("gpu", "NVIDIA", "A10G", 4, 22888),
        Accelerators("neuron", "AWS", "Inferentia2", 1, 32768),
        Accelerators("inference", "X", "other", 2),
        Accelerators("fpga", "Xilinx", "VU9P", 1, 65536),
        Accelerators("media", "Xilinx", "U30", 2, 24),
    )
    assert accelerators({}) == ()


# --- volumes, snapshots and images


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


# --- addresses and security groups


def test_addresses_come_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    free, used = ec2.allocate_address(Domain="vpc"), ec2.allocate_address(Domain="vpc")
    instance = launch(emulator)
    association = ec2.associate_address(AllocationId=used["AllocationId"], InstanceId=instance)["AssociationId"]
    found = {a.id: a for a in scan(emulator, Address).section(Address, REGION).items}
    unused = found[free["AllocationId"]]
    assert unused.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:elastic-ip/{unused.id}"
    assert need(unused.public_ip, unused.association, unused.instance) == (free["PublicIp"], None, None)
    taken = found[used["AllocationId"]]
    assert need(taken.association, taken.instance) == (association, instance)


def test_security_groups_come_through(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    group = ec2.create_security_group(GroupName="web", Description="web")["GroupId"]
    ec2.authorize_security_group_ingress(
        GroupId=group,
        IpPermissions=[
            {
                "IpProtocol": "tcp",
                "FromPort": 22,
                "ToPort": 22,
                "IpRanges": [{"CidrIp": "0.0.0.0/0"}, {"CidrIp": "10.0.0.0/8"}],
                "Ipv6Ranges": [{"CidrIpv6": "::/0"}],
                "UserIdGroupPairs": [{"GroupId": group}],
            }
        ],
    )
    found = {g.id: g for g in scan(emulator, SecurityGroup).section(SecurityGroup, REGION).items}
    assert found[group].arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/{group}"
    assert need(found[group].group_name) == "web"
    assert need(found[group].ingress) == tuple(
        IpRange("tcp", 22, 22, source) for source in sorted(("0.0.0.0/0", "10.0.0.0/8", "::/0", group))
    )
    assert need(found[group].egress) == (IpRange("-1", None, None, "0.0.0.0/0"),)


def test_every_kind_of_source_becomes_a_range() -> None:
    permissions = [
        {"IpProtocol": "icmp", "FromPort": -1, "ToPort": -1, "PrefixListIds": [{"PrefixListId": "pl-1"}]},
        {"IpProtocol": "-1", "UserIdGroupPairs": [{"GroupName": "classic"}], "IpRanges": [{"CidrIp": "192.0.2.0/24"}]},
    ]
    with pytest.raises(ValueError, match="without a source"):
        ranges([*permissions, {"IpProtocol": "tcp", "FromPort": 80, "ToPort": 80}])
    assert ranges(permissions) == (
        IpRange("-1", None, None, "192.0.2.0/24"),
        IpRange("-1", None, None, "classic"),
        IpRange("icmp", -1, -1, "pl-1"),
    )


def test_a_shared_security_group_names_its_owner(emulator: Emulator) -> None:
    shared: dict[str, Any] = {
        "GroupId": "sg-1",
        "GroupName": "shared",
        "OwnerId": "999999999999",
        "IpPermissions": [],
        "IpPermissionsEgress": [],
    }
    answer(emulator, "DescribeSecurityGroups", {"SecurityGroups": [shared]})
    (found,) = scan(emulator, SecurityGroup).section(SecurityGroup, REGION).items
    assert found.arn == f"arn:aws:ec2:{REGION}:999999999999:security-group/sg-1"


# --- capacity


def test_reserved_instances_in_aws_shape(emulator: Emulator) -> None:
    end = LONG_AGO + timedelta(days=365)
    reserved = {
        "ReservedInstancesId": "r-1",
        "InstanceType": "m5.large",
        "InstanceCount": 3,
        "State": "active",
        "Start": LONG_AGO,
        "End": end,
        "OfferingType": "No Upfront",
    }
    answer(emulator, "DescribeReservedInstances", {"ReservedInstances": [reserved]})
    (found,) = scan(emulator, ReservedInstances).section(ReservedInstances, REGION).items
    assert found.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:reserved-instances/r-1"
    assert need(found.type, found.count, found.state, found.offering_type) == ("m5.large", 3, "active", "No Upfront")
    assert need(found.start, found.end) == (LONG_AGO, end)


def test_hosts_in_aws_shape(emulator: Emulator) -> None:
    host = {"State": "available", "AllocationTime": LONG_AGO, "AvailabilityZone": "us-east-1a", "OwnerId": ACCOUNT}
    answer(
        emulator,
        "DescribeHosts",
        {
            "Hosts": [
                {**host, "HostId": "h-1", "HostProperties": {"InstanceType": "m5.large"}, "Instances": []},
                {**host, "HostId": "h-2", "HostProperties": {"InstanceFamily": "m5"}, "Instances": [{"InstanceId": "i-1"}]},
                {**host, "HostId": "h-3", "OwnerId": "999999999999"},
            ]
        },
    )
    empty, busy = scan(emulator, DedicatedHost).section(DedicatedHost, REGION).items
    assert empty.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:dedicated-host/h-1"
    assert need(empty.state, empty.type, empty.instances, empty.allocated) == ("available", "m5.large", (), LONG_AGO)
    assert need(busy.type, busy.instances) == (None, ("i-1",))


def test_a_host_that_does_not_say_what_runs_on_it_is_not_empty(emulator: Emulator) -> None:
    """The emulator leaves the list out."""
    emulator.client("ec2").allocate_hosts(AvailabilityZone="us-east-1a", InstanceType="m5.large", Quantity=1)
    (host,) = scan(emulator, DedicatedHost).section(DedicatedHost, REGION).items
    assert need(host.state, host.type) == ("available", "m5.large")
    assert host.instances == Unknown(Reason.NO_DATA, "ec2.DescribeHosts", "ec2:DescribeHosts")


def test_capacity_reservations_in_aws_shape(emulator: Emulator) -> None:
    reservation = {
        "CapacityReservationId": "cr-1",
        "OwnerId": ACCOUNT,
        "InstanceType": "p5.48xlarge",
        "State": "active",
        "InstancePlatform": "Linux/UNIX",
        "Tenancy": "default",
        "TotalInstanceCount": 4,
        "AvailableInstanceCount": 3,
        "AvailabilityZone": "us-east-1a",
        "CreateDate": LONG_AGO,
        "Tags": [{"Key": "team", "Value": "vision"}],
    }
    foreign = {**reservation, "CapacityReservationId": "cr-2", "OwnerId": "999999999999"}
    answer(emulator, "DescribeCapacityReservations", {"CapacityReservations": [reservation, foreign]})
    (found,) = scan(emulator, CapacityReservation).section(CapacityReservation, REGION).items
    assert found.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:capacity-reservation/cr-1"
    assert need(found.type, found.state, found.total, found.available) == ("p5.48xlarge", "active", 4, 3)
    assert need(found.platform, found.tenancy) == ("Linux/UNIX", "default")
    assert need(found.created, found.ends, found.tags) == (LONG_AGO, None, {"team": "vision"})


def test_what_a_machine_runs_in_aws_shape(emulator: Emulator) -> None:
    """The emulator leaves the platform out, and AWS's silence would be no data."""
    launch(emulator)
    raw = emulator.client("ec2").describe_instances()["Reservations"]
    silent = the_instance(scan(emulator, Instance, with_metrics=False)).platform
    assert silent == Unknown(Reason.NO_DATA, "ec2.DescribeInstances", "ec2:DescribeInstances")
    raw[0]["Instances"][0]["PlatformDetails"] = "Windows with SQL Server Standard"
    answer(emulator, "DescribeInstances", {"Reservations": raw})
    assert need(the_instance(scan(emulator, Instance, with_metrics=False)).platform) == "Windows with SQL Server Standard"


def test_spot_requests_come_through(emulator: Emulator) -> None:
    made = emulator.client("ec2").request_spot_instances(
        InstanceCount=1, SpotPrice="0.5", LaunchSpecification={"ImageId": "ami-12345678", "InstanceType": "t3.micro"}
    )["SpotInstanceRequests"][0]
    snapshot = scan(emulator, SpotRequest, Instance, with_metrics=False)
    (request,) = snapshot.section(SpotRequest, REGION).items
    assert request.arn == f"arn:aws:ec2:{REGION}:{ACCOUNT}:spot-instances-request/{made['SpotInstanceRequestId']}"
    assert need(request.state, request.type, request.status) == ("active", "t3.micro", "fulfilled")
    instance = the_instance(snapshot)
    assert need(request.instance) == instance.id
    assert need(instance.lifecycle) == "spot"


# --- all kinds together

KINDS: tuple[tuple[type[Resource], str], ...] = (
    (Instance, "DescribeInstances"),
    (Volume, "DescribeVolumes"),
    (compute.Snapshot, "DescribeSnapshots"),
    (Address, "DescribeAddresses"),
    (SecurityGroup, "DescribeSecurityGroups"),
    (Image, "DescribeImages"),
    (ReservedInstances, "DescribeReservedInstances"),
    (DedicatedHost, "DescribeHosts"),
    (CapacityReservation, "DescribeCapacityReservations"),
    (SpotRequest, "DescribeSpotInstanceRequests"),
)


@pytest.mark.parametrize(("kind", "operation"), KINDS, ids=lambda value: getattr(value, "__name__", value))
def test_a_denied_list_is_unknown(emulator: Emulator, kind: type[Resource], operation: str) -> None:
    emulator.doorman.deny.add("ec2.*")
    section = scan(emulator, kind).section(kind, REGION)
    assert section.items == ()
    assert section.missing == (Unknown(Reason.DENIED, f"ec2.{operation}", f"ec2:{operation}"),)


@pytest.mark.parametrize(("kind", "operation"), KINDS, ids=lambda value: getattr(value, "__name__", value))
def test_only_what_is_wanted_is_listed(emulator: Emulator, kind: type[Resource], operation: str) -> None:
    scan(emulator, kind)
    called = {name for name in emulator.doorman.calls if name.startswith("ec2.")}
    assert called == {f"ec2.{operation}"}


def test_nothing_is_asked_twice_and_nothing_by_resource(emulator: Emulator) -> None:
    for type in ("g4dn.xlarge", "t3.micro", "t3.micro", "p2.xlarge"):
        launch(emulator, type)
    ec2 = emulator.client("ec2")
    for _ in range(3):
        ec2.create_snapshot(VolumeId=ec2.create_volume(Size=1, AvailabilityZone="us-east-1a")["VolumeId"])
    snapshot = scan(emulator, *(kind for kind, _ in KINDS))
    assert max(asked(snapshot).values()) == 1
    listed = {operation: 1 for _, operation in KINDS}
    # Snapshots once more for the public ones, types once more without the retired one.
    expected = listed | {"DescribeSnapshots": 2, "DescribeInstanceTypes": 2}
    assert {name.removeprefix("ec2."): n for name, n in emulator.doorman.calls.items() if name.startswith("ec2.")} == expected


def test_gpu_metrics_take_the_hardware_with_them() -> None:
    assert wants(Instance.gpu_metrics).field(Instance.hardware)
    assert calls.DESCRIBE_INSTANCE_TYPES in wants(Instance.gpu).calls()
    assert not wants(Instance.cpu).field(Instance.hardware)
    assert everything().field(Instance.hardware)
