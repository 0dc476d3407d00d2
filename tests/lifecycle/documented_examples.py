"""AWS's own examples, written anew, each with an object or two and what happens to them by AWS's text. The dates are worked out by hand."""

from __future__ import annotations

from auditor.lifecycle.subject import Event, Subject
from auditor.model.s3 import (
    Expiration,
    Filter,
    Lifecycle,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)
from tests.lifecycle.rows import KB, MB, Row, day, deleted, marked, moved, rules, unmarked

EXAMPLES = "User Guide, Examples of S3 Lifecycle configurations: "
CONFLICTS = "User Guide, How Amazon S3 handles conflicts in lifecycle configurations: "
FILTERS = "User Guide, Adding filters to Lifecycle rules: "

NEW_YEAR = day("2024-01-15 10:30")
"""When the objects of these rows were created, where nothing else is said. The days after it are of a leap year."""

TAX = rules(
    LifecycleRule(
        id="Transition and Expiration Rule",
        enabled=True,
        filter=Filter(prefix="tax/"),
        transitions=(Transition("GLACIER", days=365),),
        expiration=Expiration(days=3650),
    )
)
TWO_TAGS = Filter(tags={"key1": "value1", "key2": "value2"})
ARCHIVE_AT_ONCE = (Transition("GLACIER", days=0),)
ONE_ENABLED = rules(
    LifecycleRule(id="Rule1", enabled=True, filter=Filter(prefix="logs/"), transitions=ARCHIVE_AT_ONCE),
    LifecycleRule(id="Rule2", enabled=False, filter=Filter(prefix="documents/"), transitions=ARCHIVE_AT_ONCE),
)
DOWN = rules(
    LifecycleRule(
        id="example-id",
        enabled=True,
        filter=Filter(prefix="logs/"),
        transitions=(Transition("STANDARD_IA", days=30), Transition("GLACIER", days=90)),
        expiration=Expiration(days=365),
    )
)
TWO_CLASSES = rules(
    LifecycleRule(
        id="ClassADocRule",
        enabled=True,
        filter=Filter(prefix="classA/"),
        transitions=(Transition("GLACIER", days=365),),
        expiration=Expiration(days=3650),
    ),
    LifecycleRule(
        id="ClassBDocRule",
        enabled=True,
        filter=Filter(prefix="classB/"),
        transitions=(Transition("STANDARD_IA", days=90),),
        expiration=Expiration(days=365),
    ),
)
VERSIONED = rules(
    LifecycleRule(
        id="sample-rule",
        enabled=True,
        filter=Filter(prefix=""),
        transitions=(Transition("STANDARD_IA", days=90),),
        noncurrent_transitions=(NoncurrentTransition("GLACIER", days=30),),
        noncurrent_expiration=NoncurrentExpiration(days=365, keep=5),
    )
)
WELL_DEFINED = rules(
    LifecycleRule(
        id="rule",
        enabled=True,
        expiration=Expiration(days=60),
        noncurrent_expiration=NoncurrentExpiration(days=30, keep=10),
    )
)
MARKERS = rules(
    LifecycleRule(
        id="Rule 1",
        enabled=True,
        filter=Filter(prefix="logs/"),
        expiration=Expiration(delete_markers=True),
        noncurrent_expiration=NoncurrentExpiration(days=30, keep=10),
    )
)
BY_SIZE = rules(
    LifecycleRule(
        id="Transition with a prefix and based on size",
        enabled=True,
        filter=Filter(prefix="tax/", size_greater_than=500),
        transitions=(Transition("GLACIER", days=365),),
    )
)
RANGE = rules(
    LifecycleRule(
        id="range",
        enabled=True,
        filter=Filter(prefix="key-prefix", size_greater_than=500, size_less_than=64000),
        transitions=(Transition("GLACIER", days=365),),
    )
)
NO_DATA = rules(
    LifecycleRule(
        id="Expire noncurrent with size less than 1 byte",
        enabled=True,
        filter=Filter(size_less_than=1),
        noncurrent_expiration=NoncurrentExpiration(days=30, keep=10),
    )
)
SMALL = rules(
    LifecycleRule(
        id="Allow small object transitions",
        enabled=True,
        filter=Filter(size_greater_than=1),
        transitions=(Transition("GLACIER_IR", days=365),),
    )
)


