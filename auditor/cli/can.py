"""``awsaudit can``: may this principal do this to that?"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from auditor.policy.oracle import Answer, Oracle

SnapshotPath = Annotated[
    Path | None, typer.Argument(metavar="SNAPSHOT", help="A snapshot file, or the folder that holds it.", show_default=False)
]
Who = Annotated[
    str | None,
    typer.Argument(metavar="PRINCIPAL", help="ARN, or the name of a user or role (user/NAME, role/NAME).", show_default=False),
]
Action = Annotated[str | None, typer.Argument(metavar="ACTION", help="An action, such as s3:GetObject.", show_default=False)]
Resource = Annotated[str, typer.Argument(metavar="RESOURCE", help="An ARN; * for actions that know no resources.")]
ContextOf = Annotated[
    list[str] | None,
    typer.Option("--context", metavar="KEY=VALUE", help="A condition key of the request; repeatable. KEY= : it is absent."),
]
Explain = Annotated[bool, typer.Option("--explain", help="Show the statements that decide, and what the action needs besides.")]
Requests = Annotated[
    str | None,
    typer.Option(
        "--requests",
        metavar="FILE",
        help="Answer requests with documents of their own, a JSON object a line; - reads from standard input.",
    ),
]
FormatOf = Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")]


def can(
    snapshot: SnapshotPath = None,
    principal: Who = None,
    action: Action = None,
    resource: Resource = "*",
    context: ContextOf = None,
    explain: Explain = False,
    requests: Requests = None,
    form: FormatOf = "text",
) -> int:
    """Say whether a principal of a snapshot may do something: ALLOW, DENY, or DEPENDS and on what.

    Condition keys that are not given are unknown. Exit codes: 0 ALLOW, 1 DENY, 3 DEPENDS. With --requests: an answer a line, 0 when all
    lines were read.
    """
    from auditor.errors import UsageError

    if requests is not None:
        if snapshot is not None:
            raise UsageError("--requests brings its own documents; leave out SNAPSHOT, PRINCIPAL and ACTION")
        return _lines(requests)
    if snapshot is None or principal is None or action is None:
        raise UsageError("name a SNAPSHOT, a PRINCIPAL and an ACTION, or a file of --requests")
    from auditor.cli import access
    from auditor.policy.evaluate import Outcome

    access.check_format(form)
    oracle = access.oracle(snapshot)
    who = oracle.find(principal)
    if who is None:
        raise UsageError(
            f"`{principal}` is no user or role of the snapshot; use an ARN, or user/NAME or role/NAME where a user and a role share a name"
        )
    answer = oracle.can(who, access.action(action), access.resource(resource), access.context(context or ()))
    access.doubts(action, resource)
    if form == "json":
        access.write_json(answer)
    else:
        _print(oracle, answer, action, resource, explain=explain)
    return {Outcome.ALLOW: 0, Outcome.DENY: 1, Outcome.DEPENDS: 3}[answer.decision.outcome]


def _lines(path: str) -> int:
    import msgspec

    from auditor.cli.files import lines
    from auditor.policy.requests import answer_text

    encoder = msgspec.json.Encoder()
    for line in lines(path):
        if line.strip():
            typer.echo(encoder.encode(answer_text(line)))
    return 0


def _print(oracle: Oracle, answer: Answer, action: str, resource: str, *, explain: bool) -> None:
    from auditor.cli import access
    from auditor.policy.oracle import NOT_CONSIDERED

    for line in access.said(answer, action, resource):
        typer.echo(line)
    if explain:
        for line in (*access.statements(answer), *access.besides(action)):
            typer.echo(line)
    if not oracle.complete():
        typer.echo("Not all users and roles could be listed.")
    typer.echo(f"Not considered: {NOT_CONSIDERED}.")
