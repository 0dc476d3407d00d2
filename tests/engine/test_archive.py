"""Snapshot files: what goes in comes out, and whatever is wrong with a file is said in one line."""

from __future__ import annotations

import gzip
import random
import stat
import zlib
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import cache
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from auditor.engine import archive
from auditor.engine.cases import case_snapshot, sample
from auditor.engine.registry import load
from auditor.errors import OutputError, SnapshotDamaged, SnapshotError, SnapshotNewer
from auditor.model.compute import Volume
from auditor.model.fact import Known, Reason, Unknown
from auditor.model.price import Price
from auditor.model.resource import GLOBAL, Resource
from auditor.model.s3 import Bucket
from auditor.model.snapshot import FORMAT, CallRecord, Gap, Header, Section, Snapshot

HOSTILE = "\u202e\x00\x1b[31m<script>alert(1)</script>{{7*7}}\\\"'\n\r\t\u2028\ufeff\U0001f469\u200d\U0001f52c"
KOREAN = "머신러닝-학습-데이터"


@cache
def cases() -> tuple[Snapshot, ...]:
    return tuple(case_snapshot(case) for rule in load().values() for case in rule.cases())


def normal(snapshot: Snapshot) -> Snapshot:
    """As a scan makes it: sections and resources in order."""
    sections: dict[tuple[str, str], Section[Resource]] = {
        place: msgspec.structs.replace(section, items=tuple(sorted(section.items, key=lambda r: (r.arn, r.id))))
        for place, section in sorted(snapshot.sections.items())
    }
    return msgspec.structs.replace(snapshot, sections=sections)


PRICE = Price(
    kind="ebs-storage",
    region="us-east-1",
    item="gp3",
    amount=Decimal("0.0800"),
    per="GB-month",
    as_of=date(2026, 10, 15),
    source="a list",
    elsewhere="af-south-1",
)


def small() -> Snapshot:
    """Two lists, one of them with something missing."""
    header = Header(
        tool="awsaudit",
        account_id="123456789012",
        partition="aws",
        caller="arn:aws:iam::123456789012:role/audit",
        taken_at=datetime(2026, 11, 22, 12, tzinfo=UTC),
        regions=("us-east-1",),
        kinds=("s3-bucket", "ec2-volume"),
        fields=("Bucket.policy",),
    )
    buckets = tuple(
        sample(Bucket, f"bucket-{number}", region="us-east-1", policy=Known(HOSTILE), tags=Known({KOREAN: HOSTILE}))
        for number in range(3)
    )
    denied = Unknown(Reason.DENIED, "ec2.DescribeVolumes", "ec2:DescribeVolumes")
    return Snapshot(
        header=header,
        sections={
            (Volume.KIND, "us-east-1"): Section(Volume, "us-east-1", (), (denied,)),
            (Bucket.KIND, GLOBAL): Section(Bucket, GLOBAL, buckets),
        },
        calls=(CallRecord("s3", "ListBuckets", "global", "ok"),),
        gaps=(Gap("regions", Reason.DENIED, "x"),),
        prices=(PRICE,),
    )


def plain(snapshot: Snapshot) -> bytes:
    return b"".join(archive.lines(snapshot))


def put(tmp_path: Path, content: bytes) -> Path:
    path = tmp_path / "snapshot.jsonl.gz"
    path.write_bytes(content)
    return path


def damage(tmp_path: Path, content: bytes) -> str:
    path = put(tmp_path, content)
    with pytest.raises(SnapshotDamaged) as error:
        archive.read(path)
    text = str(error.value)
    assert "\n" not in text
    assert str(path) in text
    assert len(text) < 500
    return text


# --- there and back
@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_what_goes_in_comes_out(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    base = data.draw(st.sampled_from(cases()))
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)
    snapshot = normal(
        msgspec.structs.replace(
            base,
            header=msgspec.structs.replace(base.header, caller=data.draw(text), complete=data.draw(st.booleans())),
            gaps=tuple(Gap(data.draw(text), Reason.ERROR, data.draw(text)) for _ in range(data.draw(st.integers(0, 2)))),
            calls=tuple(
                CallRecord("s3", "GetBucketAcl", data.draw(text), "ok", data.draw(text), tries=2)
                for _ in range(data.draw(st.integers(0, 2)))
            ),
        )
    )
    path = tmp_path_factory.mktemp("there") / "snapshot.jsonl.gz"
    archive.write(snapshot, path)
    assert archive.read(path) == snapshot


def test_every_case_of_every_rule_survives(tmp_path: Path) -> None:
    for number, snapshot in enumerate(cases()):
        path = put(tmp_path, plain(snapshot))
        assert archive.read(path) == normal(snapshot), number


