"""``awsaudit check``: judge a snapshot again, with no network and no credentials."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli import options

SnapshotPath = Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="A snapshot file, or the folder that holds it.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", metavar="DIR", help="Folder for the reports. Default: none are written.", rich_help_panel=options.RESULT
    ),
]


def check(
    snapshot: SnapshotPath,
    rule: options.Rules = None,
    service: options.Services = None,
    audience: options.Audience = None,
    framework: options.Frameworks = None,
    rules: options.RulesFolder = None,
    config: options.ConfigFile = None,
    out: Out = None,
    formats: options.Formats = "html,json",
    language: options.LanguageOf = "en",
    fail_on: options.FailOn = "high",
    strict: options.Strict = False,
    quiet: options.Quiet = False,
) -> int:
    """Judge a snapshot again: no network, no credentials, and the same bytes each time.

    Rules that read more than the snapshot was taken for are left out, and the report says so; name them with --rule to judge them all
    the same, and see what they lack. Exit codes are those of `scan`.
    """
    from auditor.cli import choose, present
    from auditor.config import severity
    from auditor.engine import archive
    from auditor.pipeline import check_formats
    from auditor.selection import covered, opt_ins, opted

    names = check_formats(formats.split(","))
    threshold = severity(fail_on)
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
    if out is None:
        return present.results(loaded, chosen, formats=names, folder=None, fail_on=threshold, strict=strict, quiet=quiet)
    from auditor.sinks.folder import exclusive

    with exclusive(out):
        return present.results(loaded, chosen, formats=names, folder=out, fail_on=threshold, strict=strict, quiet=quiet)
