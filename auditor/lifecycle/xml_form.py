"""The XML of S3's REST API, in the shape that clients give it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from auditor.lifecycle.written import Written
from auditor.source.json_source import Span, Unreadable
from auditor.source.positions import shown
from auditor.source.shape import Path, is_list
from auditor.source.xml_source import XmlNode, document

ROOTS = ("LifecycleConfiguration", "GetBucketLifecycleConfigurationOutput", "Lifecycle")
_LISTS: Mapping[tuple[str, str], str] = {
    ("LifecycleConfiguration", "Rule"): "Rules",
    ("Rule", "Transition"): "Transitions",
    ("Rule", "NoncurrentVersionTransition"): "NoncurrentVersionTransitions",
    ("And", "Tag"): "Tags",
}
"""Elements that are repeated, and the lists that they make."""
_OBJECTS = frozenset(
    {
        "And",
        "Tag",
        "Rule",
        "Filter",
        "Transition",
        "NoncurrentVersionTransition",
        "Expiration",
        "NoncurrentVersionExpiration",
        "AbortIncompleteMultipartUpload",
        "LifecycleConfiguration",
    }
)
_NUMBER = re.compile(r"-?[0-9]{1,19}")
_NUMBERS = frozenset(
    {
        "Days",
        "NoncurrentDays",
        "NewerNoncurrentVersions",
        "DaysAfterInitiation",
        "ObjectSizeGreaterThan",
        "ObjectSizeLessThan",
    }
)
_TRUTH: Mapping[str, bool] = {"true": True, "false": False}


class XmlPlaces:
    """The places of the elements. A pointer is the way to the element in the shape of the API: JSON pointers do not lead into XML."""

    def __init__(self, spans: Mapping[Path, Span]) -> None:
        self._spans = spans

    def span(self, path: Path, *, name: bool = False) -> Span:  # noqa: ARG002  an element and its name begin at one place
        """The element at ``path``, or the nearest above it."""
        while path and path not in self._spans:
            path = path[:-1]
        return self._spans[path]

    def pointer(self, path: Path) -> str:
        """The way to the element."""
        return "".join(f"/{step}" for step in path)


def read(text: str) -> Written:
    """The configuration in the text. Raises :class:`Unreadable` for what is no XML, or XML of something else."""
    root = document(text)
    if root.name not in ROOTS:
        raise Unreadable(f"the XML is of {shown(root.name)}, not of a LifecycleConfiguration", root.span)
    spans: dict[Path, Span] = {}
    return Written(raw=_object(root, "LifecycleConfiguration", (), spans), places=XmlPlaces(spans), numbers_in_text=True)


def _object(node: XmlNode, name: str, path: Path, spans: dict[Path, Span]) -> dict[str, Any]:
    spans[path] = node.span
    made: dict[str, Any] = {}
    for child in node.children:
        listed = _LISTS.get((name, child.name))
        if listed is not None:
            items = made.setdefault(listed, [])
            if not is_list(items):  # it is written as the API calls the list, too
                raise Unreadable(f"{shown(listed)} occurs twice in one {name}", child.span)
            spans.setdefault((*path, listed), child.span)
            where: Path = (*path, listed, len(items))
            items.append(_value(child, where, spans))
        elif child.name in made:
            raise Unreadable(f"{shown(child.name)} occurs twice in one {name}", child.span)
        else:
            made[child.name] = _value(child, (*path, child.name), spans)
    return made


def _value(node: XmlNode, path: Path, spans: dict[Path, Span]) -> Any:
    if node.name in _OBJECTS:
        return _object(node, node.name, path, spans)
    spans[path] = node.span
    if node.name in _NUMBERS and _NUMBER.fullmatch(node.text):
        return int(node.text)
    if node.name == "ExpiredObjectDeleteMarker":
        return _TRUTH.get(node.text.lower(), node.text)
    return node.text