def test_hostile_and_korean_texts_survive_byte_for_byte(tmp_path: Path) -> None:
    archive.write(small(), tmp_path / "s")
    bucket = archive.read(tmp_path / "s").section(Bucket, GLOBAL).items[0]
    assert bucket.policy == Known(HOSTILE)
    assert bucket.tags == Known({KOREAN: HOSTILE})
    assert KOREAN.encode() in plain(small()), "readable with ordinary tools"


def test_the_same_snapshot_is_the_same_bytes_whatever_the_order_it_was_found_in(tmp_path: Path) -> None:
    one, two = small(), small()
    two = msgspec.structs.replace(two, sections=dict(reversed(list(two.sections.items()))))
    archive.write(one, tmp_path / "one")
    archive.write(two, tmp_path / "two")
    content = (tmp_path / "one").read_bytes()
    assert content == (tmp_path / "two").read_bytes()
    assert content[4:8] == b"\0\0\0\0", "no time in the gzip header"
    assert b"snapshot" not in content[:30], "nor a name"
    assert gzip.decompress(content) == plain(one)


def test_only_the_user_may_read_it(tmp_path: Path) -> None:
    archive.write(small(), tmp_path / "deep" / "er" / "s")
    assert stat.S_IMODE((tmp_path / "deep" / "er" / "s").stat().st_mode) == 0o600
    journal = archive.FileJournal(tmp_path / "j")
    journal.close(keep=True)
    assert stat.S_IMODE((tmp_path / "j").stat().st_mode) == 0o600


def test_a_write_that_fails_leaves_the_old_file_and_no_litter(tmp_path: Path) -> None:
    path = put(tmp_path, b"old")

    def full() -> Iterator[bytes]:
        yield b"new"
        raise OSError(28, "No space left on device")

    with pytest.raises(OutputError, match="No space left on device"):
        archive.write_atomically(path, full())
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="--out"):
        archive.write(small(), tmp_path / "file" / "s")
    with pytest.raises(OutputError, match="--out"):
        archive.FileJournal(tmp_path / "file" / "s")


def test_an_uncompressed_file_is_taken_too(tmp_path: Path) -> None:
    assert archive.read(put(tmp_path, plain(small()))) == normal(small())


def test_packed_by_other_tools(tmp_path: Path) -> None:
    content = plain(small())
    assert archive.read(put(tmp_path, gzip.compress(content[:700]) + gzip.compress(content[700:]))) == normal(small())
    archive_of_one_line = gzip.compress(content, compresslevel=9)
    assert archive.read(put(tmp_path, archive_of_one_line)) == normal(small())


def test_a_large_and_very_compressible_file(tmp_path: Path) -> None:
    """One piece of the archive unpacks to more than is taken at once."""
    snapshot = small()
    bucket = snapshot.section(Bucket, GLOBAL).items[0]
    many = tuple(msgspec.structs.replace(bucket, arn=f"arn:aws:s3:::{n:03d}", policy=Known(" " * (1 << 16))) for n in range(200))
    large = normal(msgspec.structs.replace(snapshot, sections={(Bucket.KIND, GLOBAL): Section(Bucket, GLOBAL, many)}))
    archive.write(large, tmp_path / "s")
    assert (tmp_path / "s").stat().st_size < 1 << 18
    assert archive.read(tmp_path / "s") == large


# --- damage
def edited(content: bytes, before: bytes, after: bytes) -> bytes:
    assert before in content
    return content.replace(before, after, 1)


def test_contents_that_do_not_match_the_trailer_are_damaged(tmp_path: Path) -> None:
    content = plain(small())
    last = content.count(b"\n")
    for changed in (
        edited(content, b"bucket-1", b"bucket-9"),
        b"".join(line for line in content.splitlines(keepends=True) if b"bucket-1" not in line),
        edited(content, b'"ListBuckets"', b'"GetBuckets"'),
    ):
        assert "do not match the checksum" in damage(tmp_path, changed)
    assert f"line {last}" in damage(tmp_path, edited(content, b"bucket-1", b"bucket-9"))


def test_something_after_the_end(tmp_path: Path) -> None:
    assert "after the end" in damage(tmp_path, plain(small()) + b"{}\n")


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    found = plain(small()).splitlines(keepends=True)
    for number in range(len(found)):
        broken = [*found[:number], b'{"line":"item",oops}\n', *found[number + 1 :]]
        assert f"line {number + 1}" in damage(tmp_path, b"".join(broken))


def test_two_headers_and_none(tmp_path: Path) -> None:
    header, *rest = plain(small()).splitlines(keepends=True)
    assert "second header" in damage(tmp_path, header + header + b"".join(rest))
    assert "does not begin with a snapshot header" in damage(tmp_path, b"".join(rest))


