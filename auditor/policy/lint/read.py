"""From a file to the policies in it: JSON or YAML, alone or within a template, a plan or an answer of AWS. Pure: text in, policies out."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from auditor.policy.lint.check import Kind
from auditor.policy.lint.templates import Part, is_policy, is_template, policies
from auditor.policy.lint.view import Opaque, Policy
from auditor.source.json_source import (
    EmbeddedPlaces,
    FixedPlaces,
    JsonPlaces,
    Places,
    Span,
    Unreadable,
    data,
    pointer,
    size,
)
from auditor.source.shape import Path, is_list, is_object

SUFFIXES = (".json", ".yaml", ".yml", ".template")
"""Names of the files that a folder is searched for."""


class Written(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as it stands in a file: its data, its type, and what is needed to find its places."""

    raw: Any
    kind: Kind
    places: Places
    size: int = 0
    """Characters without white space; 0 where they can be counted in ``text``."""
    attached_to: str = ""
    name: str = ""
    """What it is in its file: the resource and the property; empty when the file is the policy."""
    text: str | None = None
    """The text, if it is JSON and nothing but the policy: then it can be mended."""
    broken: Unreadable | None = None
    """Why text within other data, which is meant as a policy, cannot be read."""

    def policy(self) -> Policy:
        """As the checks read it."""
        return Policy(self.raw, self.kind, size=self.size, text=self.text or "", attached_to=self.attached_to)


class Nothing(Exception):
    """The text is data, but there is no policy in it."""


def read(text: str, name: str, kind: Kind | None = None) -> list[Written]:
    """The policies in the text of a file, in their order, those that are broken, too.

    ``name`` tells by its ending what it is written in; ``kind`` is what the user says that policies are which stand alone.

    Raises :class:`auditor.source.json_source.Unreadable` for what is neither JSON nor YAML, and :class:`Nothing` if no policy is in it.
    """
    found = list(_json(text, kind) if _is_json(text, name) else _yaml(text, kind))
    if not found:
        raise Nothing
    return found


def _is_json(text: str, name: str) -> bool:
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    if suffix in (".yaml", ".yml"):
        return False
    return suffix == ".json" or text.lstrip()[:1] in ("{", "[", '"', "")


def guess(raw: Any) -> Kind:
    """The type of a policy that stands alone: one with principals that speaks of assuming roles and of no resource is a trust policy,
    one with principals a resource policy, any other a policy of an identity."""
    listed = raw.get("Statement") if is_object(raw) else None
    statements = [one for one in (listed if is_list(listed) else [listed]) if is_object(one)]
    if not any("Principal" in one or "NotPrincipal" in one for one in statements):
        return Kind.IDENTITY
    trust = all(
        "Resource" not in one
        and "NotResource" not in one
        and any(a.lower().startswith("sts:") for a in _strings(one.get("Action")))
        for one in statements
    )
    return Kind.TRUST if trust else Kind.RESOURCE


def _strings(value: Any) -> list[str]:
    return [one for one in (value if is_list(value) else [value]) if isinstance(one, str)]


def _json(text: str, kind: Kind | None) -> Iterator[Written]:
    root = data(text)
    if is_policy(root) or (kind is not None and not _holds(root)):
        yield Written(raw=root, kind=kind or guess(root), places=JsonPlaces(text), text=text)
        return
    places = JsonPlaces(text)
    yield from _within(root, kind, places.below, places)


def _holds(root: Any) -> bool:
    return isinstance(root, (dict, list)) and next(iter(policies(root)), None) is not None


def _yaml(text: str, kind: Kind | None) -> Iterator[Written]:
    from auditor.source.yaml_source import YamlNode, YamlPlaces, documents

    roots = [root for root in documents(text) if root.value is not None]

    def placed(root: YamlNode, base: Path) -> Callable[[Path], Places]:
        return lambda path: YamlPlaces(root, path, base)

    for number, root in enumerate(roots):
        base: Path = (number,) if len(roots) > 1 else ()
        if is_policy(root.value) or (kind is not None and not _holds(root.value)):
            yield Written(
                raw=root.value, kind=kind or guess(root.value), places=YamlPlaces(root, (), base), size=_counted(root.value)
            )
        else:
            yield from _within(root.value, kind, placed(root, base), None)


def _within(root: Any, kind: Kind | None, places: Callable[[Path], Places], outer: JsonPlaces | None) -> Iterator[Written]:
    """The policies within other data. ``places`` makes those of a path; ``outer`` are those of a JSON text, in whose strings
    policies are looked for by place."""
    template = is_template(root)
    for part in policies(root):
        if part.text is None:
            raw = opaque(part.raw) if template else part.raw
            yield _written(part, raw, kind, places(part.path), _counted(raw))
        else:
            yield _embedded(part, part.text, kind, places(part.path), outer)


def _written(part: Part, raw: Any, kind: Kind | None, places: Places, counted: int) -> Written:
    return Written(
        raw=raw,
        kind=part.kind or kind or guess(raw),
        places=places,
        size=counted,
        attached_to=part.attached_to,
        name=part.name,
    )


def _embedded(part: Part, text: str, kind: Kind | None, whole: Places, outer: JsonPlaces | None) -> Written:
    places: Places = EmbeddedPlaces(outer, part.path, text) if outer else FixedPlaces(whole.span(()), whole.pointer(()))
    try:
        raw = data(text)
    except Unreadable as error:
        at = whole.span(())
        where = f"in the policy of {pointer(part.path)}, line {error.span.line}, column {error.span.column}"
        broken = Unreadable(f"{error.message} ({where})", Span(at.line, at.column, at.end_line, at.end_column))
        return msgspec.structs.replace(_written(part, None, kind, places, 0), broken=broken)
    return _written(part, raw, kind, places, size(text))


def opaque(value: Any) -> Any:
    """The data of a template with each function of CloudFormation as a value that is not known."""
    if is_object(value):
        if len(value) == 1:
            ((name, inner),) = value.items()
            if name == "Ref" or name.startswith("Fn::"):
                if name == "Fn::Sub" and isinstance(inner, str) and "${" not in inner:
                    return inner
                return Opaque(inner if isinstance(inner, str) else name)
        return {name: opaque(inner) for name, inner in value.items()}
    if is_list(value):
        return [opaque(inner) for inner in value]
    return value


def _counted(raw: Any) -> int:
    """The size of a policy that is not written as JSON; 0 if a part of it is not known."""
    try:
        return size(json.dumps(raw, separators=(",", ":"), ensure_ascii=False))
    except TypeError:
        return 0
