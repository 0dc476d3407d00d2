"""Pages of rules, from Markdown to HTML that is inert whoever wrote the rule."""

from __future__ import annotations

import re
from functools import cache

from markdown_it import MarkdownIt
from markupsafe import Markup

from auditor.render.visible import visible

_BETWEEN = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"`*])")
_ENOUGH = 70
"""An opening of fewer characters says too little alone."""


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


def inline(text: str) -> Markup:
    """One line of a page, such as its :func:`opening`, without a paragraph around it."""
    return Markup(_markdown().renderInline(_lines(text)))  # noqa: S704  the renderer escapes


def plain(text: str) -> str:
    """One line of a page without its marks: what is in code spans stays as it is, stars and all."""
    tokens = _markdown().parseInline(_lines(text))[0].children or []
    return "".join(token.content for token in tokens)


def opening(text: str) -> str:
    """The first sentence or two, as Markdown on one line. Of a page that begins with code: that there are commands."""
    paragraph = re.split(r"\n[ ]*\n", text.strip("\n"), maxsplit=1)[0]
    if paragraph.startswith(("    ", "```")):
        return "Run the commands that its page gives."
    taken = ""
    for sentence in _BETWEEN.split(" ".join(paragraph.split())):
        # "CLI:" announces a command that does not follow here.
        if taken and (len(taken) >= _ENOUGH or (sentence.endswith(":") and len(sentence.split()) < 3)):
            break
        taken = f"{taken} {sentence}".lstrip()
    return taken if taken.endswith((".", "!", "?")) else f"{taken.rstrip(' :')}."


def _lines(text: str) -> str:
    return "\n".join(visible(line) for line in text.split("\n"))
