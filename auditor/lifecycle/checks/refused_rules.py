"""What S3 refuses in a configuration, its rules and their filters."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from auditor.lifecycle.check import Check, Found, Level, Refused
from auditor.lifecycle.config import MANY, Config
from auditor.lifecycle.decode import whole
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.plain import ID_LENGTH
from auditor.lifecycle.written import Opaque
from auditor.model.s3 import LifecycleRule
from auditor.source.positions import shown
from auditor.source.shape import Path, is_list, is_object

_API = "Amazon S3 API Reference: PutBucketLifecycleConfiguration"
_ELEMENTS = "S3 User Guide: Lifecycle configuration elements"


def _check(id: str, title: str, why: str, source: str = _API) -> Check:
    return Check(id=id, level=Level.ERROR, title=title, why=why, source=source, refused=Refused.YES)


RULES = _check(
    "invalid-rules", "configuration without a list of rules", "A configuration is a list of 1 to 1,000 rules.", _ELEMENTS
)
ELEMENT = _check("unknown-element", "element that lifecycle does not know", "S3 answers MalformedXML, or the client refuses it.")
TYPE = _check("invalid-type", "value of the wrong type", "S3 answers MalformedXML, or the client refuses it.")
STATUS = _check(
    "invalid-status", "rule without a valid status", "The status is `Enabled` or `Disabled`, in this spelling.", _ELEMENTS
)
SAME_ID = _check("duplicate-rule-id", "two rules with one id", "The id is what tells the rules apart.", _ELEMENTS)
LONG_ID = _check("rule-id-too-long", "rule id of more than 255 characters", "An id has 255 characters at most.", _ELEMENTS)
NO_FILTER = _check(
    "missing-filter",
    "rule without a filter",
    "A rule says what it is about: a `Filter`, which may be empty, or the old `Prefix`.",
)
BOTH = _check(
    "filter-and-prefix", "rule with a filter and a prefix beside it", "`Prefix` outside of `Filter` is the old way to say it."
)
NEEDS_AND = _check(
    "filter-needs-and", "filter with several conditions without `And`", "`Filter` holds one condition, or one `And`."
)
SAME_TAG = _check("duplicate-tag-key", "filter with a tag key twice", "Each tag key in a filter must be unique.", _ELEMENTS)
RANGE = _check(
    "empty-size-range",
    "filter whose smallest size is not under its largest",
    "`ObjectSizeGreaterThan` must be less than `ObjectSizeLessThan`.",
    _ELEMENTS,
)
NO_ACTION = _check("rule-without-action", "rule that asks for nothing", "A rule has one action at least.", _ELEMENTS)
MINIMUM = _check(
    "invalid-default-minimum-size",
    "unknown `TransitionDefaultMinimumObjectSize`",
    "It is `all_storage_classes_128K` or `varies_by_storage_class`.",
)

CHECKS = (RULES, ELEMENT, TYPE, STATUS, SAME_ID, LONG_ID, NO_FILTER, BOTH, NEEDS_AND, SAME_TAG, RANGE, NO_ACTION, MINIMUM)

_ACTIONS = (
    "Transitions",
    "Transition",
    "NoncurrentVersionTransitions",
    "NoncurrentVersionTransition",
    "Expiration",
    "NoncurrentVersionExpiration",
    "AbortIncompleteMultipartUpload",
)
_RULE = frozenset({"ID", "Status", "Filter", "Prefix", *_ACTIONS})
_CONDITIONS = ("Prefix", "Tag", "And", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
_AND = frozenset({"Prefix", "Tags", "ObjectSizeGreaterThan", "ObjectSizeLessThan"})
_TOP = frozenset({"Rules", "TransitionDefaultMinimumObjectSize", "Bucket", "ResponseMetadata", "ExpectedBucketOwner"})


def check(config: Config, effects: Effects) -> Iterator[Found]:  # noqa: ARG001
    """Findings about what was written; none about what S3 gave."""
    raw = config.raw
    if raw is None:
        return
    rules = raw.get("Rules") if is_object(raw) else None
    if isinstance(rules, Opaque) or isinstance(raw, Opaque):
        return
    if not is_list(rules) or not 1 <= len(rules) <= MANY:
        said = f"has {len(rules):,} rules; 1 to {MANY:,} are allowed" if is_list(rules) else "has no list `Rules`"
        yield Found(
            check=RULES, path=("Rules",), message=f"the configuration {said}", fix="remove the whole configuration instead"
        )
    if is_object(raw):
        yield from unknown(raw, _TOP, ())
        minimum = raw.get("TransitionDefaultMinimumObjectSize")
        known = (None, "all_storage_classes_128K", "varies_by_storage_class")
        if not isinstance(minimum, Opaque) and minimum not in known:
            yield Found(
                check=MINIMUM,
                path=("TransitionDefaultMinimumObjectSize",),
                message=f"{shown(str(minimum))} is no default minimum size",
                fix=f"write `{known[1]}` or `{known[2]}`",
            )
    if is_list(rules):
        ids = _repeated(rules)
        for number, rule in enumerate(rules[:MANY]):
            plain = config.plain.get(number)
            if plain is not None and not (ids and rule.get("ID") in ids) and _acts(plain):
                continue
            path: Path = ("Rules", number)
            if is_object(rule):
                yield from _rule(rule, path, number, ids, config.in_text)
            elif not isinstance(rule, Opaque):
                yield Found(check=TYPE, path=path, message=f"rule {number + 1} is no object", rule=label(rule, number))


def _repeated(rules: list[Any]) -> Mapping[Any, int]:
    """The ids that several rules have, and how many."""
    ids = [one["ID"] for one in rules if is_object(one) and isinstance(one.get("ID"), str)]
    return {id_: count for id_, count in Counter(ids).items() if count > 1} if len(set(ids)) < len(ids) else {}


def _acts(rule: LifecycleRule) -> bool:
    """It asks for something."""
    asked = rule.transitions or rule.expiration or rule.noncurrent_transitions or rule.noncurrent_expiration
    return bool(asked) or rule.abort_multipart_days is not None


def label(rule: Any, number: int) -> str:
    """What a rule is called in a report."""
    id_ = rule.get("ID") if is_object(rule) else None
    return id_ if isinstance(id_, str) and id_ else f"rule {number + 1}"


def unknown(value: Mapping[str, Any], known: frozenset[str], path: Path, rule: str = "") -> Iterator[Found]:
    """Members of names that are not known there."""
    last = path[-1] if path else ""
    what = shown(last) if isinstance(last, str) and last else "a rule" if path else "a configuration"
    for name in value if not known.issuperset(value) else ():
        if name not in known:
            yield Found(
                check=ELEMENT,
                path=(*path, name),
                message=f"{shown(name)} is no element of {what}",
                fix="remove it, or mend its spelling",
                rule=rule,
                part=name,
                name=True,
            )


def _rule(rule: Mapping[str, Any], path: Path, number: int, ids: Mapping[Any, int], in_text: bool) -> Iterator[Found]:
    name = label(rule, number)
    yield from unknown(rule, _RULE, path, name)
    status = rule.get("Status")
    if not isinstance(status, Opaque) and status not in ("Enabled", "Disabled"):
        said = "has no status" if status is None else f"has the status {shown(str(status))}"
        yield Found(
            check=STATUS, path=(*path, "Status"), message=f"{_of(name)} {said}", fix="write `Enabled` or `Disabled`", rule=name
        )
    id_ = rule.get("ID")
    if isinstance(id_, str) and id_ in ids:
        yield Found(
            check=SAME_ID,
            path=(*path, "ID"),
            message=f"{ids[id_]} rules have the id {shown(id_)}",
            fix="name them apart",
            rule=name,
        )
    if isinstance(id_, str) and len(id_) > ID_LENGTH:
        message = f"the id has {len(id_)} characters; {ID_LENGTH} are allowed"
        yield Found(check=LONG_ID, path=(*path, "ID"), message=message, fix="shorten it", rule=name)
    if "Filter" not in rule and "Prefix" not in rule:
        yield Found(
            check=NO_FILTER,
            path=path,
            message=f"{_of(name)} has no filter",
            fix='add `"Filter": {}` for the whole bucket',
            rule=name,
        )
    elif "Filter" in rule and "Prefix" in rule:
        message = f"{_of(name)} has `Filter` and `Prefix`"
        yield Found(
            check=BOTH, path=(*path, "Prefix"), message=message, fix="move the prefix into the filter", rule=name, name=True
        )
    if not any(action in rule for action in _ACTIONS):
        yield Found(
            check=NO_ACTION, path=path, message=f"{_of(name)} has no action", fix="add one, or remove the rule", rule=name
        )
    wanted = rule.get("Filter")
    if is_object(wanted):
        yield from _filter(wanted, (*path, "Filter"), name, in_text)
    elif wanted is not None and wanted != "" and not isinstance(wanted, Opaque):
        yield Found(check=TYPE, path=(*path, "Filter"), message=f"the filter of {_of(name)} is no object", rule=name)
    if "Prefix" in rule and not isinstance(rule["Prefix"], (str, Opaque)):
        yield Found(check=TYPE, path=(*path, "Prefix"), message=f"the prefix of {_of(name)} is no text", rule=name)


def _of(name: str) -> str:
    return name if name.startswith("rule ") else f"rule {shown(name)}"


def _filter(wanted: Mapping[str, Any], path: Path, name: str, in_text: bool) -> Iterator[Found]:
    yield from unknown(wanted, frozenset(_CONDITIONS), path, name)
    conditions = [one for one in _CONDITIONS if one in wanted]
    if len(conditions) > 1:
        listed = ", ".join(f"`{one}`" for one in conditions)
        yield Found(
            check=NEEDS_AND,
            path=path,
            message=f"the filter of {_of(name)} has {listed}",
            fix="put them together in `And`",
            rule=name,
        )
    inner, where = wanted, path
    if "And" in wanted:
        if not is_object(wanted["And"]):
            if not isinstance(wanted["And"], Opaque):
                yield Found(check=TYPE, path=(*path, "And"), message=f"`And` of {_of(name)} is no object", rule=name)
            return
        inner, where = wanted["And"], (*path, "And")
        yield from unknown(inner, _AND, where, name)
    yield from _tags(inner, where, name)
    yield from _sizes(inner, where, name, in_text)
    if "Prefix" in inner and not isinstance(inner["Prefix"], (str, Opaque)):
        yield Found(check=TYPE, path=(*where, "Prefix"), message=f"the prefix of {_of(name)} is no text", rule=name)


def _tags(inner: Mapping[str, Any], path: Path, name: str) -> Iterator[Found]:
    listed = inner.get("Tags", [inner["Tag"]] if "Tag" in inner else [])
    if not is_list(listed):
        if not isinstance(listed, Opaque):
            yield Found(check=TYPE, path=(*path, "Tags"), message=f"the tags of {_of(name)} are no list", rule=name)
        return
    seen: set[str] = set()
    for number, tag in enumerate(listed):
        where: Path = (*path, "Tags", number) if "Tags" in inner else (*path, "Tag")
        if isinstance(tag, Opaque):
            continue
        key, value = (tag.get("Key"), tag.get("Value")) if is_object(tag) else (None, None)
        if not isinstance(key, (str, Opaque)) or not isinstance(value, (str, Opaque)):
            message = f"a tag of {_of(name)} lacks its key or value, or one is no text"
            yield Found(check=TYPE, path=where, message=message, fix='write `{"Key": "…", "Value": "…"}`', rule=name)
        elif isinstance(key, str):
            if key in seen:
                message = f"the filter of {_of(name)} has the tag key {shown(key)} twice"
                yield Found(check=SAME_TAG, path=where, message=message, fix="name each key once", rule=name, part=key)
            seen.add(key)


def _sizes(inner: Mapping[str, Any], path: Path, name: str, in_text: bool) -> Iterator[Found]:
    sizes: dict[str, int] = {}
    for part in ("ObjectSizeGreaterThan", "ObjectSizeLessThan"):
        if part not in inner or isinstance(inner[part], Opaque):
            continue
        size = whole(inner[part], in_text=in_text)
        if size is None or size < 0:
            message = f"`{part}` of {_of(name)} is no number of bytes"
            yield Found(check=TYPE, path=(*path, part), message=message, fix="write a whole number", rule=name, part=part)
        else:
            sizes[part] = size
    if len(sizes) == 2 and sizes["ObjectSizeGreaterThan"] >= sizes["ObjectSizeLessThan"]:
        yield Found(
            check=RANGE,
            path=(*path, "ObjectSizeGreaterThan"),
            message=f"no object has more than {sizes['ObjectSizeGreaterThan']:,} and less than {sizes['ObjectSizeLessThan']:,} bytes",
            fix="exchange the two, or mend one",
            rule=name,
        )
