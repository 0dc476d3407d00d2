"""Buckets of Terraform plans (``terraform show -json``), in the shape of the API.

Both ways of writing them: the resource ``aws_s3_bucket_lifecycle_configuration``, and the blocks ``lifecycle_rule`` that older providers
have in ``aws_s3_bucket``. What is known only after the plan is applied is :class:`auditor.lifecycle.written.Opaque`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from auditor.lifecycle.written import Below, Opaque, Shape, ShapePlaces, Written
from auditor.source.shape import Path, is_list, is_object

_DEEPEST = 40
_LATER = Opaque("known after apply")


class _Resource(msgspec.Struct, frozen=True):
    """A resource of the plan: where its values stand, and which of them are not yet known."""

    address: str
    type: str
    values: Mapping[str, Any]
    unknown: Any
    path: Path


def is_plan(root: Any) -> bool:
    """The data are a plan of Terraform."""
    return is_object(root) and is_object(root.get("planned_values"))


def configurations(root: Mapping[str, Any], below: Below) -> Iterator[Written]:
    """The configurations of a plan's buckets, in their order."""
    module = root["planned_values"].get("root_module")
    changes = {
        one.get("address"): one["change"].get("after_unknown")
        for one in _objects(root.get("resource_changes"))
        if is_object(one.get("change"))
    }
    found = list(_resources(module if is_object(module) else {}, ("planned_values", "root_module"), changes))
    for one in found:
        if one.type == "aws_s3_bucket_lifecycle_configuration":
            yield _written(one, found, below, "rule", _rule)
        elif one.type == "aws_s3_bucket" and (one.values.get("lifecycle_rule") or _unknown_blocks(one)):
            yield _written(one, found, below, "lifecycle_rule", _old_rule)


def _unknown_blocks(one: _Resource) -> bool:
    unknown = one.unknown.get("lifecycle_rule") if is_object(one.unknown) else None
    return is_list(unknown) and bool(unknown)


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one if is_object(one) else {} for one in value] if is_list(value) else []


def _resources(module: Mapping[str, Any], path: Path, changes: Mapping[Any, Any]) -> Iterator[_Resource]:
    if len(path) > _DEEPEST:
        return
    for number, one in enumerate(_objects(module.get("resources"))):
        if is_object(one.get("values")) and isinstance(one.get("type"), str):
            address = str(one.get("address") or one["type"])
            where: Path = (*path, "resources", number, "values")
            yield _Resource(address, one["type"], one["values"], changes.get(one.get("address")), where)
    for number, child in enumerate(_objects(module.get("child_modules"))):
        yield from _resources(child, (*path, "child_modules", number), changes)


def _written(one: _Resource, all_: list[_Resource], below: Below, block: str, rule: Any) -> Written:
    shape = Shape()
    shape.where[()] = one.path
    shape.put(("Rules",), [], (*one.path, block))
    unknown = one.unknown.get(block) if is_object(one.unknown) else None
    rules = _objects(one.values.get(block))
    for number, values in enumerate(rules):
        known = _with_unknown(values, unknown[number] if is_list(unknown) and number < len(unknown) else unknown is True)
        shape.put(("Rules", number), {}, (*one.path, block, number))
        rule(shape, ("Rules", number), known, (*one.path, block, number))
    if not rules and unknown is True:
        shape.raw["Rules"] = _LATER
    minimum = one.values.get("transition_default_minimum_object_size")
    if minimum:
        shape.put(("TransitionDefaultMinimumObjectSize",), minimum, (*one.path, "transition_default_minimum_object_size"))
    bucket = one.values.get("bucket")
    name = bucket if isinstance(bucket, str) else None
    versioning, lock = _about(one, name, all_)
    return Written(
        raw=shape.raw,
        places=ShapePlaces(shape, below(())),
        name=one.address,
        bucket=name,
        versioning=versioning,
        lock_days=lock,
        template=True,
    )


def _with_unknown(value: Any, unknown: Any) -> Any:
    """The value with what is known only later in its place. Terraform leaves that out, and marks it beside."""
    if unknown is True:
        return _LATER
    if is_object(value) and is_object(unknown):
        names = [*value, *(name for name in unknown if name not in value and unknown[name] is True)]
        return {name: _with_unknown(value.get(name), unknown.get(name)) for name in names}
    if is_list(value) and is_list(unknown):
        return [_with_unknown(one, unknown[at] if at < len(unknown) else None) for at, one in enumerate(value)]
    return value


