"""``awsaudit collect``: a snapshot of everything, for later."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import options

Out = Annotated[
    Path, typer.Option("--out", "-o", metavar="FILE", help="The snapshot file to write.", rich_help_panel=options.RESULT)
]


def collect(
    profile: options.Profile = None,
    role_arn: options.RoleArn = None,
    external_id: options.ExternalId = None,
    mfa_serial: options.MfaSerial = None,
    region: options.Regions = None,
    endpoint_url: options.EndpointUrl = None,
    also: options.Also = None,
    inventory: options.Inventory = None,
    prices: options.Prices = None,
    out: Out = Path("snapshot.jsonl.gz"),
    quiet: options.Quiet = False,
) -> int:
    """Snapshot everything awsaudit can read, to judge later with `awsaudit check`.

    Exit codes: 0 done, 2 usage, 3 incomplete.
    """
    from auditor.cli import choose
    from auditor.cli import inventory as reports
    from auditor.cli.account import real, target
    from auditor.cli.snapshot import take
    from auditor.collect.wanted import everything
    from auditor.errors import UsageError
    from auditor.money.settings import PriceSettings
    from auditor.render.visible import visible
    from auditor.selection import check_opt_ins
    from auditor.sinks.folder import exclusive

    wanted_target = target(
        profile=profile,
        role_arn=role_arn,
        external_id=external_id,
        mfa_serial=mfa_serial,
        regions=region,
        endpoint_url=endpoint_url,
    )
    if out.is_dir():
        raise UsageError(f"`{out}` is a folder; --out of `collect` names the file to write, such as {out / 'snapshot.jsonl.gz'}")
    check_opt_ins(also or ())
    book = choose.book(PriceSettings(), prices)
    given = reports.given(inventory, quiet=quiet)
    with real(wanted_target) as connection, exclusive(out.parent):
        snapshot, path = take(
            connection,
            everything(also or ()),
            tuple(dict.fromkeys(region or ())),
            out.parent,
            prices=book,
            given=given,
            quiet=quiet,
            file=out.name,
        )
        if not quiet:
            typer.echo(
                f"wrote {path}: {sum(len(s.items) for s in snapshot.sections.values())} resources, {len(snapshot.calls)} calls"
            )
            for note in snapshot.header.notes:
                typer.echo(f"note: {visible(note)}")
        return 0 if snapshot.header.complete else 3
