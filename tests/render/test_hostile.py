"""Hostile text goes through every format inert and intact. A new format joins by itself; a new kind of file needs a reader here."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest
from markdown_it import MarkdownIt

from auditor.render.format import formats
from auditor.render.view import View
from auditor.render.visible import visible
from tests.render import synthetic
from tests.render.synthetic import HOSTILE

Read = tuple[list[str], list[str]]
"""The texts of a file as its reader sees them, and what in it is not inert."""

STRUCTURE = {
    *(
        "html",
        "head",
        "meta",
        "title",
        "style",
        "body",
        "header",
        "strong",
        "span",
        "time",
        "nav",
        "a",
        "main",
        "section",
        "div",
        "h1",
    ),
    *(
        "h2",
        "h3",
        "h4",
        "p",
        "table",
        "caption",
        "thead",
        "tbody",
        "tfoot",
        "tr",
        "th",
        "td",
        "ol",
        "ul",
        "li",
        "dl",
        "dt",
        "dd",
        "code",
    ),
    *(
        "details",
        "summary",
        "pre",
        "em",
        "hr",
        "br",
        "bdi",
        "footer",
        "button",
        "script",
        "input",
        "label",
        "colgroup",
        "col",
        "article",
    ),
    *("svg", "rect", "aside", "blockquote", "select", "option", "output", "small", "b", "i", "q", "h5"),
}
REORDER = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c\u2028\u2029")
OWN = re.compile(r"#|https://example\.com/$|https://x\.invalid/i\.png$|compliance-[\w.-]+\.html$")
"""Links that a report makes: to places in it, to the pages of frameworks, and those in the page of a rule."""
FORMULA = ("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")


class Page(HTMLParser):
    """The text of a page, and every tag, attribute and link that a report does not make."""

    def __init__(self, *, scripts: int) -> None:
        super().__init__()
        self.texts: list[str] = []
        self.wrong: list[str] = []
        self.scripts = scripts
        self.silent = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.silent = tag in ("style", "script")
        if tag == "script":
            self.scripts -= 1
        if tag not in STRUCTURE or self.scripts < 0:
            self.wrong.append(f"<{tag}>")
        for name, value in attrs:
            if name == "style" and re.fullmatch(r"text-align:(left|right|center)", value or ""):
                continue  # of a Markdown table's columns
            if name.startswith("on") or name in ("src", "style", "srcdoc", "formaction", "action"):
                self.wrong.append(f"{name}={value}")
            if name == "http-equiv" and value != "Content-Security-Policy":
                self.wrong.append(f"{name}={value}")
            if name == "href" and not OWN.match(value or ""):
                self.wrong.append(f"href={value}")

    def handle_endtag(self, tag: str) -> None:
        self.silent = False

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.texts.append(data)


def page(text: str, *, scripts: int = 1) -> Read:
    found = Page(scripts=scripts)
    found.feed(text)
    found.close()
    return ["".join(found.texts)], found.wrong + sorted(f"U+{ord(c):04X}" for c in REORDER & set(text))


def markdown(text: str) -> Read:
    """As a renderer with everything on shows it: HTML, tables, strike-through, bare links."""
    texts, wrong = page(MarkdownIt("gfm-like", {"html": True, "linkify": True}).render(text), scripts=0)
    wrong += [f"U+{ord(c):04X}" for c in sorted(REORDER & set(text))]
    # GitHub and GitLab make links of these outside of code, which this renderer does not know of.
    outside = re.sub(r"^(```+)\w*\n.*?^\1$", "", text, flags=re.DOTALL | re.MULTILINE)
    outside = re.sub(r"(`+).+?\1", "", outside)
    wrong += re.findall(r"(?<![\w\\])@\w+|(?<![\w\\&])#\d+\b", outside)
    return texts, wrong


def strings(value: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, Mapping):
        for name, one in value.items():
            yield "", name
            yield from strings(one, name)
    elif isinstance(value, Iterable):
        for one in value:
            yield from strings(one, key)


def data(text: str) -> Read:
    found = list(strings(json.loads(text)))
    wrong = [bad for key, one in found if key == "markdown" for bad in markdown(one)[1]]
    return [one for _, one in found], wrong


def lines(text: str) -> Read:
    read = [data(line) for line in text.splitlines()]
    return [one for texts, _ in read for one in texts], [one for _, wrong in read for one in wrong]


def table(text: str) -> Read:
    cells = [cell for row in csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline="")) for cell in row]
    wrong = [cell for cell in cells if cell.lstrip(" \"'\u00a0").startswith(FORMULA) and not cell.startswith("'")]
    wrong += [f"U+{ord(c):04X}" for c in sorted(REORDER & set(text))]
    return [cell.removeprefix("'") for cell in cells], wrong


def tree(text: str) -> Read:
    found = list(ElementTree.fromstring(text).iter())
    wrong = [element.tag for element in found if element.tag == "evil"]
    texts = [one for element in found for one in (element.text, element.tail, *element.attrib.values()) if one]
    return texts, wrong + [f"U+{ord(c):04X}" for c in sorted(REORDER & set(text))]


READERS: Mapping[str, Callable[[str], Read]] = {
    "csv": table,
    "html": page,
    "json": data,
    "jsonl": lines,
    "md": markdown,
    "sarif": data,
    "xml": tree,
}


def plain(text: str) -> str:
    """Without what formats do to white space, and with hidden characters named in one way."""
    return " ".join(re.sub(r"<(U\+[0-9A-F]{4,6})>", r"\1", text).split())


def read(file: str, text: str) -> Read:
    """A file by its kind. The page of a framework has no script at all."""
    return page(text, scripts=0) if file.startswith("compliance-") else READERS[file.rpartition(".")[2]](text)


@pytest.fixture(scope="module", params=["en", "ko"])
def view(request: pytest.FixtureRequest) -> View:
    return synthetic.hostile(request.param)


def test_the_pages_of_frameworks_are_among_the_files(view: View) -> None:
    pages = [file for file in formats()["html"].content(view) if file.startswith("compliance-")]
    assert len(pages) == len(view.frameworks) > 0


@pytest.mark.parametrize("name", formats())
def test_hostile_text_is_inert_and_intact(name: str, view: View) -> None:
    files = formats()[name].content(view)
    assert files
    for file, content in files.items():
        text = content.decode("utf-8", "strict")
        assert not re.findall(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", text), f"{file} has control characters"
        assert not REORDER & set(text), f"{file} has characters that reorder or break lines"
        texts, wrong = read(file, text)
        assert wrong == [], file
        if file.startswith("compliance-") and "fsbp" not in file:
            continue  # the rule of these findings is not about their controls
        whole = plain("\n".join(texts))
        missing = [key for key, value in HOSTILE.items() if value not in texts and plain(visible(value)) not in whole]
        assert missing == [], file


def test_korean_stays_as_it_is_in_every_format() -> None:
    view = synthetic.korean()
    for name, format in formats().items():
        for file, content in format.content(view).items():
            assert "학습-데이터-3-보관소-서울".encode() in content, (name, file)
