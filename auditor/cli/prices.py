"""``awsaudit prices``: what amounts of money are made of, and fetching it anew."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Protocol

import typer

from auditor.cli import options

if TYPE_CHECKING:
    from auditor.collect.session import Target

app = typer.Typer(help="The prices that amounts are made with, and fetching them from AWS.", no_args_is_help=True)

Kind = Annotated[str | None, typer.Argument(metavar="KIND", help="Such as ec2-hour. Without it: which kinds there are.")]
Region = Annotated[list[str] | None, typer.Option("--region", metavar="REGION", help="Only of this region; repeatable.")]
Item = Annotated[str, typer.Option("--item", metavar="PATTERN", help="Only of these items: g5.*, STANDARD*.")]
As = Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.", rich_help_panel=options.RESULT)]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", metavar="REGION", help="Region to fetch the prices of; repeatable. Default: the profile's."),
]
Force = Annotated[bool, typer.Option("--force", help="Also fetch what was fetched in the last 7 days.")]


class Say(Protocol):
    """Prints lines."""

    def __call__(self, line: str, *, trouble: bool = False) -> None:
        """Print one; where the user wants quiet, only ``trouble``, and beside the output."""
        ...


@app.command()
def show(
    kind: Kind = None,
    region: Region = None,
    item: Item = "*",
    prices: options.Prices = None,
    config: options.ConfigFile = None,
    format: As = "text",
) -> None:
    """Print prices with their date and source: yours, then those fetched in the last 30 days, then the bundled ones.

    A price that nobody compared with AWS's price list is marked, and amounts made with it are left out of totals.
    """
    from datetime import UTC, datetime
    from fnmatch import fnmatchcase

    import msgspec

    from auditor.cli import choose, prices_text
    from auditor.errors import UsageError
    from auditor.money.kinds import KINDS
    from auditor.money.settings import listed

    if format not in ("text", "json"):
        raise UsageError(f"`{format}` is not a format of prices; there are text and json")
    if kind is not None and kind not in KINDS:
        raise UsageError(f"`{kind}` is not a kind of price; there are {', '.join(KINDS)}")
    chosen = choose.configuration(config=config).prices
    if prices:
        chosen = msgspec.structs.replace(chosen, file=prices)
    rows = [
        price
        for price in listed(chosen, datetime.now(UTC))
        if (kind is None or price.kind == kind) and (not region or price.region in region) and fnmatchcase(price.item, item)
    ]
    if format == "json":
        typer.echo(prices_text.as_json(rows), nl=False)
    elif kind is None and not region and item == "*":
        typer.echo(prices_text.kinds(rows), nl=False)
    elif rows:
        typer.echo(prices_text.table(rows), nl=False)
    else:
        typer.echo(
            "no such price is known; `awsaudit prices refresh` fetches those of a region, --prices names a file of your own"
        )


@app.command()
def refresh(
    profile: options.Profile = None,
    role_arn: options.RoleArn = None,
    external_id: options.ExternalId = None,
    mfa_serial: options.MfaSerial = None,
    region: Regions = None,
    force: Force = False,
    endpoint_url: options.EndpointUrl = None,
    quiet: options.Quiet = False,
) -> int:
    """Fetch the list prices of regions from AWS, and spot prices of accelerated instances, into the cache folder.

    The next scans use them for 30 days; those of the last 7 days are not fetched again. Needs pricing:GetProducts and
    ec2:DescribeSpotPriceHistory, and costs nothing. Exit codes: 0 done, 2 usage, 3 a region could not be fetched whole: what was kept
    of it before stays.
    """
    from datetime import UTC, datetime

    from auditor.cli import prices_text
    from auditor.cli.account import target
    from auditor.collect.session import home
    from auditor.errors import OutputError
    from auditor.money import fetched

    wanted = target(
        profile=profile,
        role_arn=role_arn,
        external_id=external_id,
        mfa_serial=mfa_serial,
        regions=region,
        endpoint_url=endpoint_url,
    )
    if not fetched.writable():
        raise OutputError("the cache folder cannot be written; name another with AWSAUDIT_CACHE_DIR")

    def say(line: str, *, trouble: bool = False) -> None:
        if trouble or not quiet:
            typer.echo(line, nl=False, err=trouble and quiet)

    had = () if force else fetched.load()
    places = tuple(dict.fromkeys(region or filter(None, (home(wanted),))))
    now = datetime.now(UTC)
    still = [one for place in places if (one := fetched.recent(had, place, now))]
    for one in still:
        say(prices_text.still(one))
    due = [place for place in places if place not in {one.region for one in still}]
    return 0 if places and not due else _fetch(wanted, due, say, quiet)


def _fetch(wanted: Target, regions: Sequence[str], say: Say, quiet: bool) -> int:
    """Fetch region after region (of none: where the account answers), and keep each as soon as it is there whole."""
    from datetime import UTC, datetime

    from auditor.cli import prices_text
    from auditor.cli.account import real
    from auditor.cli.progress import showing
    from auditor.collect.door import Door
    from auditor.collect.prices import refresh as fetch
    from auditor.errors import ConnectError, OutputError
    from auditor.money import fetched

    where: Path | None = None
    failed = interrupted = False
    with real(wanted) as connection, showing(quiet) as progress:
        door = Door(connection, lambda _: None)
        for place in regions or (connection.region,):
            try:
                found = None if interrupted or door.stopped.is_set() else fetch(door, place, datetime.now(UTC), progress)
            except KeyboardInterrupt:
                found, interrupted = None, True
            if found is None:
                say(prices_text.untried(place), trouble=True)
                continue
            whole = found.complete and bool(found.fetch.rows)
            if whole:
                where = fetched.save([found.fetch])
                if where is None:
                    raise OutputError("the cache folder cannot be written; name another with AWSAUDIT_CACHE_DIR")
            failed = failed or not whole
            say(prices_text.fetched(found), trouble=not whole)
    if where is not None:
        say(prices_text.kept(where))
    if interrupted:
        raise typer.Abort
    if door.stopped.is_set():
        raise ConnectError(door.stopped_because)
    return 3 if failed else 0
