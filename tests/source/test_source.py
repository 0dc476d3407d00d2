from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.source.json_source import BYTES, EmbeddedPlaces, JsonPlaces, Span, Unreadable, data, decoded, pointer, size
from auditor.source.positions import DEPTH, BadText, Lines, Node, scan
from auditor.source.yaml_source import YamlPlaces, documents


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("", "the text ends where a value is expected", 1, 1),
        ('{"a": 1,\n "a": 2}', "`a` occurs twice in one object", 2, 2),
        ('{"a": NaN}', "unexpected `N`", 1, 7),
        ('{"a": -Infinity}', "unexpected `-`", 1, 7),
        ('{"a": 1e999}', "the number is too large", 1, 7),
        ('{"a": ' + "9" * 5000 + "}", "the number is too large", 1, 7),
        ('{"a": 012345678901}', "a number does not begin with 0", 1, 8),
        ('{"a": "\\ud800"}', "half of a surrogate pair", 1, 7),
        ('{"a": "\ud800"}', "half of a surrogate pair", 1, 7),
        ("{'a': 1}", "strings stand in double quotes", 1, 2),
        ('{"a": [1,]}', "remove the comma before it", 1, 10),
        ('{"a": 1} // no', "JSON has no comments", 1, 10),
        ("[" * 5000, f"nest deeper than {DEPTH} levels", 1, DEPTH + 2),
        ('{"a":' * 100 + "1" + "}" * 100, f"nest deeper than {DEPTH} levels", 1, 5 * (DEPTH + 1) + 1),
        ('{"a": "x\ny"}', "control character", 1, 9),
    ],
)
def test_what_is_not_json_is_told_with_its_place(text: str, message: str, line: int, column: int) -> None:
    with pytest.raises(Unreadable) as told:
        data(text)
    assert message in told.value.message
    assert (told.value.span.line, told.value.span.column) == (line, column)


@pytest.mark.parametrize(
    ("content", "message", "line", "column"),
    [
        (b"\xef\xbb\xbf{}", "byte order mark", 1, 1),
        ("{}".encode("utf-16"), "byte order mark", 1, 1),
        ('{\n "é'.encode() + b"\xff", "not UTF-8", 2, 4),
        (b" " * (BYTES + 1), "longer than", 1, 1),
    ],
)
def test_what_is_not_text_is_told_with_its_place(content: bytes, message: str, line: int, column: int) -> None:
    with pytest.raises(Unreadable) as told:
        decoded(content)
    assert message in told.value.message
    assert (told.value.span.line, told.value.span.column) == (line, column)


@pytest.mark.parametrize("inner", ["", "1", '"x", {}', '{"a": 1}', "{}"])
@pytest.mark.parametrize("depth", range(DEPTH - 3, DEPTH + 3))
def test_values_may_nest_as_deep_as_the_slow_reader_lets_them(inner: str, depth: int) -> None:
    text = "[" * depth + inner + "]" * depth
    try:
        scan(text)
    except BadText:
        with pytest.raises(Unreadable, match="nest deeper"):
            data(text)
    else:
        assert data(text) == json.loads(text)


@given(st.text("\n\rx", max_size=80), st.lists(st.integers(0, 80), min_size=40, max_size=60))
def test_lines_and_columns_are_those_of_the_line_breaks_before(text: str, offsets: list[int]) -> None:
    lines = Lines(text)
    for offset in [min(one, len(text)) for one in offsets]:
        before = text[:offset].split("\n")
        assert lines.place(offset) == (len(before), len(before[-1]) + 1)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(codec="utf-8")),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner),
)


