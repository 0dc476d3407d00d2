"""Whatever is in a file: it is read, or refused in one line that can be printed; nothing else comes of it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from auditor.errors import InventoryError
from auditor.inventory import lens, listing, manifest
from auditor.inventory.table import LONGEST, Rows
from tests.inventory.made import ALL, LENS, inventory, lens_rows, row

GOOD = (row("a", 5) + row("b/c", 7, "GLACIER", latest=False)).encode()
ROWS = (f"{LENS}\n" + lens_rows([("STANDARD", "StorageBytes", 5), ("GLACIER", "ObjectCount", 7)])).encode()


def refused(read: Callable[[], object]) -> None:
    said = ""
    try:
        read()
    except InventoryError as error:
        said = str(error)
    assert said.isprintable()
    assert len(said) < 1000


@st.composite
def broken(draw: st.DrawFn, good: bytes) -> bytes:
    """Good content with some of it replaced, taken out, or packed and then broken."""
    content = gzip.compress(good, mtime=0) if draw(st.booleans()) else good
    for _ in range(draw(st.integers(0, 3))):
        start = draw(st.integers(0, len(content)))
        end = draw(st.integers(start, min(len(content), start + 40)))
        content = (
            content[:start] + draw(st.binary(max_size=12) | st.sampled_from([b'"', b"\n", b"\0", b",", b"-1"])) + content[end:]
        )
    return content


@given(broken(GOOD), st.integers(1, 50))
def test_listings(content: bytes, size: int) -> None:
    def read() -> None:
        tally = listing.Tally("models", ALL.split(", "))
        tally.add((content[at : at + size] for at in range(0, len(content), size)), "a\n\x1b.csv")

    refused(read)


@given(broken(ROWS), st.integers(1, 50))
def test_exports(content: bytes, size: int) -> None:
    def read() -> None:
        tally = lens.Tally()
        tally.add((content[at : at + size] for at in range(0, len(content), size)), "b\udc80.csv")
        tally.reports()

    refused(read)


@cache
def manifest_text() -> str:
    """A manifest as S3 writes it."""
    with TemporaryDirectory() as folder:
        return inventory(Path(folder), row("a")).read_text()


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)


@given(st.data())
def test_manifests(data: st.DataObject) -> None:
    whole = json.loads(manifest_text())
    for name in data.draw(st.lists(st.sampled_from(sorted(whole)), max_size=3)):
        whole[name] = data.draw(values)
    part = whole["files"][0] if isinstance(whole.get("files"), list) and whole["files"] else None
    if isinstance(part, dict) and part:
        part[data.draw(st.sampled_from(sorted(part)))] = data.draw(values)
    refused(lambda: manifest.parse(json.dumps(whole).encode("utf-8", "surrogatepass"), "manifest.json"))


@given(st.binary(max_size=60))
def test_any_bytes(content: bytes) -> None:
    refused(lambda: manifest.parse(content, "manifest.json"))
    refused(lambda: listing.Tally("models", ALL.split(", ")).add([content], "x"))
    refused(lambda: lens.Tally().add([content], "x"))


def test_a_row_of_endless_lines_is_refused_before_it_fills_the_memory() -> None:
    """Quotes that are open at each line's end: every line is one more cell of the same row."""
    given = 0

    def lines() -> Iterator[bytes]:
        nonlocal given
        yield b'"\n'
        for _ in range(40):
            given += 1
            yield b'","\n' * (LONGEST // 4)

    with pytest.raises(InventoryError, match="no row has ended"):
        list(Rows(lines(), "x"))
    assert given < 6


def test_rows_of_many_lines_and_chunks_are_rows() -> None:
    """A cell may have line ends in it, and rows may come in chunks of any size."""
    content = b'"a\nb","c"\n' * 40_000
    rows = list(Rows((content[at : at + 4099] for at in range(0, len(content), 4099)), "x"))
    assert len(rows) == 40_000
    assert {len(one) for one in rows} == {2}


def test_many_members_that_hold_nothing_do_not_hold_up() -> None:
    """What is left over when a member ends is copied for each: of a megabyte that took four seconds."""
    empty = gzip.compress(b"", mtime=0)
    began = process_time()
    list(Rows([empty * ((1 << 20) // len(empty))], "x"))
    assert process_time() - began < 2


@pytest.mark.parametrize("key", ["a/" * 600 + "x.csv", "\ud55c" * 400 + "/x.csv"])
def test_a_key_that_no_object_can_have_is_refused(key: str) -> None:
    whole = json.loads(manifest_text())
    whole["files"][0]["key"] = key
    with pytest.raises(InventoryError, match="cannot be the key"):
        manifest.parse(json.dumps(whole).encode(), "manifest.json")