def test_a_kind_that_is_not_known(tmp_path: Path) -> None:
    assert "`no-such-kind`" in damage(tmp_path, edited(plain(small()), b'"kind":"s3-bucket"', b'"kind":"no-such-kind"'))


def test_a_resource_of_the_wrong_form(tmp_path: Path) -> None:
    assert "Expected `str`" in damage(tmp_path, edited(plain(small()), b'"region":"us-east-1"', b'"region":5'))


def test_prices_survive_digit_by_digit(tmp_path: Path) -> None:
    archive.write(small(), tmp_path / "s")
    (price,) = archive.read(tmp_path / "s").prices
    assert price == PRICE
    assert str(price.amount) == "0.0800"
    assert b'"amount":"0.0800"' in plain(small())


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (b'"amount":"0.0800"', b'"amount":"-1"', "`-1`"),
        (b'"amount":"0.0800"', b'"amount":"1E+999999"', "`1E+999999`"),
        (b'"amount":"0.0800"', b'"amount":"NaN"', "`NaN`"),
        (b'"amount":"0.0800"', b'"amount":"0.00000000000000000001"', "12 decimals"),
        (b'"kind":"ebs-storage"', b'"kind":"\\u001b[31m"', "is not a kind of price"),
        (b'"per":"GB-month"', b'"per":"hour"', "per GB-month, not per `hour`"),
        (b'"source":"a list"', b'"source":""', "its source must be a text"),
        (b'"currency":"USD"', b'"currency":"<b>"', "not a currency code"),
    ],
)
def test_a_price_that_cannot_be_right(tmp_path: Path, old: bytes, new: bytes, says: str) -> None:
    text = damage(tmp_path, edited(plain(small()), old, new))
    assert says in text
    assert "\x1b" not in text


def test_a_snapshot_of_format_1_has_no_prices_and_reads_on(tmp_path: Path) -> None:
    header = msgspec.structs.replace(small().header, format=1)
    first = plain(msgspec.structs.replace(small(), header=header, prices=()))
    old = archive.read(put(tmp_path, first))
    assert old.header.format == 1
    assert old.prices == ()
    assert plain(old) == first, "and is written as it was"


def test_a_newer_format_says_to_upgrade(tmp_path: Path) -> None:
    newer = f'{{"line":"of another kind","header":{{"format":{FORMAT + 1},"shape":"unheard of"}}}}\n'.encode()
    with pytest.raises(SnapshotNewer, match=f"has format {FORMAT + 1}.*upgrade awsaudit"):
        archive.read(put(tmp_path, newer + b"and so on\n"))


NOT_A_SNAPSHOT = {
    "empty": b"",
    "an empty line": b"\n",
    "an empty archive": gzip.compress(b""),
    "random bytes": random.Random(1).randbytes(5000),
    "random bytes that begin like an archive": b"\x1f\x8b" + random.Random(2).randbytes(5000),
    "other JSON": b'{"a": 1}\n',
    "a JSON list": b"[]\n",
    "a JSON number": b"5\n",
    "a header of another program": b'{"header": {"format": "x"}}\n',
    "a header that is no object": b'{"header": [1]}\n',
    "invalid UTF-8": b'{"header":{"format":"\xff"}}\n',
    "JSON without end": b'{"header":{"a":' + b"[" * 200_000 + b"\n",
    "a web page": b"<!DOCTYPE html>\n<html></html>\n",
    "a picture": b"\x89PNG\r\n\x1a\n" + bytes(2000),
    "a zip": b"PK\x03\x04" + bytes(2000),
}


@pytest.mark.parametrize("content", NOT_A_SNAPSHOT.values(), ids=list(NOT_A_SNAPSHOT))
def test_not_a_snapshot_at_all(tmp_path: Path, content: bytes) -> None:
    said = damage(tmp_path, content)
    assert "is not an awsaudit snapshot" in said or "take it again" in said


