"""EC2 and EBS of the emulated account."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from auditor.demo import seed_vpc
from auditor.demo.seed_vpc import Place
from auditor.demo.site import TEAM, Site, tags

HOSTILE = "<script>alert(1)</script>"
"""EC2 lets tags hold any text, so whoever may tag an instance writes into every report about it."""
OPEN_GROUP, INNER_GROUP, CLOSED_GROUP = "ssh-from-anywhere", "ml-internal", "ml-private default"
SHARE_GROUP = "labeling-share"
MB = 1e6


class Load(msgspec.Struct, frozen=True):
    """How busy a machine is: percent of CPU, bytes of network a day, percent of each GPU (empty: nothing is published)."""

    cpu: float
    network: float
    gpus: tuple[float, ...] = ()


class Machine(msgspec.Struct, frozen=True, kw_only=True):
    """An instance. ``started`` and ``stopped`` are days ago."""

    name: str
    type: str
    started: float
    load: Load
    stopped: float | None = None
    team: str = "머신러닝"
    imdsv1: bool = False
    public: bool = False
    spot: bool = False
    role: bool = False
    """It carries the role ``ec2-training``."""


class Disk(msgspec.Struct, frozen=True, kw_only=True):
    """A volume beside the root volumes. ``on`` names a machine; ``operations`` are reads, and as many writes, a day."""

    name: str
    made: float
    size: int
    type: str = "gp3"
    encrypted: bool = True
    on: str = ""
    operations: float = 0


BUSY = Load(38, 900 * MB)

MACHINES = (
    Machine(name="train-llm-01", type="g6.12xlarge", started=31, load=Load(3, 2 * MB, (0.4, 0.2, 0.0, 0.3))),
    Machine(name="train-vision-02", type="g6.2xlarge", started=12, load=Load(41, 5200 * MB, (88.0,)), role=True),
    Machine(name="labeling-gpu", type="g4dn.xlarge", started=52, load=Load(7, 60 * MB), team="리서치", imdsv1=True),
    Machine(name="feature-store-api", type="m7i.large", started=75, load=BUSY, team="데이터플랫폼"),
    Machine(name="etl-scheduler", type="m7i.xlarge", started=160, load=Load(1.1, 0.8 * MB), team="데이터플랫폼", imdsv1=True),
    Machine(name="old-dashboard", type="m4.large", started=540, load=Load(22, 80 * MB), team="플랫폼", imdsv1=True),
    Machine(name="bastion", type="t3.micro", started=220, load=Load(9, 40 * MB), team="플랫폼", public=True),
    Machine(name="demo-frontend", type="t3.small", started=35, load=Load(18, 300 * MB), team="플랫폼", public=True),
    Machine(name="experiment-bert", type="p2.xlarge", started=400, stopped=121, load=BUSY, team="리서치"),
    Machine(name="weekend-batch", type="c6i.2xlarge", started=90, stopped=3, load=BUSY),
    Machine(name="hpo-worker", type="c6i.xlarge", started=2, load=Load(93, 700 * MB), spot=True),
    Machine(name=HOSTILE, type="t3.micro", started=1, load=Load(12, 9 * MB), team="실험 'sandbox'", imdsv1=True),
)

DISKS = (
    Disk(name="feature-store-data", made=75, size=500, on="feature-store-api", operations=41_000),
    Disk(name="feature-store-scratch", made=75, size=1000, on="feature-store-api"),
    Disk(name="bert-datasets", made=399, size=2000, type="gp2", encrypted=False),
    Disk(name="hpo-scratch-new", made=4, size=200),
)

HOSTS: Mapping[str, bool] = {"licensed-db": True, "licensed-db-standby": False}
"""Dedicated hosts, and whether an instance is on them."""


def seed(site: Site) -> None:
    """Everything of EC2, each as old as its table says."""
    ec2, clock = site.client("ec2"), site.clock
    clock.ago(900)
    places = seed_vpc.seed(site)
    groups = _groups(ec2, places)
    subnets = {public: place.subnet for public, place in places.items()}
    image = _register(ec2, "ml-base-2024")
    ids = {machine.name: add_machine(site, machine, image, subnets, groups) for machine in MACHINES}
    disks = {disk.name: add_disk(site, disk, ids) for disk in DISKS}
    _images_and_snapshots(site, disks["bert-datasets"])
    _addresses(site, ids["demo-frontend"])
    clock.ago(60)
    for name in HOSTS:
        ec2.allocate_hosts(
            AvailabilityZone=f"{site.region}a",
            InstanceType="r5.4xlarge",
            Quantity=1,
            TagSpecifications=_named("dedicated-host", name),
        )


def _named(resource: str, name: str, **more: str) -> list[Mapping[str, Any]]:
    return [{"ResourceType": resource, "Tags": tags(name, **more)}]


def _groups(ec2: Any, places: Mapping[bool, Place]) -> Mapping[bool, str]:
    """The security groups of public (true) and inner (false) machines, and one that shares files with the world."""
    groups = {
        True: _group(ec2, OPEN_GROUP, "SSH for support", places[True].vpc),
        False: _group(ec2, INNER_GROUP, "Inside the VPC", places[False].vpc),
    }
    for public_too, port, source in ((True, 22, "0.0.0.0/0"), (True, 443, "0.0.0.0/0"), (False, 443, "10.20.0.0/16")):
        ec2.authorize_security_group_ingress(GroupId=groups[public_too], IpPermissions=[_permission(port, source)])
    shares = _group(ec2, SHARE_GROUP, "File shares for labeling", places[False].vpc)
    ec2.authorize_security_group_ingress(GroupId=shares, IpPermissions=[_permission(445, "0.0.0.0/0")])
    _close_default_group(ec2, places[False].vpc)
    return groups


def _group(ec2: Any, name: str, description: str, vpc: str) -> str:
    named = _named("security-group", name)
    return str(ec2.create_security_group(GroupName=name, Description=description, VpcId=vpc, TagSpecifications=named)["GroupId"])


def _permission(port: int, source: str) -> Mapping[str, Any]:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": [{"CidrIp": source}]}


def _close_default_group(ec2: Any, vpc: str) -> None:
    asked = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "group-name", "Values": ["default"]}]
    group = ec2.describe_security_groups(Filters=asked)["SecurityGroups"][0]
    ec2.create_tags(Resources=[group["GroupId"]], Tags=tags(CLOSED_GROUP))
    if group["IpPermissions"]:
        ec2.revoke_security_group_ingress(GroupId=group["GroupId"], IpPermissions=group["IpPermissions"])
    if group["IpPermissionsEgress"]:
        ec2.revoke_security_group_egress(GroupId=group["GroupId"], IpPermissions=group["IpPermissionsEgress"])


def _register(ec2: Any, name: str) -> str:
    device = {"DeviceName": "/dev/xvda", "Ebs": {"VolumeSize": 40, "VolumeType": "gp3"}}
    image = ec2.register_image(Name=name, RootDeviceName="/dev/xvda", BlockDeviceMappings=[device], Architecture="x86_64")
    number = str(image["ImageId"])
    made_of = ec2.describe_images(ImageIds=[number])["Images"][0]["BlockDeviceMappings"]
    snapshots = [mapping["Ebs"]["SnapshotId"] for mapping in made_of if mapping["Ebs"].get("SnapshotId")]
    ec2.create_tags(Resources=[number, *snapshots], Tags=tags(name))
    return number


def add_machine(site: Site, machine: Machine, image: str, subnets: Mapping[bool, str], groups: Mapping[bool, str]) -> str:
    """An instance with all that the table says: its id."""
    ec2, clock = site.client("ec2"), site.clock
    clock.ago(machine.started)
    market = {"InstanceMarketOptions": {"MarketType": "spot"}} if machine.spot else {}
    made = ec2.run_instances(
        ImageId=image,
        InstanceType=machine.type,
        MinCount=1,
        MaxCount=1,
        **({"IamInstanceProfile": {"Name": "ec2-training"}} if machine.role else {}),
        SubnetId=subnets[machine.public],
        SecurityGroupIds=[groups[machine.public]] if machine.name != "demo-frontend" else [_web_group(ec2, subnets[True])],
        MetadataOptions={"HttpTokens": "optional" if machine.imdsv1 else "required", "HttpEndpoint": "enabled"},
        BlockDeviceMappings=[
            {
                "DeviceName": "/dev/xvda",
                "Ebs": {"VolumeSize": 40, "VolumeType": "gp3", "Encrypted": True, "DeleteOnTermination": True},
            }
        ],
        TagSpecifications=[
            *_named("instance", machine.name, **{TEAM: machine.team}),
            *_named("volume", f"{machine.name} root", **{TEAM: machine.team}),
        ],
        **market,
    )
    number = str(made["Instances"][0]["InstanceId"])
    if machine.stopped is not None:
        clock.ago(machine.stopped)
        ec2.stop_instances(InstanceIds=[number])
    return number


def _web_group(ec2: Any, subnet: str) -> str:
    vpc = ec2.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["VpcId"]
    group = _group(ec2, "web", "HTTPS for everyone", vpc)
    ec2.authorize_security_group_ingress(GroupId=group, IpPermissions=[_permission(443, "0.0.0.0/0")])
    return group


def add_disk(site: Site, disk: Disk, machines: Mapping[str, str]) -> str:
    """A volume with all that the table says: its id."""
    ec2 = site.client("ec2")
    site.clock.ago(disk.made)
    number = str(
        ec2.create_volume(
            AvailabilityZone=f"{site.region}a",
            Size=disk.size,
            VolumeType=disk.type,
            Encrypted=disk.encrypted,
            TagSpecifications=_named("volume", disk.name, **{TEAM: "데이터플랫폼"}),
        )["VolumeId"]
    )
    if disk.on:
        device = f"/dev/sd{'fghijklmnop'[DISKS.index(disk)]}"
        ec2.attach_volume(VolumeId=number, InstanceId=machines[disk.on], Device=device)
    return number


def _images_and_snapshots(site: Site, volume: str) -> None:
    ec2, clock = site.client("ec2"), site.clock
    everyone = [{"Group": "all"}]
    clock.ago(210)
    shared = _register(ec2, "ml-workshop-2025")
    ec2.modify_image_attribute(ImageId=shared, LaunchPermission={"Add": everyone})
    for name, days, public in (("bert-datasets-share", 205, True), ("bert-datasets-weekly", 9, False)):
        clock.ago(days)
        number = ec2.create_snapshot(VolumeId=volume, Description=name, TagSpecifications=_named("snapshot", name))["SnapshotId"]
        if public:
            ec2.modify_snapshot_attribute(
                SnapshotId=number, Attribute="createVolumePermission", OperationType="add", GroupNames=["all"]
            )


def _addresses(site: Site, instance: str) -> None:
    ec2 = site.client("ec2")
    site.clock.ago(35)
    used = ec2.allocate_address(Domain="vpc", TagSpecifications=_named("elastic-ip", "frontend"))["AllocationId"]
    ec2.associate_address(AllocationId=used, InstanceId=instance)
    ec2.allocate_address(Domain="vpc", TagSpecifications=_named("elastic-ip", "old-vpn"))
