"""``awsaudit scan --plan``: what a scan would cost."""

from __future__ import annotations

from collections.abc import Collection, Iterator

import typer

from auditor.cli.progress import showing
from auditor.collect.plan import Estimate, estimate, lists
from auditor.collect.run import Connected, Scan
from auditor.collect.wanted import Wanted, opted_in
from auditor.model.fact import Unknown
from auditor.model.opt_in import OPT_INS
from auditor.model.resource import Resource
from auditor.model.snapshot import CallRecord, Gap, Header, Snapshot


class _NoJournal:
    """A plan keeps nothing."""

    def header(self, header: Header) -> None: ...
    def item(self, resource: Resource, scope: str) -> None: ...
    def section(self, kind: str, scope: str, missing: tuple[Unknown, ...]) -> None: ...
    def call(self, record: CallRecord) -> None: ...
    def gap(self, gap: Gap) -> None: ...


def show(connection: Connected, wanted: Wanted, regions: tuple[str, ...], also: Collection[str], *, quiet: bool) -> int:
    """List, count, and print the calls by service with what they are for, and what the settings beside ``also`` would add.

    Returns 3 when a list could not be read, else 0.
    """
    with showing(quiet) as progress:
        listed = Scan(connection, lists(wanted, regions), journal=_NoJournal(), progress=progress).run()
    typer.echo(table(estimate(wanted, listed)), nl=False)
    for line in settings(wanted, listed, also):
        typer.echo(line)
    typer.echo(f"this plan itself made {len(listed.calls) + 1} calls")
    return _unlisted(listed)


def _unlisted(listed: Snapshot) -> int:
    missing = {unknown for section in listed.sections.values() for unknown in section.missing}
    for unknown in sorted(missing, key=lambda u: (u.call, u.reason.value)):
        hint = f"; allow {unknown.action}" if unknown.reason.value == "denied" else ""
        typer.echo(f"not counted: what {unknown.call} would list ({unknown.reason.value}{hint})")
    return 3 if missing else 0


def settings(wanted: Wanted, listed: Snapshot, also: Collection[str]) -> Iterator[str]:
    """What each setting that is off would cost: the calls that it adds to those of the scan."""
    before = estimate(wanted, listed)
    for setting, what in OPT_INS.items():
        more = opted_in(wanted, setting)
        if setting in also or more == wanted:
            continue
        after = estimate(more, listed)
        added = sum(one.calls for one in after) - sum(one.calls for one in before)
        operations = sorted({one.operation for one in after} - {one.operation for one in before})
        yield f"--also {setting} would add {added}+ calls ({', '.join(operations)}): {what}"


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
    return f"{sum(e.calls for e in estimates)}{'+' if any(e.at_least for e in estimates) else ''}"