@settings(max_examples=40, deadline=None)
@given(JSON, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_every_value_has_its_place(value: Any, indent: int | str | None, ascii_only: bool) -> None:
    text = json.dumps(value, indent=indent, ensure_ascii=ascii_only)
    assert data(text) == value
    places = JsonPlaces(text)

    def check(inner: Any, path: tuple[str | int, ...]) -> None:
        first, last = places.offsets(path)
        assert json.loads(text[first:last]) == inner
        if path and isinstance(path[-1], str):
            first, last = places.offsets(path, name=True)
            assert json.loads(text[first:last]) == path[-1]
        for name, one in inner.items() if isinstance(inner, dict) else enumerate(inner) if isinstance(inner, list) else ():
            check(one, (*path, name))

    check(value, ())


@settings(max_examples=30, deadline=None)
@given(JSON, st.sampled_from([None, 1]), st.randoms(use_true_random=False))
def test_places_are_those_of_the_slow_reader_in_whatever_order(value: Any, indent: int | None, chance: Random) -> None:
    """What is looked into is kept, and reading goes on from there: no order of questions may matter, nor what is not there."""
    text = json.dumps(value, indent=indent, ensure_ascii=False)
    known = dict(nodes(scan(text), ()))
    asked = [*known, *((*path, step) for path in known for step in ("x", "", 0, 7, -1))]
    chance.shuffle(asked)
    places = JsonPlaces(text)
    for path in asked:
        there = next(path[:length] for length in range(len(path), -1, -1) if path[:length] in known)
        whole = there == path
        assert places.has(path) is whole
        assert places.offsets(path)[0] == known[there].at
        assert places.offsets(path, name=True)[0] == (known[there].name_at if whole else known[there].at)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ['"a"', '"a]b"', '"[,"', '""', '"\\\\"', '"\\""', '"x\\u0041"', "1", "[]", '["b", 2]', '{"c": "]"}', "null"]
        )
    ),
    st.sampled_from([",", " , ", ",\n  "]),
)
def test_the_items_of_a_list_have_their_places(items: list[str], comma: str) -> None:
    text = f'{{"Action": [ {comma.join(items)} ]}}'
    places = JsonPlaces(text)
    for index, item in enumerate(items):
        first, last = places.offsets(("Action", index))
        assert text[first:last] == item
    assert not places.has(("Action", len(items)))


def nodes(node: Node, path: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Node]]:
    yield path, node
    inner = node.value
    if isinstance(inner, Mapping):
        for name, one in inner.items():
            yield from nodes(one, (*path, name))
    elif isinstance(inner, tuple):
        for index, one in enumerate(inner):
            yield from nodes(one, (*path, index))


def test_the_lines_of_a_text_are_counted_once_for_all_policies_in_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan of Terraform holds thousands."""
    counted: list[int] = []

    class Counted(Lines):
        def __init__(self, text: str) -> None:
            counted.append(len(text))
            super().__init__(text)

    monkeypatch.setattr("auditor.source.json_source.Lines", Counted)
    outer = json.dumps({f"p{number}": json.dumps({"x": number}) for number in range(5)}, indent=1)
    places = JsonPlaces(outer)
    found = {EmbeddedPlaces(places.below(()), (f"p{number}",), f'{{"x": {number}}}').span(("x",)).line for number in range(5)}
    assert found == {2, 3, 4, 5, 6}
    assert counted == [len(outer)]


def test_a_long_policy_in_a_string_is_not_read_for_each_of_its_places() -> None:
    inner = json.dumps({"x": ["a" * 50] * 20_000})
    places = EmbeddedPlaces(JsonPlaces(json.dumps({"policy": inner})), ("policy",), inner)
    begun = time.process_time()
    for number in range(1000):  # as many as are told of one policy: to read the string for each would take seconds
        places.span(("x", number))
    assert time.process_time() - begun < 1.5


@settings(max_examples=40, deadline=None)
@given(JSON, st.booleans())
def test_a_policy_in_a_string_has_its_places_in_the_outer_text(value: Any, ascii_only: bool) -> None:
    inner = json.dumps({"x": value}, indent=1, ensure_ascii=False)
    outer = json.dumps({"policy": inner}, ensure_ascii=ascii_only)
    span = EmbeddedPlaces(JsonPlaces(outer), ("policy",), inner).span(("x",))
    assert span.line == span.end_line == 1
    marked = json.loads('"' + outer[span.column - 1 : span.end_column - 1] + '"')
    assert json.loads(marked) == value


@given(st.binary() | st.text().map(lambda text: text.encode("utf-8", "surrogatepass")))
def test_any_bytes_are_data_or_one_error_with_a_place(content: bytes) -> None:
    seen: list[Unreadable] = []
    for read in (data, documents):
        try:
            read(decoded(content))
        except Unreadable as error:
            seen.append(error)
    assert all(error.span.line >= 1 and error.span.column >= 1 for error in seen)


@given(st.text(st.sampled_from("{}[]:,\"\\ud80 \n1.e-truefalsn&*a!<>|'#"), max_size=40))
def test_what_looks_like_data_is_data_or_one_error(text: str) -> None:
    seen: list[Unreadable] = []
    for read in (data, documents):
        try:
            read(text)
        except Unreadable as error:
            seen.append(error)
    assert all(error.message for error in seen)


def test_a_place_that_is_not_there_is_the_nearest_above() -> None:
    places = JsonPlaces('{"a": [1]}')
    assert places.span(("a", 5, "x")) == places.span(("a",)) == Span(1, 7, 1, 10)
    assert places.span(("b",), name=True) == Span(1, 1, 1, 11)


def test_pointers_are_escaped() -> None:
    assert pointer(("a/b", 0, "c~d")) == "/a~1b/0/c~0d"


def test_size_does_not_count_white_space() -> None:
    assert size('{\n "a": 1\n}') == len('{"a":1}')


YAML = """\
Version: 2012-10-17
Statement:
  - Effect: Allow
    Action: [s3:Get*, "é:Put"]
    Resource: !Sub "arn:${x}"
  - Principal: {AWS: 012345678901}
    Condition:
      Bool: {aws:SecureTransport: true, x: ~, y: 1.5, z: yes}
