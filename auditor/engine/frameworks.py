"""Framework catalogues: every control of a framework, also those that no rule covers.

Each is one TOML file of ``rules/frameworks``; its facts come from the framework's public text, its words are ours. A rule names the
controls it decides (``cis-aws-7.0:2.3``). An edition names the one before (``was``), and its controls those that they come from: so
rules name the newest edition only, and older ones inherit them.
"""

from __future__ import annotations

import difflib
import enum
import tomllib
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.resources import files

import msgspec

from auditor.errors import UnknownFramework

PACKAGE = "auditor.rules.frameworks"


class Assess(enum.Enum):
    """What can decide a control: data of the AWS API, such data in part, or a person alone."""

    AUTO = "auto"
    PARTIAL = "partial"
    MANUAL = "manual"


class Titled(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A section of a framework. ``title_ko`` is there where the framework itself is Korean."""

    id: str
    title: str = ""
    title_ko: str = ""


class Control(Titled, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One control. ``title`` is empty where only its id is known for sure; ``mode`` is what the framework calls its assessment."""

    level: str = ""
    mode: str = ""
    assess: Assess
    part: str = ""
    """With ``partial``: what rules judge of it, and what is left to a person."""
    was: str = ""
    """The control of the edition before that it comes from."""


class Framework(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A framework. ``complete`` is false for an extract of a longer list."""

    id: str
    name: str
    version: str
    publisher: str
    was: str = ""
    complete: bool = True
    note: str = ""
    sections: tuple[Titled, ...] = ()
    controls: tuple[Control, ...]

    def section(self, control: Control) -> Titled | None:
        """The section that a control belongs to: the one with the longest id that the control's begins with."""
        inside = [section for section in self.sections if control.id.startswith(f"{section.id}.")]
        return max(inside, key=lambda section: len(section.id), default=None)


@cache  # a scan asks for them three times, and Python's own TOML parser takes 30 ms
def load() -> Mapping[str, Framework]:
    """Every framework by id."""
    found = [
        msgspec.convert(tomllib.loads(file.read_text("utf-8")), Framework)
        for file in files(PACKAGE).iterdir()
        if file.name.endswith(".toml")
    ]
    return {framework.id: framework for framework in sorted(found, key=lambda f: f.id)}


def pick(frameworks: Mapping[str, Framework], wanted: Iterable[str]) -> tuple[Framework, ...]:
    """The frameworks of these ids, each once. Raises :class:`UnknownFramework` with the nearest match."""
    chosen: dict[str, Framework] = {}
    for name in wanted:
        if name not in frameworks:
            near = difflib.get_close_matches(name, frameworks, n=1)
            hint = f"did you mean `{near[0]}`?" if near else f"there are {', '.join(f'`{id}`' for id in frameworks)}"
            raise UnknownFramework(f"there is no framework `{name}`: {hint}")
        chosen[name] = frameworks[name]
    return tuple(chosen.values())


def names(frameworks: Mapping[str, Framework], framework: Framework) -> Mapping[str, frozenset[str]]:
    """Under which names rules (and people) may speak of each control: its own, and those of newer editions' controls that it became."""
    found = {control.id: {f"{framework.id}:{control.id}"} for control in framework.controls}
    for newer in frameworks.values():
        if newer.was == framework.id:
            inherited = names(frameworks, newer)
            for control in newer.controls:
                if control.was:
                    found[control.was] |= inherited[control.id]
    return {id: frozenset(all_names) for id, all_names in found.items()}