def current(key: str, size: int = MB, **tags: str) -> Subject:
    """The only version of an object in a bucket without versioning."""
    return Subject(key=key, size=size, created=NEW_YEAR, tags=tags)


def replaced(key: str, since: str, newer: int, size: int = MB) -> Subject:
    """A version that its owner replaced, in a bucket with versioning."""
    return Subject(key=key, size=size, created=NEW_YEAR, versioning="Enabled", noncurrent_since=day(since), newer=newer)


def row(title: str, source: str, lifecycle: Lifecycle, subject: Subject, *events: Event) -> Row:
    """A row of one of AWS's examples."""
    return Row(title=title, source=source, lifecycle=lifecycle, subject=subject, events=events, example=True)


FIRST = EXAMPLES + "Archiving all objects within one day after creation"
VERSIONS = EXAMPLES + "Specifying a lifecycle rule for a versioning-enabled bucket"
DELETE_MARKERS = EXAMPLES + "Removing expired object delete markers in a versioning-enabled bucket"
SIZES = EXAMPLES + "Expiring noncurrent objects that have no data"

ROWS = (
    row(
        "archived after a year, deleted after ten",
        FIRST,
        TAX,
        current("tax/doc1.txt"),
        moved("2025-01-15", "GLACIER", "Transition and Expiration Rule"),
        deleted("2034-01-13", "Transition and Expiration Rule"),
    ),
    row("not under the prefix", FIRST, TAX, current("taxes.txt")),
    row(
        "archived at the midnight after creation",
        FIRST,
        rules(
            LifecycleRule(
                id="Archive all object same-day upon creation",
                enabled=True,
                filter=Filter(prefix=""),
                transitions=ARCHIVE_AT_ONCE,
            )
        ),
        current("any"),
        moved("2024-01-16", "GLACIER", "Archive all object same-day upon creation"),
    ),
    row(
        "under the prefix, with both tags and one more",
        FIRST,
        rules(
            LifecycleRule(
                id="both",
                enabled=True,
                filter=Filter(prefix="tax/", tags={"key1": "value1", "key2": "value2"}),
                transitions=ARCHIVE_AT_ONCE,
            )
        ),
        current("tax/doc1.txt", key1="value1", key2="value2", owner="finance"),
        moved("2024-01-16", "GLACIER", "both"),
    ),
    row(
        "one tag of two",
        FIRST,
        rules(LifecycleRule(id="tags", enabled=True, filter=TWO_TAGS, transitions=ARCHIVE_AT_ONCE)),
        current("doc", key1="value1"),
    ),
    row(
        "the rule that is enabled",
        EXAMPLES + "Disabling Lifecycle rules temporarily",
        ONE_ENABLED,
        current("logs/1"),
        moved("2024-01-16", "GLACIER", "Rule1"),
    ),
    row("the rule that is disabled", EXAMPLES + "Disabling Lifecycle rules temporarily", ONE_ENABLED, current("documents/1")),
    row(
        "down the classes, then deleted",
        EXAMPLES + "Tiering down the storage class over an object's lifetime",
        DOWN,
        current("logs/1"),
        moved("2024-02-15", "STANDARD_IA", "example-id"),
        moved("2024-04-15", "GLACIER", "example-id"),
        deleted("2025-01-15", "example-id"),
    ),
    row(
        "the first of two rules",
        EXAMPLES + "Specifying multiple rules",
        TWO_CLASSES,
        current("classA/doc"),
        moved("2025-01-15", "GLACIER", "ClassADocRule"),
        deleted("2034-01-13", "ClassADocRule"),
    ),
    row(
        "the second of two rules",
        EXAMPLES + "Specifying multiple rules",
        TWO_CLASSES,
        current("classB/doc"),
        moved("2024-04-15", "STANDARD_IA", "ClassBDocRule"),
        deleted("2025-01-15", "ClassBDocRule"),
    ),
    row(
        "a noncurrent version that five newer ones follow",
        VERSIONS,
        VERSIONED,
        replaced("doc", "2024-03-01 08:00", 5),
        moved("2024-04-01", "GLACIER", "sample-rule"),
        deleted("2025-03-02", "sample-rule"),
    ),
    row(
        "one of the five noncurrent versions that are retained",
        VERSIONS,
        VERSIONED,
        replaced("doc", "2024-03-01 08:00", 4),
        moved("2024-04-01", "GLACIER", "sample-rule"),
    ),
    row(
        "a version that is replaced after it went to the class for current versions",
        VERSIONS,
        VERSIONED,
        replaced("doc", "2024-05-01 08:00", 0),
        moved("2024-04-15", "STANDARD_IA", "sample-rule"),
        moved("2024-06-01", "GLACIER", "sample-rule"),
    ),
    row(
        "all versions are gone ninety days after creation",
        DELETE_MARKERS,
        WELL_DEFINED,
        Subject(key="doc", size=MB, created=NEW_YEAR, versioning="Enabled", newer=10),
        marked("2024-03-16", "rule"),
        deleted("2024-04-15", "rule"),
    ),
    row(
        "a marker is put on it, and the version is among those retained",
        DELETE_MARKERS,
        WELL_DEFINED,
        Subject(key="doc", size=MB, created=NEW_YEAR, versioning="Enabled"),
        marked("2024-03-16", "rule"),
    ),
    row(
        "deleted by its owner, and too old to be retained",
        DELETE_MARKERS,
        MARKERS,
        replaced("logs/1", "2024-03-01 08:00", 10),
        deleted("2024-04-01", "Rule 1"),
    ),
    Row(
        title="the marker goes when it is as old as the rule says",
        source=DELETE_MARKERS + ", note on Days and ExpiredObjectDeleteMarker",
        lifecycle=rules(
            LifecycleRule(
                id="rule", enabled=True, expiration=Expiration(days=60), noncurrent_expiration=NoncurrentExpiration(days=30)
            )
        ),
        subject=Subject(key="doc", size=MB, created=NEW_YEAR, versioning="Enabled"),
        events=(marked("2024-03-16", "rule"), deleted("2024-04-15", "rule"), unmarked("2024-05-15", "rule")),
    ),
    Row(
        title="a rule of its own removes the marker as soon as it is alone",
        source=DELETE_MARKERS + ", note on Days and ExpiredObjectDeleteMarker",
        lifecycle=rules(
            LifecycleRule(
                id="rule", enabled=True, expiration=Expiration(days=60), noncurrent_expiration=NoncurrentExpiration(days=30)
            ),
            LifecycleRule(id="markers", enabled=True, expiration=Expiration(delete_markers=True)),
        ),
        subject=Subject(key="doc", size=MB, created=NEW_YEAR, versioning="Enabled"),
        events=(marked("2024-03-16", "rule"), deleted("2024-04-15", "rule"), unmarked("2024-04-16", "markers")),
    ),
    row(
        "a rule for multipart uploads does nothing to objects",
        EXAMPLES + "Lifecycle configuration to abort multipart uploads",
        rules(LifecycleRule(id="sample-rule", enabled=True, filter=Filter(prefix="SomeKeyPrefix/"), abort_multipart_days=7)),
        current("SomeKeyPrefix/object"),
    ),
    row(
        "over the size",
        SIZES,
        BY_SIZE,
        current("tax/doc", size=501),
        moved("2025-01-15", "GLACIER", "Transition with a prefix and based on size"),
    ),
    row("the size itself is left out", SIZES, BY_SIZE, current("tax/doc", size=500)),
    row(
        "within the range",
        FILTERS + "object size",
        RANGE,
        current("key-prefix/doc", size=63999),
        moved("2025-01-15", "GLACIER", "range"),
    ),
    row("at the end of the range", FILTERS + "object size", RANGE, current("key-prefix/doc", size=64000)),
    row(
        "an old version without data",
        SIZES,
        NO_DATA,
        replaced("doc", "2024-03-01 08:00", 10, size=0),
        deleted("2024-04-01", "Expire noncurrent with size less than 1 byte"),
    ),
    row("an old version with data", SIZES, NO_DATA, replaced("doc", "2024-03-01 08:00", 10, size=1)),
    row(
        "a small object moves where the rule names a size",
        EXAMPLES + "Allowing objects smaller than 128 KB to be transitioned",
        SMALL,
        current("doc", size=50 * KB),
        moved("2025-01-15", "GLACIER_IR", "Allow small object transitions"),
    ),
)
