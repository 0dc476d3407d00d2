"""EBS volumes and snapshots, and the account's own AMIs."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from auditor.collect.door import Answer, Listing
from auditor.collect.ec2_shapes import arn_without_account, is_foreign, tags
from auditor.collect.shapes import moment, moment_or_none, number_or_none, part, parts, text_or_none
from auditor.collect.visit import Collector, Metric, Visit
from auditor.model import calls
from auditor.model.compute import Attachment, Image, Snapshot, Volume
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import unread

Raw = Mapping[str, Any]

OWN: Mapping[str, Any] = {"OwnerIds": ["self"]}
COPIED = "vol-ffffffff"
"""The id that EC2 gives as the volume of a snapshot that was copied: there is no such volume."""


def storage(visit: Visit) -> None:
    """Volumes, snapshots and AMIs of the region."""
    if visit.lists(Volume):
        visit.add_each(Volume, visit.pages(calls.DESCRIBE_VOLUMES, "Volumes"), lambda entry: _volume(visit, entry))
    if visit.lists(Snapshot):
        _snapshots(visit)
    if visit.lists(Image):
        # A deprecated or disabled AMI still keeps its snapshots, and they are paid for.
        asked = {"Owners": ["self"], "IncludeDeprecated": True, "IncludeDisabled": True}
        visit.add_each(Image, visit.pages(calls.DESCRIBE_IMAGES, "Images", asked), lambda entry: _image(visit, entry))


def _volume(visit: Visit, entry: Answer) -> Volume:
    number = str(entry.raw["VolumeId"])
    return Volume(
        arn=visit.arn("ec2", f"volume/{number}"),
        id=number,
        region=visit.region,
        type=entry.take(lambda r: str(r["VolumeType"])),
        size_gib=entry.take(lambda r: int(r["Size"])),
        iops=entry.take(lambda r: number_or_none(r, "Iops")),
        throughput=entry.take(lambda r: number_or_none(r, "Throughput")),
        state=entry.take(lambda r: str(r["State"])),
        encrypted=entry.take(lambda r: bool(r["Encrypted"])),
        key=entry.take(lambda r: text_or_none(r, "KmsKeyId")),
        created=entry.take(lambda r: moment(r["CreateTime"])),
        zone=entry.take(lambda r: text_or_none(r, "AvailabilityZone")),
        snapshot=entry.take(lambda r: text_or_none(r, "SnapshotId")),
        attachments=entry.take(attachments),
        tags=entry.take(tags),
    )


def attachments(raw: Raw) -> tuple[Attachment, ...]:
    """What a volume is attached to, sorted. A volume that a service manages names a resource instead of an instance."""
    found = [
        Attachment(
            instance=str(a.get("InstanceId") or a["AssociatedResource"]),
            device=str(a.get("Device", "")),
            delete_on_termination=a.get("DeleteOnTermination"),
            attached_at=moment_or_none(a.get("AttachTime")),
        )
        for a in parts(raw, "Attachments")
        if a.get("State") != "detached"
    ]
    return tuple(sorted(found, key=lambda one: (one.instance, one.device)))


class Public(msgspec.Struct, frozen=True):
    """The ids of the snapshots that everyone may restore; ``otherwise`` is what is known of all others."""

    ids: frozenset[str]
    otherwise: Fact[bool]

    def holds(self, number: str) -> Fact[bool]:
        """The snapshot is public."""
        return Known(True) if number in self.ids else self.otherwise


def _snapshots(visit: Visit) -> None:
    listing = visit.pages(calls.DESCRIBE_SNAPSHOTS, "Snapshots", OWN)
    own = Listing(tuple(entry for entry in listing.entries if not is_foreign(visit, entry)), listing.missing)
    asked = bool(own.entries) and visit.wants(Snapshot.public)
    public = _public(visit) if asked else Public(frozenset(), unread(calls.DESCRIBE_SNAPSHOTS))
    visit.add_each(Snapshot, own, lambda entry: _snapshot(visit, entry, public))


def _public(visit: Visit) -> Public:
    """Those of the account's own snapshots that everyone may restore: AWS tells only by a list of its own."""
    call = calls.DESCRIBE_SNAPSHOTS
    listing = visit.pages(call, "Snapshots", {**OWN, "RestorableByUserIds": ["all"]}, of="public")
    if any(is_foreign(visit, entry) for entry in listing.entries):
        # Whoever answers with other accounts' snapshots did not heed the filters, so being in the list means nothing.
        return Public(frozenset(), Unknown(Reason.UNSUPPORTED, call.name, call.action))
    ids = frozenset(str(entry.raw.get("SnapshotId")) for entry in listing.entries)
    return Public(ids, listing.missing[0] if listing.missing else Known(False))


def _snapshot(visit: Visit, entry: Answer, public: Public) -> Snapshot:
    number = str(entry.raw["SnapshotId"])
    return Snapshot(
        arn=arn_without_account(visit, f"snapshot/{number}"),
        id=number,
        region=visit.region,
        volume=entry.take(lambda r: None if r.get("VolumeId") == COPIED else text_or_none(r, "VolumeId")),
        size_gib=entry.take(lambda r: int(r["VolumeSize"])),
        created=entry.take(lambda r: moment(r["StartTime"])),
        encrypted=entry.take(lambda r: bool(r["Encrypted"])),
        tier=entry.take(lambda r: text_or_none(r, "StorageTier")),
        public=public.holds(number),
        tags=entry.take(tags),
    )


def _image(visit: Visit, entry: Answer) -> Image | None:
    if is_foreign(visit, entry):
        return None
    number = str(entry.raw["ImageId"])
    return Image(
        arn=arn_without_account(visit, f"image/{number}"),
        id=number,
        region=visit.region,
        image_name=entry.take(lambda r: text_or_none(r, "Name")),
        public=entry.take(lambda r: bool(r["Public"])),
        created=entry.take(lambda r: _written(r, "CreationDate")),
        deprecated=entry.take(lambda r: _written(r, "DeprecationTime")),
        snapshots=entry.take(
            lambda r: tuple(
                sorted(str(m["Ebs"]["SnapshotId"]) for m in parts(r, "BlockDeviceMappings") if part(m, "Ebs").get("SnapshotId"))
            )
        ),
        tags=entry.take(tags),
    )


def _written(raw: Raw, key: str) -> datetime | None:
    """A time that EC2 gives as text: ``2026-11-22T13:31:41.000Z``."""
    text = text_or_none(raw, key)
    return moment(datetime.fromisoformat(text)) if text else None


def _may_be_attached(volume: Volume) -> bool:
    """EBS publishes metrics of a volume only while it is attached."""
    return isinstance(volume.state, Unknown) or volume.state.value == "in-use"


def _operations(field: str, name: str) -> Metric:
    return Metric(
        field=field,
        namespace="AWS/EBS",
        name=name,
        stat="Sum",
        period=86400,
        days=14,
        dimensions=lambda volume: ({"VolumeId": volume.id},),
        wanted_for=_may_be_attached,
    )


COLLECTORS = (
    Collector(
        label="EBS",
        kinds=(Volume, Snapshot, Image),
        run=storage,
        metrics={Volume: (_operations("read_ops", "VolumeReadOps"), _operations("write_ops", "VolumeWriteOps"))},
    ),
)
