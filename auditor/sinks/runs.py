"""The runs of an account in a bucket, and how one follows another.

Everything of a run has keys below ``<prefix>/<account>/<date>/<scan id>/``. ``run.json`` there is written last and says that the run is
done, so that one that is tried again either finishes or does nothing. ``<prefix>/<account>/latest.json`` names the run that the next one is
compared with; it is written once the run has been told of.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

import msgspec

from auditor.engine import diff
from auditor.errors import OutputError, SnapshotError
from auditor.render.format import File
from auditor.sinks.s3 import Bucket

S = TypeVar("S", bound=msgspec.Struct)


class Latest(msgspec.Struct, frozen=True):
    """``latest.json``: the last run that was told of, where it is, and where the one is that it was compared with."""

    scan_id: str
    folder: str
    before: str


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """``run.json``, and what an invocation returns.

    ``changes`` counts by :class:`auditor.engine.diff.Kind`; ``unwritten`` are formats that there was no time for.
    """

    scan_id: str
    account: str
    taken_at: datetime
    complete: bool
    failing: int
    unknown: int
    exit: int
    changes: dict[str, int]
    folder: str
    files: tuple[str, ...]
    unwritten: tuple[str, ...] = ()


class Earlier(msgspec.Struct, frozen=True):
    """The run to compare with. ``past`` ``None``: there is none, or it cannot be read and ``problem`` says why."""

    folder: str
    past: diff.Past | None
    told: bool
    """This very run was told of already, before it died."""
    problem: str = ""


class Runs:
    """The runs of an account, and one of them that is under way."""

    def __init__(self, bucket: Bucket, prefix: str, account: str, date: str, scan_id: str) -> None:
        """``prefix`` is empty or ends with a slash."""
        self.bucket = bucket
        self.folder = f"{prefix}{account}/{date}/{scan_id}/"
        self._latest = f"{prefix}{account}/latest.json"
        self._scan_id = scan_id

    def done(self) -> Run | None:
        """This run, if it is done already. Raises :class:`OutputError`."""
        found = self.bucket.get(f"{self.folder}run.json")
        return None if found is None else _decode(found, Run, self.bucket.uri(f"{self.folder}run.json"))

    def deliver(self, files: Iterable[File]) -> tuple[str, ...]:
        """Write the files of the run; their names. Raises :class:`OutputError`."""
        names: list[str] = []
        for file in files:
            self.bucket.put(self.folder + file.name, file.parts)
            names.append(file.name)
        return tuple(names)

    def earlier(self) -> Earlier:
        """The run before this one. Raises :class:`OutputError`."""
        found = self.bucket.get(self._latest)
        if found is None:
            return Earlier("", None, told=False)
        latest = _decode(found, Latest, self.bucket.uri(self._latest))
        told = latest.folder == self.folder
        folder = latest.before if told else latest.folder
        report = self.bucket.get(f"{folder}report.json") if folder else None
        if report is None:
            problem = f"`{self.bucket.uri(folder)}` holds no report to compare with" if folder else ""
            return Earlier(folder, None, told, problem)
        try:
            return Earlier(folder, diff.read(report), told)
        except SnapshotError as error:
            return Earlier(folder, None, told, str(error))

    def told(self, earlier: Earlier) -> None:
        """The changes have been told: the next run is compared with this one. Raises :class:`OutputError`."""
        self.bucket.put(self._latest, [msgspec.json.encode(Latest(self._scan_id, self.folder, earlier.folder))])

    def finish(self, run: Run) -> None:
        """The run is done. Raises :class:`OutputError`."""
        self.bucket.put(f"{self.folder}run.json", [msgspec.json.encode(run)])


def _decode(content: bytes, kind: type[S], uri: str) -> S:
    try:
        return msgspec.json.decode(content, type=kind)
    except msgspec.DecodeError as error:
        raise OutputError(f"`{uri}` is not what awsaudit wrote there ({error}); remove it") from error
