"""``awsaudit who-can``: every principal of an account that may do something."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from auditor.cli.can import ContextOf, Explain, FormatOf, Resource

SnapshotPath = Annotated[Path, typer.Argument(metavar="SNAPSHOT", help="A snapshot file, or the folder that holds it.")]
Action = Annotated[str, typer.Argument(metavar="ACTION", help="An action, such as s3:GetObject.")]


def who_can(
    snapshot: SnapshotPath,
    action: Action,
    resource: Resource = "*",
    context: ContextOf = None,
    explain: Explain = False,
    form: FormatOf = "text",
) -> int:
    """List every principal of a snapshot that may do something, or may under conditions that are not known.

    Condition keys that are not given are unknown. Exit codes: 0, or 3 when not all users and roles could be listed.
    """
    from auditor.cli import access
    from auditor.policy.oracle import NOT_CONSIDERED

    access.check_format(form)
    oracle = access.oracle(snapshot)
    count = 0
    for answer in oracle.who_can(access.action(action), access.resource(resource), access.context(context or ())):
        count += 1
        if form == "json":
            access.write_json(answer)
            continue
        typer.echo(access.row(answer))
        if explain:
            for line in access.statements(answer):
                typer.echo(line)
    access.doubts(action, resource)
    if form == "text":
        typer.echo(f"{count} of {sum(1 for _ in oracle.principals())} principals. Not considered: {NOT_CONSIDERED}.")
        if not oracle.complete():
            typer.echo("Not all users and roles could be listed: there may be more.")
    return 0 if oracle.complete() else 3
