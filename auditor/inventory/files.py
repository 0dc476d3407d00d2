"""Finding and opening reports as they were downloaded: a folder, a manifest, or an export of S3 Storage Lens by itself.

A manifest names its files by their keys in a bucket. They are looked for around the manifest as ``aws s3 sync`` and people lay them out:
beside it, in the folder ``data`` next to its own, or under as much of the key as there are folders for. Nothing outside of the folder that
was given is opened, and no file counts of which size and checksum are not those of the manifest.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from pathlib import Path

import msgspec

from auditor.errors import InventoryError
from auditor.inventory import lens, listing, manifest
from auditor.inventory.manifest import Manifest, Part
from auditor.inventory.table import Checked
from auditor.model.s3_report import StorageReport
from auditor.source.positions import shown

CHUNK = 1 << 20
ABOVE = 3
"""Folders above a manifest's own in which its files may lie: an export of S3 Storage Lens has its manifest two folders further down."""
SUFFIXES = (".csv", ".csv.gz")
OTHERS = (".parquet", ".orc")
_CHECKSUM = "manifest.checksum"


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says of a bucket. ``account`` is its owner's number; empty where the report does not tell."""

    bucket: str
    account: str = ""
    report: StorageReport


class Given(msgspec.Struct, frozen=True):
    """All that reports say, and what is to be said of the reading."""

    reports: tuple[About, ...] = ()
    notes: tuple[str, ...] = ()


def read(paths: Iterable[str | Path], told: Callable[[int, int], None] = lambda _, __: None) -> Given:
    """What the reports in these files and folders say. ``told`` is told how many files are read, of how many (growing).

    Raises :class:`InventoryError` for what does not exist, is no report, or contradicts its manifest.
    """
    found: list[About] = []
    notes: list[str] = []
    seen: set[Path] = set()
    exports = lens.Tally()
    done = total = 0

    def step() -> None:
        nonlocal done
        done += 1
        told(done, total)

    for path in map(Path, paths):
        if path.is_dir():
            manifests = _manifests(path)
            chosen = _latest(manifests)
            if older := len(manifests) - len(chosen):
                reports = "report was" if older == 1 else "reports were"
                notes.append(f"{older} older {reports} passed over in {_name(path)}: of each configuration the last counts")
        elif path.is_file():
            made = _manifest(path)
            chosen = [(path, made)] if made is not None else []
            if made is None and path.resolve() not in seen:
                seen.add(path.resolve())
                exports.add(_chunks(path), str(path))
        elif path.exists():
            raise InventoryError(f"{_name(path)} is neither a file nor a folder; give what S3 wrote")
        else:
            raise InventoryError(f"{_name(path)} does not exist; give `manifest.json` of a report, or the folder that holds it")
        for place, made in chosen:
            if place.resolve() in seen:
                continue
            seen.add(place.resolve())
            total += len(made.parts)
            # A manifest that was named, or is all that its folder holds, has its data next to that folder.
            root = path if path.is_dir() and place.parent != path else None
            if made.bucket:
                found.append(_inventory(place, made, root, step))
            else:
                _export(place, made, root, exports, step)
    found += (
        About(bucket=bucket, account=account, report=report) for (account, bucket), report in sorted(exports.reports().items())
    )
    return Given(tuple(found), tuple(notes))


def _inventory(place: Path, made: Manifest, root: Path | None, step: Callable[[], None]) -> About:
    tally = listing.Tally(made.bucket, made.columns)
    for part, path in _parts(place, made, root):
        content = Checked(_chunks(path))
        tally.add(content, str(path))
        _check(content, part, path)
        step()
    return About(bucket=made.bucket, report=tally.report(made.as_of, made.name))


def _export(place: Path, made: Manifest, root: Path | None, exports: lens.Tally, step: Callable[[], None]) -> None:
    for part, path in _parts(place, made, root):
        content = Checked(_chunks(path))
        exports.add(content, str(path), made.columns)
        _check(content, part, path)
        step()


def _check(content: Checked, part: Part, path: Path) -> None:
    if content.size != part.size:
        sizes = f"it has {content.size:,} bytes, and its manifest says {part.size:,}"
        raise InventoryError(f"{_name(path)} is not the file of the report: {sizes}; download it again")
    if content.md5 != part.md5:
        raise InventoryError(f"{_name(path)} is not the file of the report: its MD5 checksum is another; download it again")


