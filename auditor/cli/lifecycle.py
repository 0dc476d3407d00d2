"""``awsaudit lifecycle``: check S3 lifecycle configurations in files, and show what they do."""

from __future__ import annotations

from typing import Annotated

import typer

Paths = Annotated[list[str], typer.Argument(metavar="FILE", help="Files or folders; - is standard input.", show_default=False)]
Versioning = Annotated[
    str | None,
    typer.Option(
        "--versioning", metavar="STATE", help="Of the bucket: enabled, suspended or off. Default: as the file says or supposes."
    ),
]
LockDays = Annotated[
    int | None, typer.Option("--object-lock-days", metavar="N", min=1, help="Days of the default retention of Object Lock.")
]
SizeGb = Annotated[float | None, typer.Option("--size-gb", metavar="N", min=0, help="Size of the bucket, in GB of 1024³ bytes.")]
Objects = Annotated[int | None, typer.Option("--objects", metavar="N", min=1, help="Number of objects in the bucket.")]
Date = Annotated[
    str | None,
    typer.Option("--date", metavar="DATE", help="Day on which the objects are written, as 2030-01-31. Default: today."),
]
Format = Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")]
FailOn = Annotated[str, typer.Option("--fail-on", metavar="LEVEL", help="Exit with 1 for findings of this level or worse.")]


def lifecycle(
    files: Paths,
    versioning: Versioning = None,
    object_lock_days: LockDays = None,
    size_gb: SizeGb = None,
    objects: Objects = None,
    date: Date = None,
    format_: Format = "text",
    fail_on: FailOn = "warning",
) -> int:
    """Check S3 lifecycle configurations and show what they do to objects, day by day.

    Files may be answers of the API or input of the AWS CLI (JSON, YAML), the XML of the REST API, templates of CloudFormation and SAM,
    or plans of Terraform (terraform show -json). Levels: error (S3 refuses it, or it does nothing), warning, suggestion. Exit codes: 0
    clean, 1 findings at or above --fail-on, 2 usage.
    """
    from auditor.cli import lifecycle_files

    worst = lifecycle_files.level_of(fail_on)
    write = lifecycle_files.writer(format_)
    facts = lifecycle_files.facts(versioning, object_lock_days, size_gb, objects, date)
    linted = lifecycle_files.lint(files, facts)
    write(linted)
    return 1 if lifecycle_files.failing(linted, worst) else 0
