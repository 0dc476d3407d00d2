"""What a scan will cost in calls, told before it is made: from list calls and GetAccountSummary alone.

The counts are exact but for what only the answers tell: further pages of a listing, how often the credential report is asked for until
it is ready, and series that are discovered. Those are the least that will be made, and say so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from math import ceil

import msgspec

from auditor.collect import metrics as cloudwatch
from auditor.collect.account import CONTACT_TYPES
from auditor.collect.run import Scope, collectors
from auditor.collect.visit import Metric
from auditor.collect.wanted import Wanted, comes_with_list, only_lists, with_needs
from auditor.model import calls
from auditor.model.account import Account
from auditor.model.calls import Call, Per
from auditor.model.compute import Instance
from auditor.model.fact import Known, Unknown
from auditor.model.resource import FieldRef, Resource, fact_fields
from auditor.model.snapshot import Snapshot

TYPES_A_CALL = 100
"""Instance types that one DescribeInstanceTypes request takes (EC2 API reference)."""
ENTITIES_A_PAGE = 1000
"""What GetAccountAuthorizationDetails gives at most in one page."""

_SUMMARY = FieldRef(Account, "summary")
_REGIONS = FieldRef(Account, "regions")


class Estimate(msgspec.Struct, frozen=True, order=True):
    """How many calls of one operation a scan will make, and what for. ``at_least``: only the answers tell the rest."""

    service: str
    operation: str
    calls: int
    at_least: bool
    why: str
    most: int | None = None
    """With ``at_least``, how many more than ``calls`` at most; ``None``: there is no bound."""

    def plus(self, other: Estimate) -> Estimate:
        """Both together: they are of the same operation."""
        bounds = [one.most for one in (self, other) if one.at_least]
        return Estimate(
            self.service,
            self.operation,
            self.calls + other.calls,
            self.at_least or other.at_least,
            f"{self.why}; {other.why}",
            None if None in bounds or not bounds else sum(bound or 0 for bound in bounds),
        )


def lists(wanted: Wanted, regions: tuple[str, ...]) -> Scope:
    """What to read in order to count the rest: list calls and GetAccountSummary, but not the details of IAM."""
    listed = frozenset(kind for kind in wanted.kinds if kind.LISTED_BY.per is not Per.ITEM and not _from_details(kind))
    fields = frozenset(ref for ref in only_lists(wanted).fields if ref.kind in listed)
    return Scope(
        wanted=Wanted(listed | {Account}, fields | {_SUMMARY} | ({_REGIONS} & wanted.fields)), regions=regions, with_metrics=False
    )


def estimate(wanted: Wanted, listed: Snapshot) -> tuple[Estimate, ...]:
    """The calls that reading ``wanted`` will take on the account whose lists are in ``listed``, by service and operation."""
    found = [*_listing(wanted, listed), *_apart(wanted, listed), *_fields(wanted, listed), *_metrics(wanted, listed)]
    if calls.GET_CREDENTIAL_REPORT in wanted.calls():
        found.append(_of(calls.GENERATE_CREDENTIAL_REPORT, 1, "until the credential report is ready", at_least=True))
    merged: dict[tuple[str, str], Estimate] = {}
    for one in found:
        before = merged.get((one.service, one.operation))
        merged[one.service, one.operation] = before.plus(one) if before else one
    return tuple(sorted(merged.values()))


def _of(call: Call, count: int, why: str, *, at_least: bool = False, most: int | None = None) -> Estimate:
    return Estimate(call.service, call.operation, count, at_least, why, most)


def _from_details(kind: type[Resource]) -> bool:
    return kind.LISTED_BY == calls.GET_ACCOUNT_AUTHORIZATION_DETAILS


def _listing(wanted: Wanted, listed: Snapshot) -> Iterator[Estimate]:
    made: dict[tuple[str, str], int] = {}
    for call in listed.calls:
        made[call.service, call.operation] = made.get((call.service, call.operation), 0) + 1
    if _SUMMARY not in wanted.fields and not _needed(wanted, calls.GET_ACCOUNT_SUMMARY):
        made.pop((calls.GET_ACCOUNT_SUMMARY.service, calls.GET_ACCOUNT_SUMMARY.operation), None)
    for (service, operation), count in made.items():
        names = sorted(
            kind.NOUN for kind in wanted.kinds if (kind.LISTED_BY.service, kind.LISTED_BY.operation) == (service, operation)
        )
        also = sorted(kind.NOUN for kind in wanted.kinds if f"{service}.{operation}" in kind.ALSO)
        why = f"lists: {', '.join(names)}" if names else f"where each {also[0]} is" if also else "the account itself"
        yield Estimate(service, operation, count, False, why)
    yield _of(calls.GET_CALLER_IDENTITY, 1, "who is asking")
    details = [kind for kind in wanted.kinds if _from_details(kind)]
    if details:
        summary = listed.account.summary
        entities = (
            sum(summary.value.get(name, 0) for name in ("Users", "Groups", "Roles", "Policies"))
            if isinstance(summary, Known)
            else 0
        )
        nouns = ", ".join(sorted(kind.NOUN for kind in details))
        pages = max(1, ceil(entities / ENTITIES_A_PAGE))
        yield _of(calls.GET_ACCOUNT_AUTHORIZATION_DETAILS, pages, f"lists, with their policies: {nouns}", at_least=True)


def _needed(wanted: Wanted, call: Call) -> bool:
    return any(fact_fields(ref.kind)[ref.field].call == call.name for ref in wanted.fields)


def _fields(wanted: Wanted, listed: Snapshot) -> Iterator[Estimate]:
    """The calls that give single fields."""
    by_call: dict[tuple[Call, type[Resource] | None], list[FieldRef]] = {}
    for ref in sorted(wanted.fields, key=str):
        call = ref.call
        if call not in (
            ref.kind.LISTED_BY,
            calls.GET_METRIC_DATA,
            calls.LIST_METRICS,
            calls.GET_ACCOUNT_SUMMARY,
            calls.DESCRIBE_REGIONS,
        ):
            shared = call.per not in (Per.ITEM, Per.PART)
            by_call.setdefault((call, None if shared else ref.kind), []).append(ref)
    for (call, _), refs in by_call.items():
        if call in {kind.LISTED_BY for kind in wanted.kinds}:
            continue
        names = ", ".join(map(str, refs))
        kind = refs[0].kind
        if call.per is Per.ITEM:
            count = len(_items(listed, kind))
            unlisted = any(listed.section(kind, scope).missing for scope in listed.scopes(kind))
            yield _of(call, count, f"one for each of {count} {kind.NOUN}s: {names}", at_least=unlisted)
        elif call.per is Per.PART:
            bounds = [ref.most for ref in refs if ref.most is not None]
            each = sum(bounds) if len(bounds) == len(refs) else None
            most = None if each is None else each * len(_items(listed, kind))
            bound = "" if each is None else f", at most {each} for a {kind.NOUN}"
            yield _of(call, 0, f"one for each that only the calls before it find{bound}: {names}", at_least=True, most=most)
            for before in map(calls.by_name, call.after):
                if before.per is Per.ACCOUNT and before not in {kind.LISTED_BY for kind in wanted.kinds}:
                    yield _of(before, 0, f"once if an answer takes it: {names}", at_least=True)
        elif call == calls.DESCRIBE_INSTANCE_TYPES:
            yield from _instance_types(listed, names)
        elif call.per is Per.REGION:
            yield _of(call, len(listed.header.regions), f"one in each region: {names}", at_least=call.pages is not None)
        else:
            count = len(CONTACT_TYPES) if call == calls.GET_ALTERNATE_CONTACT else 1
            yield _of(call, count, names, at_least=call.pages is not None)


def _apart(wanted: Wanted, listed: Snapshot) -> Iterator[Estimate]:
    """Fields that take a further listing of their kind: see :attr:`Resource.APART`."""
    for ref in sorted(wanted.fields, key=str):
        if ref.field in ref.kind.APART:
            places = sum(1 for scope in listed.scopes(ref.kind) if listed.section(ref.kind, scope).items)
            if places:
                yield _of(ref.kind.LISTED_BY, places, f"a further listing where there are any: {ref}", at_least=True)


def _items(listed: Snapshot, kind: type[Resource]) -> list[Resource]:
    return [item for scope in listed.scopes(kind) for item in listed.section(kind, scope).items]


def _instance_types(listed: Snapshot, names: str) -> Iterator[Estimate]:
    count = 0
    for region in listed.scopes(Instance):
        types = {i.type.value for i in listed.section(Instance, region).items if isinstance(i.type, Known)}
        count += ceil(len(types) / TYPES_A_CALL)
    # A type that EC2 no longer knows fails its request, which is then made again without it.
    yield _of(calls.DESCRIBE_INSTANCE_TYPES, count, f"{TYPES_A_CALL} types in use a call: {names}", at_least=True)


def _metrics(wanted: Wanted, listed: Snapshot) -> Iterator[Estimate]:
    queries: dict[str, list[cloudwatch.Query]] = {}
    discoveries: dict[tuple[str, str, str], bool] = {}
    fields: set[str] = set()
    for kind, metric in _wanted_metrics(wanted):
        told = _told_by_lists(kind, metric)
        for item in _items(listed, kind):
            if told and not metric.wanted_for(item):
                continue
            fields.add(str(FieldRef(kind, metric.field)))
            if metric.discover:
                place = (item.region, metric.namespace, metric.name)
                discoveries[place] = discoveries.get(place, False) or told
            else:
                sets = metric.dimensions(item) if told else ()
                found = queries.setdefault(item.region, [])
                found += [] if isinstance(sets, Unknown) else [cloudwatch.Query(0, metric, one) for one in sets]
    names = ", ".join(sorted(fields))
    if discoveries:
        why = f"under which dimensions a metric is published: {names}"
        yield _of(calls.LIST_METRICS, sum(discoveries.values()), why, at_least=True)
    if fields:
        batches = sum(len(cloudwatch.batches(of_region)) for of_region in queries.values())
        series = sum(map(len, queries.values()))
        why = f"{series} series and those that are discovered, up to {cloudwatch.QUERIES} a call: {names}"
        yield _of(calls.GET_METRIC_DATA, batches, why, at_least=True)


def _told_by_lists(kind: type[Resource], metric: Metric) -> bool:
    """Lists alone say for which resources the metric is asked, and under which dimensions."""
    needed = with_needs([FieldRef(kind, metric.field)]) - {FieldRef(kind, metric.field)}
    return all(comes_with_list(ref) for ref in needed)


def _wanted_metrics(wanted: Wanted) -> Iterable[tuple[type[Resource], Metric]]:
    for collector in collectors():
        for kind, metrics in collector.metrics.items():
            for metric in metrics:
                if {FieldRef(kind, metric.field), FieldRef(kind, metric.sets_field or metric.field)} & wanted.fields:
                    yield kind, metric
