"""The Jinja environments of the reports. A name that is not there is an error, never an empty place."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.render.language import language
from auditor.render.visible import visible

PACKAGE = "auditor.templates"
"""Where templates, style sheet and script are."""


@cache
def html() -> Environment:
    """For HTML: everything is escaped, and hidden characters are shown, unless it is :class:`Markup`."""
    return _html(())


@cache
def translated(code: str) -> Environment:
    """As :func:`html`, with ``_`` and ``many`` for texts of a language. A value that is filled into a text goes through ``shown``
    before, if it is not ours: a filled text is :class:`Markup`.
    """
    made = _html(("jinja2.ext.i18n",))
    said = language(code)
    cast("Any", made).install_gettext_callables(said.text, said.interface.ngettext, newstyle=True)
    cast("dict[str, Any]", made.globals)["many"] = said.many
    made.filters["shown"] = shown
    return made


@cache
def text() -> Environment:
    """For JSON and other text: what goes in is encoded already."""
    return Environment(
        loader=PackageLoader(PACKAGE, ""),
        autoescape=False,  # noqa: S701  no HTML comes from it
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def asset(name: str) -> Markup:
    """A style sheet or a script, as it is."""
    return Markup(files(PACKAGE).joinpath(name).read_text("utf-8"))  # noqa: S704  our own file


def digest(text: str) -> str:
    """The hash of a style sheet or a script for a Content-Security-Policy."""
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


def lines(text: str) -> Markup:
    """A text of several lines for HTML: its line ends are ours and stay, all else is escaped and shown."""
    return Markup("\n").join(escape(shown(line)) for line in text.split("\n"))


def _html(extensions: tuple[str, ...]) -> Environment:
    return Environment(
        loader=PackageLoader(PACKAGE, ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=shown,
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=extensions,
    )


def shown(value: object) -> object:
    """A value for HTML, with its hidden characters marked as such."""
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return Markup(visible(str(escape(value)), lambda name: f'<span class="hidden-char">{name}</span>'))  # noqa: S704  escaped
