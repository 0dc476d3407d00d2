from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.policy.lint.check import Edit
from auditor.policy.lint.mend import mend

TEXT = """{
  "a": 1,
  "b": [ 1, 2,
     3 ],
  "c": {"x": "y"}
}
"""


@pytest.mark.parametrize(
    ("edit", "old", "new"),
    [
        (Edit(("a",), remove=True), '"a": 1,\n  ', ""),
        (Edit(("c",), remove=True), ',\n  "c": {"x": "y"}', ""),
        (Edit(("b", 0), remove=True), "1, 2", "2"),
        (Edit(("b", 1), remove=True), "2,\n     3", "3"),
        (Edit(("b", 2), remove=True), ",\n     3", ""),
        (Edit(("c", "x"), remove=True), '"x": "y"', ""),
        (Edit(("c", "x"), 'é"'), '"y"', '"é\\""'),
        (Edit(("b",), {"AWS": "x"}), "[ 1, 2,\n     3 ]", '{"AWS": "x"}'),
    ],
)
def test_the_rest_of_the_text_stays(edit: Edit, old: str, new: str) -> None:
    assert TEXT.count(old) == 1
    assert mend(TEXT, [edit]) == (TEXT.replace(old, new), 1)


@pytest.mark.parametrize("path", [(), ("z",), ("b", 9), ("b", -1), ("a", "x"), ("c", "x", 0)])
def test_an_edit_of_what_is_not_there_does_nothing(path: tuple[str | int, ...]) -> None:
    assert mend(TEXT, [Edit(path, remove=True)]) == (TEXT, 0)


def test_edits_that_touch_each_other_wait() -> None:
    text = "[1, 2, 3]"
    edits = [Edit((1,), remove=True), Edit((2,), remove=True)]
    assert mend(text, edits) == ("[1, 3]", 1)
    assert mend(text, [Edit((0,), 7), Edit((0,), 7)]) == ("[7, 2, 3]", 1)


JSON = st.recursive(
    st.integers() | st.text(st.characters(codec="utf-8"), max_size=3),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=3), inner, max_size=4)
    ),
)


def paths(value: Any, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(below for name, one in inner for below in paths(one, (*path, name)))]


@given(JSON, st.data(), st.sampled_from([None, 1, 3]), st.booleans())
def test_one_edit_does_what_it_says_and_no_more(value: Any, drawn: st.DataObject, indent: int | None, remove: bool) -> None:
    path = drawn.draw(st.sampled_from(paths(value)))
    text = json.dumps(value, indent=indent)
    mended, count = mend(text, [Edit(path, "new", remove)])
    assert count == (1 if path else 0)
    if not path:
        return
    wanted = json.loads(text)
    inner = wanted
    for part in path[:-1]:
        inner = inner[part]
    if remove:
        del inner[path[-1]]
    else:
        inner[path[-1]] = "new"
    assert json.loads(mended) == wanted
