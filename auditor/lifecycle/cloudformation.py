"""Buckets of CloudFormation and SAM templates, in the shape of the API.

What a template says with a function is not known before it is deployed: :class:`auditor.lifecycle.written.Opaque`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from auditor.lifecycle.written import Below, Opaque, Shape, ShapePlaces, Written, opaque
from auditor.source.shape import Path, is_list, is_object

_PLAIN: Mapping[str, Path] = {
    "Id": ("ID",),
    "Status": ("Status",),
    "ExpirationInDays": ("Expiration", "Days"),
    "ExpirationDate": ("Expiration", "Date"),
    "ExpiredObjectDeleteMarker": ("Expiration", "ExpiredObjectDeleteMarker"),
    "NoncurrentVersionExpirationInDays": ("NoncurrentVersionExpiration", "NoncurrentDays"),
}
_FILTER = ("Prefix", "ObjectSizeGreaterThan", "ObjectSizeLessThan")
_TRANSITION: Mapping[str, str] = {"TransitionInDays": "Days", "TransitionDate": "Date", "StorageClass": "StorageClass"}
_NONCURRENT: Mapping[str, str] = {
    "TransitionInDays": "NoncurrentDays",
    "StorageClass": "StorageClass",
    "NewerNoncurrentVersions": "NewerNoncurrentVersions",
}
_OLD_NAMES: Mapping[Any, str] = {"Glacier": "GLACIER"}
"""What templates still may call a storage class."""


def configurations(root: Mapping[str, Any], below: Below) -> Iterator[Written]:
    """The configurations of a template's buckets, in their order."""
    for name, resource in root["Resources"].items():
        if not is_object(resource) or resource.get("Type") != "AWS::S3::Bucket" or not is_object(resource.get("Properties")):
            continue
        properties = opaque(resource["Properties"])
        found = properties.get("LifecycleConfiguration")
        if found is None:
            continue
        base: Path = ("Resources", name, "Properties", "LifecycleConfiguration")
        shape = Shape()
        shape.where[()] = base
        if is_object(found):
            _configuration(shape, found, base)
        else:
            shape.raw = found
        yield Written(
            raw=shape.raw,
            places=ShapePlaces(shape, below(())),
            name=name,
            bucket=_text(properties.get("BucketName")),
            versioning=_versioning(properties),
            lock_days=_lock(properties),
            numbers_in_text=True,
            template=True,
        )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _versioning(properties: Mapping[str, Any]) -> str | None:
    if isinstance(properties.get("ObjectLockEnabled"), bool) and properties["ObjectLockEnabled"]:
        return "Enabled"
    if "VersioningConfiguration" not in properties:
        return "Off"
    one = properties["VersioningConfiguration"]
    status = one.get("Status") if is_object(one) else None
    return status if status in ("Enabled", "Suspended") else None


def _lock(properties: Mapping[str, Any]) -> int | None:
    one: Any = properties.get("ObjectLockConfiguration")
    for step in ("Rule", "DefaultRetention"):
        one = one.get(step) if is_object(one) else None
    if not is_object(one):
        return None
    for name, days in (("Days", 1), ("Years", 365)):
        if isinstance(one.get(name), int):
            return int(one[name]) * days
    return None


def _configuration(shape: Shape, found: Mapping[str, Any], base: Path) -> None:
    for name, value in found.items():
        if name == "Rules" and is_list(value):
            shape.put(("Rules",), [], (*base, "Rules"))
            for number, one in enumerate(value):
                where: Path = (*base, "Rules", number)
                shape.put(("Rules", number), {} if is_object(one) else one, where)
                if is_object(one):
                    _rule(shape, ("Rules", number), one, where)
        else:
            shape.put((name,), value, (*base, name))


def _rule(shape: Shape, at: Path, rule: Mapping[str, Any], base: Path) -> None:
    _filter(shape, at, rule, base)
    moves = noncurrent = 0
    for name, value in rule.items():
        where: Path = (*base, name)
        if name in _PLAIN:
            shape.put((*at, *_PLAIN[name]), value, where)
            if len(_PLAIN[name]) > 1:
                shape.where.setdefault((*at, _PLAIN[name][0]), where)
        elif name in ("Transition", "Transitions"):
            moves = _steps(shape, (*at, "Transitions"), value, where, _TRANSITION, moves)
        elif name in ("NoncurrentVersionTransition", "NoncurrentVersionTransitions"):
            noncurrent = _steps(shape, (*at, "NoncurrentVersionTransitions"), value, where, _NONCURRENT, noncurrent)
        elif name not in (*_FILTER, "TagFilters"):
            shape.put((*at, name), value, where)


def _filter(shape: Shape, at: Path, rule: Mapping[str, Any], base: Path) -> None:
    """The conditions of a template's rule stand side by side; the API has them in a filter, and in an ``And`` when they are several."""
    tags = rule.get("TagFilters")
    listed: list[Any] = tags if is_list(tags) else []
    conditions = [name for name in _FILTER if name in rule]
    shape.put((*at, "Filter"), {}, base)
    if tags is not None and not is_list(tags):
        shape.put((*at, "Filter", "Tag"), tags, (*base, "TagFilters"))
        return
    inside: Path = (*at, "Filter", "And") if len(conditions) + len(listed) > 1 else (*at, "Filter")
    for name in conditions:
        shape.put((*inside, name), rule[name], (*base, name))
    for number, tag in enumerate(listed):
        place: Path = (*inside, "Tags", number) if len(inside) > len(at) + 1 else (*inside, "Tag")
        shape.put(place, tag, (*base, "TagFilters", number))
        for part in tag if is_object(tag) else ():
            shape.where[(*place, part)] = (*base, "TagFilters", number, part)


def _steps(shape: Shape, at: Path, value: Any, base: Path, names: Mapping[str, str], first: int) -> int:
    """Transitions, one or several; the number of the next."""
    listed: list[Any] = value if is_list(value) else [value]
    for number, one in enumerate(listed):
        where: Path = (*base, number) if is_list(value) else base
        place: Path = (*at, first + number)
        if is_object(one):
            shape.put(place, {}, where)
            for name, inner in one.items():
                known = inner if isinstance(inner, Opaque) else _OLD_NAMES.get(inner, inner) if isinstance(inner, str) else inner
                shape.put((*place, names.get(name, name)), known, (*where, name))
        else:
            shape.put(place, one, where)
    shape.where.setdefault(at, base)
    return first + len(listed)
