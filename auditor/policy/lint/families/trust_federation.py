"""Roles that identities from outside of AWS take: OpenID Connect, SAML, and certificates of IAM Roles Anywhere.

Many providers issue tokens to anybody: GitHub to every repository of the world. There only the subject says whose token it is, and an
audience says nothing. Sources: IAM User Guide, *Create a role for OpenID Connect federation*, and the providers' own pages.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import msgspec

from auditor.policy.actions import ActionTable
from auditor.policy.lint.check import Check, Found, Kind, Level
from auditor.policy.lint.sets import asks_about, binds, operator, tests_of
from auditor.policy.lint.texts import everything, wild
from auditor.policy.lint.view import Clause, Policy, Test
from auditor.source.positions import shown
from auditor.source.shape import Path

_ACCESS_ANALYZER = "IAM Access Analyzer policy check reference"
_OIDC = "IAM User Guide: Create a role for OpenID Connect federation"

MISSING_OIDC_CONDITION = Check(
    id="missing-condition-key-for-oidc-principal",
    level=Level.SECURITY,
    title="identity provider without any condition on its tokens",
    why="Whoever gets a token of this provider, for whatever purpose, can take the role.",
    source=_ACCESS_ANALYZER,
)
MISSING_SUBJECT = Check(
    id="oidc-trust-without-subject",
    level=Level.SECURITY,
    title="identity provider shared by many, without a condition on whose token it is",
    why="The provider issues tokens to its other customers too; the audience is the same for all of them.",
    source=_OIDC,
)
MISSING_GITHUB = Check(
    id="missing-github-repo-condition-key",
    level=Level.SECURITY,
    title="GitHub Actions without a condition on the repository",
    why="GitHub issues tokens to every repository there is: any of them can take the role.",
    source=_ACCESS_ANALYZER,
)
LOOSE_GITHUB = Check(
    id="specific-github-repo-and-branch-recommended",
    level=Level.WARNING,
    title="GitHub Actions of more than one repository or branch",
    why="Whoever can push a branch, or open a repository in the organisation, can take the role.",
    source=_ACCESS_ANALYZER,
)
OPEN_SUBJECT = Check(
    id="oidc-trust-open-to-anybody",
    level=Level.SECURITY,
    title="condition on the subject that tokens of strangers meet",
    why="The wildcard stands where the name of the organisation should: everybody's tokens match.",
    source=_OIDC,
)
CONFIRM_AUDIENCE = Check(
    id="confirm-audience-claim-type",
    level=Level.SUGGESTION,
    title="audience that is compared as a list",
    why="Most providers send one audience. Without one, `ForAllValues` is true.",
    source=_ACCESS_ANALYZER,
)
ANY_AUDIENCE = Check(
    id="foranyvalue-with-audience-claim-type",
    level=Level.SECURITY,
    title="single audience that is compared with ForAnyValue",
    why="This provider sends one audience; set operators are for keys with several values, and hide what is compared.",
    source=_ACCESS_ANALYZER,
)
COGNITO_AMR = Check(
    id="cognito-trust-without-amr",
    level=Level.WARNING,
    title="Cognito identities, signed in or not",
    why="Without a condition on `amr`, guests who never signed in can take the role of those who did.",
    source="Amazon Cognito Developer Guide: Role trust and permissions",
)
SAML_AUDIENCE = Check(
    id="saml-trust-without-audience",
    level=Level.WARNING,
    title="SAML provider without an audience",
    why="An assertion that was made for another application of the same provider is taken too.",
    source="IAM User Guide: Create a role for SAML 2.0 federation",
)
MISMATCHED_ACTION = Check(
    id="mismatched-action-for-principal",
    level=Level.ERROR,
    title="way of taking a role that the principal cannot use",
    why="Tokens, assertions and AWS principals each have an action of their own; with another one the statement does nothing.",
    source=_ACCESS_ANALYZER,
)
ROLES_ANYWHERE_ACTIONS = Check(
    id="missing-action-for-roles-anywhere-trust-policy",
    level=Level.ERROR,
    title="IAM Roles Anywhere without all its actions",
    why="It tags its sessions and sets their source identity, so without the three actions it cannot take the role.",
    source=_ACCESS_ANALYZER,
)
ROLES_ANYWHERE_OPEN = Check(
    id="roles-anywhere-trust-without-anchor",
    level=Level.WARNING,
    title="IAM Roles Anywhere for every certificate",
    why="Each certificate of each trust anchor in the account can take the role.",
    source="IAM Roles Anywhere User Guide: Trust model",
)

CHECKS = (
    MISSING_OIDC_CONDITION,
    MISSING_SUBJECT,
    MISSING_GITHUB,
    LOOSE_GITHUB,
    OPEN_SUBJECT,
    CONFIRM_AUDIENCE,
    ANY_AUDIENCE,
    COGNITO_AMR,
    SAML_AUDIENCE,
    MISMATCHED_ACTION,
    ROLES_ANYWHERE_ACTIONS,
    ROLES_ANYWHERE_OPEN,
)
KINDS = (Kind.TRUST,)


class _Issuer(msgspec.Struct, frozen=True):
    """A provider that issues tokens to many. ``claims``: those that say whose token it is; ``owner``: what a subject begins with
    before the name of the customer; ``example``: a subject."""

    host: str
    name: str
    claims: tuple[str, ...]
    owner: str
    example: str


_GITHUB = _Issuer(
    "token.actions.githubusercontent.com",
    "GitHub Actions",
    ("sub", "repository", "repository_id", "repository_owner", "repository_owner_id", "job_workflow_ref", "enterprise_id"),
    "repo:",
    "repo:my-org/my-repo:ref:refs/heads/main",
)
_SHARED = (
    _GITHUB,
    _Issuer(
        "gitlab.com",
        "GitLab",
        ("sub", "project_id", "namespace_id"),
        "project_path:",
        "project_path:my-group/my-project:ref_type:branch:ref:main",
    ),
    _Issuer(
        "app.terraform.io",
        "HCP Terraform",
        ("sub",),
        "organization:",
        "organization:my-org:project:my-project:workspace:my-workspace:run_phase:*",
    ),
    _Issuer(
        "accounts.google.com",
        "Google",
        ("sub", "aud", "oaud", "google/organization_number"),
        "",
        "<the number of the service account>",
    ),
    _Issuer(
        "agent.buildkite.com",
        "Buildkite",
        ("sub", "organization_id", "organization_slug", "pipeline_id"),
        "organization:",
        "organization:my-org:pipeline:my-pipeline:*",
    ),
    _Issuer("oidc.vercel.com", "Vercel", ("sub",), "owner:", "owner:my-team:project:my-project:environment:production"),
    _Issuer("oidc.fly.io", "Fly.io", ("sub",), "", "my-org:my-app:*"),
    _Issuer("api.pulumi.com/oidc", "Pulumi", ("sub",), "pulumi:", "pulumi:environments:org:my-org:env:my-env"),
    _Issuer("cognito-identity.amazonaws.com", "Amazon Cognito", ("aud", "sub"), "", "<your identity pool>"),
    _Issuer("graph.facebook.com", "Facebook", ("app_id", "id"), "", "<your application>"),
    _Issuer("www.amazon.com", "Login with Amazon", ("app_id", "user_id"), "", "<your application>"),
)
"""Providers with one issuer for all their customers."""
_OWN = (
    ("oidc.eks.", "the cluster", "system:serviceaccount:my-namespace:my-account"),
    ("oidc.circleci.com/org/", "the CircleCI organisation", "org/<organisation>/project/<project>/user/*"),
    ("api.bitbucket.org/", "the Bitbucket workspace", "{<repository>}:*"),
)
"""Beginnings of issuers that belong to one customer: there, without a subject, all of it can take the role."""

_SINGLE_AUDIENCE = ("cognito-identity.amazonaws.com", "accounts.google.com", "token.actions.githubusercontent.com", "saml")
_BY_TOKEN, _BY_SAML, _BY_AWS = "sts:assumerolewithwebidentity", "sts:assumerolewithsaml", "sts:assumerole"
_PROVIDER = re.compile(r"arn:[^:]*:iam::[^:]*:(oidc|saml)-provider/(.+)\Z", re.DOTALL)
_SAML_KEYS = ("saml:aud", "saml:iss", "saml:sub", "saml:doc", "saml:namequalifier")
_ANYWHERE = "rolesanywhere.amazonaws.com"


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:
    """Who comes from outside, and what is asked of them."""
    for clause in policy.clauses:
        if clause.allows:
            principals = clause.principals()
            yield from _actions(clause)
            for path, provider in principals.get("Federated", ()):
                yield from _provider(clause, path, provider)
            yield from _audiences(clause)
    yield from _anywhere(policy, table)


@lru_cache(maxsize=4096)
def _issuer(provider: str) -> tuple[str, str]:
    """The kind of a federated principal (``oidc``, ``saml`` or empty) and its issuer."""
    found = _PROVIDER.match(provider)
    if found:
        return found.group(1), found.group(2)
    return ("oidc", provider) if "." in provider and ":" not in provider and not wild(provider) else ("", provider)


def _takes(clause: Clause, action: str, table: ActionTable) -> bool:
    wanted = table.expand(action)
    return any(table.expand(pattern) & wanted for _, pattern in clause.actions)


def _actions(clause: Clause) -> Iterator[Found]:
    """Actions by name against the types of principals; wildcards include the right one."""
    federated = clause.principals().get("Federated", ())
    types = {_issuer(provider)[0] for _, provider in federated} - {""}
    if clause.opaque("Principal") or not isinstance(clause.raw.get("Principal"), dict) or not clause.principals():
        return
    others = bool(set(clause.principals()) - {"Federated"})
    for index, name in clause.actions:
        lower = name.lower()
        wanted = {_BY_TOKEN: "oidc", _BY_SAML: "saml"}.get(lower)
        wrong = (wanted is not None and wanted not in types and (types or (others and not federated))) or (
            lower == _BY_AWS and types and not others
        )
        if wrong:
            who = federated[0][1] if federated else "an AWS principal"
            right = (
                {"oidc": "sts:AssumeRoleWithWebIdentity", "saml": "sts:AssumeRoleWithSAML"}.get(min(types), "")
                if types
                else "sts:AssumeRole"
            )
            yield Found(
                MISMATCHED_ACTION,
                clause.at("Action", index),
                f"{shown(who, 70) if federated else who} cannot use {shown(name)}; it takes roles with {shown(right)}",
                f'"{right}"',
            )


def _provider(clause: Clause, path: Path, provider: str) -> Iterator[Found]:
    kind, issuer = _issuer(provider)
    if kind == "saml":
        if any(name.lower() == _BY_SAML or wild(name) for _, name in clause.actions) and not binds(clause, _SAML_KEYS):
            yield Found(
                SAML_AUDIENCE,
                path,
                f"assertions of {shown(provider, 70)} are taken whatever application they were made for",
                'add "Condition": {"StringEquals": {"SAML:aud": "https://signin.aws.amazon.com/saml"}}',
            )
    elif kind == "oidc":
        yield from _oidc(clause, path, issuer)


def _oidc(clause: Clause, path: Path, issuer: str) -> Iterator[Found]:
    lower = issuer.lower().rstrip("/")
    claims = {test.lower[len(lower) + 1 :]: test for test in clause.tests if test.lower.startswith(f"{lower}:")}
    shared = next((one for one in _SHARED if lower == one.host or (one is _GITHUB and lower.startswith(f"{one.host}/"))), None)
    bound = {claim for claim in claims if binds(clause, (f"{lower}:{claim}",))}
    if shared is _GITHUB:
        yield from _github(clause, path, lower, claims, bound)
        return
    if shared is not None:
        if not bound & set(shared.claims):
            yield _unbound(MISSING_OIDC_CONDITION if not bound else MISSING_SUBJECT, path, shared, lower, claims)
        elif shared.host == "cognito-identity.amazonaws.com" and "amr" not in claims:
            yield Found(
                COGNITO_AMR,
                path,
                "nothing asks whether these Cognito identities have signed in",
                f'add "ForAnyValue:StringLike": {{"{lower}:amr": "authenticated"}}',
            )
        yield from _subjects(clause, lower, shared)
        return
    if not bound:
        known = next((own for own in _OWN if lower.startswith(own[0])), None)
        if known and not bound:
            message = f"everything in {known[1]} can take the role, since no condition is on the subject of its tokens"
            yield Found(MISSING_OIDC_CONDITION, path, message, f'add "StringEquals": {{"{lower}:sub": "{known[2]}"}}')
        else:
            message = f"every token of {shown(issuer, 70)} is taken, since no condition is on what it says"
            yield Found(MISSING_OIDC_CONDITION, path, message, f'add "StringEquals": {{"{lower}:sub": "<subject>"}}')
    elif bound == {"aud"}:
        known = next((own for own in _OWN if lower.startswith(own[0])), None)
        if known:
            message = f"everything in {known[1]} can take the role: the audience is the same for all its tokens"
            yield Found(MISSING_SUBJECT, path, message, f'add "StringEquals": {{"{lower}:sub": "{known[2]}"}}')


def _unbound(check_: Check, path: Path, shared: _Issuer, host: str, claims: dict[str, Test]) -> Found:
    loose = next((claims[claim] for claim in shared.claims if claim in claims), None)
    if loose is not None:
        message = f"{shown(loose.operator)} on {shown(loose.key)} also holds without it, so tokens of anybody at {shared.name} are taken"
    else:
        message = f"tokens of anybody at {shared.name} are taken, since no condition says whose"
    return Found(check_, path, message, f'add "StringEquals": {{"{host}:{shared.claims[0]}": "{shared.example}"}}')


def _github(clause: Clause, path: Path, host: str, claims: dict[str, Test], bound: set[str]) -> Iterator[Found]:
    if not bound & set(_GITHUB.claims):
        if host == _GITHUB.host or not bound:
            yield _unbound(MISSING_GITHUB, path, _GITHUB, host, claims)
        return
    yield from _subjects(clause, host, _GITHUB)


def _subjects(clause: Clause, host: str, shared: _Issuer) -> Iterator[Found]:
    """The values of conditions on the subject."""
    if not shared.owner or (set(shared.claims) - {"sub"} and binds(clause, [f"{host}:{c}" for c in shared.claims if c != "sub"])):
        return
    for test in tests_of(clause).get(f"{host}:sub", ()):
        kind = operator(test.operator)
        if kind.negated or kind.base == "null":
            continue
        listed = isinstance(clause.raw["Condition"][test.operator][test.key], list)
        for index, value in enumerate(test.values):
            if isinstance(value, str):
                yield from _subject(test.where(index, listed), value, "like" in kind.base, shared)


def _subject(path: Path, value: str, like: bool, shared: _Issuer) -> Iterator[Found]:
    fixed = re.split(r"[*?]", value, maxsplit=1)[0] if like else value
    # `repo:*`, `*`, `repo:*/name`: the wildcard comes before the name of the owner ends, and nothing of it is fixed.
    if like and wild(value) and len(fixed) <= len(shared.owner):
        yield Found(
            OPEN_SUBJECT,
            path,
            f"{shown(value, 70)} matches tokens of anybody at {shared.name}",
            f'"{shared.example}"',
        )
    elif shared is _GITHUB and (found := _too_loose(value, like)):
        yield Found(LOOSE_GITHUB, path, f"{shown(value, 70)} {found}", f'"{shared.example}"')


def _too_loose(value: str, like: bool) -> str:
    """What a subject of GitHub leaves open."""
    if not like or not wild(value):
        return ""
    owner, _, rest = value.removeprefix(_GITHUB.owner).partition("/")
    if wild(owner):
        return "matches repositories of other organisations whose names begin alike"
    repository, _, context = rest.partition(":")
    if wild(repository):
        return f"matches more than one repository of {shown(owner)}"
    return "matches every branch, tag and pull request of the repository" if everything(context) else ""


def _audiences(clause: Clause) -> Iterator[Found]:
    for test in clause.tests:
        prefix, _, claim = test.lower.rpartition(":")
        over = operator(test.operator).over
        if claim != "aud" or not over:
            continue
        single = prefix in _SINGLE_AUDIENCE
        yield Found(
            ANY_AUDIENCE if over == "foranyvalue" and single else CONFIRM_AUDIENCE,
            test.path,
            f"{shown(test.key)} {'has' if single else 'usually has'} one value, so {shown(test.operator)} is not for it",
            f'"{test.operator.partition(":")[2]}": {{"{test.key}": …}}',
            name=True,
        )


def _anywhere(policy: Policy, table: ActionTable) -> Iterator[Found]:
    wanted = ("sts:AssumeRole", "sts:TagSession", "sts:SetSourceIdentity")
    mine = [
        (clause, path)
        for clause in policy.clauses
        if clause.allows
        for path, service in clause.principals().get("Service", ())
        if service.lower() == _ANYWHERE
    ]
    if not mine or any(clause.opaque("Action") or "NotAction" in clause.raw for clause, _ in mine):
        return
    missing = [action for action in wanted if not any(_takes(clause, action, table) for clause, _ in mine)]
    first = mine[0][0]
    if missing:
        yield Found(
            ROLES_ANYWHERE_ACTIONS,
            first.at("Action"),
            f"{shown(_ANYWHERE)} also needs {' and '.join(shown(action) for action in missing)} to take the role",
            f'"Action": [{", ".join(chr(34) + action + chr(34) for action in wanted)}]',
        )
    for clause, place in mine:
        if _takes(clause, wanted[0], table) and not asks_about(
            clause, ("aws:sourcearn", "aws:sourceaccount", "aws:principaltag/")
        ):
            yield Found(
                ROLES_ANYWHERE_OPEN,
                place,
                "every certificate of every trust anchor in the account can take this role",
                'add "ArnEquals": {"aws:SourceArn": "<trust anchor>"}, and "StringEquals": {"aws:PrincipalTag/x509Subject/CN": "<name>"}',
            )
