"""``awsaudit frameworks``: which controls there are, and which of them rules decide."""

from __future__ import annotations

from typing import Annotated

import typer

from auditor.cli import options

app = typer.Typer(help="List the frameworks, or show how far rules cover one.", rich_markup_mode=None)

FrameworkId = Annotated[str, typer.Argument(metavar="ID", help="A framework id, such as cis-aws-7.0.")]


@app.command("list")
def list_(rules: options.RulesFolder = None) -> None:
    """List all frameworks: id, controls, those that rules decide wholly or in part, and the name."""
    from auditor.cli.coverage import summary
    from auditor.engine import frameworks, registry

    typer.echo(summary(frameworks.load(), tuple(registry.load(rules).values())))


@app.command("show")
def show(framework_id: FrameworkId, rules: options.RulesFolder = None, language: options.LanguageOf = "en") -> None:
    """Show each control of a framework with the rules that decide it: the coverage matrix."""
    from auditor.cli.coverage import matrix
    from auditor.config import language_of
    from auditor.engine import frameworks, registry
    from auditor.render.language import language as language_named

    known = frameworks.load()
    (framework,) = frameworks.pick(known, [framework_id])
    typer.echo(matrix(known, framework, tuple(registry.load(rules).values()), language_named(language_of(language))))
