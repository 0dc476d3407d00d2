"""The report for a pull request or a wiki: ``report.md``, GitHub-flavoured Markdown.

What is not plainly words and figures stands in code spans: the only place where GitHub and GitLab, which look for mentions, issues,
commits, emoji and links in the finished HTML, too, leave text alone, and where it needs no escapes that a reader would copy along.
What passes is counted, not listed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, partial
from itertools import groupby
from operator import itemgetter

from markdown_it import MarkdownIt

from auditor.model.verdict import Finding
from auditor.render import pages, reasons, templates
from auditor.render.amounts import MoneyView
from auditor.render.evidence import pairs, place
from auditor.render.format import File, Format
from auditor.render.standing import ControlView, share
from auditor.render.view import View, count_of
from auditor.render.visible import visible

LONG = 400
"""Characters of evidence that are shown: a page is read, and the JSON report has it all."""
_PROSE = re.compile(r"""["'(]*(?:\d{4}-\d\d-\d\d|[^\W_]+(?:['/-][^\W\d_][^\W_]*|[.,](?=\d)[^\W_]+)*%?)["')]*+[.,;:!?]?["')]*""")
"""A word or a figure with its punctuation: nothing that a renderer marks up, looks up or links."""
_POINTS = re.compile(r"[.,;:!?()\"']+")
_QUOTED = re.compile(r"`([^`]+)`([.,;:!?)]*)")
"""What our own sentences set in ticks."""
_LOOKED_UP = re.compile(r"(?=[0-9a-f]*\d)[0-9a-f]{7,40}", re.IGNORECASE)
"""What GitHub takes for a commit."""
_NUMBER = re.compile(r"\d{1,9}[.)]")
_TICKS = re.compile(r"`+")


def parts(view: View) -> Iterator[bytes]:
    """The report, part by part."""
    made = (
        templates.text()
        .get_template("report.md.j2")
        .generate(
            view=view,
            taken_at=f"{view.scope.taken_at:%Y-%m-%d %H:%M} UTC",
            code=code,
            text=text,
            inline=inline,
            cell=_cell,
            opening=pages.opening,
            about=partial(_about, view.money),
            state=_state,
            waived=reasons.waived,
            count_of=count_of,
            share=share,
        )
    )
    for part in made:
        yield part.encode()


def code(words: str) -> str:
    """The words as a code span, exactly: hidden characters are shown, and the fence is longer than any run of ticks in them."""
    shown = visible(words)
    if not shown.strip(" "):
        return f'"{shown}"'
    fence = "`" * (max(map(len, _TICKS.findall(shown)), default=0) + 1)
    padding = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{padding}{shown}{padding}{fence}"


def text(words: str) -> str:
    """A sentence: words and figures as they are, and what else is in it as code spans."""
    made: list[str] = []
    every = [word for word in visible(words).split(" ") if word]
    # A number with its point, at the beginning of a line, would make it a list.
    plainly = (_plain(word) and (place > 0 or not _NUMBER.fullmatch(word)) for place, word in enumerate(every))
    for plain, run in groupby(zip(plainly, every, strict=True), key=itemgetter(0)):
        said = " ".join(word for _, word in run)
        quoted = _QUOTED.fullmatch(said)
        made.append(said if plain else f"{code(quoted[1])}{quoted[2]}" if quoted else code(said))
    return " ".join(made)


def inline(source: str) -> str:
    """A line of a rule's page, such as its opening: its code spans stay, and nothing else in it does anything."""
    made: list[str] = []
    for token in _markdown().parseInline(visible(source))[0].children or []:
        said = code(token.content) if token.type == "code_inline" else _padded(token.content)
        # A span beside a span would be one with another fence.
        made.append(f" {said}" if made and made[-1].endswith("`") and said.startswith("`") else said)
    return "".join(made)


def page(source: str) -> str:
    """A part of a rule's page: paragraphs, list items and code, and nothing else in it does anything."""
    blocks: list[str] = []
    mark = ""
    for token in _markdown().parse("\n".join(map(visible, source.split("\n")))):
        if token.type == "list_item_open":
            mark = f"{token.info}. " if token.info else "- "
        elif token.type in ("code_block", "fence"):
            blocks.append(_fenced(token.content))
        elif token.type == "inline":
            blocks.append(mark + inline(" ".join(token.content.split("\n"))))
            mark = ""
    return "\n\n".join(blocks)


def _plain(word: str) -> bool:
    return bool(_POINTS.fullmatch(word) or _PROSE.fullmatch(word)) and not _LOOKED_UP.fullmatch(word.strip("\"'().,;:!?"))


def _padded(words: str) -> str:
    """As :func:`text`, with the spaces around it, as a code span may stand there."""
    if not words.strip(" "):
        return words[:1]
    return (" " if words[0] == " " else "") + text(words) + (" " if words[-1] == " " else "")


def _cell(words: str) -> str:
    """A sentence in a table. Renderers differ over a bar behind a backslash."""
    return text(words.replace("\\|", "\\ |")).replace("|", "\\|")


def _about(money: MoneyView, finding: Finding) -> Iterator[str]:
    """What is said of a resource below its name."""
    yield text(finding.because)
    if finding.location:
        yield f"at {code(place(finding.location))}"
    for name, value in pairs(finding.evidence):
        more = f" and {len(value) - LONG:,} more characters in the JSON report" if len(value) > LONG else ""
        yield f"{text(name)}: {code(value[:LONG])}{more}"
    for amount in money.of(finding):
        yield "; ".join((text(amount.said), *map(code, amount.parts)))


def _state(control: ControlView) -> str:
    said = control.state.value.replace("-", " ")
    why = f" ({control.why.value.replace('-', ' ')})" if control.why else ""
    return f"{said}{' in part' if control.in_part else ''}{why}"


def _fenced(content: str) -> str:
    fence = "`" * max(3, max(map(len, _TICKS.findall(content)), default=0) + 1)
    return f"{fence}\n{content.rstrip()}\n{fence}"


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False})
    return made.disable(["html_block", "html_inline", "image", "link", "autolink", "reference", "heading", "lheading", "hr"])


FORMAT = Format(
    name="markdown", about="a page for a pull request or a wiki", files=lambda view: (File("report.md", parts(view)),)
)
