"""What AWS's text says in sentences: rounding, dates, versioning, conflicts. The configurations are ours."""

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
from tests.lifecycle.documented_examples import CONFLICTS, EXAMPLES, FILTERS, NEW_YEAR
from tests.lifecycle.rows import KB, MB, Row, day, deleted, marked, moved, rules, unmarked

ELEMENTS = "User Guide, Lifecycle configuration elements: "
AGE = ELEMENTS + "Lifecycle rules: Based on an object's age"
DATE = ELEMENTS + "Lifecycle rules: Based on a specific date"
STATES = ELEMENTS + "table of lifecycle actions and bucket versioning state"
EXPIRING = "User Guide, Expiring objects"
TROUBLE = "User Guide, Troubleshooting Amazon S3 Lifecycle issues"
DAYS_30 = "2024-02-15"
"""Thirty days after the objects of these rows were created, rounded to the next midnight."""


def expire(rule_id: str, days: int) -> LifecycleRule:
    """A rule that expires everything."""
    return LifecycleRule(id=rule_id, enabled=True, expiration=Expiration(days=days))


def to(storage_class: str, days: int = 30, only: Filter | None = None) -> LifecycleRule:
    """A rule that moves everything, named for the class."""
    return LifecycleRule(
        id=storage_class, enabled=True, filter=only or Filter(), transitions=(Transition(storage_class, days=days),)
    )


def thing(size: int = MB, storage_class: str = "STANDARD", versioning: str = "Off", *, null_version: bool = False) -> Subject:
    """A current version."""
    return Subject(
        key="thing",
        size=size,
        created=NEW_YEAR,
        storage_class=storage_class,
        versioning=versioning,
        null_version=null_version,
    )


def old(versioning: str, since: str = "2024-03-01 08:00", newer: int = 0) -> Subject:
    """A version that is replaced."""
    return Subject(key="thing", size=MB, created=NEW_YEAR, versioning=versioning, noncurrent_since=day(since), newer=newer)


def row(title: str, source: str, lifecycle: Lifecycle, subject: Subject, *events: Event) -> Row:
    """A row with a configuration of ours."""
    return Row(title=title, source=source, lifecycle=lifecycle, subject=subject, events=events)


NONCURRENT_30 = LifecycleRule(id="old", enabled=True, noncurrent_expiration=NoncurrentExpiration(days=30))
OLD_DOWN = LifecycleRule(
    id="down",
    enabled=True,
    noncurrent_transitions=(NoncurrentTransition("GLACIER", days=3), NoncurrentTransition("DEEP_ARCHIVE", days=30, keep=2)),
)
MARKERS = LifecycleRule(id="markers", enabled=True, expiration=Expiration(delete_markers=True))
JUNE = LifecycleRule(id="june", enabled=True, expiration=Expiration(date=day("2024-06-01")))

TIMES = (
    row(
        "three days after creation, at the next midnight",
        AGE,
        rules(to("GLACIER", 3)),
        Subject(key="thing", size=MB, created=day("2014-01-15 10:30")),
        moved("2014-01-19", "GLACIER", "GLACIER"),
    ),
    row(
        "three days after the successor was created, at the next midnight",
        AGE,
        rules(OLD_DOWN),
        Subject(
            key="thing",
            size=MB,
            created=day("2014-01-01 10:30"),
            versioning="Enabled",
            noncurrent_since=day("2014-01-15 10:30"),
        ),
        moved("2014-01-19", "GLACIER", "down"),
    ),
    row(
        "five days to recover a picture that was deleted by accident",
        ELEMENTS + "NoncurrentVersionExpiration",
        rules(LifecycleRule(id="recover", enabled=True, noncurrent_expiration=NoncurrentExpiration(days=5))),
        Subject(
            key="photo.gif",
            size=MB,
            created=day("2014-01-01 10:30"),
            versioning="Enabled",
            noncurrent_since=day("2014-01-02 11:30"),
        ),
        deleted("2014-01-08", "recover"),
    ),
    row(
        "created five minutes after midnight: a day old just after a midnight has passed",
        TROUBLE,
        rules(expire("daily", 1)),
        Subject(key="thing", size=MB, created=day("2024-01-02 00:05")),
        deleted("2024-01-04", "daily"),
    ),
    row("on the date", DATE, rules(JUNE), thing(), deleted("2024-06-01", "june")),
    row(
        "created after the date: the action goes on",
        DATE,
        rules(JUNE),
        Subject(key="thing", size=MB, created=day("2024-07-01 12:00")),
        deleted("2024-07-02", "june"),
    ),
    row(
        "a transition by date",
        DATE,
        rules(LifecycleRule(id="once", enabled=True, transitions=(Transition("GLACIER_IR", date=day("2024-03-01")),))),
        thing(),
        moved("2024-03-01", "GLACIER_IR", "once"),
    ),
)

