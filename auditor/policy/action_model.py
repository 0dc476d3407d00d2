"""What AWS documents about actions, resource types and condition keys, and the compact form that it is compiled to."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable

import msgspec


class ResourceType(msgspec.Struct, frozen=True, array_like=True):
    """A type of resource of a service. ``arn`` is AWS's template, with ``${Partition}``, ``${Account}`` and the like."""

    service: str
    name: str
    arn: str
    condition_keys: tuple[str, ...] = ()


class Needs(msgspec.Struct, frozen=True, array_like=True):
    """A resource type that an action can be allowed on, by its name in the action's service.

    ``required``: every request names one. ``condition_keys`` and ``dependent`` hold for requests on that type.
    """

    resource: str
    required: bool = False
    condition_keys: tuple[str, ...] = ()
    dependent: tuple[str, ...] = ()


class Action(msgspec.Struct, frozen=True, array_like=True):
    """An action in AWS's own spelling (``s3:GetObject``). ``bit`` is its place in the bitsets of its table.

    ``level`` is ``List``, ``Read``, ``Write``, ``Tagging`` or ``Permissions management``; ``dependent`` are the actions that the caller
    needs as well (``iam:PassRole``).
    """

    name: str
    bit: int
    level: str
    needs: tuple[Needs, ...] = ()
    condition_keys: tuple[str, ...] = ()
    dependent: tuple[str, ...] = ()

    @property
    def resource_less(self) -> bool:
        """The action knows no resources: only ``Resource`` ``*`` allows it."""
        return not self.needs

    @property
    def service(self) -> str:
        """The prefix: ``s3``."""
        return self.name.partition(":")[0]


class ConditionKey(msgspec.Struct, frozen=True, array_like=True):
    """A condition key as AWS writes it; ``${TagKey}`` or ``<key>`` in it stands for any text.

    ``type`` is AWS's word: ``String``, ``ARN``, ``Bool``, ``Numeric``, ``Date``, ``IPAddress``, ``Binary``, or ``ArrayOf`` one of these for
    a key of several values.
    """

    name: str
    type: str


class Index(msgspec.Struct, frozen=True, array_like=True):
    """What is read at once: the names of everything. Services stand in the order of ``prefix + ":"``, names in that of their lower case,
    so that the bits of a service, and of all names that begin alike, follow each other."""

    version: str
    updated: dt.date
    prefixes: tuple[str, ...]
    names: tuple[str, ...]
    """The names of the actions of each service, without the prefix, one a line: most runs need those of a few services only."""
    levels: tuple[str, ...]
    """For each service, one letter for each action: the first of its level."""
    elsewhere: dict[str, tuple[str, ...]]
    """The services that document condition keys of another prefix (``saml``, ``token.actions.githubusercontent.com``)."""
    rcp: tuple[str, ...]
    old: str = ""
    """Actions, and bare prefixes of services, in lower case, one a line, that older data knew and AWS lists no longer. Empty: not looked
    up."""
    foreign: dict[str, tuple[str, ...]] | None = None
    """The ARNs of resource types that other services than that in the ARN document, by that service. ``None``: not looked up."""


def foreign(services: Iterable[Iterable[ResourceType]]) -> dict[str, tuple[str, ...]]:
    """The ARNs, of all services, that are another service's: templates by the service in them."""
    found: dict[str, dict[str, None]] = {}
    for some in services:
        for one in some:
            parts = one.arn.split(":", 5)
            if len(parts) == 6 and parts[2] != one.service:
                found.setdefault(parts[2], {})[one.arn] = None
    return {service: tuple(arns) for service, arns in found.items()}


class Service(msgspec.Struct, frozen=True, array_like=True):
    """What is read when a service is asked for: its actions, each an encoded :class:`Action`, in the order of the index."""

    actions: tuple[msgspec.Raw, ...]
    resource_types: tuple[ResourceType, ...]
    keys: tuple[ConditionKey, ...]
    loose: tuple[str, ...]
    """The names, in lower case, of those keys that AWS lists for the service without saying for which action."""
    on: tuple[tuple[int, ...] | None, ...]
    """For each action, the places in ``resource_types`` of those it can be allowed on; ``None``: one of them is not listed."""


LEVELS = {"L": "List", "R": "Read", "W": "Write", "T": "Tagging", "P": "Permissions management"}
"""The access levels by their letter in :class:`Index`."""
