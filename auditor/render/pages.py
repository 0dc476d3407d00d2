"""Pages of rules, from Markdown to HTML that is inert whoever wrote the rule."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from auditor.render.visible import visible

_SENTENCE = re.compile(r"(.+?[.!?])(?=\s+[A-Z\"`*]|\s*$)", re.DOTALL)


@cache
def _markdown() -> MarkdownIt:
    made = MarkdownIt("commonmark", {"html": False})
    made.disable(["html_block", "html_inline", "image", "heading", "lheading", "hr", "reference"])
    # No javascript:, data: or file: from a rule file that somebody else wrote.
    made.validateLink = lambda url: url.lower().startswith(("https://", "http://"))  # type: ignore[method-assign]
    return made


def page(text: str) -> Markup:
    """A part of a page as HTML: paragraphs, lists, code, emphasis and links to the web. All else is shown as it is written."""
    return Markup(_markdown().render(_lines(text)))  # noqa: S704  the renderer escapes


def sentence(text: str) -> Markup:
    """The first sentence of a part of a page, in line."""
    return Markup(_markdown().renderInline(_lines(first_sentence(text))))  # noqa: S704  the renderer escapes


def first_sentence(text: str) -> str:
    """The first sentence, as Markdown on one line. Code makes no sentence: of a page that begins with it, that there are commands."""
    paragraph = re.split(r"\n[ ]*\n", text.strip("\n"), maxsplit=1)[0]
    if paragraph.startswith(("    ", "```")):
        return "Run the commands that its page gives."
    line = " ".join(paragraph.split())
    found = _SENTENCE.match(line)
    return found[1] if found else f"{line.rstrip(' :')}."


def _lines(text: str) -> str:
    return "\n".join(visible(line) for line in text.split("\n"))
