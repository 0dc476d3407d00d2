"""Every row of AWS's documented behaviour, against the evaluator behind ``awsaudit can --requests``."""

from __future__ import annotations

from collections import Counter
from typing import Any

from auditor.policy.requests import answer
from tests.policy.documented import MODULES, ROWS
from tests.policy.documented.row import Json, Row


def complaint(row: Row) -> str | None:
    """What is wrong with the answer to a row's request, if anything."""
    got: Json = answer(row.request)
    if "error" in row.expect:
        return None if got.get("error") and "decision" not in got else f"answers {brief(got)}, AWS rejects the document"
    if "error" in got:
        return f"is refused: {got['error']}"
    if got["decision"] != row.expect["decision"]:
        return f"answers {brief(got)}, AWS says {brief(row.expect)}"
    if "explicit" in row.expect and got["explicit"] != row.expect["explicit"]:
        return f"answers {brief(got)}, AWS says {brief(row.expect)}"
    if "depends_on" in row.expect and sorted(key.lower() for key in got["depends_on"]) != row.expect["depends_on"]:
        return f"depends on {got['depends_on']}, not on {row.expect['depends_on']}"
    return None


def brief(line: dict[str, Any]) -> str:
    """The decision of an answer in a few words."""
    if line.get("decision") == "DENY" and "explicit" in line:
        return "explicit DENY" if line.get("explicit") else "implicit DENY"
    return str(line.get("decision") or f"error {line.get('error')}")


def test_every_row_is_answered_as_documented() -> None:
    wrong = {row.id: said for row in ROWS if (said := complaint(row)) is not None}
    assert not wrong, f"{len(wrong)} of {len(ROWS)} rows:\n" + "\n".join(f"{name}: {said}" for name, said in wrong.items())


def test_answers_carry_the_id_of_the_request() -> None:
    assert [answer(row.request).get("id") for row in ROWS] == [row.id for row in ROWS]


def test_a_denial_or_grant_names_what_decided() -> None:
    silent = [
        row.id
        for row in ROWS
        if (got := answer(row.request)).get("explicit") and got.get("decision") == "DENY" and not got.get("because")
    ]
    assert not silent, silent


def test_rows_have_ids_of_their_own_and_sources() -> None:
    repeated = [name for name, count in Counter(row.id for row in ROWS).items() if count > 1]
    assert not repeated
    assert all(row.source for row in ROWS)
    assert len(ROWS) > 250
    assert all(module.ROWS for module in MODULES)
