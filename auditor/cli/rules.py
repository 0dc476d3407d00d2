"""``awsaudit rules``: what is judged, and why."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import options

app = typer.Typer(help="List the rules, or show one.", rich_markup_mode=None)

RuleIds = Annotated[list[str] | None, typer.Argument(metavar="[ID]...", help="Rule ids.")]
RuleId = Annotated[str, typer.Argument(metavar="ID", help="A rule id, such as s3-no-tier-policy.")]


@app.command("list")
def list_(service: options.Services = None, rules: options.RulesFolder = None) -> None:
    """List all rules: id, severity, audience and title."""
    from auditor.engine import registry

    found = [r for r in registry.load(rules).values() if not service or r.service in service]
    width = max((len(r.id) for r in found), default=0)
    for rule in found:
        typer.echo(f"{rule.id:<{width}}  {rule.spec.severity.word:<8}  {rule.spec.audience.value:<8}  {rule.page.title}")


@app.command("test")
def run_cases(rules: options.RulesFolder = None, rule_id: RuleIds = None) -> int:
    """Run the cases of rules: of those in --rules, or of the ids given. Exits with 1 when one does not hold."""
    from auditor.engine import registry
    from auditor.engine.cases import case_snapshot
    from auditor.engine.evaluate import judge, worst

    known = registry.load(rules)
    chosen = registry.pick(known, rule_id) if rule_id else [r for r in known.values() if r.origin != "builtin" or rules is None]
    wrong = 0
    for rule in chosen:
        for case in rule.cases():
            limits = {rule.id: case.limits} if case.limits else {}
            found = [
                f for f in judge(case_snapshot(case), [rule], limits=limits) if case.unlisted or f.resource == case.resource.arn
            ]
            outcome = worst([f.verdict for f in found])
            if outcome is not case.outcome:
                wrong += 1
                typer.echo(f"{rule.id}: {case.title}: is {outcome.value}, should be {case.outcome.value}: {found[0].because}")
    typer.echo(f"{len(chosen)} rules, {wrong} cases that do not hold")
    return 1 if wrong else 0


@app.command("show")
def show(rule_id: RuleId, rules: options.RulesFolder = None) -> None:
    """Show a rule's page: why it matters, how to fix it, its thresholds, what it reads, and the cases that prove it."""
    from auditor.cli.rule_page import text
    from auditor.engine import registry

    (rule,) = registry.pick(registry.load(rules), [rule_id])
    typer.echo(text(rule))