def _manifests(folder: Path) -> list[tuple[Path, Manifest]]:
    """The manifests within a folder. Raises :class:`InventoryError` when there is none."""
    found: list[tuple[Path, Manifest]] = []
    others: set[str] = set()
    root = folder.resolve()
    for where, folders, names in os.walk(folder):
        folders[:] = sorted(one for one in folders if not one.startswith("."))
        for name in sorted(names):
            path = Path(where, name)
            if name == "manifest.json" and _ours(path, root):
                made = manifest.parse(_content(path, manifest.BYTES + 1), str(path))
                if made is not None:
                    _sealed(path)
                    found.append((path, made))
            elif name.lower().endswith((*SUFFIXES, *OTHERS)):
                others.add(name)
    if not found:
        holds = f"it holds {shown(min(others))} without one" if others else "it holds none"
        raise InventoryError(
            f"{_name(folder)} has no manifest of a report, `manifest.json`: {holds}. Download all that S3 wrote for the configuration: "
            "aws s3 sync s3://BUCKET/PREFIX/SOURCE-BUCKET/CONFIGURATION FOLDER"
        )
    return found


def _latest(manifests: Sequence[tuple[Path, Manifest]]) -> list[tuple[Path, Manifest]]:
    """Of the reports of each configuration the last one. They lie in folders side by side."""
    last: dict[tuple[str, str, Path], tuple[datetime, Path, Manifest]] = {}
    for path, made in manifests:
        place = (made.bucket, made.name, path.parent.parent)
        last[place] = max(last.get(place, (made.as_of, path, made)), (made.as_of, path, made), key=lambda one: one[:2])
    return [(path, made) for _, path, made in sorted(last.values(), key=lambda one: one[1])]


def _manifest(path: Path) -> Manifest | None:
    """The manifest that a named file is; ``None`` for a CSV file, which has to be an export of S3 Storage Lens.

    Raises :class:`InventoryError` for any other.
    """
    name = path.name.lower()
    if name.endswith(".json"):
        made = manifest.parse(_content(path, manifest.BYTES + 1), str(path))
        if made is None:
            raise InventoryError(
                f"{_name(path)} is no manifest of S3 Inventory or S3 Storage Lens; give `manifest.json` of a report"
            )
        _sealed(path)
        return made
    if name.endswith(OTHERS):
        raise InventoryError(
            f"{_name(path)} is Parquet or ORC, and awsaudit reads CSV; set the report's format to CSV, and give the next one"
        )
    if not name.endswith(SUFFIXES):
        raise InventoryError(f"{_name(path)} is no report; give `manifest.json` of one, or the folder that holds it and the data")
    return None


def _sealed(path: Path) -> None:
    """Compare a manifest with the checksum that S3 writes beside it, if that was downloaded."""
    beside = path.with_name(_CHECKSUM)
    if path.name != "manifest.json" or not beside.is_file() or beside.is_symlink():
        return
    said = _content(beside, 64).decode("ascii", "replace").strip().lower()
    content = Checked(_chunks(path))
    for _ in content:
        pass
    if said != content.md5:
        raise InventoryError(f"{_name(path)} is not what `{_CHECKSUM}` beside it says; download it again")


def _parts(place: Path, made: Manifest, root: Path | None) -> Iterator[tuple[Part, Path]]:
    """The files of a manifest, on this machine."""
    own = place.resolve().parent
    above = [own, *own.parents[:ABOVE]]
    if root is not None:
        above = [one for one in above if one.is_relative_to(root.resolve())] or [own]
    used: set[Path] = set()
    for part in made.parts:
        path = _found(above, part.key.split("/"))
        if path is None:
            raise InventoryError(
                f"{_name(place)} names {shown(part.key, 120)}, which is not beside it, nor in `data` next to its folder; "
                "download that too, or the whole folder with aws s3 sync"
            )
        if path in used:
            raise InventoryError(f"{_name(place)} leads to {_name(path)} more than once; download the report again")
        used.add(path)
        yield part, path


def _found(above: Sequence[Path], segments: Sequence[str]) -> Path | None:
    """The file of a key: under as many of its folders as possible, beginning nearest to the manifest."""
    for folder in above:
        for start in range(len(segments)):
            path = folder.joinpath(*segments[start:])
            if _ours(path, above[-1]):
                return path
        if _ours(folder / "data" / segments[-1], above[-1]):
            return folder / "data" / segments[-1]
    return None


def _ours(path: Path, root: Path) -> bool:
    """A file, and no link that leads out of the folder: that would have any file of the user's read."""
    try:
        return path.is_file() and path.resolve().is_relative_to(root)
    except OSError:
        return False


def _chunks(path: Path) -> Iterator[bytes]:
    try:
        with path.open("rb") as file:
            while chunk := file.read(CHUNK):
                yield chunk
    except OSError as error:
        raise InventoryError(f"{_name(path)} cannot be read: {error.strerror or error}") from error


def _content(path: Path, most: int) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(most)
    except OSError as error:
        raise InventoryError(f"{_name(path)} cannot be read: {error.strerror or error}") from error


def _name(path: Path) -> str:
    return shown(str(path), 200)
