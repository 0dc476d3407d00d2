"""The table of disagreements with other linters, without running them: it is well formed, and our side is still as its rows say.

The run itself, by hand: :mod:`tests.differential.run`.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping

import pytest

from tests.differential import documents
from tests.differential.compare import WHEN, Disagreement, Setting, compare
from tests.differential.ours import Place, answers
from tests.differential.table import FILE, PEERS, QUESTIONS, RIGHT, Row, explained, rows

ROWS = rows()


def test_the_table_is_well_formed() -> None:
    assert ROWS
    assert all(line.count("\t") == len(Row._fields) - 1 for line in FILE.read_text("utf-8").splitlines())
    for row in ROWS:
        assert row.peer in (*PEERS, "*"), row.name
        assert row.question in QUESTIONS, row.name
        assert row.said in ("peer", "awsaudit"), row.name
        assert row.right in RIGHT, row.name
        assert int(row.seen) > 0, row.name
        assert len(row.why) > 20, row.name
        assert row.evidence, row.name
        assert {word.removeprefix("-") for word in row.when.split()} <= WHEN.keys(), row.name
    assert [name for name, count in Counter(row.name for row in ROWS).items() if count > 1] == []


def _told(row: Row) -> Mapping[Place, str]:
    """What we say of a row's example, with a peer that says the opposite at the place that the row is about."""
    return answers(row.example)


def _differs(row: Row) -> list[Disagreement]:
    peer = PEERS[0] if row.peer == "*" else row.peer
    theirs = {row.place: row.issue.split("|")[0].replace("*", "x")} if row.said == "peer" else {}
    return [one for one in compare(peer, {"example": row.example}, [theirs], [_told(row)]) if one.place == row.place]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_our_side_says_what_the_row_says(row: Row) -> None:
    found = _differs(row)
    assert [one.said for one in found] == [row.said]
    if row.said == "awsaudit":
        assert any(one.issue == row.issue or row.holds(one) or "stopped" in row.when or "crashed" in row.when for one in found)


def test_a_disagreement_that_no_row_explains_is_left_over() -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}]})
    place: Place = (0, "action", "s3:getobject")
    found = list(compare("parliament", {"one": text}, [{place: "ANOTHER"}], [answers(text)]))
    assert [one.said for one in found] == ["peer"]
    assert explained(ROWS, found)[1] == found
    known = Disagreement("parliament", "one", place, "peer", "UNKNOWN_ACTION", Setting(json.loads(text), place, {}))
    assert explained(ROWS, [known])[1] == []


def test_the_flawed_documents_are_the_same_each_time() -> None:
    flawed = documents.flawed()
    assert flawed == documents.flawed()
    assert len(flawed) == (len(documents.FAULTS) + 1) * documents.EACH
    assert sum(bool(answers(text)) for text in flawed.values()) > len(flawed) * 0.8
