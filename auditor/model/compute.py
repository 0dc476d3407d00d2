"""EC2 and EBS."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from auditor.model import calls
from auditor.model.calls import Call
from auditor.model.fact import Fact
from auditor.model.resource import Resource, unread
from auditor.model.series import Series


class MetadataOptions(msgspec.Struct, frozen=True):
    """How the instance metadata service answers: ``tokens`` required (IMDSv2 only) or optional, ``endpoint`` enabled or disabled."""

    tokens: str
    endpoint: str
    hop_limit: int | None = None


class Accelerators(msgspec.Struct, frozen=True):
    """GPUs or other accelerators (``kind``: gpu, neuron, inference, fpga, media) of an instance type; memory in MiB for one."""

    kind: str
    manufacturer: str
    name: str
    count: int
    memory_mib: int | None = None


class Hardware(msgspec.Struct, frozen=True, kw_only=True):
    """What EC2 says of an instance type. ``offered`` false: the API no longer knows the type (it is retired)."""

    type: str
    offered: bool
    current_generation: bool = False
    vcpus: int | None = None
    memory_mib: int | None = None
    accelerators: tuple[Accelerators, ...] = ()

    @property
    def nvidia_gpus(self) -> int:
        """How many NVIDIA GPUs the type has: those that the CloudWatch agent can report on."""
        return sum(a.count for a in self.accelerators if a.kind == "gpu" and a.manufacturer.upper() == "NVIDIA")


class IpRange(msgspec.Struct, frozen=True):
    """A permission of a security group for one source. ``protocol`` ``-1`` is all; ports are ``None`` where they do not apply.

    ``source`` is a CIDR block, a prefix list id or a security group id.
    """

    protocol: str
    from_port: int | None
    to_port: int | None
    source: str

    @property
    def from_anywhere(self) -> bool:
        """The source is the whole internet, IPv4 or IPv6, or a large part of it: a prefix of at most 7 bits of IPv4, 12 of IPv6.

        The limit is ours: no one organisation has a network larger than a /8 of IPv4 or a /13 of IPv6, and two halves
        (``0.0.0.0/1`` and ``128.0.0.0/1``) or ``2000::/3`` are the internet under another name.
        """
        _, slash, bits = self.source.partition("/")
        if not slash or not (bits.isascii() and bits.isdecimal()):
            return False
        return int(bits) <= (12 if ":" in self.source else 7)

    @property
    def from_prefix_list(self) -> bool:
        """The source is a managed prefix list: which addresses are on it is not collected."""
        return self.source.startswith("pl-")

    def covers(self, port: int, protocol: str = "tcp") -> bool:
        """The permission lets this port in. ICMP types are not ports."""
        if self.protocol == "-1":
            return True
        if self.protocol not in (protocol, {"tcp": "6", "udp": "17"}.get(protocol)):
            return False
        if self.from_port is None or self.to_port is None or self.from_port == -1:
            return True
        return self.from_port <= port <= self.to_port


class Attachment(msgspec.Struct, frozen=True):
    """A volume on an instance (or, for volumes that a service manages, on the resource with that ARN).

    ``delete_on_termination`` is ``None`` where AWS does not say.
    """

    instance: str
    device: str
    delete_on_termination: bool | None
    attached_at: datetime | None = None


class _Ec2(Resource, frozen=True, kw_only=True):
    SERVICE: ClassVar[str] = "ec2"


_INSTANCES = unread(calls.DESCRIBE_INSTANCES)
_METRICS = unread(calls.GET_METRIC_DATA)


class Instance(_Ec2, frozen=True, kw_only=True):
    """An EC2 instance, but for terminated ones."""

    KIND: ClassVar[str] = "ec2-instance"
    NOUN: ClassVar[str] = "instance"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_INSTANCES
    # Whether the type has GPUs decides whether their metrics are asked for.
    DEPENDS: ClassVar[Mapping[str, tuple[str, ...]]] = {"gpu": ("hardware",), "gpu_metrics": ("hardware",)}

    type: Fact[str] = _INSTANCES
    state: Fact[str] = _INSTANCES
    """pending, running, stopping, stopped, shutting-down."""
    state_since: Fact[datetime | None] = _INSTANCES
    """Since when it is stopped, from StateTransitionReason; ``None`` where AWS does not say."""
    launched: Fact[datetime] = _INSTANCES
    """The last start."""
    lifecycle: Fact[str] = _INSTANCES
    """on-demand, spot, scheduled or capacity-block."""
    tenancy: Fact[str] = _INSTANCES
    platform: Fact[str] = _INSTANCES
    """What the price is for besides the machine: Linux/UNIX, Windows, Red Hat Enterprise Linux, Windows with SQL Server …"""
    zone: Fact[str | None] = _INSTANCES
    vpc: Fact[str | None] = _INSTANCES
    subnet: Fact[str | None] = _INSTANCES
    metadata: Fact[MetadataOptions] = _INSTANCES
    profile: Fact[str | None] = _INSTANCES
    """ARN of the instance profile."""
    security_groups: Fact[tuple[str, ...]] = _INSTANCES
    """Ids, over all network interfaces."""
    public_ips: Fact[tuple[str, ...]] = _INSTANCES
    """Public IPv4 and global IPv6 addresses."""
    volumes: Fact[tuple[str, ...]] = _INSTANCES
    """Ids of the attached EBS volumes."""
    image: Fact[str | None] = _INSTANCES
    detailed_monitoring: Fact[bool] = _INSTANCES
    tags: Fact[Mapping[str, str]] = _INSTANCES
    hardware: Fact[Hardware] = unread(calls.DESCRIBE_INSTANCE_TYPES)
    cpu: Fact[tuple[Series, ...]] = _METRICS
    """``AWS/EC2 CPUUtilization``, hourly average in percent over 14 days: one series."""
    network_in: Fact[tuple[Series, ...]] = _METRICS
    """``AWS/EC2 NetworkIn``, daily sum in bytes over 14 days: one series."""
    network_out: Fact[tuple[Series, ...]] = _METRICS
    """``AWS/EC2 NetworkOut``, daily sum in bytes over 14 days: one series."""
    gpu_metrics: Fact[tuple[Mapping[str, str], ...]] = unread(calls.LIST_METRICS)
    """The dimension sets under which the CloudWatch agent publishes this instance's GPU use: none means no telemetry.

    ListMetrics only knows what was published in the last two weeks."""
    gpu: Fact[tuple[Series, ...]] = _METRICS
    """``CWAgent nvidia_smi_utilization_gpu``, hourly maximum in percent over 7 days: a series for each GPU published."""


class Volume(_Ec2, frozen=True, kw_only=True):
    """An EBS volume."""

    KIND: ClassVar[str] = "ec2-volume"
    NOUN: ClassVar[str] = "volume"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_VOLUMES

    type: Fact[str] = unread(calls.DESCRIBE_VOLUMES)
    size_gib: Fact[int] = unread(calls.DESCRIBE_VOLUMES)
    iops: Fact[int | None] = unread(calls.DESCRIBE_VOLUMES)
    throughput: Fact[int | None] = unread(calls.DESCRIBE_VOLUMES)
    """MiB/s, where the type has it."""
    state: Fact[str] = unread(calls.DESCRIBE_VOLUMES)
    """``available`` means attached to nothing."""
    encrypted: Fact[bool] = unread(calls.DESCRIBE_VOLUMES)
    key: Fact[str | None] = unread(calls.DESCRIBE_VOLUMES)
    created: Fact[datetime] = unread(calls.DESCRIBE_VOLUMES)
    zone: Fact[str | None] = unread(calls.DESCRIBE_VOLUMES)
    snapshot: Fact[str | None] = unread(calls.DESCRIBE_VOLUMES)
    attachments: Fact[tuple[Attachment, ...]] = unread(calls.DESCRIBE_VOLUMES)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_VOLUMES)
    read_ops: Fact[tuple[Series, ...]] = _METRICS
    """``AWS/EBS VolumeReadOps``, daily sum over 14 days: one series."""
    write_ops: Fact[tuple[Series, ...]] = _METRICS
    """``AWS/EBS VolumeWriteOps``, daily sum over 14 days: one series."""


class Snapshot(_Ec2, frozen=True, kw_only=True):
    """An EBS snapshot of the account's own."""

    KIND: ClassVar[str] = "ec2-snapshot"
    NOUN: ClassVar[str] = "EBS snapshot"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_SNAPSHOTS
    APART: ClassVar[frozenset[str]] = frozenset(("public",))

    volume: Fact[str | None] = unread(calls.DESCRIBE_SNAPSHOTS)
    size_gib: Fact[int] = unread(calls.DESCRIBE_SNAPSHOTS)
    """The size of the volume: what the snapshot holds is less."""
    created: Fact[datetime] = unread(calls.DESCRIBE_SNAPSHOTS)
    encrypted: Fact[bool] = unread(calls.DESCRIBE_SNAPSHOTS)
    tier: Fact[str | None] = unread(calls.DESCRIBE_SNAPSHOTS)
    public: Fact[bool] = unread(calls.DESCRIBE_SNAPSHOTS)
    """Anyone can make a volume of it."""
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_SNAPSHOTS)


