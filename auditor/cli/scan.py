"""``awsaudit scan``: snapshot an account, judge it, report."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import options

Out = Annotated[
    Path,
    typer.Option("--out", "-o", metavar="DIR", help="Folder for the reports and the snapshot.", rich_help_panel=options.RESULT),
]
Demo = Annotated[
    bool, typer.Option("--demo", help="Scan an emulated account instead of one of yours.", rich_help_panel=options.AWS)
]
Plan = Annotated[bool, typer.Option("--plan", help="Only list, and say how many calls the scan would make.")]


def scan(
    profile: options.Profile = None,
    role_arn: options.RoleArn = None,
    external_id: options.ExternalId = None,
    mfa_serial: options.MfaSerial = None,
    region: options.Regions = None,
    endpoint_url: options.EndpointUrl = None,
    demo: Demo = False,
    rule: options.Rules = None,
    service: options.Services = None,
    audience: options.Audience = None,
    framework: options.Frameworks = None,
    also: options.Also = None,
    inventory: options.Inventory = None,
    rules: options.RulesFolder = None,
    config: options.ConfigFile = None,
    prices: options.Prices = None,
    out: Out = Path("awsaudit-report"),
    formats: options.Formats = "html,json",
    language: options.LanguageOf = "en",
    fail_on: options.FailOn = "high",
    strict: options.Strict = False,
    quiet: options.Quiet = False,
    plan: Plan = False,
) -> int:
    """Snapshot an account, judge it, and write the reports.

    Reads only what the selected rules need, and never writes to the account. Exit codes: 0 clean, 1 findings at or above --fail-on,
    2 usage or configuration, 3 incomplete.
    """
    from auditor.cli import choose, present
    from auditor.cli import inventory as reports
    from auditor.cli.account import emulated, real, target
    from auditor.collect.wanted import by_rules
    from auditor.config import severity
    from auditor.pipeline import check_formats
    from auditor.selection import opted

    chosen = choose.configuration(
        config=config,
        rules_folder=rules,
        rules=rule,
        services=service,
        audience=audience,
        frameworks=framework,
        language=language,
    )
    reading = (*chosen.also, *(also or ()))
    chosen = opted(chosen, reading, rule or ())
    names = check_formats(formats.split(","))
    threshold = severity(fail_on)
    book = choose.book(chosen.prices, prices)
    wanted = by_rules([r.spec for r in chosen.rules], reading)
    given = reports.given(inventory, quiet=quiet)
    wanted_target = target(
        profile=profile,
        role_arn=role_arn,
        external_id=external_id,
        mfa_serial=mfa_serial,
        regions=region,
        endpoint_url=endpoint_url,
    )
    with emulated() if demo else real(wanted_target) as connection:
        regions = tuple(dict.fromkeys(region or ((connection.region,) if demo else ())))
        if plan:
            from auditor.cli.plan import show

            return show(connection, wanted, regions, reading, prices=book, quiet=quiet)
        from auditor.cli.snapshot import take
        from auditor.sinks.folder import exclusive

        with exclusive(out):
            snapshot, path = take(connection, wanted, regions, out, prices=book, given=given, quiet=quiet)
            return present.results(
                snapshot, chosen, formats=names, folder=out, fail_on=threshold, strict=strict, quiet=quiet, also=(path,)
            )