"""


def test_yaml_is_read_as_deployment_tools_read_it() -> None:
    (root,) = documents(YAML)
    assert root.value == {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": ["s3:Get*", "é:Put"], "Resource": {"Fn::Sub": "arn:${x}"}},
            {
                "Principal": {"AWS": "012345678901"},
                "Condition": {"Bool": {"aws:SecureTransport": True, "x": None, "y": 1.5, "z": "yes"}},
            },
        ],
    }


@pytest.mark.parametrize(
    ("path", "name", "span"),
    [
        (("Version",), False, Span(1, 10, 1, 20)),
        (("Version",), True, Span(1, 1, 1, 8)),
        (("Statement", 0), False, Span(3, 5, 5, 30)),
        (("Statement", 0, "Action"), False, Span(4, 13, 4, 31)),
        (("Statement", 0, "Action", 1), False, Span(4, 23, 4, 30)),
        (("Statement", 0, "Resource"), False, Span(5, 15, 5, 30)),
        (("Statement", 1, "Principal", "AWS"), False, Span(6, 22, 6, 34)),
        (("Statement", 7), False, Span(3, 3, 8, 62)),
    ],
)
def test_yaml_has_places(path: tuple[str | int, ...], name: bool, span: Span) -> None:
    (root,) = documents(YAML)
    assert YamlPlaces(root).span(path, name=name) == span


BOMB = "a0: &a0 [x]\n" + "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 12))


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\na: 2", "`a` occurs twice", 2),
        ("a: [", "not YAML", 2),
        ("[" * 5000, "nest deeper", 1),
        ("- " * 5000, "nest deeper", 1),
        ("&a [*a]", "stands for nothing", 1),
        ("*x", "stands for nothing", 1),
        (BOMB, "more than 200,000 values", 6),
        ("? [1]\n: 2", "must be plain text", 1),
        ("a: \x01", "may not stand in it", 1),
    ],
)
def test_what_is_not_yaml_or_too_much_is_told_with_its_place(text: str, message: str, line: int) -> None:
    with pytest.raises(Unreadable) as told:
        documents(text)
    assert message in told.value.message
    assert told.value.span.line == line


def test_yaml_merges_and_repeats() -> None:
    (root,) = documents("base: &b {x: 1, y: 2}\nmade: {<<: *b, y: 3}\nsame: *b\n")
    assert root.value["made"] == {"y": 3, "x": 1}
    assert root.value["same"] == {"x": 1, "y": 2}
    assert YamlPlaces(root).span(("made", "x")) == Span(1, 14, 1, 15)


def test_yaml_makes_no_objects() -> None:
    (root,) = documents("!!python/object/apply:os.system [ls]")
    assert root.value == ["ls"]


def test_a_place_in_a_long_list() -> None:
    strings = [f'a"{number}\\]' for number in range(40)]
    for values in (strings, [*strings, 7, *strings], [*strings[:20], [strings], *strings]):
        text = json.dumps({"before": ["x"] * 20, "list": values}, indent=1)
        places = JsonPlaces(text)
        for index, value in enumerate(values):
            first, last = places.offsets(("list", index))
            assert json.loads(text[first:last]) == value
        assert not places.has(("list", len(values)))


def test_places_below_are_those_of_the_whole_text() -> None:
    text = json.dumps({"Resources": {f"R{n}": {"Policy": {"Statement": [{"Sid": f"s{n}"}]}} for n in range(30)}}, indent=2)
    whole = JsonPlaces(text)
    for n in range(30):
        base = ("Resources", f"R{n}", "Policy")
        below = whole.below(base)
        assert below.span(("Statement", 0, "Sid")) == whole.span((*base, "Statement", 0, "Sid"))
        assert below.pointer(("Statement", 0)) == f"/Resources/R{n}/Policy/Statement/0"
