"""The runs of an account: how one follows another, and what happens when one is tried again."""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec
import pytest

from auditor.engine.diff import Past
from auditor.errors import OutputError
from auditor.render.format import File
from auditor.sinks.runs import Earlier, Run, Runs
from auditor.sinks.s3 import Bucket
from tests.sinks.made import Recorder

ACCOUNT = "123456789012"
REPORT = b'{"format": 1, "account": {"regions": ["us-east-1"]}, "verdicts": []}'


def runs(client: Recorder, scan: str = "night-1", prefix: str = "reports/") -> Runs:
    return Runs(Bucket(client, "bucket", owner=ACCOUNT), prefix, ACCOUNT, "2026-11-27", scan)


def run(of: Runs) -> Run:
    return Run(
        scan_id="night-1",
        account=ACCOUNT,
        taken_at=datetime(2026, 11, 27, 3, tzinfo=UTC),
        complete=True,
        failing=1,
        unknown=2,
        exit=1,
        changes={"new": 1},
        folder=of.folder,
        files=("report.json",),
    )


def finished(client: Recorder, scan: str) -> Earlier:
    """A whole run; what it was compared with."""
    one = runs(client, scan)
    one.deliver([File("report.json", (REPORT,))])
    earlier = one.earlier()
    if not earlier.told:
        one.told(earlier)
    one.finish(run(one))
    return earlier


def test_a_run_has_its_folder() -> None:
    assert runs(Recorder()).folder == f"reports/{ACCOUNT}/2026-11-27/night-1/"
    assert runs(Recorder(), prefix="").folder == f"{ACCOUNT}/2026-11-27/night-1/"


def test_files_are_written_as_they_are_made() -> None:
    client = Recorder()
    assert runs(client).deliver([File("a.json", (b"1", b"2")), File("b.csv", ())]) == ("a.json", "b.csv")
    folder = runs(client).folder
    assert client.objects == {f"{folder}a.json": b"12", f"{folder}b.csv": b""}


def test_a_run_is_done_when_it_says_so() -> None:
    client = Recorder()
    one = runs(client)
    one.deliver([File("report.json", (REPORT,))])
    assert one.done() is None
    one.finish(run(one))
    assert runs(client).done() == run(one)
    assert runs(client, "night-2").done() is None


def test_a_note_of_an_older_version_can_still_be_read() -> None:
    client = Recorder()
    one = runs(client)
    older = {name: value for name, value in msgspec.to_builtins(run(one)).items() if name != "unwritten"}
    client.objects[f"{one.folder}run.json"] = msgspec.json.encode(older | {"later": True})
    assert one.done() == run(one)


def test_each_run_is_compared_with_the_one_before() -> None:
    client = Recorder()
    assert finished(client, "night-1") == Earlier("", None, told=False)
    second = finished(client, "night-2")
    assert second == Earlier(runs(client, "night-1").folder, Past(("us-east-1",)), told=False)
    assert finished(client, "night-3").folder == runs(client, "night-2").folder


def test_one_that_died_after_it_was_told_of_is_compared_with_the_same_run_and_not_told_again() -> None:
    client = Recorder()
    finished(client, "night-1")
    second = runs(client, "night-2")
    second.told(second.earlier())
    again = runs(client, "night-2").earlier()
    assert again == Earlier(runs(client, "night-1").folder, Past(("us-east-1",)), told=True)


def test_the_first_that_died_after_it_was_told_of_is_still_the_first() -> None:
    client = Recorder()
    first = runs(client)
    first.told(first.earlier())
    assert runs(client).earlier() == Earlier("", None, told=True)


def test_one_that_died_before_it_was_told_of_is_nobodys_past() -> None:
    client = Recorder()
    finished(client, "night-1")
    runs(client, "night-2").deliver([File("report.json", (REPORT,))])
    assert runs(client, "night-3").earlier().folder == runs(client, "night-1").folder


@pytest.mark.parametrize(
    ("report", "words"),
    [
        (None, "holds no report to compare with"),
        (b"{", "cannot be read"),
        (b'{"format": 2}', "newer awsaudit"),
    ],
)
def test_a_report_that_cannot_be_read_is_said_so(report: bytes | None, words: str) -> None:
    client = Recorder()
    finished(client, "night-1")
    key = f"{runs(client).folder}report.json"
    if report is None:
        del client.objects[key]
    else:
        client.objects[key] = report
    earlier = runs(client, "night-2").earlier()
    assert earlier.past is None
    assert words in earlier.problem


@pytest.mark.parametrize("note", [b"", b"[]", b'{"scan_id": 1}', b"\xff"])
def test_notes_that_are_not_ours_are_named(note: bytes) -> None:
    client = Recorder()
    client.objects[f"reports/{ACCOUNT}/latest.json"] = note
    with pytest.raises(OutputError, match=r"`s3://bucket/reports/123456789012/latest.json` is not what awsaudit wrote there"):
        runs(client).earlier()
    client.objects[f"{runs(client).folder}run.json"] = note
    with pytest.raises(OutputError, match=r"run.json` is not what awsaudit wrote there"):
        runs(client).done()
