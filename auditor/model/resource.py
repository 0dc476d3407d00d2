"""What every resource of the model has in common, and where its fields come from."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType, MemberDescriptorType
from typing import Any, ClassVar, TypeVar

import msgspec

from auditor.model import calls
from auditor.model.calls import Call, Per
from auditor.model.fact import Fact, Known, Reason, Unknown

GLOBAL = "global"
"""The scope of what an account has once, whatever the region."""


class Resource(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing in an account.

    ``arn`` is the Amazon Resource Name (for the account itself, which has none, the form that Security Hub uses), ``id`` what AWS
    calls the thing within its kind and region, ``region`` where it lives (``global`` for IAM). Every other field is a fact, and
    its default names the call that gives it: see :func:`unread`.
    """

    KIND: ClassVar[str] = ""
    """The name of the section in a snapshot, for ever."""
    SERVICE: ClassVar[str] = ""
    """The service under which reports list it."""
    NOUN: ClassVar[str] = ""
    """What people call one of these, in lower case."""
    LISTED_BY: ClassVar[Call] = calls.GET_CALLER_IDENTITY
    """The call that tells which of these exist."""
    ALSO: ClassVar[tuple[str, ...]] = ()
    """Names of further calls that listing may take."""
    DEPENDS: ClassVar[Mapping[str, tuple[str, ...]]] = MappingProxyType({})
    """Fields that can only be read with the help of others of the same kind: whoever wants the first gets the others too."""
    APART: ClassVar[frozenset[str]] = frozenset()
    """Fields that come from the listing operation, but from a list of their own: they cost further calls."""
    OPT_IN: ClassVar[Mapping[str, str]] = MappingProxyType({})
    """Fields that are read only when a setting asks for it: its name in :data:`auditor.model.opt_in.OPT_INS`."""
    MOST: ClassVar[Mapping[str, int]] = MappingProxyType({})
    """Fields that take a call for each part of the resource (:attr:`auditor.model.calls.Per.PART`), and how many at most; no bound for
    those that are not in it."""
    REGIONAL: ClassVar[bool] = True
    """Listed region by region (true), or once for the account (false)."""

    arn: str
    id: str
    region: str

    @property
    def name(self) -> str:
        """What a person would call it: the ``Name`` tag where there is one, else the id."""
        tags: Fact[Mapping[str, str]] | None = getattr(self, "tags", None)
        return (tags.value.get("Name") or self.id) if isinstance(tags, Known) else self.id


R = TypeVar("R", bound=Resource)


def unread(call: Call) -> Unknown:
    """The default of a field that ``call`` gives: not collected yet, and what would collect it.

    This is the one place where a field says where it comes from. The planner, ``awsaudit permissions`` and the ``missing`` of
    a verdict all read it from there.
    """
    return Unknown(Reason.NOT_COLLECTED, call.name, call.action)


@cache
def kinds() -> Mapping[str, type[Resource]]:
    """Every kind of resource by its ``KIND``: the structs in the modules of :mod:`auditor.model`."""
    import auditor.model as package

    found: dict[str, type[Resource]] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda info: info.name):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        for value in vars(module).values():
            if isinstance(value, type) and issubclass(value, Resource) and value.KIND:
                found[value.KIND] = value
    return dict(sorted(found.items()))


class FieldRef(msgspec.Struct, frozen=True):
    """A fact field of a kind, as a rule names it in ``reads``: ``Bucket.acl``."""

    kind: type[Resource]
    field: str

    def __str__(self) -> str:
        return f"{self.kind.__name__}.{self.field}"

    @property
    def opt_in(self) -> str | None:
        """The setting without which the field is not read."""
        return self.kind.OPT_IN.get(self.field)

    @property
    def given(self) -> bool:
        """No call gives the field: the user does, with a file."""
        return self.call.per is Per.GIVEN

    @property
    def most(self) -> int | None:
        """How many calls the field takes for one resource at most; ``None``: there is no bound."""
        if self.call.per is Per.PART:
            return self.kind.MOST.get(self.field)
        return None if self.call.pages else 1

    @property
    def call(self) -> Call:
        """The call that gives the field."""
        return calls.by_name(fact_fields(self.kind)[self.field].call)


@cache
def fact_fields(kind: type[Resource]) -> Mapping[str, Unknown]:
    """The fact fields of a kind with their defaults, which name the calls."""
    return {field.name: field.default for field in msgspec.structs.fields(kind) if isinstance(field.default, Unknown)}


def field_ref(member: object) -> FieldRef:
    """What ``Bucket.acl`` stands for at run time.

    Raises :class:`TypeError` when it is not a fact field of a resource.
    """
    if isinstance(member, MemberDescriptorType):
        kind = member.__objclass__
        if issubclass(kind, Resource) and member.__name__ in fact_fields(kind):
            return FieldRef(kind, member.__name__)
    raise TypeError(f"`{member!r}` is not a fact field of a resource, such as `Bucket.acl`")


def replace(resource: R, changes: Mapping[str, Fact[Any]]) -> R:
    """The resource with some facts changed."""
    return msgspec.structs.replace(resource, **changes)
