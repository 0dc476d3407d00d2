"""The root user: what the account summary, the credential report, the MFA devices and CloudTrail's event history say of it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

from auditor.collect import credential_report, mfa
from auditor.collect.door import Raw
from auditor.collect.session import default_region
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.account import Root, RootEvent, RootKey
from auditor.model.fact import Fact, Known, Unknown
from auditor.model.resource import unread

HISTORY = timedelta(days=90)
"""How far CloudTrail's event history reaches back."""


def root(visit: Visit) -> None:
    """The root user: always there, whatever can be read of it."""
    arn = f"arn:{visit.partition}:iam::{visit.account_id}:root"
    summary = visit.once(visit.wants(Root.mfa_enabled, Root.keys_present), calls.GET_ACCOUNT_SUMMARY)
    wants_report = visit.wanted.gives(Root, calls.GET_CREDENTIAL_REPORT)
    rows = credential_report.report(visit) if wants_report else unread(calls.GET_CREDENTIAL_REPORT)
    row = credential_report.row(rows, credential_report.ROOT, arn)
    visit.add(
        Root(
            arn=arn,
            id="root",
            region=visit.region,
            mfa_enabled=summary.take(lambda r: bool(r["SummaryMap"]["AccountMFAEnabled"])),
            keys_present=summary.take(lambda r: int(r["SummaryMap"]["AccountAccessKeysPresent"])),
            virtual_mfa=_virtual_mfa(visit, arn),
            password_last_used=row.take(credential_report.password_last_used),
            keys=row.take(_keys),
            events=_events(visit),
        )
    )
    visit.missing(Root)


def _keys(cells: Raw) -> tuple[RootKey, ...]:
    return tuple(RootKey(k.slot, k.active, k.last_rotated, k.last_used) for k in credential_report.access_keys(cells))


def _virtual_mfa(visit: Visit, arn: str) -> Fact[bool]:
    """Whose a device is, says its user alone: a serial number is a name that anybody may choose."""
    if not visit.wants(Root.virtual_mfa):
        return unread(calls.LIST_VIRTUAL_MFA_DEVICES)
    listing = mfa.devices(visit)
    owners = [entry.take(mfa.owner) for entry in listing.entries]
    if any(isinstance(owner, Known) and owner.value == arn for owner in owners):
        return Known(True)
    missing = [*listing.missing, *(owner for owner in owners if isinstance(owner, Unknown))]
    return missing[0] if missing else Known(False)


def _events(visit: Visit) -> Fact[tuple[RootEvent, ...]]:
    """Known only if every region answered: a region that did not may hold what matters."""
    call = calls.LOOKUP_EVENTS
    if not visit.wants(Root.events):
        return unread(call)
    # No times are asked for: the whole history is wanted, and its edge moves while the pages are read.
    asked = {"LookupAttributes": [{"AttributeKey": "Username", "AttributeValue": "root"}]}
    # Sign-ins and the events of global services are recorded in the partition's default region, scanned or not.
    places = sorted({*visit.regions, default_region(visit.partition)})
    found: dict[str, RootEvent] = {}
    for listing in visit.each(places, lambda region: visit.pages(call, "Events", asked, region=region)):
        if listing.missing:
            return listing.missing[0]
        for entry in listing.entries:
            one = entry.take(lambda r: (str(r["EventId"]), event(r)))
            if isinstance(one, Unknown):
                return one
            name, seen = one.value
            if seen is not None and visit.taken_at - HISTORY <= seen.time <= visit.taken_at:
                found[name] = seen
    return Known(tuple(sorted(found.values(), key=lambda e: (e.time, e.region, e.source, e.name, e.read_only))))


def event(raw: Raw) -> RootEvent | None:
    """An entry of LookupEvents; ``None`` when it is not the root user's: an IAM user may be called root too.

    Raises :class:`KeyError` or :class:`ValueError` for a record that does not have the documented form.
    """
    try:
        record = json.loads(raw["CloudTrailEvent"])
    except RecursionError as error:
        raise ValueError("nested too deep") from error
    identity = record["userIdentity"]
    if identity["type"] != "Root":
        return None
    time = datetime.fromisoformat(record["eventTime"])
    if time.tzinfo is None:
        raise ValueError(record["eventTime"])
    more: Any = record.get("additionalEventData")
    return RootEvent(
        time=time.astimezone(UTC),
        region=str(record["awsRegion"]),
        source=str(record["eventSource"]),
        name=str(record["eventName"]),
        read_only=_read_only(record, raw),
        by_service=record.get("eventType") == "AwsServiceEvent" or bool(identity.get("invokedBy")),
        mfa_used={"Yes": True, "No": False}.get(more.get("MFAUsed")) if more else None,
    )


def _read_only(record: Raw, raw: Raw) -> bool:
    said = record.get("readOnly")
    return said if isinstance(said, bool) else {"true": True, "false": False}[str(raw["ReadOnly"]).lower()]


COLLECTORS = (Collector(label="Root user", kinds=(Root,), run=root),)
