"""``awsaudit export``: what was judged, in the formats that other tools and auditors read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import options
from auditor.cli.check import SnapshotPath

Out = Annotated[Path, typer.Option("--out", "-o", metavar="DIR", help="Folder for the files.", rich_help_panel=options.RESULT)]
Formats = Annotated[
    str | None,
    typer.Option(
        "--format", metavar="NAMES", help="Formats, separated by commas. Without it: list them.", rich_help_panel=options.RESULT
    ),
]


def export(
    snapshot: SnapshotPath,
    formats: Formats = None,
    out: Out = Path("awsaudit-export"),
    rule: options.Rules = None,
    service: options.Services = None,
    audience: options.Audience = None,
    framework: options.Frameworks = None,
    rules: options.RulesFolder = None,
    config: options.ConfigFile = None,
    language: options.LanguageOf = "en",
) -> int:
    """Judge a snapshot again and write it in other formats: no network, no credentials, the same bytes each time.

    Exit codes: 0 written, 2 usage. Whether the account passes is for `check` to say.
    """
    from auditor.cli import choose
    from auditor.engine import archive
    from auditor.model.verdict import Severity
    from auditor.pipeline import check_formats, render, weigh
    from auditor.render.format import formats as known
    from auditor.selection import covered, opt_ins, opted
    from auditor.sinks.folder import deliver, exclusive

    if formats is None:
        for one in known().values():
            typer.echo(f"{one.name:<10}  {one.about}")
        return 0
    names = check_formats(formats.split(","))
    chosen = choose.configuration(
        config=config,
        rules_folder=rules,
        rules=rule,
        services=service,
        audience=audience,
        frameworks=framework,
        language=language,
    )
    loaded = archive.read(archive.find(snapshot))
    if not rule:
        chosen = opted(chosen, opt_ins(loaded))
    if not (rule or service or audience or framework):
        chosen = covered(chosen, loaded)
    result = weigh(loaded, chosen, fail_on=Severity.HIGH, strict=False)
    with exclusive(out):
        for path in deliver(out, render(result.view, names)):
            typer.echo(str(path))
    return 0
