"""The Jinja environments of the reports. A name that is not there is an error, never an empty place."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from auditor.render.visible import visible

PACKAGE = "auditor.templates"
"""Where templates, style sheet and script are."""


@cache
def html() -> Environment:
    """For HTML: everything is escaped, and hidden characters are shown, unless it is :class:`Markup`."""
    return Environment(
        loader=PackageLoader(PACKAGE, ""),
        autoescape=True,
        undefined=StrictUndefined,
        finalize=_shown,
        trim_blocks=True,
        lstrip_blocks=True,
    )


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


def _shown(value: object) -> object:
    if isinstance(value, Markup) or not isinstance(value, str) or value.isprintable():
        return value
    return Markup(visible(str(escape(value)), lambda name: f'<span class="hidden-char">{name}</span>'))  # noqa: S704  escaped
