"""A policy document as checks read it: lenient, so that one fault does not hide the others.

What has the wrong type is left out here (the checks of the grammar report it). A value that only the deployment knows (an intrinsic
function of CloudFormation, a reference of Terraform) is :class:`Opaque`: it could be anything, so nothing is said about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import msgspec

from auditor.policy.lint.check import Kind
from auditor.source.json_source import size
from auditor.source.kept import Kept
from auditor.source.shape import Path, is_list, is_object

if TYPE_CHECKING:
    from auditor.policy.lint.named import Named, Roster


def _object(value: object) -> dict[str, Any] | None:
    return value if is_object(value) else None


def _list(value: object) -> list[Any] | None:
    return value if is_list(value) else None


def _principals(written: object, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(written, str):
        yield path, written
    for index, one in enumerate(_list(written) or ()):
        if isinstance(one, str):
            yield (*path, index), one


class Opaque:
    """A value that is not known. ``text`` is how it is written, for messages."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text


class Policy:
    """A document. ``raw`` is its plain JSON data (``dict``, ``list``, ``str``, ``int``, ``float``, ``bool``, ``None``, :class:`Opaque`)."""

    def __init__(self, raw: object, kind: Kind, *, size: int = 0, text: str = "", attached_to: str = "") -> None:
        """``size`` counts characters without white space, as AWS counts (0: not known); it need not be given with the ``text`` of the
        document. ``attached_to`` is the ARN or CloudFormation type of the resource that the policy belongs to, if that is known."""
        self.raw = raw
        self.kind = kind
        self.at_most = size or len(text)
        """No less than ``size``, and known without counting."""
        self.attached_to = attached_to
        self._size = size
        self._text = text
        self.roster: Roster | None = None
        """Of :func:`auditor.policy.lint.named.roster`."""

    @Kept
    def size(self) -> int:
        """The characters without white space; 0: not known."""
        return self._size or size(self._text)

    @Kept
    def version(self) -> str:
        """The version of the policy language: without one, the older."""
        found = (_object(self.raw) or {}).get("Version")
        return found if isinstance(found, str) else "2008-10-17"

    @Kept
    def clauses(self) -> tuple[Clause, ...]:
        """The statements that are objects."""
        written = self.raw.get("Statement") if is_object(self.raw) else None
        if is_list(written):
            kind = self.kind
            return tuple([Clause(kind, one, index, ("Statement", index)) for index, one in enumerate(written) if is_object(one)])
        return (Clause(self.kind, written, 0, ("Statement",)),) if is_object(written) else ()

    # Most policies have nothing of these, and many checks are of nothing else.

    @Kept
    def odd(self) -> tuple[Clause, ...]:
        """The statements that are not plain."""
        return tuple([clause for clause in self.clauses if not clause.plain])

    @Kept
    def conditional(self) -> tuple[Clause, ...]:
        """The statements that have a ``Condition``."""
        return tuple([clause for clause in self.clauses if "Condition" in clause.raw])

    @Kept
    def keys(self) -> frozenset[str]:
        """The condition keys of all statements, in lower case."""
        return frozenset([test.lower for clause in self.conditional for test in clause.tests])

    @Kept
    def has_variables(self) -> bool:
        """A policy variable may be in one of its strings. Always so if its text is not known, or a character in it is escaped."""
        return "$" in self._text or "\\" in self._text or not self._text


class Test(msgspec.Struct, frozen=True, eq=False):
    """One condition: an operator, a key and its values."""

    operator: str
    """As written: ``ForAnyValue:StringLikeIfExists``."""
    key: str
    """As written."""
    lower: str
    """The key in lower case: its case does not matter."""
    values: tuple[Any, ...]
    """Strings, numbers and booleans, as they are in the JSON."""
    opaque: bool
    """Some value is not known."""
    statement: Path
    """Of the statement."""

    @property
    def path(self) -> Path:
        """Of the value or list of values."""
        return (*self.statement, "Condition", self.operator, self.key)

    def where(self, index: int, listed: bool) -> Path:
        """The path of one value."""
        return (*self.path, index) if listed else self.path


def _conditions(written: object, statement: Path) -> tuple[tuple[Test, ...], bool]:
    """The conditions in the ``Condition`` of a statement; whether all is as the grammar wants it."""
    if not is_object(written):
        return (), False
    tests: list[Test] = []
    whole = bool(written)
    for operator, keys in written.items():
        if not is_object(keys) or not keys:
            whole = False
            continue
        if len(keys) > 1 and len({key.lower() for key in keys}) < len(keys):
            whole = False
        for key, values in keys.items():
            if isinstance(values, str):
                tests.append(Test(operator, key, key.lower(), (values,), False, statement))
                continue
            many = values if is_list(values) else [values]
            known = tuple([value for value in many if isinstance(value, _VALUES)])
            opaque = len(known) < len(many) and any(isinstance(value, Opaque) for value in many)
            if len(known) < len(many) or not many:
                whole = False
            tests.append(Test(operator, key, key.lower(), known, opaque, statement))
    return tuple(tests), whole


_VALUES = (str, int, float, bool)
_Element: TypeAlias = tuple[Sequence[str], bool, bool]
"""The strings of an element; whether every value of it is one of them; whether a policy variable may be in one."""
_NOTHING: _Element = ((), True, False)


def _element(written: object) -> _Element:
    if isinstance(written, str):
        return (written,), True, "$" in written and "${" in written  # one character is found sooner than two, and is seldom there
    if is_list(written) and written:
        try:
            joined = "".join(written)  # the quickest way to see that all are strings
        except TypeError:
            return [one for one in written if isinstance(one, str)], False, True
        return written, True, "$" in joined and "${" in joined
    return _NOTHING


