"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.model.opt_in import OPT_INS

AWS = "AWS account"
CHOICE = "What to judge"
RESULT = "Results"

Profile = Annotated[
    str | None, typer.Option("--profile", metavar="NAME", help="AWS profile, as for the AWS CLI.", rich_help_panel=AWS)
]
RoleArn = Annotated[
    str | None, typer.Option("--role-arn", metavar="ARN", help="Role to assume before the scan.", rich_help_panel=AWS)
]
ExternalId = Annotated[
    str | None, typer.Option("--external-id", metavar="ID", help="External id for the role.", rich_help_panel=AWS)
]
MfaSerial = Annotated[
    str | None,
    typer.Option("--mfa-serial", metavar="ARN", help="MFA device for the role; its code is asked for.", rich_help_panel=AWS),
]
Regions = Annotated[
    list[str] | None,
    typer.Option("--region", metavar="REGION", help="Region to scan; repeatable. Default: all enabled.", rich_help_panel=AWS),
]
EndpointUrl = Annotated[
    str | None, typer.Option("--endpoint-url", metavar="URL", help="Another endpoint, such as an emulator.", rich_help_panel=AWS)
]
Rules = Annotated[
    list[str] | None,
    typer.Option(
        "--rule", metavar="ID", help="Rule id or pattern (s3-*); repeatable. Default: all regular.", rich_help_panel=CHOICE
    ),
]
Services = Annotated[
    list[str] | None,
    typer.Option(
        "--service", metavar="NAME", help="Only rules of a service (iam, s3, ec2 ...); repeatable.", rich_help_panel=CHOICE
    ),
]
Audience = Annotated[
    str | None,
    typer.Option(
        "--audience", metavar="NAME", help="regular, pedantic or auditor: how much you want to see.", rich_help_panel=CHOICE
    ),
]
RulesFolder = Annotated[
    Path | None, typer.Option("--rules", metavar="DIR", help="Folder with rules of your own.", rich_help_panel=CHOICE)
]
ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", metavar="FILE", help="Configuration. Default: awsaudit.toml here, if any.", rich_help_panel=CHOICE),
]
Prices = Annotated[
    Path | None,
    typer.Option(
        "--prices",
        metavar="FILE",
        help="Prices of your own, TOML or CSV: they go before all others.",
        rich_help_panel=CHOICE,
    ),
]
Frameworks = Annotated[
    list[str] | None,
    typer.Option(
        "--framework",
        metavar="ID",
        help="Judge by the rules of a framework, and report on its controls; repeatable.",
        rich_help_panel=CHOICE,
    ),
]
Also = Annotated[
    list[str] | None,
    typer.Option(
        "--also",
        metavar="NAME",
        help=f"Read as well what costs calls of its own: {', '.join(OPT_INS)}; repeatable.",
        rich_help_panel=CHOICE,
    ),
]
Inventory = Annotated[
    list[Path] | None,
    typer.Option(
        "--inventory",
        metavar="PATH",
        help="Reports of S3 Inventory or S3 Storage Lens, as downloaded: manifest.json or its folder; repeatable.",
        rich_help_panel=CHOICE,
    ),
]
LanguageOf = Annotated[
    str, typer.Option("--language", metavar="CODE", help="Of the pages of frameworks: en or ko.", rich_help_panel=RESULT)
]
Formats = Annotated[
    str, typer.Option("--format", metavar="NAMES", help="Reports to write, separated by commas.", rich_help_panel=RESULT)
]
FailOn = Annotated[
    str,
    typer.Option(
        "--fail-on", metavar="SEVERITY", help="Exit with 1 for failures of this severity or worse.", rich_help_panel=RESULT
    ),
]
Strict = Annotated[bool, typer.Option("--strict", help="Exit with 3 if any verdict is unknown.", rich_help_panel=RESULT)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Print nothing but errors.", rich_help_panel=RESULT)]
