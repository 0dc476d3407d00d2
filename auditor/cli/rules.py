"""``awsaudit rules``: what is judged, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import options

app = typer.Typer(help="List the rules, or show one.", rich_markup_mode=None)

RuleId = Annotated[str, typer.Argument(metavar="ID", help="A rule id, such as s3-no-tier-policy.")]


@app.command("list")
def list_(service: options.Services = None, rules: options.RulesFolder = None) -> None:
    """List all rules: id, severity, audience and title."""
    from auditor.engine import registry

    found = [r for r in registry.load(rules).values() if not service or r.service in service]
    width = max((len(r.id) for r in found), default=0)
    for rule in found:
        typer.echo(f"{rule.id:<{width}}  {rule.spec.severity.word:<8}  {rule.spec.audience.value:<8}  {rule.page.title}")


@app.command("show")
def show(rule_id: RuleId, rules: options.RulesFolder = None) -> None:
    """Show a rule's page: why it matters, how to fix it, its thresholds, what it reads, and the cases that prove it."""
    from auditor.cli.rule_page import text
    from auditor.engine import registry

    (rule,) = registry.pick(registry.load(rules), [rule_id])
    typer.echo(text(rule))
