"""EC2 instances: one paged list for a region, and one call for the types in use when a rule asks what they are.

User data is never read: it may hold secrets.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any

from auditor.collect.door import Answer, Listing
from auditor.collect.ec2_hardware import hardware
from auditor.collect.ec2_shapes import tags
from auditor.collect.shapes import moment, part, parts, text_or_none
from auditor.collect.visit import Collector, Metric, Visit
from auditor.model import calls
from auditor.model.compute import Hardware, Instance, MetadataOptions
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import unread

Raw = Mapping[str, Any]

SINCE = re.compile(r"\((\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) (?:UTC|GMT)\)")
"""The time in StateTransitionReason: ``User initiated (2026-11-22 13:31:41 UTC)``."""


def instances(visit: Visit) -> None:
    """All instances of the region but those that are terminated: they are kept for an hour and are nothing any more."""
    if not visit.lists(Instance):
        return
    listing = visit.pages(calls.DESCRIBE_INSTANCES, "Reservations")
    alive = tuple(
        Answer(calls.DESCRIBE_INSTANCES, Known(raw))
        for reservation in listing.entries
        for raw in parts(reservation.raw, "Instances")
        if part(raw, "State").get("Name") != "terminated"
    )
    # A reservation has instances; one that does not say which hides some.
    torn = any("Instances" not in reservation.raw for reservation in listing.entries)
    missing = (*listing.missing, *((unread(calls.DESCRIBE_INSTANCES).because(Reason.ERROR),) if torn else ()))
    types = {str(entry.raw["InstanceType"]) for entry in alive if "InstanceType" in entry.raw}
    known: Mapping[str, Fact[Hardware]] = hardware(visit, types) if visit.wants(Instance.hardware) else {}
    visit.add_each(Instance, Listing(alive, missing), lambda entry: _instance(visit, entry, known))


def _instance(visit: Visit, entry: Answer, known: Mapping[str, Fact[Hardware]]) -> Instance:
    number = str(entry.raw["InstanceId"])
    return Instance(
        arn=visit.arn("ec2", f"instance/{number}"),
        id=number,
        region=visit.region,
        type=entry.take(lambda r: str(r["InstanceType"])),
        state=entry.take(lambda r: str(r["State"]["Name"])),
        state_since=entry.take(state_since),
        launched=entry.take(lambda r: moment(r["LaunchTime"])),
        # EC2 names a lifecycle only where it is not the ordinary one.
        lifecycle=entry.take(lambda r: str(r.get("InstanceLifecycle") or "on-demand")),
        tenancy=entry.take(lambda r: str(r["Placement"]["Tenancy"])),
        platform=entry.take(lambda r: str(r["PlatformDetails"])),
        zone=entry.take(lambda r: text_or_none(r["Placement"], "AvailabilityZone")),
        vpc=entry.take(lambda r: text_or_none(r, "VpcId")),
        subnet=entry.take(lambda r: text_or_none(r, "SubnetId")),
        metadata=entry.take(_metadata),
        profile=entry.take(lambda r: text_or_none(part(r, "IamInstanceProfile"), "Arn")),
        security_groups=entry.take(_security_groups),
        public_ips=entry.take(public_ips),
        volumes=entry.take(
            lambda r: tuple(sorted(str(m["Ebs"]["VolumeId"]) for m in parts(r, "BlockDeviceMappings") if m.get("Ebs")))
        ),
        image=entry.take(lambda r: text_or_none(r, "ImageId")),
        detailed_monitoring=entry.take(lambda r: r["Monitoring"]["State"] in ("enabled", "pending")),
        tags=entry.take(tags),
        hardware=known.get(str(entry.raw.get("InstanceType")), unread(calls.DESCRIBE_INSTANCE_TYPES)),
    )


def state_since(raw: Raw) -> datetime | None:
    """Since when an instance that does not run is in its state. EC2 says it in words, and not for every way to stop."""
    if raw["State"]["Name"] == "running":
        return None
    found = SINCE.search(raw.get("StateTransitionReason") or "")
    return datetime.fromisoformat(found.group(1)).replace(tzinfo=UTC) if found else None


def _metadata(raw: Raw) -> MetadataOptions:
    options = raw["MetadataOptions"]
    return MetadataOptions(str(options["HttpTokens"]), str(options["HttpEndpoint"]), options.get("HttpPutResponseHopLimit"))


def _security_groups(raw: Raw) -> tuple[str, ...]:
    if "SecurityGroups" not in raw and "NetworkInterfaces" not in raw:
        raise KeyError("SecurityGroups")
    groups = [*parts(raw, "SecurityGroups"), *(g for i in parts(raw, "NetworkInterfaces") for g in parts(i, "Groups"))]
    return tuple(sorted({str(group["GroupId"]) for group in groups}))


def public_ips(raw: Raw) -> tuple[str, ...]:
    """Every address at which the internet can reach the instance: public IPv4 and global IPv6, over all network interfaces."""
    interfaces: Sequence[Raw] = raw["NetworkInterfaces"]  # an empty list where there are none
    private = [address for interface in interfaces for address in parts(interface, "PrivateIpAddresses")]
    v4 = {raw.get("PublicIpAddress"), *(part(place, "Association").get("PublicIp") for place in (*interfaces, *private))}
    v6 = {raw.get("Ipv6Address"), *(a.get("Ipv6Address") for i in interfaces for a in parts(i, "Ipv6Addresses"))}
    return (
        *sorted(str(address) for address in v4 if address),
        *sorted(str(address) for address in v6 if address and ip_address(address).is_global),
    )


def _runs(instance: Instance) -> bool:
    """It runs, or may: an instance that does not has no datapoints, and none are asked for."""
    return isinstance(instance.state, Unknown) or instance.state.value == "running"


def _may_have_nvidia_gpus(instance: Instance) -> bool:
    """It runs and has NVIDIA GPUs, or may have: EC2 says nothing of the hardware of a type that it no longer knows."""
    known = instance.hardware
    return _runs(instance) and (isinstance(known, Unknown) or not known.value.offered or known.value.nvidia_gpus > 0)


def _published_by(instance: Instance, dimensions: Mapping[str, str]) -> bool | None:
    """The agent of this instance publishes under these dimensions. Sets without InstanceId (by host name, or summed up) do not tell."""
    publisher = dimensions.get("InstanceId")
    return None if publisher is None else publisher == instance.id


def _of_instance(field: str, name: str, stat: str, period: int) -> Metric:
    return Metric(
        field=field,
        namespace="AWS/EC2",
        name=name,
        stat=stat,
        period=period,
        days=14,
        dimensions=lambda instance: ({"InstanceId": instance.id},),
        wanted_for=_runs,
    )


COLLECTORS = (
    Collector(
        label="EC2",
        kinds=(Instance,),
        run=instances,
        metrics={
            Instance: (
                _of_instance("cpu", "CPUUtilization", "Average", 3600),
                _of_instance("network_in", "NetworkIn", "Sum", 86400),
                _of_instance("network_out", "NetworkOut", "Sum", 86400),
                Metric(
                    field="gpu",
                    namespace="CWAgent",
                    name="nvidia_smi_utilization_gpu",
                    stat="Maximum",
                    period=3600,
                    days=7,
                    discover=True,
                    belongs=_published_by,
                    wanted_for=_may_have_nvidia_gpus,
                    sets_field="gpu_metrics",
                ),
            )
        },
    ),
)