def test_a_line_that_never_ends_is_given_up(tmp_path: Path) -> None:
    """A few kilobytes that unpack to more than any computer holds."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = packer.compress(b'{"header":{"a":"') + b"".join(packer.compress(b"a" * (1 << 20)) for _ in range(80)) + packer.flush()
    assert len(bomb) < 100_000
    assert "has a line of over" in damage(tmp_path, bomb)


def test_a_file_that_is_not_there_or_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(SnapshotError, match="there is no snapshot"):
        archive.find(tmp_path / "nowhere")
    with pytest.raises(SnapshotError, match="there is no snapshot in folder"):
        archive.find(tmp_path)
    with pytest.raises(SnapshotError, match="cannot be read"):
        archive.read(tmp_path)


# --- cut short
def cut(content: bytes) -> Iterable[int]:
    """Every line end, and places around and within them."""
    ends = [place + 1 for place, byte in enumerate(content) if byte == 0x0A]
    return sorted({*(e + d for e in ends for d in (-2, -1, 0, 1, 7)), len(content) // 2} - {len(content), len(content) + 1})


def whole_lines(path: Path) -> list[bytes]:
    content = path.read_bytes()
    if content[:2] == b"\x1f\x8b":
        content = zlib.decompressobj(31).decompress(content)
    return content.split(b"\n")[:-1]


def judge_cut(path: Path, whole: Snapshot) -> bool:
    """A file that was cut short never claims a list it does not hold. False when nothing could be read of it."""
    if len(whole_lines(path)) == 0:
        with pytest.raises(SnapshotDamaged, match="holds nothing"):
            archive.read(path)
        return False
    found = archive.read(path)
    assert not found.header.complete
    assert any("has no end" in gap.detail for gap in found.gaps)
    for kind, scope in whole.sections:
        section, all_of_it = found.sections.get((kind, scope)), whole.sections[kind, scope]
        if section is None:
            continue
        assert set(section.items) <= set(all_of_it.items) if kind == Volume.KIND else len(section.items) <= len(all_of_it.items)
        if section.complete:
            assert section.items == all_of_it.items, f"{kind} looks whole"
    return True


def test_cut_anywhere_it_is_readable_and_never_looks_whole(tmp_path: Path) -> None:
    whole = normal(small())
    content = plain(whole)
    readable = [judge_cut(put(tmp_path, content[:place]), whole) for place in cut(content) if 0 <= place < len(content)]
    assert readable.count(True) > 10
    assert readable == sorted(readable), "only when the very first line is cut there is nothing to read"


def test_cut_anywhere_in_the_archive(tmp_path: Path) -> None:
    whole = normal(msgspec.structs.replace(small(), calls=tuple(CallRecord("s3", "x", str(n), "ok") for n in range(300))))
    archive.write(whole, tmp_path / "whole")
    content = (tmp_path / "whole").read_bytes()
    readable = [judge_cut(put(tmp_path, content[:place]), whole) for place in range(0, len(content) - 8, 37)]
    assert any(readable)


def test_a_list_that_was_not_finished_is_unknown(tmp_path: Path) -> None:
    content = plain(small())
    path = put(tmp_path, content[: content.index(b"bucket-2")])
    section = archive.read(path).section(Bucket, GLOBAL)
    assert [bucket.id for bucket in section.items] == ["bucket-0", "bucket-1"]
    assert section.missing == (Unknown(Reason.NOT_COLLECTED, "s3.ListBuckets", "s3:ListAllMyBuckets"),)


# --- the journal
def test_a_journal_that_was_never_closed_holds_what_was_told(tmp_path: Path) -> None:
    snapshot = small()
    journal = archive.FileJournal(tmp_path / "scan-001.partial.jsonl.gz")
    journal.header(snapshot.header)
    buckets = snapshot.section(Bucket, GLOBAL).items
    for bucket in buckets[:2]:
        journal.item(bucket, GLOBAL)
    found = archive.read(archive.find(tmp_path))
    assert [b.id for b in found.section(Bucket, GLOBAL).items] == ["bucket-0", "bucket-1"]
    assert not found.section(Bucket, GLOBAL).complete
    journal.item(buckets[2], GLOBAL)
    journal.section(Bucket.KIND, GLOBAL, ())
    journal.gap(snapshot.gaps[0])
    found = archive.read(journal.path)
    assert found.section(Bucket, GLOBAL) == normal(snapshot).section(Bucket, GLOBAL)
    assert found.gaps[0] == snapshot.gaps[0]
    assert not found.header.complete, "it has no trailer"
    journal.call(snapshot.calls[0])
    journal.close(keep=False)
    assert not journal.path.exists()


def test_two_journals_do_not_share_a_file(tmp_path: Path) -> None:
    archive.FileJournal(tmp_path / "j").close(keep=True)
    with pytest.raises(OutputError, match="cannot be written"):
        archive.FileJournal(tmp_path / "j")


def test_the_finished_snapshot_of_a_folder_comes_before_journals(tmp_path: Path) -> None:
    for name in ("snapshot-001", "snapshot-002"):
        archive.FileJournal(tmp_path / f"{name}{archive.JOURNAL_SUFFIX}").close(keep=True)
    assert archive.find(tmp_path).name == f"snapshot-002{archive.JOURNAL_SUFFIX}"
    archive.write(small(), tmp_path / archive.FILE)
    assert archive.find(tmp_path).name == archive.FILE