def _about(one: _Resource, bucket: str | None, all_: list[_Resource]) -> tuple[str | None, int | None]:
    """Versioning and default retention, where the plan names the bucket in all of its resources."""
    versioning: str | None = None
    lock: int | None = None
    if one.type == "aws_s3_bucket":
        enabled = _first(one.values.get("versioning")).get("enabled")
        versioning = "Enabled" if enabled is True else None
    for other in all_:
        if bucket is None or other.values.get("bucket") != bucket:
            continue
        if other.type == "aws_s3_bucket_versioning":
            status = _first(other.values.get("versioning_configuration")).get("status")
            versioning = {"Enabled": "Enabled", "Suspended": "Suspended", "Disabled": "Off"}.get(str(status), versioning)
        if other.type == "aws_s3_bucket_object_lock_configuration":
            retention = _first(_first(other.values.get("rule")).get("default_retention"))
            days, years = retention.get("days"), retention.get("years")
            lock = days if isinstance(days, int) and days else years * 365 if isinstance(years, int) and years else lock
    return versioning, lock


def _first(value: Any) -> Mapping[str, Any]:
    return value[0] if is_list(value) and value and is_object(value[0]) else {}


def _given(value: Any) -> bool:
    """The provider writes nothing, nought or an empty text for what is not set."""
    return value is not None and value != "" and value != 0 and value is not False


def _block(shape: Shape, at: Path, value: Any, base: Path, names: Mapping[str, str]) -> None:
    """The block of a name that occurs once: a list of one."""
    if isinstance(value, Opaque):
        shape.put(at, value, base)
        return
    listed = _objects(value)
    if not listed:
        return
    shape.put(at, {}, base)
    for name, inner in listed[0].items():
        if name in names and _given(inner):
            shape.put((*at, names[name]), inner, (*base, 0, name))


_EXPIRATION: Mapping[str, str] = {
    "days": "Days",
    "date": "Date",
    "expired_object_delete_marker": "ExpiredObjectDeleteMarker",
}
_OLD_VERSIONS: Mapping[str, str] = {"noncurrent_days": "NoncurrentDays", "newer_noncurrent_versions": "NewerNoncurrentVersions"}
_OLD_BLOCK: Mapping[str, str] = {"days": "NoncurrentDays"}


def _rule(shape: Shape, at: Path, rule: Any, base: Path) -> None:
    if isinstance(rule, Opaque):
        shape.put(at, rule, base)
        return
    for name, api in (("id", "ID"), ("status", "Status")):
        if _given(rule.get(name)):
            shape.put((*at, api), rule[name], (*base, name))
    if _given(rule.get("prefix")) and not rule.get("filter"):
        shape.put((*at, "Prefix"), rule["prefix"], (*base, "prefix"))
    else:
        _filter(shape, (*at, "Filter"), rule.get("filter"), (*base, "filter"))
    _block(shape, (*at, "Expiration"), rule.get("expiration"), (*base, "expiration"), _EXPIRATION)
    _block(
        shape,
        (*at, "NoncurrentVersionExpiration"),
        rule.get("noncurrent_version_expiration"),
        (*base, "noncurrent_version_expiration"),
        _OLD_VERSIONS,
    )
    _block(
        shape,
        (*at, "AbortIncompleteMultipartUpload"),
        rule.get("abort_incomplete_multipart_upload"),
        (*base, "abort_incomplete_multipart_upload"),
        {"days_after_initiation": "DaysAfterInitiation"},
    )
    _moves(shape, at, rule, base, {"noncurrent_days": "NoncurrentDays", "newer_noncurrent_versions": "NewerNoncurrentVersions"})


