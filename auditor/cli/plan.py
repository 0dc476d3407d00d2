"""``awsaudit scan --plan``: what a scan would cost."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import typer

from auditor.cli.progress import showing
from auditor.collect.plan import Estimate, estimate, lists
from auditor.collect.run import Connected, Scan
from auditor.collect.wanted import Wanted, opted_in
from auditor.model.calls import Call
from auditor.model.fact import Unknown
from auditor.model.money import Money, Use, monthly, thousands
from auditor.model.opt_in import OPT_INS
from auditor.model.price import Prices
from auditor.model.resource import Resource
from auditor.model.snapshot import CallRecord, Gap, Header, Snapshot
from auditor.money.shown import text


class _NoJournal:
    """A plan keeps nothing."""

    def header(self, header: Header) -> None: ...
    def item(self, resource: Resource, scope: str) -> None: ...
    def section(self, kind: str, scope: str, missing: tuple[Unknown, ...]) -> None: ...
    def call(self, record: CallRecord) -> None: ...
    def gap(self, gap: Gap) -> None: ...


def show(
    connection: Connected, wanted: Wanted, regions: tuple[str, ...], also: Collection[str], *, prices: Prices, quiet: bool
) -> int:
    """List, count, and print the calls by service with what they are for, and what the settings beside ``also`` would add.

    Returns 3 when a list could not be read, else 0.
    """
    with showing(quiet) as progress:
        listed = Scan(connection, lists(wanted, regions), journal=_NoJournal(), progress=progress).run()
    typer.echo(table(estimate(wanted, listed)), nl=False)
    for line in settings(wanted, listed, also, prices):
        typer.echo(line)
    typer.echo(f"this plan itself made {len(listed.calls) + 1} calls")
    return _unlisted(listed)


def _unlisted(listed: Snapshot) -> int:
    missing = {unknown for section in listed.sections.values() for unknown in section.missing}
    for unknown in sorted(missing, key=lambda u: (u.call, u.reason.value)):
        hint = f"; allow {unknown.action}" if unknown.reason.value == "denied" else ""
        typer.echo(f"not counted: what {unknown.call} would list ({unknown.reason.value}{hint})")
    return 3 if missing else 0


def settings(wanted: Wanted, listed: Snapshot, also: Collection[str], prices: Prices) -> Iterator[str]:
    """What each setting that is off would cost: the calls that it adds to those of the scan, and where they are bounded, their price."""
    before = estimate(wanted, listed)
    for setting, what in OPT_INS.items():
        more = opted_in(wanted, setting)
        if setting in also or more == wanted:
            continue
        after = estimate(more, listed)
        added = sum(one.calls for one in after) - sum(one.calls for one in before)
        operations = sorted({one.operation for one in after} - {one.operation for one in before})
        yield f"--also {setting} would add {added}{_bound(wanted, more, listed, prices)} ({', '.join(operations)}): {what}"


def _bound(before: Wanted, after: Wanted, listed: Snapshot, prices: Prices) -> str:
    """How many calls a setting can add beyond those that are counted, and what S3 charges for all that it adds."""
    uses: list[Use] = []
    most = 0
    for ref in sorted(after.fields - before.fields, key=str):
        if ref.most is None:
            return "+ calls"
        for item in (item for scope in listed.scopes(ref.kind) for item in listed.section(ref.kind, scope).items):
            most += ref.most
            if ref.call.service == "s3":
                uses.append(Use(_price(ref.call), item.region, "STANDARD", thousands(ref.most)))
    return f" to {most} calls, for {_said(monthly(prices, *uses))}"


def _price(call: Call) -> str:
    """The price of a request to S3: lists cost what writes do."""
    return "s3-request-write" if call.operation.startswith("List") else "s3-request-read"


def _said(money: Money) -> str:
    if money.amount is None:
        return "a price that is not known"
    return f"{text(money.amount, money.currency)}{' at most' if money.verified else ' at most at list prices, not verified'}"


def table(estimates: tuple[Estimate, ...]) -> str:
    """The estimates as text: a line for each operation, a total for each service and for all."""
    lines: list[str] = []
    width = max((len(e.operation) for e in estimates), default=0)
    for service in sorted({e.service for e in estimates}):
        mine = [e for e in estimates if e.service == service]
        lines.append(f"{service:<{width + 2}} {_count(mine):>7}")
        lines += [f"  {e.operation:<{width}} {_count([e]):>7}  {e.why}" for e in mine]
    lines.append(
        f"{'all calls':<{width + 2}} {_count(estimates):>7}  (+ means at least: only the answers tell how many pages there are)"
    )
    return "\n".join(lines) + "\n"


def _count(estimates: tuple[Estimate, ...] | list[Estimate]) -> str:
    least = sum(e.calls for e in estimates)
    if any(e.at_least and e.most is None for e in estimates):
        return f"{least}+"
    more = sum(e.most or 0 for e in estimates)
    return f"{least}-{least + more}" if more else str(least)