class Address(_Ec2, frozen=True, kw_only=True):
    """An Elastic IP address. ``id`` is the allocation id."""

    KIND: ClassVar[str] = "ec2-address"
    NOUN: ClassVar[str] = "Elastic IP address"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_ADDRESSES

    public_ip: Fact[str] = unread(calls.DESCRIBE_ADDRESSES)
    association: Fact[str | None] = unread(calls.DESCRIBE_ADDRESSES)
    instance: Fact[str | None] = unread(calls.DESCRIBE_ADDRESSES)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_ADDRESSES)


class SecurityGroup(_Ec2, frozen=True, kw_only=True):
    """A security group. ``id`` is the group id."""

    KIND: ClassVar[str] = "ec2-security-group"
    NOUN: ClassVar[str] = "security group"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_SECURITY_GROUPS

    group_name: Fact[str] = unread(calls.DESCRIBE_SECURITY_GROUPS)
    vpc: Fact[str | None] = unread(calls.DESCRIBE_SECURITY_GROUPS)
    ingress: Fact[tuple[IpRange, ...]] = unread(calls.DESCRIBE_SECURITY_GROUPS)
    egress: Fact[tuple[IpRange, ...]] = unread(calls.DESCRIBE_SECURITY_GROUPS)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_SECURITY_GROUPS)


