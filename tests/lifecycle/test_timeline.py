"""The timeline, row by row as the S3 User Guide has it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from auditor.lifecycle.classes import CLASSES, can_move
from auditor.lifecycle.subject import Action, Subject
from auditor.lifecycle.timeline import timeline
from auditor.model.s3 import (
    Expiration,
    Filter,
    Lifecycle,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)

BORN = datetime(2026, 1, 15, 10, 30, tzinfo=UTC)
LONG = datetime(2126, 1, 1, tzinfo=UTC)
KB = 1024


def rule(
    id: str,
    *transitions: Transition,
    prefix: str | None = None,
    tags: dict[str, str] | None = None,
    over: int | None = None,
    under: int | None = None,
    enabled: bool = True,
    expires: Expiration | int | None = None,
    old: NoncurrentExpiration | None = None,
    moves: tuple[NoncurrentTransition, ...] = (),
) -> LifecycleRule:
    return LifecycleRule(
        id=id,
        enabled=enabled,
        filter=Filter(prefix=prefix, tags=tags or {}, size_greater_than=over, size_less_than=under),
        transitions=transitions,
        expiration=Expiration(days=expires) if isinstance(expires, int) else expires,
        noncurrent_expiration=old,
        noncurrent_transitions=moves,
    )


def told(
    *rules: LifecycleRule,
    key: str = "logs/a",
    size: int = 1024 * KB,
    tags: dict[str, str] | None = None,
    born: datetime = BORN,
    start: str = "STANDARD",
    versioning: str = "Off",
    replaced: int | None = None,
    newer: int = 0,
    null: bool = False,
    minimum: str | None = None,
    until: datetime = LONG,
) -> list[str]:
    """The events in short: days from the day of writing, what, the rules. ``replaced``: days from writing."""
    subject = Subject(
        key=key,
        size=size,
        created=born,
        tags=tags or {},
        storage_class=start,
        versioning=versioning,
        noncurrent_since=None if replaced is None else born + timedelta(days=replaced),
        newer=newer,
        null_version=null,
    )
    found = timeline(Lifecycle(rules, minimum), subject, until)
    assert [event.at for event in found] == sorted(event.at for event in found)
    assert all(event.at.time() == datetime.min.time() and event.at.tzinfo is UTC for event in found)
    assert all((event.storage_class is not None) == (event.action is Action.TRANSITION) for event in found)
    return [
        f"{(event.at.date() - born.date()).days} {event.storage_class or event.action.value} {' '.join(event.rules)}"
        for event in found
    ]


def ia(days: int | None = None, date: datetime | None = None) -> Transition:
    return Transition("STANDARD_IA", days, date)


def to(name: str, days: int) -> Transition:
    return Transition(name, days)


def test_days_are_rounded_up_to_midnight() -> None:
    # User Guide: written 2014-01-15 10:30, 3 days, due 2014-01-19 00:00.
    at = datetime(2014, 1, 15, 10, 30, tzinfo=UTC)
    found = timeline(Lifecycle((rule("r", to("GLACIER", 3)),)), Subject(key="k", size=KB * KB, created=at), LONG)
    assert [event.at for event in found] == [datetime(2014, 1, 19, tzinfo=UTC)]


def test_noncurrent_days_count_from_the_successor() -> None:
    # User Guide: photo.gif deleted 2014-01-02 11:30, five days, gone 2014-01-08 00:00.
    photo = Subject(
        key="photo.gif",
        size=KB,
        created=datetime(2014, 1, 1, 10, 30, tzinfo=UTC),
        versioning="Enabled",
        noncurrent_since=datetime(2014, 1, 2, 11, 30, tzinfo=UTC),
    )
    found = timeline(Lifecycle((rule("r", old=NoncurrentExpiration(5)),)), photo, LONG)
    assert [(event.at, event.action) for event in found] == [(datetime(2014, 1, 8, tzinfo=UTC), Action.DELETE)]


def test_what_is_written_at_midnight_is_not_rounded() -> None:
    midnight = datetime(2026, 1, 15, tzinfo=UTC)
    assert told(rule("r", expires=1), born=midnight) == ["1 delete r"]
    assert told(rule("r", to("GLACIER", 0)), born=midnight) == ["0 GLACIER r"]
    assert told(rule("r", to("GLACIER", 0))) == ["1 GLACIER r"]


def test_other_zones_are_utc() -> None:
    from datetime import timezone

    seoul = datetime(2026, 1, 16, 8, 0, tzinfo=timezone(timedelta(hours=9)))  # 23:00 UTC the day before
    found = timeline(Lifecycle((rule("r", expires=1),)), Subject(key="k", size=1, created=seoul), LONG)
    assert [event.at for event in found] == [datetime(2026, 1, 17, tzinfo=UTC)]


def test_a_ladder() -> None:
    ladder = rule("r", ia(30), to("GLACIER", 90), prefix="logs/", expires=365)
    assert told(ladder) == ["31 STANDARD_IA r", "91 GLACIER r", "366 delete r"]
    assert told(ladder, until=BORN + timedelta(days=91)) == ["31 STANDARD_IA r", "91 GLACIER r"]
    assert told(ladder, key="log/a") == []
    assert told(ladder, key="Logs/a") == []
    assert told(rule("r", ia(30), enabled=False)) == []


def test_conflicts_of_the_user_guide() -> None:
    everything, logs = rule("1", expires=365), rule("2", ia(30), prefix="logs/")
    assert told(everything, logs) == ["31 STANDARD_IA 2", "366 delete 1"]
    assert told(rule("1", prefix="logs/", expires=365), rule("2", ia(365), prefix="logs/")) == ["366 delete 1"]
    assert told(rule("1", ia(10)), rule("2", ia(365), prefix="logs/")) == ["11 STANDARD_IA 1"]
    tagged = (rule("1", to("GLACIER", 365), tags={"tag1": "value1"}), rule("2", tags={"tag2": "value2"}, expires=14))
    assert told(*tagged, tags={"tag1": "value1", "tag2": "value2"}) == ["15 delete 2"]
    assert told(*tagged, tags={"tag1": "value1", "other": ""}) == ["366 GLACIER 1"]
    assert told(*tagged, tags={"tag1": "Value1"}) == []


def test_the_shorter_expiration_counts() -> None:
    assert told(rule("long", expires=100), rule("short", prefix="logs/", expires=10)) == ["11 delete short"]
    assert told(rule("a", expires=10), rule("b", expires=10)) == ["11 delete a b"]


@pytest.mark.parametrize(
    ("classes", "wins"),
    [
        (("STANDARD_IA", "GLACIER"), "GLACIER"),
        (("ONEZONE_IA", "GLACIER"), "GLACIER"),
        (("STANDARD_IA", "ONEZONE_IA"), "ONEZONE_IA"),
        (("GLACIER", "DEEP_ARCHIVE"), "DEEP_ARCHIVE"),
        (("STANDARD_IA", "INTELLIGENT_TIERING"), "INTELLIGENT_TIERING"),
        (("ONEZONE_IA", "INTELLIGENT_TIERING"), "INTELLIGENT_TIERING"),
        (("GLACIER_IR", "INTELLIGENT_TIERING"), "INTELLIGENT_TIERING"),
        (("GLACIER", "INTELLIGENT_TIERING"), "GLACIER"),
        (("DEEP_ARCHIVE", "INTELLIGENT_TIERING"), "DEEP_ARCHIVE"),
        (("GLACIER_IR", "ONEZONE_IA"), "GLACIER_IR"),
    ],
)
def test_of_two_transitions_on_one_day(classes: tuple[str, str], wins: str) -> None:
    for one, other in (classes, classes[::-1]):
        found = told(rule("a", to(one, 30)), rule("b", to(other, 30)))
        assert found == [f"31 {wins} {'a' if wins == one else 'b'}"]


def test_impossible_transitions_are_not_carried_out() -> None:
    assert told(rule("a", to("GLACIER", 30)), rule("b", ia(60))) == ["31 GLACIER a"]
    assert told(rule("a", to("INTELLIGENT_TIERING", 30)), rule("b", ia(60))) == ["31 INTELLIGENT_TIERING a"]
    assert told(rule("a", to("INTELLIGENT_TIERING", 30)), rule("b", to("ONEZONE_IA", 60))) == [
        "31 INTELLIGENT_TIERING a",
        "61 ONEZONE_IA b",
    ]
    assert told(rule("a", to("ONEZONE_IA", 30)), rule("b", to("GLACIER_IR", 60))) == ["31 ONEZONE_IA a"]
    assert told(rule("a", to("STANDARD", 30)), rule("b", to("REDUCED_REDUNDANCY", 30))) == []
    assert told(rule("a", ia(30)), start="DEEP_ARCHIVE") == []
    assert told(rule("a", to("DEEP_ARCHIVE", 30)), start="GLACIER") == ["31 DEEP_ARCHIVE a"]
    assert told(rule("a", ia(30)), start="OUTPOSTS") == []
    # Of those due on one day, the preferred one that is possible.
    assert told(rule("a", to("GLACIER_IR", 30)), rule("b", to("GLACIER", 30)), start="ONEZONE_IA") == ["31 GLACIER b"]


def test_no_class_leads_back() -> None:
    for start, one in CLASSES.items():
        assert start not in one.into
        assert not {"STANDARD", "REDUCED_REDUNDANCY", "EXPRESS_ONEZONE"} & one.into
        for end in one.into:
            assert not can_move(end, start)
            assert CLASSES[end].into <= one.into


def test_small_objects_stay_by_default() -> None:
    for name in ("STANDARD_IA", "ONEZONE_IA", "GLACIER_IR", "INTELLIGENT_TIERING", "GLACIER", "DEEP_ARCHIVE"):
        move = rule("r", to(name, 30), prefix="logs/")
        assert told(move, size=128 * KB - 1) == []
        assert told(move, size=128 * KB) == [f"31 {name} r"]
        varies = told(move, size=1, minimum="varies_by_storage_class")
        assert bool(varies) == (name in ("GLACIER", "DEEP_ARCHIVE"))
    assert told(rule("r", ia(30), expires=60), size=KB) == ["61 delete r"]


def test_a_size_in_the_filter_overrides_the_default_minimum() -> None:
    assert told(rule("r", ia(30), over=0), size=1) == ["31 STANDARD_IA r"]
    assert told(rule("r", ia(30), over=0), size=0) == []
    assert told(rule("r", ia(30), under=64 * KB), size=64 * KB - 1) == ["31 STANDARD_IA r"]
    assert told(rule("r", ia(30), under=64 * KB), size=64 * KB) == []
    assert told(rule("r", ia(30), over=500), size=500) == []
    assert told(rule("r", ia(30), over=500), rule("s", to("GLACIER", 10)), size=501) == ["31 STANDARD_IA r"]
    assert told(rule("r", moves=(NoncurrentTransition("GLACIER", 1),), over=0), size=1, versioning="Enabled", replaced=0) == [
        "2 GLACIER r"
    ]


def test_dates_stay_in_force() -> None:
    past, later = datetime(2020, 1, 1, tzinfo=UTC), datetime(2026, 3, 1, tzinfo=UTC)
    assert told(rule("r", expires=Expiration(date=past))) == ["1 delete r"]
    assert told(rule("r", expires=Expiration(date=later))) == ["45 delete r"]
    assert told(rule("r", ia(date=past)), rule("s", to("GLACIER", 1))) == ["1 STANDARD_IA r", "2 GLACIER s"]


def test_versioned_objects_get_a_marker_first() -> None:
    both = rule("r", expires=60, old=NoncurrentExpiration(30))
    assert told(both, versioning="Enabled") == ["61 mark r", "91 delete r", "121 remove-marker r"]
    tidy = rule("tidy", expires=Expiration(delete_markers=True))
    assert told(both, tidy, versioning="Enabled") == ["61 mark r", "91 delete r", "92 remove-marker tidy"]
    assert told(rule("r", expires=60), versioning="Enabled") == ["61 mark r"]
    assert told(both, versioning="Enabled", newer=1) == ["61 mark r", "91 delete r"]
    small = rule("s", under=10, expires=Expiration(delete_markers=True))
    assert told(both, small, versioning="Enabled")[-1] == "92 remove-marker s"
    large = rule("l", over=0, expires=60, old=NoncurrentExpiration(30))
    assert told(large, versioning="Enabled") == ["61 mark l", "91 delete l"]
    tagged = rule("r", tags={"a": "b"}, expires=60, old=NoncurrentExpiration(30))
    assert told(tagged, versioning="Enabled", tags={"a": "b"}) == ["61 mark r", "91 delete r"]
    assert told(tagged, rule("d", expires=Expiration(date=LONG)), versioning="Enabled", tags={"a": "b"}, until=LONG)[-1].endswith(
        "remove-marker d"
    )


def test_a_transition_comes_before_the_marker_of_the_day() -> None:
    both = (rule("m", ia(60)), rule("e", expires=60))
    assert told(*both, rule("n", moves=(NoncurrentTransition("GLACIER", 0),)), versioning="Enabled") == [
        "61 STANDARD_IA m",
        "62 mark e",
        "63 GLACIER n",
    ]
    assert told(*both, rule("n", to("GLACIER", 61)), versioning="Enabled") == ["61 STANDARD_IA m", "62 GLACIER n", "63 mark e"]
    assert told(*both, versioning="Enabled") == ["61 STANDARD_IA m", "62 mark e"]
    assert told(*both, versioning="Off") == ["61 delete e"]
    assert told(*both, versioning="Enabled", start="DEEP_ARCHIVE") == ["61 mark e"]
    assert told(*both, versioning="Enabled", size=1) == ["61 mark e"]


def test_suspended_versioning_deletes_null_versions() -> None:
    expire = rule("e", expires=60)
    assert told(expire, versioning="Suspended", null=True) == ["61 delete e", "121 remove-marker e"]
    assert told(expire, versioning="Suspended") == ["61 mark e"]
    assert told(expire, rule("m", ia(60)), versioning="Suspended", null=True)[0] == "61 delete e"
    assert told(expire, versioning="Enabled", null=True) == ["61 mark e"]


def test_noncurrent_versions() -> None:
    old = rule(
        "r",
        ia(90),
        moves=(NoncurrentTransition("GLACIER", 30), NoncurrentTransition("DEEP_ARCHIVE", 200, 2)),
        old=NoncurrentExpiration(365, 5),
    )
    assert told(old, versioning="Enabled", replaced=100, newer=5) == [
        "91 STANDARD_IA r",
        "131 GLACIER r",
        "301 DEEP_ARCHIVE r",
        "466 delete r",
    ]
    assert told(old, versioning="Enabled", replaced=10, newer=4) == ["41 GLACIER r", "211 DEEP_ARCHIVE r"]
    assert told(old, versioning="Suspended", replaced=10, newer=1) == ["41 GLACIER r"]
    assert told(old, versioning="Off", replaced=100) == ["91 STANDARD_IA r"]
    assert told(old, versioning="Off", replaced=10, newer=9) == []


def test_deletion_of_noncurrent_versions_comes_before_a_transition_of_the_day() -> None:
    one = rule("r", moves=(NoncurrentTransition("GLACIER", 30),), old=NoncurrentExpiration(30))
    assert told(one, versioning="Enabled", replaced=0) == ["31 delete r"]


def test_versions_that_are_only_counted() -> None:
    assert told(rule("r", old=NoncurrentExpiration(None, 2)), versioning="Enabled", replaced=3, newer=2) == ["4 delete r"]
    assert told(rule("r", old=NoncurrentExpiration(None, 2)), versioning="Enabled", replaced=3, newer=1) == []
    assert told(rule("r", old=NoncurrentExpiration()), versioning="Enabled", replaced=3) == []


def test_what_is_replaced_at_midnight_is_noncurrent_then() -> None:
    midnight = datetime(2026, 1, 15, tzinfo=UTC)
    assert told(rule("r", ia(10), expires=20), born=midnight, versioning="Enabled", replaced=10) == []
    assert told(rule("r", ia(10), expires=20), versioning="Enabled", replaced=11) == ["11 STANDARD_IA r"]


def test_days_beyond_all_calendars() -> None:
    assert told(rule("r", ia(2**31 - 1), expires=2**31 - 1, old=NoncurrentExpiration(2**31 - 1)), versioning="Enabled") == []
    assert told(rule("r", ia(2**31 - 1), expires=2**31 - 1, old=NoncurrentExpiration(2**31 - 1)), replaced=1) == []


def test_a_thousand_rules_take_no_time() -> None:
    import time

    rules = tuple(
        rule(
            f"r{n}",
            ia(30 + n),
            to("GLACIER", 90 + n),
            prefix="a" * (n % 30),
            expires=2000 + n,
            old=NoncurrentExpiration(30 + n, n % 100),
        )
        for n in range(1000)
    )
    before = time.process_time()
    found = told(*rules, key="a" * 40, versioning="Enabled")
    assert time.process_time() - before < 1
    assert [line.split()[1] for line in found] == ["STANDARD_IA", "GLACIER", "mark", "delete", "remove-marker"]
