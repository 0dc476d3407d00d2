"""Mechanical fixes: edits of values in JSON text that leave every other character as it is."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from auditor.policy.lint.check import Edit
from auditor.source.json_source import JsonPlaces


def mend(text: str, edits: Iterable[Edit]) -> tuple[str, int]:
    """The text with the edits, and how many were made. Of edits that touch each other the first is made: lint again for the rest."""
    places = JsonPlaces(text)
    # The root is no member: it stays.
    changes = sorted({_change(text, places, edit) for edit in edits if edit.path and places.has(edit.path)})
    made: list[str] = []
    done, count = 0, 0
    for start, end, value in changes:
        if start < done:
            continue
        made += (text[done:start], value)
        done = end
        count += 1
    return "".join((*made, text[done:])), count


def _change(text: str, places: JsonPlaces, edit: Edit) -> tuple[int, int, str]:
    start, end = places.offsets(edit.path)
    if not edit.remove:
        return start, end, json.dumps(edit.value, ensure_ascii=False)
    if isinstance(edit.path[-1], str):
        start, _ = places.offsets(edit.path, name=True)
    after = _COMMA.match(text, end)
    if after is not None:
        return start, after.end(), ""
    before = start - 1
    while before > 0 and text[before] in " \t\r\n":
        before -= 1
    return (before if text[before] == "," else start), end, ""


_COMMA = re.compile(r"\s*,\s*")
