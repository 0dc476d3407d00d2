"""Languages of the pages of frameworks: their texts from gettext catalogues, in English where a catalogue has none.

Two catalogues a language: ``awsaudit`` holds what the pages say, ``controls`` the titles of sections and controls.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from gettext import GNUTranslations, NullTranslations
from importlib.resources import files

import msgspec

from auditor.engine.frameworks import Titled

PACKAGE = "auditor.locale"
"""Where the catalogues are."""
SOURCE = "en"
"""The language in which the texts are written: it needs no catalogue."""


class Language(msgspec.Struct, frozen=True, kw_only=True):
    """A language with its catalogues."""

    code: str
    interface: NullTranslations
    controls: NullTranslations

    def text(self, message: str) -> str:
        """A text of the pages."""
        return self.interface.gettext(message) if message else ""

    def many(self, one: str, more: str, number: int, values: Mapping[str, str] | None = None) -> str:
        """A text that depends on a number, with ``%(number)s`` and the other values filled in."""
        return self.interface.ngettext(one, more, number) % {"number": f"{number:,}", **(values or {})}

    def title(self, of: Titled) -> str:
        """The title of a section or a control: the framework's own in its language, else the catalogue's, else the English one.

        Empty where only the id is known.
        """
        return (of.title_ko if self.code == "ko" else "") or self.control_text(of.title)

    def control_text(self, message: str) -> str:
        """A text of a framework's catalogue."""
        return self.controls.gettext(message) if message else ""


@cache
def language(code: str) -> Language:
    """The language of a code, such as ``ko``. Raises :class:`FileNotFoundError` for one that the pages do not speak."""
    if code == SOURCE:
        return Language(code=code, interface=NullTranslations(), controls=NullTranslations())
    return Language(code=code, interface=_catalogue(code, "awsaudit"), controls=_catalogue(code, "controls"))


def marked(message: str) -> str:
    """The text as it is: marks one that is translated where it is used, so that the catalogues' test finds it."""
    return message


def _catalogue(code: str, domain: str) -> NullTranslations:
    with files(PACKAGE).joinpath(code, "LC_MESSAGES", f"{domain}.mo").open("rb") as opened:
        return GNUTranslations(opened)
