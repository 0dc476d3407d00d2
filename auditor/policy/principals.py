"""Who asks, and which principals of a policy that is.

Source: IAM User Guide, *AWS JSON policy elements: Principal* and *NotPrincipal*; *AWS global condition context keys* for the keys that
follow from who asks.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping

import msgspec

from auditor.policy.parse import Principals
from auditor.policy.truth import Truth

SESSION = "sts:RoleSessionName"
"""What the answer depends on when a policy names one session of a role, and the role is asked about."""
CANONICAL = "canonical user id"
"""What the answer depends on when a policy names a canonical user, and the principal's account has one that is not known."""


class Kind(enum.Enum):
    """The kinds of principals that make requests."""

    ROOT = "root user"
    USER = "user"
    ROLE = "role"
    """A role, whatever its session."""
    SESSION = "role session"
    FEDERATED_USER = "federated user"
    PROVIDER = "identity provider"
    """Somebody whom an identity provider vouches for, before there is a session: SAML and web identity."""
    SERVICE = "service"
    CANONICAL = "canonical user"
    ANONYMOUS = "anonymous"


class Grant(enum.IntEnum):
    """How a policy on a resource names who asks; the order is that of strength."""

    NONE = 0
    ACCOUNT = 1
    """By account: the account decides with its own policies."""
    ROLE = 2
    """By the ARN of the role: boundary and session policy still limit."""
    DIRECT = 3
    """By the very user or session, or as everyone: nothing of the identity is asked but its explicit denies."""


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks. ``arn`` as given (a name for services and providers); ``account`` and ``name`` are empty where there is none."""

    kind: Kind
    arn: str
    account: str = ""
    name: str = ""
    """User, role or federated user, without path."""
    session: str = ""
    role_arn: str = ""
    """Of a role and its sessions. From a session alone, the path is not known and taken as ``/``."""

    @property
    def service_linked(self) -> bool:
        """A service-linked role: SCPs and RCPs do not apply to it."""
        return ":role/aws-service-role/" in self.role_arn

    @property
    def has_identity(self) -> bool:
        """It is of an account, so policies of its identity count."""
        return self.kind in (Kind.ROOT, Kind.USER, Kind.ROLE, Kind.SESSION, Kind.FEDERATED_USER)


_IAM = re.compile(r"arn:([a-z-]+):iam::([0-9]{12}):(?:(root)|(user|role)/(?:.*/)?([^/]+)|(?:saml|oidc)-provider/.+)")
_STS = re.compile(r"arn:([a-z-]+):sts::([0-9]{12}):(assumed-role/([^/]+)/([^/]+)|federated-user/(.+))")
_ACCOUNT = re.compile(r"[0-9]{12}")
_CANONICAL = re.compile(r"[0-9a-f]{64}")
_SERVICE = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)*\.amazonaws\.com(\.cn)?")
_WEB = frozenset({"accounts.google.com", "www.amazon.com", "graph.facebook.com", "cognito-identity.amazonaws.com"})
"""Identity providers that are named without an ARN."""

ANONYMOUS = Principal(kind=Kind.ANONYMOUS, arn="")


def principal(text: str) -> Principal | None:
    """The principal of that ARN, account number, service name, provider or canonical user id; ``None`` when it is none."""
    if found := _IAM.fullmatch(text):
        partition, account, root, kind, name = found.groups()
        if root:
            return Principal(kind=Kind.ROOT, arn=text, account=account)
        if kind == "user":
            return Principal(kind=Kind.USER, arn=text, account=account, name=name)
        if kind == "role":
            return Principal(kind=Kind.ROLE, arn=text, account=account, name=name, role_arn=text)
        return Principal(kind=Kind.PROVIDER, arn=text, account=account)
    if found := _STS.fullmatch(text):
        partition, account, _, role, session, federated = found.groups()
        if role:
            role_arn = f"arn:{partition}:iam::{account}:role/{role}"
            return Principal(kind=Kind.SESSION, arn=text, account=account, name=role, session=session, role_arn=role_arn)
        return Principal(kind=Kind.FEDERATED_USER, arn=text, account=account, name=federated)
    if _ACCOUNT.fullmatch(text):
        return Principal(kind=Kind.ROOT, arn=f"arn:aws:iam::{text}:root", account=text)
    if text in _WEB:
        return Principal(kind=Kind.PROVIDER, arn=text)
    if _SERVICE.fullmatch(text):
        return Principal(kind=Kind.SERVICE, arn=text)
    if _CANONICAL.fullmatch(text):
        return Principal(kind=Kind.CANONICAL, arn=text)
    return None


class Named:
    """The principals that a statement names, ready to be compared with who asks."""

    __slots__ = ("_accounts", "_canonical", "_everyone", "_federated", "_roles", "_services", "_sessions", "_users", "empty")

    def __init__(self, principals: Principals) -> None:
        aws = [one for kind in ("AWS", "*") for one in principals.get(kind, ())]
        parsed = [(one, principal(one)) for one in aws]
        self._everyone = any(one.strip("*") == "" and one for one in aws)
        self._accounts = frozenset(p.account for _, p in parsed if p and p.kind is Kind.ROOT)
        self._users = frozenset(one for one, p in parsed if p and p.kind in (Kind.USER, Kind.FEDERATED_USER))
        self._roles = frozenset((p.account, p.name) for _, p in parsed if p and p.kind is Kind.ROLE)
        self._sessions = frozenset(one for one, p in parsed if p and p.kind is Kind.SESSION)
        self._services = frozenset(one.lower() for one in principals.get("Service", ()))
        self._federated = frozenset(principals.get("Federated", ()))
        self._canonical = frozenset(principals.get("CanonicalUser", ()))

    def grant(self, who: Principal) -> tuple[Grant, Truth]:
        """How it names who asks. The second part says what that depends on, ``True``: nothing."""
        if self._everyone:
            return Grant.DIRECT, True
        kind = who.kind
        if kind is Kind.SERVICE:
            named = who.arn.lower() in self._services or "*" in self._services
            return (Grant.DIRECT if named else Grant.NONE), True
        if kind is Kind.PROVIDER:
            named = who.arn in self._federated or "*" in self._federated or who.arn in self._services
            return (Grant.DIRECT if named else Grant.NONE), True
        if kind is Kind.CANONICAL:
            return (Grant.DIRECT if who.arn in self._canonical else Grant.NONE), True
        if kind is Kind.ANONYMOUS:
            return Grant.NONE, True
        return self._of_account(who)

    def _of_account(self, who: Principal) -> tuple[Grant, Truth]:
        in_account = who.account in self._accounts
        if who.kind is Kind.ROOT:
            return (Grant.DIRECT if in_account else Grant.NONE), True
        if who.arn in self._users or who.arn in self._sessions:
            return Grant.DIRECT, True
        if who.role_arn and (who.account, who.name) in self._roles:
            return Grant.ROLE, True
        if in_account:
            return Grant.ACCOUNT, True
        if self._canonical:
            return Grant.ACCOUNT, frozenset({CANONICAL})
        if who.kind is Kind.ROLE and any(one.startswith(_sessions_of(who)) for one in self._sessions):
            return Grant.DIRECT, frozenset({SESSION})
        return Grant.NONE, True

    def excepts(self, who: Principal) -> bool:
        """As ``NotPrincipal``: it leaves out who asks. Of a user that takes the user and the account, of a session also the role."""
        if self._everyone:
            return True
        if not who.has_identity or who.kind is Kind.ROOT:
            return self.grant(who)[0] is not Grant.NONE
        if who.account not in self._accounts:
            return False
        if who.kind in (Kind.USER, Kind.FEDERATED_USER):
            return who.arn in self._users
        role = (who.account, who.name) in self._roles
        return role and (who.kind is Kind.ROLE or who.arn in self._sessions)

    def mentions(self, who: Principal) -> bool:
        """It names who asks in any way: what an ``Allow`` with ``NotPrincipal`` leaves out."""
        return self.grant(who)[0] is not Grant.NONE


def _sessions_of(role: Principal) -> str:
    partition = role.arn.split(":")[1]
    return f"arn:{partition}:sts::{role.account}:assumed-role/{role.name}/"


_TYPES: Mapping[Kind, str] = {
    Kind.ROOT: "Account",
    Kind.USER: "User",
    Kind.ROLE: "AssumedRole",
    Kind.SESSION: "AssumedRole",
    Kind.FEDERATED_USER: "FederatedUser",
    Kind.ANONYMOUS: "Anonymous",
}
_OF_IDENTITIES = (
    "aws:principalarn",
    "aws:principalaccount",
    "aws:principaltype",
    "aws:userid",
    "aws:username",
    "aws:principalorgid",
)


def derived(who: Principal, action: str, resource_account: str) -> Mapping[str, tuple[str, ...]]:
    """The keys, in lower case, that follow from who asks for what, with their values. No values: AWS does not send the key then.

    The unique id in ``aws:userid`` of users and roles does not follow from their ARN.
    """
    found: dict[str, tuple[str, ...]] = {
        "aws:principalisawsservice": ("true" if who.kind is Kind.SERVICE else "false",),
        "aws:principalservicename": (who.arn,) if who.kind is Kind.SERVICE else (),
    }
    if kind := _TYPES.get(who.kind):
        found["aws:principaltype"] = (kind,)
    if who.has_identity:
        found["aws:principalarn"] = (who.role_arn or who.arn,)
        found["aws:principalaccount"] = (who.account,)
        found["aws:username"] = (who.name,) if who.kind is Kind.USER else ()
    if who.kind is Kind.ROOT:
        found["aws:userid"] = (who.account,)
    elif who.kind is Kind.FEDERATED_USER:
        found["aws:userid"] = (f"{who.account}:{who.name}",)
    elif who.kind is Kind.ANONYMOUS:
        found["aws:userid"] = ("anonymous",)
    if who.kind in (Kind.SERVICE, Kind.ANONYMOUS):
        for key in _OF_IDENTITIES:
            found.setdefault(key, ())
    if resource_account:
        found["aws:resourceaccount"] = (resource_account,)
        if action.lower().startswith("s3:"):
            found["s3:resourceaccount"] = (resource_account,)
    return found
