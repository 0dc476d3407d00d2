"""``awsaudit lint``: check policies in files, without an account."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

Paths = Annotated[list[str], typer.Argument(metavar="PATH", help="Files or folders; - is standard input.", show_default=False)]
Type = Annotated[
    str | None,
    typer.Option(
        "--type",
        metavar="TYPE",
        help="What policies are that stand alone: identity, resource, trust, boundary, scp, rcp or session. Default: as they look.",
    ),
]
Format = Annotated[str, typer.Option("--format", metavar="NAME", help="text, json, sarif or github.")]
Fix = Annotated[bool, typer.Option("--fix", help="Make the mechanical fixes in JSON policies, then check again.")]
FailOn = Annotated[str, typer.Option("--fail-on", metavar="LEVEL", help="Exit with 1 for findings of this level or worse.")]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration. Default: awsaudit.toml here, if any."),
]


def lint(
    paths: Paths,
    type_: Type = None,
    format_: Format = "text",
    fix: Fix = False,
    fail_on: FailOn = "warning",
    config: ConfigFile = None,
) -> int:
    """Check IAM policies in files: JSON, YAML, templates of CloudFormation and SAM, plans of Terraform.

    Levels: error (AWS refuses it, or it does nothing), security, warning, suggestion. Exit codes: 0 clean, 1 findings at or above
    --fail-on, 2 usage.
    """
    from auditor.cli import lint_files, lint_output
    from auditor.policy.lint.report import counts

    kind = lint_files.kind_of(type_)
    worst = lint_files.level_of(fail_on)
    write = lint_output.writer(format_)
    suppressions = lint_files.configured(config)
    linted = lint_files.lint(paths, kind, suppressions, fix=fix)
    write(linted)
    return 1 if counts(linted.report.findings, worst) else 0
