"""Reports as they lie in folders: found, compared with their manifests, and hostile ones refused."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections import deque
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from auditor.errors import InventoryError
from auditor.inventory.files import read
from auditor.inventory.table import EXPANSION, Rows
from tests.inventory.made import CURRENT, DAY, export, inventory, lens_rows, row

TWO = row("a", 1) + row("b", 2)


def changed(path: Path, **changes: Any) -> Path:
    """A manifest with other values, and without the checksum beside it."""
    held = json.loads(path.read_text())
    held.update(changes)
    path.write_text(json.dumps({name: value for name, value in held.items() if value is not None}))
    path.with_name("manifest.checksum").unlink(missing_ok=True)
    return path


def parts(path: Path, **changes: Any) -> Path:
    """A manifest whose first file is another."""
    held = json.loads(path.read_text())
    held["files"][0].update(changes)
    return changed(path, files=held["files"])


def test_a_folder_its_manifest_and_the_manifests_folder_are_the_same(tmp_path: Path) -> None:
    path = inventory(tmp_path / "daily", TWO)
    found = read([path])
    assert found.reports[0].report.objects == 2
    assert read([tmp_path]) == read([path.parent]) == read([tmp_path, path, path.parent]) == found


@pytest.mark.parametrize("place", ["", "data", "2026-11-20T01-00Z", "inventories/models/daily/data"])
def test_where_the_files_may_lie(tmp_path: Path, place: str) -> None:
    """As S3 lays them out, beside the manifest, or under all of their key."""
    inventory(tmp_path, TWO)
    (file,) = (tmp_path / "data").iterdir()
    (tmp_path / place).mkdir(parents=True, exist_ok=True)
    file.rename(tmp_path / place / file.name)
    assert read([tmp_path]).reports[0].report.objects == 2


def test_how_far_it_is(tmp_path: Path) -> None:
    inventory(tmp_path / "daily", TWO, TWO)
    export(tmp_path / "lens", lens_rows([("STANDARD", "StorageBytes", 5)]))
    told: list[tuple[int, int]] = []
    read([tmp_path / "daily", tmp_path / "lens"], lambda done, total: told.append((done, total)))
    assert told == [(1, 2), (2, 2), (3, 3)]


def test_of_each_configuration_the_last(tmp_path: Path) -> None:
    for days in range(3):
        inventory(tmp_path / "daily", row("a") * (days + 1), as_of=DAY - timedelta(days=days))
    inventory(tmp_path / "weekly", TWO * 5, name="weekly", as_of=DAY - timedelta(days=5))
    found = read([tmp_path])
    assert [(one.report.name, one.report.objects) for one in found.reports] == [("daily", 1), ("weekly", 10)]
    (note,) = found.notes
    assert note.startswith("2 older reports were passed over in ")


def test_files_that_are_not_packed(tmp_path: Path) -> None:
    assert read([inventory(tmp_path, TWO.encode())]).reports[0].report.objects == 2


def test_several_packed_parts_in_one_file(tmp_path: Path) -> None:
    content = gzip.compress(TWO.encode()) + gzip.compress(TWO.encode() * 3)
    assert read([inventory(tmp_path, content)]).reports[0].report.objects == 8


def test_an_inventory_of_current_versions(tmp_path: Path) -> None:
    path = inventory(tmp_path, '"models","a","12","STANDARD"\n', schema=CURRENT)
    assert not read([path]).reports[0].report.all_versions


REFUSED: dict[str, tuple[Callable[[Path], Path], str]] = {
    "nothing there": (lambda at: at / "none", "none` does not exist; give `manifest.json`"),
    "an empty folder": (lambda at: at, "has no manifest of a report, `manifest.json`: it holds none"),
    "data alone": (
        lambda at: inventory(at, TWO).parent.parent / "data",
        r"it holds `2026-11-20T01-00Z-0\.csv\.gz` without one. Download all",
    ),
    "a data file": (
        lambda at: next((inventory(at, TWO).parent.parent / "data").iterdir()),
        "is no export of S3 Storage Lens: its heading lacks `version_number`. An inventory is read by its manifest",
    ),
    "Parquet": (lambda at: inventory(at, TWO, form="Parquet"), "its files are `Parquet`, and awsaudit reads CSV; set the report"),
    "ORC": (lambda at: inventory(at, TWO, form="ORC"), "its files are `ORC`"),
    "other JSON": (
        lambda at: changed(inventory(at, TWO), sourceBucket=None),
        "is no manifest of S3 Inventory or S3 Storage Lens",
    ),
    "no schema": (lambda at: changed(inventory(at, TWO), fileSchema=None), "it lacks `fileSchema`"),
    "files of another kind": (lambda at: changed(inventory(at, TWO), files=[{"key": 5}]), r"wrong kind in `files\[0\]\.key`"),
    "no columns": (lambda at: changed(inventory(at, TWO), fileSchema="Bucket"), "`fileSchema` has no column `Key`"),
    "no time": (lambda at: changed(inventory(at, TWO), creationTimestamp="today"), "`today` under `creationTimestamp`"),
    "a time beyond all": (lambda at: changed(inventory(at, TWO), creationTimestamp="9" * 15), "under `creationTimestamp`"),
    "no bucket": (lambda at: changed(inventory(at, TWO), sourceBucket="<script>"), "`<script>` under `sourceBucket`"),
    "a way up": (lambda at: parts(inventory(at, TWO), key="data/../../../etc/passwd"), "cannot be the key of a file"),
    "a way in": (lambda at: parts(inventory(at, TWO), key="a\0b"), r"`a\\x00b` cannot be the key"),
    "a folder": (lambda at: parts(inventory(at, TWO), key="data/"), "cannot be the key of a file"),
    "an absolute path": (lambda at: parts(inventory(at, TWO), key="/etc/passwd"), "names `/etc/passwd`, which is not beside it"),
    "a file that is not there": (
        lambda at: parts(inventory(at, TWO), key="data/x.csv.gz"),
        "`data/x.csv.gz`, which is not beside",
    ),
    "another size": (lambda at: parts(inventory(at, TWO), size=5), "is not the file of the report: it has .* says 5; download"),
    "another checksum": (lambda at: parts(inventory(at, TWO), MD5checksum="0" * 32), "its MD5 checksum is another"),
    "one file for two": (
        lambda at: changed(path := inventory(at, TWO), files=json.loads(path.read_text())["files"] * 2),
        "leads to .* more than once",
    ),
    "no checksum": (lambda at: parts(inventory(at, TWO), MD5checksum="none"), "`none` is not an MD5 checksum"),
    "packed, and cut short": (lambda at: inventory(at, gzip.compress(TWO.encode())[:-9]), "is cut short; download it again"),
    "packed, and broken": (lambda at: inventory(at, b"\x1f\x8b" + b"x" * 50), "cannot be unpacked"),
    "bytes that are no text": (lambda at: inventory(at, TWO.encode() + b'"models","\xff"\n'), "line 3: it is not UTF-8"),
    "UTF-16": (lambda at: inventory(at, TWO.encode("utf-16")), "line 1: it is not UTF-8"),
}


@pytest.mark.parametrize(("made", "why"), REFUSED.values(), ids=list(REFUSED))
def test_refused(tmp_path: Path, made: Callable[[Path], Path], why: str) -> None:
    path = made(tmp_path)
    with pytest.raises(InventoryError, match=why) as caught:
        read([path])
    assert str(caught.value).isprintable()


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'"x"', b"[" * 100_000, b'{"sourceBucket": "\xff"}', b'{"reportFiles": 1}']
)
def test_no_manifest(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "manifest.json"
    path.write_bytes(content)
    with pytest.raises(InventoryError, match=r"manifest\.json` is (not JSON|no manifest)"):
        read([path])


@pytest.mark.parametrize("name", ["x.parquet", "x.orc"])
def test_columns_in_files(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"PAR1")
    with pytest.raises(InventoryError, match="is Parquet or ORC, and awsaudit reads CSV"):
        read([tmp_path / name])


def test_a_manifest_that_is_not_what_its_checksum_says(tmp_path: Path) -> None:
    path = inventory(tmp_path, TWO)
    path.write_text(path.read_text() + " ")
    for given in (path, tmp_path):
        with pytest.raises(InventoryError, match=r"is not what `manifest\.checksum` beside it says"):
            read([given])


def test_no_link_leads_out_of_the_folder(tmp_path: Path) -> None:
    """A folder of somebody else's may not have any file of ours read, not even one whose checksum they know."""
    path = inventory(tmp_path / "elsewhere", TWO)
    ours = tmp_path / "given"
    (ours / "data").mkdir(parents=True)
    (ours / "now").mkdir()
    (ours / "now" / "manifest.json").write_bytes(path.read_bytes())
    (file,) = (tmp_path / "elsewhere" / "data").iterdir()
    (ours / "data" / file.name).symlink_to(file)
    with pytest.raises(InventoryError, match="which is not beside it"):
        read([ours])
    (ours / "data" / file.name).unlink()
    (ours / "now" / "manifest.json").unlink()
    (ours / "now" / "manifest.json").symlink_to(path)
    with pytest.raises(InventoryError, match="has no manifest"):
        read([ours])


def test_a_bomb_is_put_out_early() -> None:
    line = row("a" * 900).encode()
    bomb = gzip.compress(line * 40_000, 9)
    assert 40_000 * len(line) > max(len(bomb), 1 << 16) * EXPANSION
    rows = Rows([bomb], "bomb")
    with pytest.raises(InventoryError, match=f"unpacks to over {EXPANSION} times its size"):
        deque(rows, maxlen=0)
    assert rows.line < 40_000


def test_memory_does_not_grow_with_the_report() -> None:
    line = [row(f"folder/{number:09d}") for number in range(1000)]
    chunk = "".join(line).encode()
    tracemalloc.start()
    count = sum(1 for _ in Rows((chunk for _ in range(40)), "part.csv"))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 40_000
    assert peak < 2_000_000 < 40 * len(chunk)


def test_an_export_of_storage_lens_in_a_folder(tmp_path: Path) -> None:
    export(tmp_path, lens_rows([("STANDARD", "StorageBytes", 5)]), day="2026-11-20")
    older = tmp_path / "older"
    older.mkdir()
    export(older, lens_rows([("STANDARD", "StorageBytes", 4)], day="2026-11-19"), day="2026-11-19")
    (about,) = read([tmp_path]).reports
    assert about.report.bytes == 5
