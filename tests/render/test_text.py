"""The report in a terminal."""

from __future__ import annotations

import io
import unicodedata

import pytest
from rich.cells import cell_len
from rich.console import Console

from auditor.cli.text import print_report
from auditor.render.pages import opening, page
from auditor.render.view import View
from auditor.render.visible import visible
from tests.render import synthetic
from tests.render.synthetic import HOSTILE

FILES = ("out/report.html", "out/report.json")


def printed(view: View, width: int = 80, *, terminal: bool = False) -> str:
    out = io.StringIO()
    print_report(
        view, Console(file=out, width=width, force_terminal=terminal, color_system="truecolor" if terminal else None), FILES
    )
    return out.getvalue()


def test_it_says_how_we_stand_what_to_do_and_what_we_could_not_see(small: View) -> None:
    text = printed(small)
    places = [text.index(part) for part in (small.headline, "INCOMPLETE", "What to do first", "What we could not see")]
    assert places == sorted(places)
    assert small.causes[0].rule.id in text
    assert small.actions[0] in text
    assert text.splitlines()[-1] == "Full report: out/report.html, out/report.json"


@pytest.mark.parametrize("width", [60, 80, 200])
@pytest.mark.parametrize("name", ["small", "hostile"])
def test_lines_fit(name: str, width: int, request: pytest.FixtureRequest) -> None:
    text = printed(request.getfixturevalue(name), width)
    assert max(cell_len(line) for line in text.splitlines()) <= width


@pytest.mark.parametrize("terminal", [False, True])
def test_data_commands_no_terminal(hostile: View, terminal: bool) -> None:
    text = printed(hostile, 200, terminal=terminal)
    if not terminal:
        assert "\x1b" not in text
    assert "\x1b]0;" not in text
    assert "\x1b[31mred" not in text
    hidden = {c for c in text if unicodedata.category(c) in ("Cc", "Cf") and c not in "\n\x1b\u200d"}
    assert hidden == set()
    whole = "".join(text.split())
    for name in ("script", "rich", "emoji", "korean", "arabic"):
        assert "".join(HOSTILE[name].split()) in whole


def test_wide_letters_are_aligned() -> None:
    text = printed(synthetic.korean())
    lines = [line.rstrip() for line in text.splitlines() if "학습" in line]
    assert lines
    assert all(cell_len(line) <= 80 for line in lines)


def test_nothing_to_say() -> None:
    assert "Nothing was checked" in printed(synthetic.empty())


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("한국어 🪣 👩‍🔬 naïve", "한국어 🪣 👩‍🔬 naïve"),
        ("a\x1b[0m", "a<U+001B>[0m"),
        ("a\u202eb\u200fc", "a<U+202E>b<U+200F>c"),
        ("a\nb", "a\\nb"),
        ("\ufeff\ud800", "<U+FEFF><U+D800>"),
    ],
)
def test_visible(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("One. Two.", "One. Two."),
        (f"{'word ' * 20}end. Two.", f"{'word ' * 20}end."),
        ("It is fixed. Make another one:\n\n    aws x", "It is fixed. Make another one."),
        ("Use `s3.amazonaws.com` only.\nThen more.", "Use `s3.amazonaws.com` only. Then more."),
        ("Console: bucket, *Edit*. CLI:\n\n    aws s3 ls", "Console: bucket, *Edit*."),
        ("Find the rule and revoke it:\n\n    aws ec2 x", "Find the rule and revoke it."),
        ("    aws ec2 x\n\nThen wait.", "Run the commands that its page gives."),
        ("", "."),
    ],
)
def test_opening(text: str, first: str) -> None:
    assert opening(text) == first


@pytest.mark.parametrize(
    "text",
    ["<b>b</b>", "[x](javascript:alert(1))", "![x](https://x.invalid/y.png)", "[x](data:text/html,a)", "<https://x.invalid>"],
)
def test_pages_are_inert(text: str) -> None:
    html = str(page(text))
    assert "<b>" not in html
    assert "<img" not in html
    assert 'href="javascript' not in html
    assert 'href="data' not in html
