"""The table of explained disagreements, :file:`disagreements.tsv`: each row is a class of them, with its cause."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from pathlib import Path
from typing import NamedTuple

from tests.differential.compare import WHEN, Disagreement
from tests.differential.ours import Place

FILE = Path(__file__).with_name("disagreements.tsv")
PEERS = ("parliament", "validator")
QUESTIONS = ("syntax", "action", "arn", "resource", "key", "operator", "value")
RIGHT = ("awsaudit", "peer", "both", "neither")


class Row(NamedTuple):
    """A class of disagreements.

    ``peer``, ``issue`` and ``subject`` are patterns, ``issue`` several with ``|`` between them; ``when`` are words of
    :data:`.compare.WHEN`, with a minus sign where they must not hold. ``said`` is the side that finds a fault. ``seen`` is how many there
    were when the table was last written. ``example`` is a document, and ``asked`` the number of its statement (-1 for none) and the
    subject, of which our linter still says what the row says.
    """

    peer: str
    question: str
    said: str
    issue: str
    when: str
    subject: str
    seen: str
    right: str
    why: str
    evidence: str
    asked: str
    example: str

    @property
    def name(self) -> str:
        return " ".join((self.peer, self.question, self.said, self.issue, self.when, self.subject))

    @property
    def place(self) -> Place:
        statement, _, subject = self.asked.partition(" ")
        return int(statement), self.question, subject

    def holds(self, found: Disagreement) -> bool:
        return (
            (self.question, self.said) == (found.question, found.said)
            and fnmatchcase(found.peer, self.peer)
            and any(fnmatchcase(found.issue, issue) for issue in self.issue.split("|"))
            and fnmatchcase(found.subject, self.subject)
            and all(WHEN[word.removeprefix("-")](found.setting) != word.startswith("-") for word in self.when.split())
        )


def rows() -> list[Row]:
    with FILE.open(encoding="utf-8", newline="") as file:
        return [Row(**row) for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)]


def write(table: Iterable[Row]) -> None:
    lines = ["\t".join(row) for row in (Row._fields, *table)]
    FILE.write_text("\n".join(lines) + "\n", "utf-8")


def explained(table: list[Row], found: Iterable[Disagreement]) -> tuple[Mapping[int, list[Disagreement]], list[Disagreement]]:
    """The disagreements by the number of the first row that holds for them, and those for which none does."""
    by_row: dict[int, list[Disagreement]] = {}
    rest: list[Disagreement] = []
    for one in found:
        number = next((number for number, row in enumerate(table) if row.holds(one)), -1)
        (by_row.setdefault(number, []) if number >= 0 else rest).append(one)
    return by_row, rest
