"""Finding rules: those that come with awsaudit, those of a folder, those of installed packages.

The path is the identity: ``rules/s3/no_tier_policy.py`` is ``s3-no-tier-policy``. Nothing registers itself; the registry looks.
"""

from __future__ import annotations

import ast
import difflib
import importlib
import importlib.util
import inspect
import pkgutil
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import entry_points
from pathlib import Path
from types import ModuleType
from typing import Any, TypeGuard, cast

import msgspec

from auditor.engine.cases import Case
from auditor.engine.rule import Rule
from auditor.errors import RuleFileError, UnknownRule
from auditor.model.resource import Resource

ENTRY_POINT = "awsaudit.rules"
HEADINGS = ("Why it matters", "How to fix", "When it is fine")
"""The sections every rule's page has, in this order."""


AT_IMPORT = (ImportError, TypeError, ValueError, NameError, AttributeError, LookupError, ArithmeticError, OSError, SystemExit)
"""What goes wrong while the code of others is imported, besides syntax."""


class Page(msgspec.Struct, frozen=True):
    """A rule's page: its module docstring. Markdown."""

    title: str
    why: str
    fix: str
    fine: str


class LoadedRule(msgspec.Struct, frozen=True, kw_only=True):
    """A rule with what its file says of it."""

    id: str
    page: Page
    spec: Rule[Any]
    cases: Callable[[], Iterator[Case[Any]]]
    origin: str
    """``builtin``, or the file or package it came from."""

    @property
    def service(self) -> str:
        """The service it is listed under."""
        return cast("type[Resource]", self.spec.over).SERVICE


def load(folder: Path | None = None) -> Mapping[str, LoadedRule]:
    """All rules by id: built in, from entry points, and from ``folder`` when one is given.

    Raises :class:`RuleFileError`, naming the file and what to do, when one breaks the contract or an id exists twice.
    """
    found: dict[str, LoadedRule] = {}
    for one in (*_builtin(), *_installed(), *(_from_folder(folder) if folder else ())):
        if one.id in found:
            raise RuleFileError(
                f"rule id `{one.id}` exists twice: in {found[one.id].origin} and in {one.origin}; rename one of the files"
            )
        found[one.id] = one
    return dict(sorted(found.items()))


def pick(rules: Mapping[str, LoadedRule], wanted: Iterable[str]) -> tuple[LoadedRule, ...]:
    """The rules of these ids, in the order of ids.

    Raises :class:`UnknownRule` with the nearest match for an id that does not exist.
    """
    chosen: dict[str, LoadedRule] = {}
    for rule_id in wanted:
        if rule_id not in rules:
            near = difflib.get_close_matches(rule_id, rules, n=1)
            hint = f"did you mean `{near[0]}`?" if near else "`awsaudit rules list` shows all ids"
            raise UnknownRule(f"there is no rule `{rule_id}`: {hint}")
        chosen[rule_id] = rules[rule_id]
    return tuple(rule for _, rule in sorted(chosen.items()))


@cache
def _builtin() -> tuple[LoadedRule, ...]:
    # Once for a process: they do not change while it runs, and a function that stays warm scans often.
    return tuple(_package(importlib.import_module("auditor.rules"), "builtin"))


def _installed() -> Iterator[LoadedRule]:
    for entry in sorted(entry_points(group=ENTRY_POINT), key=lambda e: e.name):
        try:
            package = entry.load()
            if not hasattr(package, "__path__"):
                raise RuleFileError(
                    f"`{entry.value}`, entry point `{entry.name}` of {ENTRY_POINT}, is not a package of rule files"
                )
            yield from _package(package, f"package `{entry.value}`")
        except (SyntaxError, *AT_IMPORT) as error:
            raise RuleFileError(
                f"`{entry.value}`, entry point `{entry.name}` of {ENTRY_POINT}, cannot be imported: {error}"
            ) from error


def _package(package: ModuleType, origin: str) -> Iterator[LoadedRule]:
    prefix = f"{package.__name__}."
    for info in sorted(pkgutil.walk_packages(package.__path__, prefix, onerror=_reraise), key=lambda i: i.name):
        if not info.ispkg:
            yield from _module(importlib.import_module(info.name), info.name.removeprefix(prefix).split("."), origin)


def _reraise(_: str) -> None:
    # pkgutil calls this while it handles the error: else a package that cannot be imported would be left out without a word.
    raise


def _from_folder(folder: Path) -> Iterator[LoadedRule]:
    if not folder.is_dir():
        raise RuleFileError(f"`{folder}` is not a folder; --rules takes a folder of rule files")
    for file in sorted(folder.rglob("*.py")):
        parts = file.relative_to(folder).with_suffix("").parts
        if any(part.startswith(("_", ".")) for part in parts):
            continue
        name = "awsaudit_user_rules." + ".".join(parts)
        module_spec = importlib.util.spec_from_file_location(name, file)
        if module_spec is None or module_spec.loader is None:
            raise RuleFileError(f"`{file}` cannot be loaded as Python; remove it from the folder")
        module = importlib.util.module_from_spec(module_spec)
        try:
            ast.parse(file.read_bytes(), str(file))
            module_spec.loader.exec_module(module)
        except SyntaxError as error:
            raise RuleFileError(f"`{file}` line {error.lineno} is not valid Python: {error.msg}") from error
        except AT_IMPORT as error:
            raise RuleFileError(f"`{file}` cannot be loaded: {error}") from error
        yield from _module(module, list(parts), f"`{file}`")


def _module(module: ModuleType, parts: list[str], origin: str) -> Iterator[LoadedRule]:
    check: object = getattr(module, "check", None)
    if parts[-1].startswith("_"):
        return
    if not _is_rule(check):
        raise RuleFileError(f"{origin}: `{'/'.join(parts)}.py` has no `check` function under the `@rule` decorator; add one")
    cases = getattr(module, "cases", None)
    if not callable(cases):
        raise RuleFileError(f"{origin}: `{'/'.join(parts)}.py` has no `cases()`; a rule without cases proves nothing")
    rule_id = "-".join(parts).replace("_", "-")
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)+", rule_id):
        raise RuleFileError(f"{origin}: `{rule_id}` is not a rule id; put the file in a folder named after the service")
    yield LoadedRule(
        id=rule_id,
        page=_page(inspect.getdoc(module) or "", origin, rule_id),
        spec=check,
        cases=cast("Callable[[], Iterator[Case[Any]]]", cases),
        origin=origin,
    )


def _is_rule(value: object) -> TypeGuard[Rule[Any]]:
    return isinstance(value, Rule)


def _page(text: str, origin: str, rule_id: str) -> Page:
    parts = re.split(r"^## (.+)$", text, flags=re.MULTILINE)
    title = parts[0].strip()
    sections = {heading.strip(): body.strip("\n").rstrip() for heading, body in zip(parts[1::2], parts[2::2], strict=True)}
    if not title or "\n" in title or tuple(sections) != HEADINGS or not all(sections.values()):
        wanted = ", ".join(f"`## {heading}`" for heading in HEADINGS)
        raise RuleFileError(f"{origin}: the page of `{rule_id}` must be one title line, then {wanted}, each with text")
    return Page(title, *(sections[heading] for heading in HEADINGS))