_ORDINARY = frozenset({"Sid", "Effect", "Action", "Resource", "Condition"})
_UNCONDITIONAL: tuple[tuple[Test, ...], bool] = ((), True)


class Clause:
    """One statement. It knows the ``kind`` of its document and not the document: a cycle would keep every document in memory until the
    collector of cycles comes by."""

    def __init__(self, kind: Kind, raw: dict[str, Any], index: int, path: Path) -> None:
        self.kind = kind
        self.raw = raw
        self.index = index
        self.path = path
        effect = raw.get("Effect")
        self.allows = effect == "Allow"
        """``Effect`` is ``Allow``."""
        self.denies = effect == "Deny"
        """``Effect`` is ``Deny``."""
        sid = raw.get("Sid")
        self.sid = sid if isinstance(sid, str) else None
        """The Sid, if it is a string."""
        self._elements = {
            "Action": _element(raw["Action"]) if "Action" in raw else _NOTHING,
            "NotAction": _element(raw["NotAction"]) if "NotAction" in raw else _NOTHING,
            "Resource": _element(raw["Resource"]) if "Resource" in raw else _NOTHING,
            "NotResource": _element(raw["NotResource"]) if "NotResource" in raw else _NOTHING,
        }
        self._pairs: dict[str, tuple[tuple[int, str], ...]] = {}
        self.plain = self._is_plain()
        """It has what most statements have and nothing else: ``Effect``, ``Action`` and ``Resource`` as the grammar wants them, and perhaps
        a ``Sid`` of letters and digits, and a ``Condition``. So checks of the others need not look."""
        found = _conditions(raw["Condition"], path) if "Condition" in raw else _UNCONDITIONAL
        self.tests, self.well_conditioned = found
        """The conditions; and whether they are written as the grammar wants them, wholly known, and none is without values."""
        # What others find once and keep here. Attributes, for a statement whose ``__dict__`` was asked for is slower in all.
        self.named: Named | None = None
        """Of :func:`auditor.policy.lint.named.named`."""
        self.by_key: dict[str, list[Test]] | None = None
        """Of :func:`auditor.policy.lint.sets.tests_of`."""
        self.everywhere: bool | None = None
        """Of :func:`auditor.policy.lint.sets.everywhere`."""
        self.unclear: bool | None = None
        """Of :func:`auditor.policy.lint.sets.implied`."""

    def _is_plain(self) -> bool:
        raw = self.raw
        if not (self.allows or self.denies) or not _ORDINARY.issuperset(raw):
            return False
        if "Sid" in raw and not (self.sid and self.sid.isalnum() and self.sid.isascii()):
            return False
        actions, known, _ = self._elements["Action"]
        resources, also_known, _ = self._elements["Resource"]
        return bool(actions and resources and known and also_known)

    def at(self, name: str, index: int | None = None) -> Path:
        """The path of an element, or of one of its values: ``at("Action", 3)``. Right also where a single value stands without a list."""
        if index is None or not isinstance(self.raw.get(name), list):
            return (*self.path, name)
        return (*self.path, name, index)

    def texts(self, name: str) -> Sequence[str]:
        """The strings of an element of actions or resources; empty when it is not written."""
        return self._elements[name][0]

    def strings(self, name: str) -> tuple[tuple[int, str], ...]:
        """The strings of an element with their places."""
        kept = self._pairs.get(name)
        if kept is None:
            kept = self._pairs[name] = self._strings(name)
        return kept

    def _strings(self, name: str) -> tuple[tuple[int, str], ...]:
        if name not in self.raw:
            return ()
        texts, whole, _ = self._elements[name]
        if whole:
            return tuple(enumerate(texts))
        return tuple((index, one) for index, one in enumerate(self.raw[name]) if isinstance(one, str))

    def opaque(self, name: str) -> bool:
        """An element of actions, resources or principals holds a value that is not known, so its strings are not all there is."""
        if name not in self.raw or self.plain:
            return False
        found = self.raw[name]
        return isinstance(found, Opaque) or any(isinstance(one, Opaque) for one in _list(found) or ())

    def all_strings(self, name: str) -> bool:
        """Every value of an element that is written as a list is a string."""
        return self._elements[name][1]

    def variables(self, name: str) -> bool:
        """A policy variable may be in one of the strings of an element."""
        return self._elements[name][2]

    def templates(self, name: str) -> tuple[tuple[int, str], ...]:
        """The ARNs of an element that are written with ``Fn::Sub``, with their places; empty when another of its values is not known."""
        found = self.raw.get(name)
        some = [(index, one.text) for index, one in enumerate(_list(found) or [found]) if isinstance(one, Opaque)]
        return tuple(some) if all(text.startswith("arn:") for _, text in some) else ()

    @Kept
    def actions(self) -> tuple[tuple[int, str], ...]:
        """The strings of ``Action``, with their places."""
        return self.strings("Action")

    @Kept
    def not_actions(self) -> tuple[tuple[int, str], ...]:
        """The strings of ``NotAction``, with their places."""
        return self.strings("NotAction")

    @Kept
    def resources(self) -> tuple[tuple[int, str], ...]:
        """The strings of ``Resource``, with their places."""
        return self.strings("Resource")

    @Kept
    def not_resources(self) -> tuple[tuple[int, str], ...]:
        """The strings of ``NotResource``, with their places."""
        return self.strings("NotResource")

    def principals(self, name: str = "Principal") -> Mapping[str, tuple[tuple[Path, str], ...]]:
        """The principals by type, each with its path. The bare ``"*"`` is of type ``*``."""
        found = self.raw.get(name)
        path = (*self.path, name)
        if isinstance(found, str):
            return {"*": ((path, found),)}
        return {kind: tuple(_principals(listed, (*path, kind))) for kind, listed in (_object(found) or {}).items()}