class Image(_Ec2, frozen=True, kw_only=True):
    """An AMI of the account's own."""

    KIND: ClassVar[str] = "ec2-image"
    NOUN: ClassVar[str] = "AMI"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_IMAGES

    image_name: Fact[str | None] = unread(calls.DESCRIBE_IMAGES)
    public: Fact[bool] = unread(calls.DESCRIBE_IMAGES)
    created: Fact[datetime | None] = unread(calls.DESCRIBE_IMAGES)
    deprecated: Fact[datetime | None] = unread(calls.DESCRIBE_IMAGES)
    snapshots: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_IMAGES)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_IMAGES)


class ReservedInstances(_Ec2, frozen=True, kw_only=True):
    """A reservation of instances, paid ahead."""

    KIND: ClassVar[str] = "ec2-reserved-instances"
    NOUN: ClassVar[str] = "reserved instances"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_RESERVED_INSTANCES

    type: Fact[str] = unread(calls.DESCRIBE_RESERVED_INSTANCES)
    count: Fact[int] = unread(calls.DESCRIBE_RESERVED_INSTANCES)
    state: Fact[str] = unread(calls.DESCRIBE_RESERVED_INSTANCES)
    start: Fact[datetime | None] = unread(calls.DESCRIBE_RESERVED_INSTANCES)
    end: Fact[datetime | None] = unread(calls.DESCRIBE_RESERVED_INSTANCES)
    offering_type: Fact[str | None] = unread(calls.DESCRIBE_RESERVED_INSTANCES)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_RESERVED_INSTANCES)


class DedicatedHost(_Ec2, frozen=True, kw_only=True):
    """A dedicated host."""

    KIND: ClassVar[str] = "ec2-host"
    NOUN: ClassVar[str] = "dedicated host"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_HOSTS

    state: Fact[str] = unread(calls.DESCRIBE_HOSTS)
    type: Fact[str | None] = unread(calls.DESCRIBE_HOSTS)
    instances: Fact[tuple[str, ...]] = unread(calls.DESCRIBE_HOSTS)
    allocated: Fact[datetime | None] = unread(calls.DESCRIBE_HOSTS)
    zone: Fact[str | None] = unread(calls.DESCRIBE_HOSTS)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_HOSTS)


class CapacityReservation(_Ec2, frozen=True, kw_only=True):
    """An on-demand capacity reservation: paid for, used or not."""

    KIND: ClassVar[str] = "ec2-capacity-reservation"
    NOUN: ClassVar[str] = "capacity reservation"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_CAPACITY_RESERVATIONS

    type: Fact[str] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    state: Fact[str] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    platform: Fact[str] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    tenancy: Fact[str] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    total: Fact[int] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    available: Fact[int] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    zone: Fact[str | None] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    created: Fact[datetime | None] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    ends: Fact[datetime | None] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_CAPACITY_RESERVATIONS)


class SpotRequest(_Ec2, frozen=True, kw_only=True):
    """A request for spot instances."""

    KIND: ClassVar[str] = "ec2-spot-request"
    NOUN: ClassVar[str] = "spot request"
    LISTED_BY: ClassVar[Call] = calls.DESCRIBE_SPOT_INSTANCE_REQUESTS

    state: Fact[str] = unread(calls.DESCRIBE_SPOT_INSTANCE_REQUESTS)
    type: Fact[str | None] = unread(calls.DESCRIBE_SPOT_INSTANCE_REQUESTS)
    instance: Fact[str | None] = unread(calls.DESCRIBE_SPOT_INSTANCE_REQUESTS)
    status: Fact[str | None] = unread(calls.DESCRIBE_SPOT_INSTANCE_REQUESTS)
    created: Fact[datetime | None] = unread(calls.DESCRIBE_SPOT_INSTANCE_REQUESTS)
    tags: Fact[Mapping[str, str]] = unread(calls.DESCRIBE_SPOT_INSTANCE_REQUESTS)
