"""The catalogues of the pages of frameworks: nothing missing, nothing stale, nothing left over."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from jinja2.ext import babel_extract

from auditor.engine import frameworks
from auditor.engine.frameworks import Titled
from auditor.render.compliance import REMEDIES
from auditor.render.language import language

ROOT = Path(__file__).parents[2]
CATALOGUES = sorted((ROOT / "reports" / "locale").glob("*/LC_MESSAGES/*.po"))
INTERFACE = ROOT / "reports" / "locale" / "ko" / "LC_MESSAGES" / "awsaudit.po"
KEYWORDS = {"_": None, "marked": None, "text": None, "many": (1, 2)}
HANGUL = re.compile("[가-힣]")
PLACE = re.compile(r"%\((\w+)\)s|%%")


def _id(texts: str | Sequence[str | None] | None) -> str | tuple[str, ...]:
    """A text, or one with its plural."""
    return texts if isinstance(texts, str) else tuple(text for text in texts or () if text)[:2]


def _extracted() -> Iterator[str | tuple[str, ...]]:
    """Every text of the compliance report, one with a plural as a tuple."""
    yield from REMEDIES.values()
    for file in sorted((ROOT / "reports" / "templates").glob("compliance*.j2")):
        with file.open("rb") as opened:
            for _, _, texts, _ in babel_extract(opened, list(KEYWORDS), [], {}):
                yield _id(texts)
    with (ROOT / "auditor" / "render" / "compliance.py").open("rb") as opened:
        for _, texts, _, _ in extract("python", opened, keywords=KEYWORDS):
            yield _id(texts)


def _translated(po: Path) -> dict[str | tuple[str, ...], tuple[str, ...]]:
    with po.open("rb") as opened:
        return {
            _id(one.id): (one.string,) if isinstance(one.string, str) else tuple(one.string or ())
            for one in read_po(opened)
            if one.id and not one.fuzzy
        }


def _of_frameworks() -> Iterator[str]:
    """What the frameworks say in English and not in Korean."""
    for framework in frameworks.load().values():
        yield from (framework.name, framework.note)
        yield from (titled.title for titled in (*framework.sections, *framework.controls) if not titled.title_ko)
        yield from (control.part for control in framework.controls)


def test_every_text_has_a_korean_one_and_none_is_left_over() -> None:
    wanted, there = set(_extracted()), _translated(INTERFACE)
    assert len(wanted) > 100
    assert {"Compliance report", "Fail", ("%(number)s check passes", "%(number)s checks pass")} <= wanted
    assert wanted ^ set(there) == set()
    assert [id for id, texts in there.items() if not all(HANGUL.search(text) for text in texts)] == []


def test_every_text_of_a_framework_has_a_korean_one_and_none_is_left_over() -> None:
    there = _translated(INTERFACE.with_name("controls.po"))
    publishers = {framework.publisher for framework in frameworks.load().values()}
    assert ({text for text in _of_frameworks() if text} ^ set(there)) - publishers == set()
    assert all(text for texts in there.values() for text in texts)


def test_placeholders_are_the_same() -> None:
    for id, texts in _translated(INTERFACE).items():
        originals = (id,) if isinstance(id, str) else id
        for text in (*originals, *texts):
            assert sorted(PLACE.findall(text)) == sorted(PLACE.findall(originals[0])), id
            if PLACE.search(text):
                values = dict.fromkeys(filter(None, PLACE.findall(text)), "7")
                assert "%(" not in text % values


@pytest.mark.parametrize("po", CATALOGUES, ids=[f"{po.parts[-3]} {po.stem}" for po in CATALOGUES])
def test_no_text_stands_twice(po: Path) -> None:
    ids = re.findall(r'(?m)^msgid (".*"(?:\n".*")*)', po.read_text("utf-8"))
    assert sorted(ids) == sorted(set(ids))


def test_compiled_catalogues_are_current() -> None:
    command = [sys.executable, str(ROOT / ".ci" / "translations.py"), "--check"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")
    assert {po.with_suffix(".mo") for po in CATALOGUES} == set((ROOT / "reports" / "locale").glob("*/LC_MESSAGES/*.mo"))


def test_korean() -> None:
    korean = language("ko")
    assert korean.text("Compliance report") == "컴플라이언스 보고서"
    assert korean.many("%(number)s check passes", "%(number)s checks pass", 1) == "적합 1건"
    assert korean.many("%(number)s check passes", "%(number)s checks pass", 1_204) == "적합 1,204건"


def test_english_needs_no_catalogue() -> None:
    english = language("en")
    assert english.text("Compliance report") == "Compliance report"
    assert english.many("%(number)s check passes", "%(number)s checks pass", 1) == "1 check passes"
    assert english.many("%(number)s check passes", "%(number)s checks pass", 1_204) == "1,204 checks pass"


def test_titles() -> None:
    official = Titled(id="2.6.1", title="Network access", title_ko="네트워크 접근")
    assert language("en").title(official) == "Network access"
    assert language("ko").title(official) == "네트워크 접근"
    unknown = Titled(id="9", title="A title that no catalogue has")
    assert language("ko").title(unknown) == "A title that no catalogue has"
    # gettext's own answer to an empty text would be the head of the catalogue.
    assert language("ko").title(Titled(id="9.1")) == ""
    assert language("ko").text("") == ""


def test_a_language_that_the_pages_do_not_speak() -> None:
    with pytest.raises(FileNotFoundError):
        language("tlh")