def _moves(shape: Shape, at: Path, rule: Mapping[str, Any], base: Path, noncurrent: Mapping[str, str]) -> None:
    for block, api, names, days in (
        ("transition", "Transitions", {"days": "Days", "date": "Date"}, "days"),
        ("noncurrent_version_transition", "NoncurrentVersionTransitions", noncurrent, next(iter(noncurrent))),
    ):
        value = rule.get(block)
        if isinstance(value, Opaque):
            shape.put((*at, api), value, (*base, block))
        for number, one in enumerate(_objects(value)):
            place, where = (*at, api, number), (*base, block, number)
            shape.where.setdefault((*at, api), (*base, block))
            shape.put(place, {}, where)
            for name, target in {**names, "storage_class": "StorageClass"}.items():
                inner = one.get(name)
                if _given(inner) or (name == days and inner == 0 and not _given(one.get("date"))):
                    shape.put((*place, target), inner, (*where, name))


def _filter(shape: Shape, at: Path, value: Any, base: Path) -> None:
    shape.put(at, {}, base)
    if isinstance(value, Opaque):
        shape.put(at, value, base)
        return
    for one in _objects(value)[:1]:
        where: Path = (*base, 0)
        both = one.get("and")
        if isinstance(both, Opaque):
            shape.put((*at, "And"), both, (*where, "and"))
        elif _objects(both):
            inner = _objects(both)[0]
            shape.put((*at, "And"), {}, (*where, "and"))
            _conditions(shape, (*at, "And"), inner, (*where, "and", 0))
            _tags(shape, (*at, "And", "Tags"), inner.get("tags"), (*where, "and", 0, "tags"))
        _conditions(shape, at, one, where)
        for tag in _objects(one.get("tag"))[:1]:
            shape.put((*at, "Tag"), {"Key": tag.get("key"), "Value": tag.get("value")}, (*where, "tag"))
        if isinstance(one.get("tag"), Opaque):
            shape.put((*at, "Tag"), one["tag"], (*where, "tag"))


def _conditions(shape: Shape, at: Path, one: Mapping[str, Any], base: Path) -> None:
    for name, api in (
        ("prefix", "Prefix"),
        ("object_size_greater_than", "ObjectSizeGreaterThan"),
        ("object_size_less_than", "ObjectSizeLessThan"),
    ):
        value = one.get(name)
        if isinstance(value, str) and name != "prefix" and value.isdecimal():
            value = int(value)
        if _given(value):
            shape.put((*at, api), value, (*base, name))


def _tags(shape: Shape, at: Path, tags: Any, base: Path) -> None:
    if isinstance(tags, Opaque):
        shape.put(at, tags, base)
        return
    for number, (key, value) in enumerate(tags.items() if is_object(tags) else ()):
        shape.put((*at, number), {"Key": key, "Value": value}, (*base, key))


def _old_rule(shape: Shape, at: Path, rule: Any, base: Path) -> None:
    """A block ``lifecycle_rule`` of ``aws_s3_bucket``."""
    if isinstance(rule, Opaque):
        shape.put(at, rule, base)
        return
    if _given(rule.get("id")):
        shape.put((*at, "ID"), rule["id"], (*base, "id"))
    enabled = rule.get("enabled")
    status = enabled if isinstance(enabled, Opaque) else "Enabled" if enabled is True else "Disabled"
    shape.put((*at, "Status"), status, (*base, "enabled"))
    tags, prefix = rule.get("tags"), rule.get("prefix")
    shape.put((*at, "Filter"), {}, base)
    inside: Path = (*at, "Filter", "And") if tags else (*at, "Filter")
    if _given(prefix):
        shape.put((*inside, "Prefix"), prefix, (*base, "prefix"))
    if tags:
        _tags(shape, (*inside, "Tags"), tags, (*base, "tags"))
    days = rule.get("abort_incomplete_multipart_upload_days")
    if _given(days):
        where: Path = (*base, "abort_incomplete_multipart_upload_days")
        shape.put((*at, "AbortIncompleteMultipartUpload"), {}, where)
        shape.put((*at, "AbortIncompleteMultipartUpload", "DaysAfterInitiation"), days, where)
    _block(shape, (*at, "Expiration"), rule.get("expiration"), (*base, "expiration"), _EXPIRATION)
    _block(
        shape,
        (*at, "NoncurrentVersionExpiration"),
        rule.get("noncurrent_version_expiration"),
        (*base, "noncurrent_version_expiration"),
        _OLD_BLOCK,
    )
    _moves(shape, at, rule, base, _OLD_BLOCK)
