"""S3 Express One Zone: the directory buckets of a region."""

from __future__ import annotations

from auditor.collect.door import Answer
from auditor.collect.s3 import lifecycle
from auditor.collect.s3_metrics import OF_DIRECTORY_BUCKETS
from auditor.collect.shapes import moment_or_none
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.s3 import DirectoryBucket

SUFFIX = "--x-s3"
"""How the name of every directory bucket ends, after two hyphens and its zone."""


def directory_buckets(visit: Visit) -> None:
    """The directory buckets of a region."""
    if visit.lists(DirectoryBucket):
        listing = visit.pages(calls.LIST_DIRECTORY_BUCKETS, "Buckets")
        visit.add_each(DirectoryBucket, listing, lambda entry: _directory_bucket(visit, entry))


def _directory_bucket(visit: Visit, entry: Answer) -> DirectoryBucket | None:
    name = str(entry.raw["Name"])
    if not name.endswith(SUFFIX):
        return None  # some endpoints list ordinary buckets here
    wanted = visit.wants(DirectoryBucket.lifecycle)
    return DirectoryBucket(
        arn=visit.arn("s3express", f"bucket/{name}"),
        id=name,
        region=visit.region,
        created=entry.take(lambda r: moment_or_none(r.get("CreationDate"))),
        zone=entry.take(lambda _: name.removesuffix(SUFFIX).rpartition("--")[2]),
        lifecycle=visit.when(wanted, calls.GET_DIRECTORY_BUCKET_LIFECYCLE, {"Bucket": name}, of=name).take(lifecycle),
    )


COLLECTORS = (
    Collector(
        label="S3 Express",
        kinds=(DirectoryBucket,),
        run=directory_buckets,
        metrics={DirectoryBucket: OF_DIRECTORY_BUCKETS},
    ),
)
