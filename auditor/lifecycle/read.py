"""From a file to the lifecycle configurations in it: answers of AWS and input of its CLI (JSON, YAML), the XML of its REST API, templates
of CloudFormation and SAM, plans of Terraform. Pure: text in, configurations out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from auditor.lifecycle import cloudformation, terraform, xml_form
from auditor.lifecycle.written import Below, Written
from auditor.source.json_source import JsonPlaces, data
from auditor.source.shape import Path, is_list, is_object

SUFFIXES = (".json", ".yaml", ".yml", ".template", ".xml")
"""Names of the files that a folder is searched for."""


class Nothing(Exception):
    """The text is data, but there is no lifecycle configuration in it."""


def read(text: str, name: str) -> list[Written]:
    """The configurations in the text of a file, in their order. ``name`` tells by its ending what it is written in.

    Raises :class:`auditor.source.json_source.Unreadable` for what cannot be read, and :class:`Nothing` if no configuration is in it.
    """
    found = list(_found(text, name))
    if not found:
        raise Nothing
    return found


def _found(text: str, name: str) -> Iterable[Written]:
    suffix = name[name.rfind(".") :].lower() if "." in name else ""
    first = text.lstrip()[:1]
    if suffix == ".xml" or (first == "<" and suffix not in (".yaml", ".yml", ".json")):
        return (xml_form.read(text),)
    if suffix not in (".yaml", ".yml") and (suffix == ".json" or first in ("{", "[", '"', "")):
        return _within(data(text), JsonPlaces(text).below)
    return _yaml(text)


def _yaml(text: str) -> Iterator[Written]:
    from auditor.source.yaml_source import YamlNode, YamlPlaces, documents

    roots = [root for root in documents(text) if root.value is not None]

    def below(root: YamlNode, base: Path) -> Below:
        return lambda path: YamlPlaces(root, path, base)

    for number, root in enumerate(roots):
        yield from _within(root.value, below(root, (number,) if len(roots) > 1 else ()))


def _within(root: Any, below: Below) -> Iterable[Written]:
    if terraform.is_plan(root):
        return terraform.configurations(root, below)
    if is_object(root) and is_object(root.get("Resources")):
        return cloudformation.configurations(root, below)
    return _answers(root, below)


def _answers(root: Any, below: Below) -> Iterable[Written]:
    """An answer of the API, the input of the CLI, or the list of rules alone."""
    if not is_object(root):
        return ()
    inner = root.get("LifecycleConfiguration")
    path: Path = ()
    if is_object(inner):
        path, root = ("LifecycleConfiguration",), {**inner, **_beside(root)}
    return (Written(raw=root, places=below(path), bucket=_bucket(root)),) if "Rules" in root and "Role" not in root else ()


def _beside(root: dict[str, Any]) -> dict[str, Any]:
    """What the input of the CLI has beside the configuration."""
    return {name: root[name] for name in ("Bucket", "TransitionDefaultMinimumObjectSize") if name in root}


def _bucket(root: dict[str, Any]) -> str | None:
    bucket = root.get("Bucket")
    return bucket if isinstance(bucket, str) else None


def rules_of(raw: Any) -> list[Any]:
    """The rules as they are written, whatever they are."""
    rules = raw.get("Rules") if is_object(raw) else None
    return rules if is_list(rules) else []