VERSIONING = (
    row("off: expiration deletes", STATES, rules(expire("all", 30)), thing(), deleted(DAYS_30, "all")),
    row(
        "enabled: expiration puts a marker", STATES, rules(expire("all", 30)), thing(versioning="Enabled"), marked(DAYS_30, "all")
    ),
    row(
        "enabled: a version from before versioning is kept too",
        STATES,
        rules(expire("all", 30)),
        thing(versioning="Enabled", null_version=True),
        marked(DAYS_30, "all"),
    ),
    row(
        "suspended: a version with an id stays under the marker",
        STATES,
        rules(expire("all", 30)),
        thing(versioning="Suspended"),
        marked(DAYS_30, "all"),
    ),
    row(
        "suspended: the null version is deleted, and its marker when it is that old",
        STATES,
        rules(expire("all", 30)),
        thing(versioning="Suspended", null_version=True),
        deleted(DAYS_30, "all"),
        unmarked("2024-03-16", "all"),
    ),
    row(
        "suspended: deleting the null version is permanent, so it wins over a transition",
        CONFLICTS + "Permanent deletion takes precedence over transition",
        rules(LifecycleRule(id="all", enabled=True, expiration=Expiration(days=30)), to("GLACIER")),
        thing(versioning="Suspended", null_version=True),
        deleted(DAYS_30, "all"),
        unmarked("2024-03-16", "all"),
    ),
    row("off: rules for noncurrent versions have no effect", STATES, rules(NONCURRENT_30, OLD_DOWN), thing()),
    row("enabled: a noncurrent version is deleted", STATES, rules(NONCURRENT_30), old("Enabled"), deleted("2024-04-01", "old")),
    row(
        "suspended: a noncurrent version is deleted", STATES, rules(NONCURRENT_30), old("Suspended"), deleted("2024-04-01", "old")
    ),
    row(
        "a transition for current versions is not for noncurrent ones",
        ELEMENTS + "Transition",
        rules(to("GLACIER", 90)),
        old("Enabled"),
    ),
    row(
        "expiration has no impact on noncurrent versions",
        EXPIRING,
        rules(expire("all", 90), MARKERS),
        old("Enabled"),
    ),
    row(
        "of the noncurrent versions the newest two stay in their class",
        "API Reference, NoncurrentVersionTransition: NewerNoncurrentVersions",
        rules(OLD_DOWN),
        old("Enabled", newer=1),
        moved("2024-03-05", "GLACIER", "down"),
    ),
    row(
        "a noncurrent version with two newer ones goes further down",
        "API Reference, NoncurrentVersionTransition: NewerNoncurrentVersions",
        rules(OLD_DOWN),
        old("Enabled", newer=2),
        moved("2024-03-05", "GLACIER", "down"),
        moved("2024-04-01", "DEEP_ARCHIVE", "down"),
    ),
    row(
        "a marker has no tags: a rule for tagged objects leaves it",
        FILTERS + "object tags",
        rules(
            LifecycleRule(id="tagged", enabled=True, filter=Filter(tags={"a": "b"}), expiration=Expiration(days=30)),
            NONCURRENT_30,
        ),
        Subject(key="thing", size=MB, created=NEW_YEAR, versioning="Enabled", tags={"a": "b"}),
        marked(DAYS_30, "tagged"),
        deleted("2024-03-16", "old"),
    ),
    row(
        "a marker has no data: a rule for larger objects leaves it",
        EXAMPLES + "Expiring noncurrent objects that have no data",
        rules(
            LifecycleRule(id="large", enabled=True, filter=Filter(size_greater_than=KB), expiration=Expiration(days=30)),
            NONCURRENT_30,
        ),
        thing(versioning="Enabled"),
        marked(DAYS_30, "large"),
        deleted("2024-03-16", "old"),
    ),
    row(
        "off: what is overwritten is gone, and its rules with it",
        "User Guide, How S3 Versioning works: a new object overwrites the one of that key",
        rules(to("GLACIER"), expire("all", 90), NONCURRENT_30),
        old("Off"),
        moved(DAYS_30, "GLACIER", "GLACIER"),
    ),
)


