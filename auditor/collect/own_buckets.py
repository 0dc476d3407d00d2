"""The list of the account's buckets, which the buckets themselves come from and questions about names: read once in a scan."""

from __future__ import annotations

from auditor.collect.door import Listing
from auditor.collect.shapes import text
from auditor.collect.visit import Visit
from auditor.model import calls
from auditor.model.fact import Fact, Known
from auditor.model.resource import GLOBAL

_CALL = calls.LIST_BUCKETS


def own_buckets(visit: Visit) -> Listing:
    """The account's general-purpose buckets, of all regions."""
    return visit.door.share((_CALL.name, GLOBAL), lambda: visit.pages(_CALL, "Buckets", region=GLOBAL))


def own_names(visit: Visit) -> Fact[frozenset[str]]:
    """Their names; unknown when the list is not whole."""
    listed = own_buckets(visit)
    if listed.missing:
        return listed.missing[0]
    found: set[str] = set()
    for one in listed.entries:
        name = one.take(lambda raw: text(raw["Name"]))
        if not isinstance(name, Known):
            return name
        found.add(name.value)
    return Known(frozenset(found))
