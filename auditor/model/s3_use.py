"""What a bucket's metrics add up to: what is stored in which class, and how often it was asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from types import MappingProxyType

from auditor.model import calls
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.s3 import Bucket
from auditor.model.series import Series

CLASSES: Mapping[str, str] = MappingProxyType(
    {
        "StandardStorage": "STANDARD",
        "ReducedRedundancyStorage": "REDUCED_REDUNDANCY",
        "StandardIAStorage": "STANDARD_IA",
        "StandardIASizeOverhead": "STANDARD_IA",
        "OneZoneIAStorage": "ONEZONE_IA",
        "OneZoneIASizeOverhead": "ONEZONE_IA",
        "GlacierInstantRetrievalStorage": "GLACIER_IR",
        "GlacierInstantRetrievalSizeOverhead": "GLACIER_IR",
        "GlacierIRSizeOverhead": "GLACIER_IR",
        "GlacierStorage": "GLACIER",
        "GlacierObjectOverhead": "GLACIER",
        "DeepArchiveStorage": "DEEP_ARCHIVE",
        "DeepArchiveObjectOverhead": "DEEP_ARCHIVE",
        # The index of archived objects, and the parts of uploads that are not finished, are kept (and paid for) as Standard.
        "GlacierS3ObjectOverhead": "STANDARD",
        "GlacierStagingStorage": "STANDARD",
        "DeepArchiveS3ObjectOverhead": "STANDARD",
        "DeepArchiveStagingStorage": "STANDARD",
        "IntelligentTieringFAStorage": "INTELLIGENT_TIERING_FA",
        "IntelligentTieringIAStorage": "INTELLIGENT_TIERING_IA",
        "IntelligentTieringAIAStorage": "INTELLIGENT_TIERING_AIA",
        "IntelligentTieringAAStorage": "INTELLIGENT_TIERING_AA",
        "IntelligentTieringDAAStorage": "INTELLIGENT_TIERING_DAA",
        "IntAAObjectOverhead": "INTELLIGENT_TIERING_AA",
        "IntDAAObjectOverhead": "INTELLIGENT_TIERING_DAA",
        "IntAAS3ObjectOverhead": "STANDARD",
        "IntDAAS3ObjectOverhead": "STANDARD",
        "ExpressOneZone": "EXPRESS_ONEZONE",
    }
)
"""The storage class that each storage type of ``BucketSizeBytes`` is paid for as, as the price book writes it (S3 User Guide, *Metrics
and dimensions*)."""

SETTLED = timedelta(days=3)
"""A bucket that is older has sizes in CloudWatch if anything is in it: S3 publishes them once a day, a day or two late."""
_NO_SIZE = Unknown(Reason.NO_DATA, calls.GET_METRIC_DATA.name, calls.GET_METRIC_DATA.action)


def stored(bucket: Bucket, taken_at: datetime) -> Fact[Mapping[str, float]]:
    """The bytes in each storage type, those without any left out; empty for a bucket that holds nothing.

    Unknown when the sizes are, and when CloudWatch has none of a bucket that is too young for it, or none of late. Reads
    ``Bucket.sizes`` and ``Bucket.created``.
    """
    if isinstance(bucket.sizes, Unknown):
        return bucket.sizes
    if not bucket.sizes.value:
        if isinstance(bucket.created, Unknown):
            return bucket.created
        return Known({}) if taken_at - bucket.created.value > SETTLED else _NO_SIZE
    latest = {one.dimensions.get("StorageType", ""): one.latest for one in bucket.sizes.value}
    found = {storage: value for storage, value in sorted(latest.items()) if value}
    # CloudWatch goes on listing a storage type for two weeks after it was emptied; but the others have a value then.
    return Known(found) if any(value is not None for value in latest.values()) else _NO_SIZE


def total_bytes(sizes: Fact[tuple[Series, ...]]) -> Fact[float]:
    """The bytes in all storage types together; *no data* where CloudWatch has no size of late."""
    if isinstance(sizes, Unknown):
        return sizes
    latest = [one.latest for one in sizes.value if one.latest is not None]
    return Known(sum(latest)) if latest else _NO_SIZE


def by_class(sizes: Mapping[str, float]) -> Mapping[str, float]:
    """The bytes in each storage class, of those in each storage type. A type that no table knows stands for itself."""
    found: dict[str, float] = {}
    for storage, value in sizes.items():
        name = CLASSES.get(storage, storage)
        found[name] = found.get(name, 0) + value
    return dict(sorted(found.items()))


def counted(recorded: Sequence[Series], of: Sequence[Series], days: int) -> float | None:
    """The total of a request metric over the last ``days`` of its window; ``None`` when that cannot be told.

    S3 publishes no zeros, so that days without a datapoint are zeros only if requests were being counted then: ``recorded``
    (``AllRequests``) must have a datapoint from before.
    """
    if len(recorded) != 1 or len(of) != 1 or not any(value is not None for value in recorded[0].values[:-days]):
        return None
    return sum(value for value in of[0].values[-days:] if value is not None)