def both(first: str, second: str) -> Lifecycle:
    """Two transitions on the same day."""
    return rules(to(first), to(second))


FAVOURED = CONFLICTS + "the lower-cost storage class"
TIERING = CONFLICTS + "S3 Intelligent-Tiering is favored over any storage class, aside from the two archives"

AT_ODDS = (
    row(
        "the shorter of two expirations",
        CONFLICTS + "the shorter expiration policy is honored",
        rules(expire("long", 365), expire("short", 30)),
        thing(),
        deleted(DAYS_30, "short"),
    ),
    row(
        "two rules that say the same",
        CONFLICTS + "overlapping filters",
        rules(expire("a", 30), expire("b", 30)),
        thing(),
        deleted(DAYS_30, "a", "b"),
    ),
    row(
        "a transition wins over a delete marker, which follows a day later",
        CONFLICTS + "Transition takes precedence over creation of delete markers; " + EXPIRING + ", one action per day",
        rules(expire("all", 30), to("GLACIER")),
        thing(versioning="Enabled"),
        moved(DAYS_30, "GLACIER", "GLACIER"),
        marked("2024-02-16", "all"),
    ),
    row(
        "deleting a noncurrent version wins over moving it",
        CONFLICTS + "Permanent deletion takes precedence over transition",
        rules(NONCURRENT_30, OLD_DOWN),
        old("Enabled", newer=2),
        moved("2024-03-05", "GLACIER", "down"),
        deleted("2024-04-01", "old"),
    ),
    row(
        "Glacier over Standard-IA",
        CONFLICTS + "GLACIER",
        both("STANDARD_IA", "GLACIER"),
        thing(),
        moved(DAYS_30, "GLACIER", "GLACIER"),
    ),
    row(
        "Glacier over One Zone-IA",
        CONFLICTS + "GLACIER",
        both("GLACIER", "ONEZONE_IA"),
        thing(),
        moved(DAYS_30, "GLACIER", "GLACIER"),
    ),
    row(
        "One Zone-IA over Standard-IA",
        FAVOURED,
        both("STANDARD_IA", "ONEZONE_IA"),
        thing(),
        moved(DAYS_30, "ONEZONE_IA", "ONEZONE_IA"),
    ),
    row(
        "Deep Archive over Glacier",
        FAVOURED,
        both("GLACIER", "DEEP_ARCHIVE"),
        thing(),
        moved(DAYS_30, "DEEP_ARCHIVE", "DEEP_ARCHIVE"),
    ),
    row(
        "Intelligent-Tiering over Standard-IA",
        TIERING,
        both("STANDARD_IA", "INTELLIGENT_TIERING"),
        thing(),
        moved(DAYS_30, "INTELLIGENT_TIERING", "INTELLIGENT_TIERING"),
    ),
    row(
        "Intelligent-Tiering over Glacier Instant Retrieval",
        TIERING,
        both("INTELLIGENT_TIERING", "GLACIER_IR"),
        thing(),
        moved(DAYS_30, "INTELLIGENT_TIERING", "INTELLIGENT_TIERING"),
    ),
    row(
        "Glacier over Intelligent-Tiering",
        TIERING,
        both("INTELLIGENT_TIERING", "GLACIER"),
        thing(),
        moved(DAYS_30, "GLACIER", "GLACIER"),
    ),
    row(
        "Deep Archive over Intelligent-Tiering",
        TIERING,
        both("DEEP_ARCHIVE", "INTELLIGENT_TIERING"),
        thing(),
        moved(DAYS_30, "DEEP_ARCHIVE", "DEEP_ARCHIVE"),
    ),
)

ROWS = TIMES + VERSIONING + AT_ODDS
