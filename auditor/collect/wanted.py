"""What a scan must read: the fields that the selected rules read, or everything."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

import msgspec

from auditor.engine.rule import Rule
from auditor.model import calls
from auditor.model.account import Account, Root
from auditor.model.calls import Call
from auditor.model.resource import FieldRef, Resource, fact_fields, field_ref, kinds


class Wanted(msgspec.Struct, frozen=True):
    """Kinds to list and fields to fill in."""

    kinds: frozenset[type[Resource]]
    fields: frozenset[FieldRef]

    def field(self, member: object) -> bool:
        """``wanted.field(Bucket.acl)``: the field is wanted."""
        return field_ref(member) in self.fields

    def any(self, *members: object) -> bool:
        """At least one of the fields is wanted."""
        return any(self.field(member) for member in members)

    def gives(self, kind: type[Resource], call: Call) -> bool:
        """Some wanted field of the kind comes from ``call``."""
        return any(ref.kind is kind and fact_fields(kind)[ref.field].call == call.name for ref in self.fields)

    def names(self) -> tuple[str, ...]:
        """The fields as text, sorted."""
        return tuple(sorted(map(str, self.fields)))

    def calls(self) -> frozenset[Call]:
        """Every operation that reading all this may take: for permissions and for the tests."""
        named = {calls.GET_CALLER_IDENTITY.name, calls.DESCRIBE_REGIONS.name}
        named |= {kind.LISTED_BY.name for kind in self.kinds}
        named |= {fact_fields(ref.kind)[ref.field].call for ref in self.fields}
        found = {calls.by_name(name) for name in named}
        found |= {calls.by_name(name) for call in found for name in call.after}
        found |= {calls.by_name(name) for kind in self.kinds for name in kind.ALSO}
        if calls.GET_METRIC_DATA in found:
            found.add(calls.LIST_METRICS)
        return frozenset(found)


def everything(also: Collection[str] = ()) -> Wanted:
    """All kinds and all their fields, with those that the settings ``also`` ask for: see :mod:`auditor.model.opt_in`."""
    every = frozenset(kinds().values())
    fields = (FieldRef(kind, name) for kind in every for name in fact_fields(kind))
    return Wanted(every, with_needs(ref for ref in fields if _collected(ref, also)))


def by_rules(rules: Iterable[Rule[Any]], also: Collection[str] = ()) -> Wanted:
    """What these rules read, with what the settings ``also`` ask for. The account and its root user are always there: they cost no list
    call.
    """
    listed: set[type[Resource]] = {Account, Root}
    fields: set[FieldRef] = set()
    for rule in rules:
        listed |= {rule.over, *rule.kinds, *(ref.kind for ref in rule.reads)}
        fields |= {ref for ref in rule.reads if _collected(ref, also)}
    # What the listing gives costs nothing more, and a report names things by their tags.
    for kind in listed - {Account, Root}:
        fields |= {FieldRef(kind, name) for name in fact_fields(kind) if comes_with_list(FieldRef(kind, name))}
    return Wanted(frozenset(listed), with_needs(fields))


def _collected(ref: FieldRef, also: Collection[str]) -> bool:
    """A call gives the field, and it is made: always, or because a setting asks for it."""
    return not ref.given and (ref.opt_in is None or ref.opt_in in also)


def opted_in(wanted: Wanted, setting: str) -> Wanted:
    """The same with what a setting reads of the kinds that are wanted anyhow."""
    refs = {FieldRef(kind, name) for kind in wanted.kinds for name, asked in kind.OPT_IN.items() if asked == setting}
    return Wanted(wanted.kinds, wanted.fields | with_needs(refs))


def with_needs(fields: Iterable[FieldRef]) -> frozenset[FieldRef]:
    """The fields and all those that reading them takes: see :attr:`Resource.DEPENDS`."""
    found: set[FieldRef] = set()
    todo = set(fields)
    while todo:
        ref = todo.pop()
        found.add(ref)
        todo |= {FieldRef(ref.kind, name) for name in ref.kind.DEPENDS.get(ref.field, ())} - found
    return frozenset(found)


def only_lists(wanted: Wanted) -> Wanted:
    """The part that list calls give: what ``scan --plan`` reads to count the rest."""
    return Wanted(
        wanted.kinds,
        frozenset(filter(comes_with_list, wanted.fields)),
    )


def comes_with_list(ref: FieldRef) -> bool:
    """The call that lists the kind gives the field too."""
    return fact_fields(ref.kind)[ref.field].call == ref.kind.LISTED_BY.name and ref.field not in ref.kind.APART
