"""What S3 refuses in the actions of a rule, and what it refuses according to some of its documents only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from auditor.lifecycle import decode
from auditor.lifecycle.check import Check, Found, Level, Refused
from auditor.lifecycle.checks.refused_rules import TYPE, label, unknown
from auditor.lifecycle.classes import CLASSES, NO_DAYS_BEFORE, TARGETS
from auditor.lifecycle.config import MANY, OLDEST, Config
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.read import rules_of
from auditor.lifecycle.written import Opaque
from auditor.model.s3 import LifecycleRule
from auditor.source.positions import shown
from auditor.source.shape import Path, is_list, is_object

_API = "Amazon S3 API Reference"
_ELEMENTS = "S3 User Guide: Lifecycle configuration elements"
_TRANSITIONS = "S3 User Guide: Transitioning objects using Amazon S3 Lifecycle"


def _check(id: str, title: str, why: str, source: str, refused: Refused = Refused.YES, alias: str = "") -> Check:
    level = Level.ERROR if refused is Refused.YES else Level.SUGGESTION
    return Check(id=id, level=level, title=title, why=why, source=source, refused=refused, alias=alias)


CLASS = _check(
    "invalid-storage-class",
    "transition to a class that lifecycle does not lead to",
    "Objects go to STANDARD_IA, ONEZONE_IA, INTELLIGENT_TIERING, GLACIER_IR, GLACIER or DEEP_ARCHIVE, and never back.",
    f"{_API}: Transition; {_TRANSITIONS}",
    alias="LC-06",
)
NO_TIME = _check(
    "action-without-time",
    "action without days and date",
    "Without either the action is never due.",
    f"{_API}: Transition",
    Refused.DEPENDS,
)
DAYS_AND_DATE = _check(
    "days-and-date", "days and a date in one rule", "A rule counts in days or by dates.", _ELEMENTS, alias="LC-15"
)
DAYS = _check(
    "invalid-days", "number of days that is not allowed", "Days are whole numbers, and deletions need one at least.", _API
)
DATE = _check(
    "invalid-date", "date that is none, or not a midnight", "A date is ISO 8601, and its time is midnight UTC.", _ELEMENTS
)
MARKER = _check(
    "delete-marker-with-time",
    "`ExpiredObjectDeleteMarker` with days or a date",
    "It cannot stand with days or a date in one expiration.",
    f"{_API}: LifecycleExpiration",
    alias="LC-05",
)
WITH_TAGS = _check(
    "action-with-tags",
    "action that cannot stand in a rule with tags",
    "Uploads and delete markers have no tags.",
    _ELEMENTS,
)
KEEP = _check(
    "invalid-newer-versions",
    "`NewerNoncurrentVersions` that is not allowed",
    "Rules keep 1 to 100 versions, and need a `Filter` for it.",
    f"{_ELEMENTS}; {_API}: NoncurrentVersionExpiration",
    alias="LC-17",
)
YOUNG = _check(
    "infrequent-access-before-30-days",
    "transition to infrequent access within 30 days",
    "Older documents of S3 ask for more than 30 days, or at least 30; the newer API reference takes 0 and more.",
    f"{_API}: Transition; {_TRANSITIONS}",
    Refused.DEPENDS,
    "LC-07",
)
ORDER = _check(
    "actions-out-of-order",
    "actions of one rule whose days do not ascend",
    "S3 is known to refuse a rule in which objects expire before they move, or reach a colder class first; its documents do not say so.",
    _TRANSITIONS,
    Refused.DEPENDS,
)
TWICE = _check(
    "storage-class-twice",
    "two transitions of one rule to the same class",
    "S3 is known to refuse it; its documents do not say so.",
    _TRANSITIONS,
    Refused.DEPENDS,
)
SHORT_STEP = _check(
    "infrequent-access-under-30-days",
    "transition to infrequent access that is followed by an archive within 30 days",
    "The User Guide says that a single rule cannot ask for it, and other documents do not.",
    _TRANSITIONS,
    Refused.DEPENDS,
    "LC-07",
)

CHECKS = (CLASS, NO_TIME, DAYS_AND_DATE, DAYS, DATE, MARKER, WITH_TAGS, KEEP, YOUNG, ORDER, TWICE, SHORT_STEP)

_MOVE = frozenset({"Days", "Date", "StorageClass"})
_OLD_MOVE = frozenset({"NoncurrentDays", "NewerNoncurrentVersions", "StorageClass"})


def check(config: Config, effects: Effects) -> Iterator[Found]:  # noqa: ARG001
    """Findings about what was written; none about what S3 gave."""
    if config.raw is None:
        return
    for number, rule in enumerate(rules_of(config.raw)[:MANY]):
        plain = config.plain.get(number)
        if is_object(rule) and not _fine(plain):
            yield from _Rule(rule, number, config.in_text).found(plain=plain is not None)


def _fine(rule: LifecycleRule | None) -> bool:
    """A rule of the ordinary form in which nothing can be found here: of each kind it has one transition at most, to a class that
    lifecycle leads to, before the end, and after 30 days where older documents ask for them."""
    if rule is None:
        return False
    for moves, end in ((rule.transitions, rule.expiration), (rule.noncurrent_transitions, rule.noncurrent_expiration)):
        if moves:
            target, days = moves[0].storage_class, moves[0].days or 0
            if len(moves) > 1 or target not in TARGETS or (days < 30 and target in NO_DAYS_BEFORE):
                return False
            if end is not None and end.days is not None and end.days <= days:
                return False
    return True


class _Rule:
    """One rule as it is written."""

    def __init__(self, raw: Mapping[str, Any], number: int, in_text: bool) -> None:
        self.raw = raw
        self.path: Path = ("Rules", number)
        self.name = label(raw, number)
        self.called = self.name if self.name.startswith("rule ") else f"rule {shown(self.name)}"
        self.in_text = in_text

    def found(self, *, plain: bool) -> Iterator[Found]:
        """``plain``: it is of the ordinary form, so only where transitions lead and how they follow each other may be wrong."""
        moves = self._listed("Transition")
        old = self._listed("NoncurrentVersionTransition")
        for where, move in moves:
            yield from self._move(where, move, _MOVE, "Days")
        for where, move in old:
            yield from self._move(where, move, _OLD_MOVE, "NoncurrentDays")
        if not plain:
            yield from self._types()
            yield from self._expiration()
            yield from self._noncurrent_expiration()
            yield from self._abort()
            yield from self._mixed(moves)
        yield from self._order(moves, "Days", "Expiration", "objects expire")
        yield from self._order(old, "NoncurrentDays", "NoncurrentVersionExpiration", "noncurrent versions are deleted")

    def _one(self, check: Check, path: Path, message: str, fix: str = "", part: str = "") -> Found:
        return Found(check=check, path=path, message=message, fix=fix, rule=self.name, part=part or "/".join(map(str, path[2:])))

    def _listed(self, name: str) -> list[tuple[Path, Mapping[str, Any]]]:
        several = self.raw.get(f"{name}s")
        if is_list(several):
            return [((*self.path, f"{name}s", at), one) for at, one in enumerate(several) if is_object(one)]
        single = self.raw.get(name)
        return [((*self.path, name), single)] if is_object(single) else []

    def _types(self) -> Iterator[Found]:
        for name in ("Transitions", "NoncurrentVersionTransitions"):
            value = self.raw.get(name)
            if value is not None and not isinstance(value, Opaque) and not is_list(value):
                yield self._one(TYPE, (*self.path, name), f"`{name}` of {self.called} is no list")
            for at, one in enumerate(value if is_list(value) else []):
                if not is_object(one) and not isinstance(one, Opaque):
                    yield self._one(TYPE, (*self.path, name, at), f"a transition of {self.called} is no object")
        for name in ("Expiration", "NoncurrentVersionExpiration", "AbortIncompleteMultipartUpload"):
            value = self.raw.get(name)
            if value is not None and not isinstance(value, Opaque) and not is_object(value):
                yield self._one(TYPE, (*self.path, name), f"`{name}` of {self.called} is no object")

    def _number(self, value: Mapping[str, Any], name: str) -> int | None:
        return decode.whole(value.get(name), in_text=self.in_text)

    def _days(self, value: Mapping[str, Any], name: str, where: Path, least: int) -> Iterator[Found]:
        given = value.get(name)
        if given is None or isinstance(given, Opaque):
            return
        days = self._number(value, name)
        if days is None:
            yield self._one(DAYS, (*where, name), f"{shown(str(given))} is no whole number of days", "write a number")
        elif not least <= days <= decode.MOST:
            said = f"{least} or more" if days < least else f"{decode.MOST:,} at most"
            yield self._one(DAYS, (*where, name), f"`{name}` of {self.called} is {days:,}, and must be {said}")

    def _date(self, value: Mapping[str, Any], where: Path) -> Iterator[Found]:
        given = value.get("Date")
        if given is None or isinstance(given, Opaque):
            return
        moment = decode.moment(given)
        if moment is None:
            yield self._one(DATE, (*where, "Date"), f"{shown(str(given))} is no date", "write it as `2030-01-01T00:00:00Z`")
        elif moment.hour or moment.minute or moment.second or moment.microsecond:
            said = f"the date {shown(str(given))} of {self.called} is not a midnight in UTC"
            yield self._one(DATE, (*where, "Date"), said, f"write `{moment:%Y-%m-%d}T00:00:00Z`")

    def _move(self, where: Path, move: Mapping[str, Any], known: frozenset[str], days: str) -> Iterator[Found]:
        if not known.issuperset(move):
            yield from unknown(move, known, where, self.name)
        target = move.get("StorageClass")
        if not isinstance(target, Opaque) and not (isinstance(target, str) and target in TARGETS):
            if target is None:
                yield self._one(CLASS, where, f"a transition of {self.called} names no storage class", "add `StorageClass`")
            else:
                known_class = isinstance(target, str) and target in CLASSES
                said = "and lifecycle moves no object there" if known_class else "which is no storage class"
                yield self._one(
                    CLASS, (*where, "StorageClass"), f"a transition of {self.called} leads to {shown(str(target))}, {said}"
                )
        age = self._number(move, days)
        if age is None or not 0 <= age <= decode.MOST:
            yield from self._days(move, days, where, 0)
        if "Date" in move:
            yield from self._date(move, where)
        if "NewerNoncurrentVersions" in move:
            yield from self._keep(move, where)
        if move.get(days) is None and (days != "Days" or move.get("Date") is None):
            yield self._one(
                NO_TIME, where, f"a transition of {self.called} has no days" + (" and no date" if days == "Days" else "")
            )
        if isinstance(target, str) and target in NO_DAYS_BEFORE and age is not None and 0 <= age < 30:
            said = f"{self.called} moves objects to {shown(str(target))} after {age} days"
            yield self._one(YOUNG, (*where, days), said, "wait for 30 days, which every version of the API takes")

    def _keep(self, value: Mapping[str, Any], where: Path) -> Iterator[Found]:
        given = value.get("NewerNoncurrentVersions")
        if given is None or isinstance(given, Opaque):
            return
        place: Path = (*where, "NewerNoncurrentVersions")
        keep = self._number(value, "NewerNoncurrentVersions")
        if keep is None or not 1 <= keep <= OLDEST:
            yield self._one(KEEP, place, f"{self.called} keeps {shown(str(given))} versions; 1 to {OLDEST} are allowed")
        elif "Filter" not in self.raw:
            yield self._one(KEEP, place, f"{self.called} keeps versions and has no `Filter`", 'add `"Filter": {}`')

    def _expiration(self) -> Iterator[Found]:
        value = self.raw.get("Expiration")
        if not is_object(value):
            return
        where: Path = (*self.path, "Expiration")
        yield from unknown(value, frozenset({"Days", "Date", "ExpiredObjectDeleteMarker"}), where, self.name)
        yield from self._days(value, "Days", where, 1)
        yield from self._date(value, where)
        given = value.get("ExpiredObjectDeleteMarker")
        marker = decode.truth(given, in_text=self.in_text)
        if given is not None and marker is None and not isinstance(given, Opaque):
            yield self._one(TYPE, (*where, "ExpiredObjectDeleteMarker"), f"{shown(str(given))} is neither true nor false")
        if marker and ("Days" in value or "Date" in value):
            said = f"{self.called} removes expired delete markers and expires objects at once"
            yield self._one(
                MARKER, (*where, "ExpiredObjectDeleteMarker"), said, "make two rules of it; days remove old markers too"
            )
        if marker and self._tagged():
            yield self._one(WITH_TAGS, (*where, "ExpiredObjectDeleteMarker"), f"{self.called} is about delete markers with tags")
        if marker is None and given is None and "Days" not in value and "Date" not in value:
            yield self._one(NO_TIME, where, f"the expiration of {self.called} has neither days nor a date")

    def _noncurrent_expiration(self) -> Iterator[Found]:
        value = self.raw.get("NoncurrentVersionExpiration")
        if not is_object(value):
            return
        where: Path = (*self.path, "NoncurrentVersionExpiration")
        yield from unknown(value, frozenset({"NoncurrentDays", "NewerNoncurrentVersions"}), where, self.name)
        yield from self._days(value, "NoncurrentDays", where, 1)
        yield from self._keep(value, where)
        if value.get("NoncurrentDays") is None:
            yield self._one(NO_TIME, where, f"the noncurrent expiration of {self.called} has no days")

    def _abort(self) -> Iterator[Found]:
        value = self.raw.get("AbortIncompleteMultipartUpload")
        if not is_object(value):
            return
        where: Path = (*self.path, "AbortIncompleteMultipartUpload")
        yield from unknown(value, frozenset({"DaysAfterInitiation"}), where, self.name)
        yield from self._days(value, "DaysAfterInitiation", where, 1)
        if value.get("DaysAfterInitiation") is None:
            yield self._one(DAYS, where, f"{self.called} aborts uploads without days", "add `DaysAfterInitiation`")
        if self._tagged():
            yield self._one(WITH_TAGS, where, f"{self.called} aborts uploads with tags", "give it a rule without tags")

    def _tagged(self) -> bool:
        wanted = self.raw.get("Filter")
        both = wanted.get("And") if is_object(wanted) else None
        return is_object(wanted) and ("Tag" in wanted or (is_object(both) and bool(both.get("Tags"))))

    def _mixed(self, moves: Sequence[tuple[Path, Mapping[str, Any]]]) -> Iterator[Found]:
        end = self.raw.get("Expiration")
        some = [*moves, *([((*self.path, "Expiration"), end)] if is_object(end) else [])]
        if not any("Date" in one for _, one in some):
            return
        with_days = [where for where, one in some if one.get("Days") is not None]
        with_date = [where for where, one in some if one.get("Date") is not None]
        if with_days and with_date:
            place = next((where for where in with_date if where in with_days), with_date[0])
            yield self._one(DAYS_AND_DATE, (*place, "Date"), f"{self.called} has both days and a date", "make two rules of it")

    def _order(self, moves: Sequence[tuple[Path, Mapping[str, Any]]], days: str, end: str, ends: str) -> Iterator[Found]:
        if not moves:
            return
        timed = [
            (age, str(move["StorageClass"]), where)
            for where, move in moves
            if (age := self._number(move, days)) is not None and str(move.get("StorageClass")) in TARGETS
        ]
        last = self.raw.get(end)
        until = self._number(last, days) if is_object(last) else None
        seen: set[str] = set()
        for age, target, where in timed:
            if target in seen:
                yield self._one(TWICE, where, f"{self.called} moves objects to {shown(target)} twice", "remove one of the two")
            seen.add(target)
            if until is not None and until <= age:
                said = f"{self.called}: {ends} after {until} days, and move to {shown(target)} after {age}"
                yield self._one(ORDER, (*where, days), said, "let them move before, or not at all")
            for later, colder, _ in timed:
                if CLASSES[colder].preference < CLASSES[target].preference and colder in ("GLACIER", "DEEP_ARCHIVE"):
                    if later <= age:
                        said = f"{self.called} moves objects to {shown(colder)} after {later} days and to {shown(target)} after {age}"
                        yield self._one(ORDER, (*where, days), said, "let the colder class come later", f"{target} {colder}")
                    elif target in NO_DAYS_BEFORE and later - age < 30:
                        said = f"{self.called} moves objects to {shown(target)} for {later - age} days, then to {shown(colder)}"
                        yield self._one(SHORT_STEP, (*where, days), said, "let 30 days lie between", f"{target} {colder}")
