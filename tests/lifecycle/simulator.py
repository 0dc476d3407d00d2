"""What lifecycle does, day by day: slow, plain, and written from AWS's documents without a look at the engine.

At each midnight UTC: which rules ask for what of this object as it stands, which of that wins, and then that one thing is done. The pages
(Amazon S3 User Guide): "Lifecycle configuration elements", "Adding filters to Lifecycle rules", "How Amazon S3 handles conflicts in
lifecycle configurations", "Examples of S3 Lifecycle configurations", "Transitioning objects using Amazon S3 Lifecycle", "Expiring objects".

Where the documents say nothing, or two things, this is what is taken. Not AWS's word:

- A time that is a midnight already is not rounded to the next one. AWS says only that times are rounded to the next day midnight.
- "An object is eligible for only one S3 Lifecycle action per day" is taken by key: a delete marker that is left alone at a midnight goes at
  the next one, and a noncurrent transition after 0 days follows the marker's midnight by a day.
- Where two transitions are due at the same midnight, the one that loses is not tried again. Transitions due on different days never
  conflict: Intelligent-Tiering after 30 days and Glacier Instant Retrieval after 90 both happen.
- Which of several classes is the cheaper one is read from their place in AWS's waterfall, not from prices. Intelligent-Tiering, which has
  no one price, is favoured over all but the two archives, as AWS says.
- ``NewerNoncurrentVersions``: the API reference says that this many are retained, an example that more than this many newer ones must
  exist. Retained is taken: a version with exactly this many newer ones is acted upon.
- A rule for noncurrent versions that names their number alone acts at once on those beyond it.
- Only a delete marker that lifecycle set is known to be there, and it is known to be alone only if no newer noncurrent versions stand
  under it.
- ``TransitionDefaultMinimumObjectSize`` that is not given is the default of today (since September 2024): nothing under 128 KB moves.
- An object that is overwritten while versioning is off is gone at that time.
- Reduced Redundancy goes to the two archives only ("any storage class to ..."), and Express One Zone nowhere.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta

from auditor.lifecycle.subject import Action, Event, Subject
from auditor.model.s3 import Expiration, Lifecycle, LifecycleRule, Transition

DAY = timedelta(days=1)
KB = 1024

# From each class, the classes that a rule may move an object to.
SUPPORTED = {
    "STANDARD": {"STANDARD_IA", "INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"},
    "STANDARD_IA": {"INTELLIGENT_TIERING", "ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"},
    "INTELLIGENT_TIERING": {"ONEZONE_IA", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE"},
    "ONEZONE_IA": {"GLACIER", "DEEP_ARCHIVE"},
    "GLACIER_IR": {"GLACIER", "DEEP_ARCHIVE"},
    "GLACIER": {"DEEP_ARCHIVE"},
    "DEEP_ARCHIVE": set[str](),
    "REDUCED_REDUNDANCY": {"GLACIER", "DEEP_ARCHIVE"},
}

# Of several transitions due at once, the first of these is carried out.
FAVOURED = ("DEEP_ARCHIVE", "GLACIER", "INTELLIGENT_TIERING", "GLACIER_IR", "ONEZONE_IA", "STANDARD_IA")


def simulate(lifecycle: Lifecycle, subject: Subject, until: datetime) -> tuple[Event, ...]:
    """All that happens to the object at the midnights from its creation to ``until``, that one included."""
    world = World(lifecycle, subject)
    midnight = rounded(subject.created)
    events: list[Event] = []
    while midnight <= until:
        event = world.run(midnight)
        if event is not None:
            events.append(event)
        midnight += DAY
    return tuple(events)


def rounded(moment: datetime) -> datetime:
    """The midnight that this time is rounded up to."""
    midnight = datetime.combine(moment.date(), time(), moment.tzinfo)
    return midnight if midnight == moment else midnight + DAY


class World:
    """The object as it stands, and what has been settled."""

    def __init__(self, lifecycle: Lifecycle, subject: Subject) -> None:
        self.subject = subject
        self.rules = [one for one in lifecycle.rules if one.enabled]
        self.default = lifecycle.default_minimum_size or "all_storage_classes_128K"
        self.storage_class = subject.storage_class
        self.noncurrent_since: datetime | None = None
        self.marker_since: datetime | None = None
        self.gone = False
        self.settled: set[tuple[int, str, int]] = set()
        """Transitions that were carried out or lost: rule, "current" or "noncurrent", place in the rule."""

    def run(self, midnight: datetime) -> Event | None:
        """What lifecycle does at this midnight."""
        self.owner(midnight)
        if self.gone:
            return self.clean_up(midnight)
        if self.noncurrent_since is None:
            return self.run_current(midnight)
        return self.run_noncurrent(midnight, self.noncurrent_since)

    def owner(self, midnight: datetime) -> None:
        """Before this midnight the owner may have overwritten or deleted the object."""
        when = self.subject.noncurrent_since
        if when is None or when > midnight or self.noncurrent_since is not None or self.gone:
            return
        if self.subject.versioning == "Off":
            self.gone = True
        else:
            self.noncurrent_since = when

    def run_current(self, midnight: datetime) -> Event | None:
        """Permanent deletion over transition, transition over delete marker."""
        expired = self.expired(midnight)
        versioning = self.subject.versioning
        for_ever = versioning == "Off" or (versioning == "Suspended" and self.subject.null_version)
        if expired and for_ever:
            self.gone = True
            if versioning == "Suspended":
                self.marker_since = midnight
            return Event(at=midnight, action=Action.DELETE, rules=expired)
        moved = self.move(midnight, "current")
        if moved is not None:
            return moved
        if expired:
            self.noncurrent_since = self.marker_since = midnight
            return Event(at=midnight, action=Action.MARK, rules=expired)
        return None

    def run_noncurrent(self, midnight: datetime, since: datetime) -> Event | None:
        """Deletion over transition."""
        asking: list[str] = []
        for rule in self.rules:
            action = rule.noncurrent_expiration
            if action is None or not matches(rule, self.subject) or not self.enough_newer(action.days, action.keep):
                continue
            if rounded(since + (action.days or 0) * DAY) <= midnight:
                asking.append(rule.id)
        if asking:
            self.gone = True
            return Event(at=midnight, action=Action.DELETE, rules=tuple(asking))
        return self.move(midnight, "noncurrent")

    def move(self, midnight: datetime, kind: str) -> Event | None:
        """The transition that is carried out at this midnight, if any."""
        due = [
            (rule, (number, kind, place), storage_class)
            for number, rule in enumerate(self.rules)
            for place, storage_class, when in self.transitions(rule, kind)
            if when <= midnight and self.allowed(rule, storage_class) and (number, kind, place) not in self.settled
        ]
        if not due:
            return None
        classes = {storage_class for _, _, storage_class in due}
        chosen = next(one for one in FAVOURED if one in classes)
        self.settled.update(which for _, which, _ in due)
        self.storage_class = chosen
        asking: list[str] = []
        for rule, _, storage_class in due:
            if storage_class == chosen and rule.id not in asking:
                asking.append(rule.id)
        return Event(at=midnight, action=Action.TRANSITION, storage_class=chosen, rules=tuple(asking))

    def transitions(self, rule: LifecycleRule, kind: str) -> list[tuple[int, str, datetime]]:
        """The rule's transitions that concern this object: place, class, and when they are due."""
        if not matches(rule, self.subject):
            return []
        if kind == "current":
            return [
                (place, one.storage_class, when)
                for place, one in enumerate(rule.transitions)
                if (when := self.when(one)) is not None
            ]
        since = self.noncurrent_since
        return [
            (place, one.storage_class, rounded(since + (one.days or 0) * DAY))
            for place, one in enumerate(rule.noncurrent_transitions)
            if since is not None and self.enough_newer(one.days, one.keep)
        ]

    def when(self, transition: Transition) -> datetime | None:
        """The midnight from which it is due."""
        if transition.days is not None:
            return rounded(self.subject.created + transition.days * DAY)
        return transition.date

    def allowed(self, rule: LifecycleRule, storage_class: str) -> bool:
        """The class can be reached from here, and the object is large enough for it."""
        if storage_class not in SUPPORTED.get(self.storage_class, ()):
            return False
        has_own_size = rule.filter.size_greater_than is not None or rule.filter.size_less_than is not None
        if has_own_size or self.subject.size >= 128 * KB:
            return True
        return self.default == "varies_by_storage_class" and storage_class in ("GLACIER", "DEEP_ARCHIVE")

    def enough_newer(self, days: int | None, keep: int | None) -> bool:
        """The newest ``keep`` noncurrent versions are retained, and this is not one of them. A rule has to ask for days or a number."""
        if keep is None:
            return days is not None
        return self.subject.newer >= keep

    def expired(self, midnight: datetime) -> tuple[str, ...]:
        """The rules by which the current version has expired."""
        return tuple(
            rule.id
            for rule in self.rules
            if rule.expiration is not None
            and matches(rule, self.subject)
            and old_enough(rule.expiration, self.subject.created, midnight)
        )

    def clean_up(self, midnight: datetime) -> Event | None:
        """A delete marker that lifecycle set, and that is alone now. It has no tags, and its size is zero."""
        if self.marker_since is None or self.subject.newer > 0:
            return None
        marker = Subject(key=self.subject.key, size=0, created=self.marker_since)
        asking = tuple(
            rule.id
            for rule in self.rules
            if rule.expiration is not None
            and matches(rule, marker)
            and (rule.expiration.delete_markers or old_enough(rule.expiration, self.marker_since, midnight))
        )
        if not asking:
            return None
        self.marker_since = None
        return Event(at=midnight, action=Action.REMOVE_MARKER, rules=asking)


def old_enough(expiration: Expiration, created: datetime, midnight: datetime) -> bool:
    """Its days have passed, or its date has come: it stays in force ever after."""
    if expiration.days is not None and rounded(created + expiration.days * DAY) <= midnight:
        return True
    return expiration.date is not None and expiration.date <= midnight


def matches(rule: LifecycleRule, subject: Subject) -> bool:
    """The filter: all of it has to hold, and the sizes that it names are themselves left out."""
    only = rule.filter
    if only.prefix and not subject.key.startswith(only.prefix):
        return False
    if any(key not in subject.tags or subject.tags[key] != value for key, value in only.tags.items()):
        return False
    if only.size_greater_than is not None and not subject.size > only.size_greater_than:
        return False
    return only.size_less_than is None or subject.size < only.size_less_than
