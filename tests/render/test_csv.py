from __future__ import annotations

import csv
import io
from datetime import date
from itertools import islice, repeat

import msgspec
import pytest

from auditor.model.verdict import Outcome, Waived
from auditor.render.csv import FORMAT, LONGEST, cell, parts
from auditor.render.view import View, build
from tests.render import synthetic
from tests.render.synthetic import HOSTILE, RULE, RULES, finding


def rows(view: View) -> list[dict[str, str]]:
    """As a program reads it."""
    text = FORMAT.content(view)["findings.csv"].decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


def tiny() -> View:
    waived = msgspec.structs.replace(finding("old"), waived=Waived("data", "rewritten every day", date(2027, 3, 31)))
    findings = [finding("logs"), waived, finding("vault", Outcome.UNKNOWN), finding("fine", Outcome.PASS)]
    return build(synthetic.snapshot(), findings, {RULE: RULES[RULE]})


def test_a_row_for_each_verdict() -> None:
    text = FORMAT.content(tiny())["findings.csv"].decode()
    lines = text.split("\r\n")
    assert lines[0] == (
        '\ufeff"account","taken_at","rule","title","verdict","severity","confidence","pillar","service","region","resource","name",'
        '"location","because","evidence","missing","missing_actions","controls","waived_by","waived_because","waived_until",'
        '"fingerprint","saving","cost","currency","counted","money","once"'
    )
    assert len(lines) == 6
    assert lines[-1] == ""
    fails, unknown = next(one for one in lines if "arn:aws:s3:::logs" in one), next(one for one in lines if ":vault" in one)
    many = ",".join(['""logs""'] * 40)
    assert fails.startswith(
        '"1234-5678-9012","2026-11-22T12:00:00Z","s3-no-tier-policy",'
        '"Bucket without a lifecycle rule that moves or expires objects","fail","low","medium","cost","s3","ap-northeast-2",'
        '"arn:aws:s3:::logs","logs","bucket policy line 3 column 7 /Statement/logs","no rule moves the objects of logs",'
        '"count: 0; rules: logs; owner: logs; policy: {""Statement"":[' + many + ']}","","",'
    )
    assert '"s3.GetBucketLifecycleConfiguration: denied, s3:GetLifecycleConfiguration would allow it","s3:GetLifecycle' in unknown


def test_a_waiver_is_told() -> None:
    told = {row["name"]: (row["verdict"], row["waived_by"], row["waived_because"], row["waived_until"]) for row in rows(tiny())}
    assert told["old"] == ("fail", "data", "rewritten every day", "2027-03-31")
    assert told["logs"] == ("fail", "", "", "")
    assert told["fine"][0] == "pass"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("=cmd|'/c calc'!A1", "'=cmd|'/c calc'!A1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("  =1", "'  =1"),
        ("\u3000\u00a0=1", "'\u3000\u00a0=1"),
        ("'=1", "''=1"),
        ('"" =1', '\'"" =1'),
        ("\u200d=1", "'\u200d=1"),
        ("＝1", "'＝1"),
        ("a;=1", "a;'=1"),
        ('a; "=1', "a;' \"=1"),
        ("\t=1", r"\t=1"),
        ("\r=1", r"\r=1"),
        ("one\r\ntwo", r"one\r\ntwo"),
        ("a=b, c-d; e", "a=b, c-d; e"),
        ("학습-데이터", "학습-데이터"),
        ("", ""),
    ],
)
def test_a_cell_is_no_formula(text: str, shown: str) -> None:
    assert cell(text) == shown


def test_a_cell_is_not_longer_than_excel_takes() -> None:
    assert cell("n" * LONGEST) == "n" * LONGEST
    for letter in ("n", "학", "𝓫"):
        cut = cell("x" + letter * LONGEST)
        assert cut.endswith("… cut here, the JSON report has it all")
        assert LONGEST - 1 <= len(cut.encode("utf-16-le")) // 2 <= LONGEST


def test_hostile_names_keep_to_their_cells(hostile: View) -> None:
    found = rows(hostile)
    assert len(found) == hostile.tally.total
    assert all(None not in row for row in found)
    names = {row["name"] for row in found}
    for key in ("script", "attribute", "image", "jinja", "emoji", "korean", "arabic", "long"):
        assert HOSTILE[key] in names
    assert "invoice<U+202E>fdp.exe<U+2066>" in names
    assert r"one\ntwo\r\tthree<U+2028>four" in names


def test_korean_and_nothing() -> None:
    assert {row["name"] for row in rows(synthetic.korean())} == {f"학습-데이터-{number}-보관소-서울" for number in range(4)}
    assert rows(synthetic.empty()) == []


def test_rows_are_made_as_they_are_asked_for() -> None:
    endless = msgspec.structs.replace(tiny(), findings=repeat(finding("logs")))
    assert len(list(islice(parts(endless), 4))) == 4
