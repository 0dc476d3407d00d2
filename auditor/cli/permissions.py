"""``awsaudit permissions``: the least an account must allow."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import options

All = Annotated[bool, typer.Option("--all", help="For `collect`: everything that can be read.")]
Prices = Annotated[bool, typer.Option("--prices", help="Also what `prices refresh` calls.")]


def permissions(
    rule: options.Rules = None,
    service: options.Services = None,
    audience: options.Audience = None,
    framework: options.Frameworks = None,
    rules: options.RulesFolder = None,
    config: options.ConfigFile = None,
    also: options.Also = None,
    all_: All = False,
    prices: Prices = False,
) -> None:
    """Print the least-privilege IAM policy for the selected rules.

    Every action is a read of settings: none reads the data in buckets, secrets or parameters.
    """
    from auditor.cli import choose
    from auditor.collect.permissions import policy
    from auditor.collect.wanted import by_rules, everything
    from auditor.model.calls import PRICES
    from auditor.model.opt_in import OPT_INS
    from auditor.selection import opted

    if all_:
        wanted = everything(OPT_INS)
    else:
        chosen = choose.configuration(
            config=config, rules_folder=rules, rules=rule, services=service, audience=audience, frameworks=framework
        )
        reading = (*chosen.also, *(also or ()))
        wanted = by_rules([r.spec for r in opted(chosen, reading, rule or ()).rules], reading)
    typer.echo(policy(wanted, PRICES if prices else ()).decode(), nl=False)
