"""From a snapshot to results: judge, weigh, render. What the command line and the Lambda function have in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

import msgspec

from auditor.config import Config
from auditor.engine import controls, frameworks
from auditor.engine.evaluate import judge
from auditor.engine.exits import Exit, exit_code
from auditor.engine.waivers import waive
from auditor.errors import UsageError
from auditor.model.snapshot import Snapshot
from auditor.model.verdict import Finding, Severity
from auditor.render.format import File, formats
from auditor.render.standing import Judged
from auditor.render.view import View, build


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """A judged snapshot: every verdict, what reports show of it, and what the run ends with."""

    findings: tuple[Finding, ...]
    view: View
    exit: Exit


def weigh(snapshot: Snapshot, config: Config, *, fail_on: Severity, strict: bool) -> Result:
    """Judge a snapshot by the rules, limits, severities and waivers of a configuration. Pure: no clock, no network."""
    ran = {rule.id for rule in config.rules}
    found = judge(snapshot, config.rules, limits=config.limits, severities=config.severities)
    findings, notes = waive(found, config.waivers, snapshot.header.taken_at, ran=ran)
    return Result(
        findings=tuple(findings),
        view=build(
            snapshot,
            findings,
            {rule.id: rule for rule in config.rules},
            (
                *config.notes,
                *config.selection,
                *config.left_out,
                *snapshot.header.notes,
                *notes,
                *controls.notes(config.attestations, snapshot),
            ),
            _judged(snapshot, config, findings, ran),
            config.language,
            config.prices.display,
        ),
        exit=exit_code(snapshot, config.rules, findings, fail_on=fail_on, strict=strict),
    )


def check_formats(names: Iterable[str]) -> tuple[str, ...]:
    """The names of formats, each once. Raises :class:`UsageError` for one that does not exist."""
    known = formats()
    chosen = tuple(dict.fromkeys(name.strip().lower() for name in names if name.strip()))
    if not chosen:
        raise UsageError(f"no output format is named; there are {', '.join(f'`{n}`' for n in known)}")
    for name in chosen:
        if name not in known:
            raise UsageError(f"`{name}` is not an output format; there are {', '.join(f'`{n}`' for n in known)}")
    return chosen


def render(view: View, names: Iterable[str]) -> Iterator[File]:
    """The files of these formats."""
    known = formats()
    for name in names:
        yield from known[name].files(view)


def _judged(snapshot: Snapshot, config: Config, findings: Sequence[Finding], ran: Collection[str]) -> Iterator[Judged]:
    if not config.frameworks:
        return
    every = frameworks.load()
    for framework in config.frameworks:
        assessed = controls.assess(
            snapshot,
            every,
            framework,
            known=config.known,
            ran=ran,
            findings=findings,
            attestations=config.attestations,
        )
        yield Judged(framework=framework, controls=assessed, settings=config.settings)
