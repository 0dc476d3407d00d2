"""``awsaudit lifecycle``: check S3 lifecycle configurations in files, and show what they do."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

ADVICE = "With --advise"
MOST_GB = 10**12
"""A thousand times what S3 holds in all (hundreds of exabytes, AWS says): beyond it a figure is a slip."""
MANY = 10**15
"""Objects, or requests of a month, that are likewise beyond all S3."""
YEARS = 100
"""The longest default retention of Object Lock (S3 User Guide, "Object Lock considerations")."""
Paths = Annotated[
    list[str] | None, typer.Argument(metavar="FILE", help="Files or folders; - is standard input.", show_default=False)
]
Versioning = Annotated[
    str | None,
    typer.Option(
        "--versioning", metavar="STATE", help="Of the bucket: enabled, suspended or off. Default: as the file says or supposes."
    ),
]
LockDays = Annotated[
    int | None,
    typer.Option("--object-lock-days", metavar="N", min=1, max=YEARS * 365, help="Days of the default retention of Object Lock."),
]
SizeGb = Annotated[
    float | None, typer.Option("--size-gb", metavar="N", min=0, max=MOST_GB, help="Size of the bucket, in GB of 1024³ bytes.")
]
Objects = Annotated[int | None, typer.Option("--objects", metavar="N", min=1, max=MANY, help="Number of objects in the bucket.")]
Classes = Annotated[
    list[str] | None,
    typer.Option(
        "--class",
        metavar="CLASS=GB:OBJECTS",
        help="What is in another storage class, as STANDARD_IA=500:20000; --size-gb and --objects are about STANDARD then. Repeatable.",
        show_default=False,
    ),
]
Inventory = Annotated[
    list[Path] | None,
    typer.Option(
        "--inventory",
        metavar="PATH",
        help="Take what is in the bucket from a report of S3 Inventory or S3 Storage Lens: manifest.json or its folder. Repeatable.",
        show_default=False,
    ),
]
Bucket = Annotated[
    str | None, typer.Option("--bucket", metavar="NAME", help="The bucket, where the reports of --inventory are about several.")
]
Region = Annotated[
    str | None, typer.Option("--region", metavar="REGION", help="Where the bucket is: shows what transitions cost and save.")
]
Prices = Annotated[
    Path | None, typer.Option("--prices", metavar="FILE", help="Prices of your own, before those that come with awsaudit.")
]
Advise = Annotated[
    bool, typer.Option("--advise", help="Propose the cheapest rules; needs --region, --size-gb and --objects, but no file.")
]
Reads = Annotated[
    int | None, typer.Option("--reads", metavar="N", min=0, max=MANY, help="GET requests in a month.", rich_help_panel=ADVICE)
]
ReadGb = Annotated[
    float | None, typer.Option("--read-gb", metavar="N", min=0, max=MOST_GB, help="GB read in a month.", rich_help_panel=ADVICE)
]
Hours = Annotated[
    int, typer.Option("--retrieval-hours", metavar="N", min=0, help="How long a read may take at most.", rich_help_panel=ADVICE)
]
KeepDays = Annotated[
    int | None,
    typer.Option(
        "--keep-days",
        metavar="N",
        min=1,
        max=YEARS * 365,
        help="Objects may be deleted after so many days. Default: never.",
        rich_help_panel=ADVICE,
    ),
]
OneZone = Annotated[
    bool, typer.Option("--one-zone", help="One Availability Zone is enough: the data can be made again.", rich_help_panel=ADVICE)
]
Date = Annotated[
    str | None,
    typer.Option("--date", metavar="DATE", help="Day on which the objects are written, as 2030-01-31. Default: today."),
]
Format = Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")]
FailOn = Annotated[str, typer.Option("--fail-on", metavar="LEVEL", help="Exit with 1 for findings of this level or worse.")]


def lifecycle(
    files: Paths = None,
    versioning: Versioning = None,
    object_lock_days: LockDays = None,
    size_gb: SizeGb = None,
    objects: Objects = None,
    class_: Classes = None,
    inventory: Inventory = None,
    bucket: Bucket = None,
    region: Region = None,
    prices: Prices = None,
    advise: Advise = False,
    reads: Reads = None,
    read_gb: ReadGb = None,
    retrieval_hours: Hours = 0,
    keep_days: KeepDays = None,
    one_zone: OneZone = False,
    date: Date = None,
    format_: Format = "text",
    fail_on: FailOn = "warning",
) -> int:
    """Check S3 lifecycle configurations and show what they do to objects, day by day.

    Files may be answers of the API or input of the AWS CLI (JSON, YAML), the XML of the REST API, templates of CloudFormation and SAM,
    or plans of Terraform (terraform show -json). With --region it says what transitions cost, and from which object size on they pay.
    Levels: error (S3 refuses it, or it does nothing), warning, suggestion. Exit codes: 0 clean, 1 findings at or above --fail-on, 2
    usage.
    """
    from auditor.cli import lifecycle_costs, lifecycle_files, lifecycle_inventory
    from auditor.errors import UsageError

    worst = lifecycle_files.level_of(fail_on)
    write = lifecycle_files.writer(format_)
    size = lifecycle_costs.size(size_gb, objects, class_ or ())
    if inventory:
        if size != lifecycle_costs.Size(None, None):
            raise UsageError("`--inventory` says what is in the bucket; leave `--size-gb`, `--objects` and `--class` out")
        size = lifecycle_inventory.reported(inventory, bucket)
    elif bucket is not None:
        raise UsageError("`--bucket` chooses among the reports of `--inventory`; give those")
    facts = lifecycle_files.facts(versioning, object_lock_days, size, date)
    book = lifecycle_costs.book(prices, region)
    wishes = lifecycle_costs.Wanted(reads, read_gb, retrieval_hours, keep_days, one_zone)
    wanted = lifecycle_costs.asked(wishes, advise=advise)
    if not files and wanted is None:
        raise UsageError("name a file, a folder, or - for standard input")
    linted = lifecycle_files.lint(files or (), facts, book, size)
    if wanted is not None:
        advice = lifecycle_costs.advice(linted.configs, facts, book, size, wanted)
        linted = lifecycle_files.with_advice(linted, advice)
    write(linted)
    return 1 if lifecycle_files.failing(linted, worst) else 0
