"""The condition keys that requests to every service may carry.

Names, types and groups are those of "AWS global condition context keys" in the IAM User Guide, as it stood in late 2026. That a key is
global does not mean that every request has it: see there for when it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Literal, TypeAlias

import msgspec

from auditor.policy.context import folded

Group: TypeAlias = Literal["principal", "role session", "network", "resource", "request"]
"""What a key is a property of."""


class GlobalKey(msgspec.Struct, frozen=True):
    """A global condition key.

    ``name`` may end in ``/${TagKey}``, which stands for any text. ``type`` is that of one value: ``String``, ``ARN``, ``Bool``,
    ``Numeric``, ``Date`` or ``IPAddress``; with ``multivalued`` a request may carry several. ``also`` is a second type that AWS documents
    for the key. ``sensitive``: AWS warns of wildcards in its values. ``deprecated`` names what AWS recommends instead.
    """

    name: str
    type: str
    group: Group
    multivalued: bool = False
    also: str = ""
    sensitive: bool = False
    deprecated: tuple[str, ...] = ()

    @property
    def array_type(self) -> str:
        """The type as AWS's tables of the services write it: ``ArrayOfString`` for a multivalued key."""
        return f"ArrayOf{self.type}" if self.multivalued else self.type


_PRINCIPAL = """
    aws:PrincipalArn                  ARN
    aws:PrincipalAccount              String     sensitive
    aws:PrincipalOrgPaths             String     multivalued
    aws:PrincipalOrgID                String     sensitive
    aws:PrincipalTag/${TagKey}        String
    aws:PrincipalIsAWSService         Bool
    aws:PrincipalServiceName          String
    aws:PrincipalServiceNamesList     String     multivalued
    aws:PrincipalType                 String
    aws:userid                        String
    aws:username                      String
"""
_ROLE_SESSION = """
    aws:AssumedRoot                   Bool
    aws:FederatedProvider             String     also=ARN
    aws:TokenIssueTime                Date
    aws:SignInSessionArn              ARN
    aws:MultiFactorAuthAge            Numeric
    aws:MultiFactorAuthPresent        Bool
    aws:ChatbotSourceArn              ARN
    aws:Ec2InstanceSourceVpc          String
    aws:Ec2InstanceSourcePrivateIPv4  IPAddress
    aws:SourceIdentity                String
    ec2:RoleDelivery                  Numeric
    ec2:SourceInstanceArn             ARN
    glue:RoleAssumedBy                String
    glue:CredentialIssuingService     String
    codebuild:BuildArn                ARN
    codebuild:ProjectArn              ARN
    lambda:SourceFunctionArn          ARN
    ssm:SourceInstanceArn             ARN
    identitystore:UserId              String
"""
_NETWORK = """
    aws:SourceIp                      IPAddress
    aws:SourceVpc                     String     sensitive
    aws:SourceVpcArn                  ARN
    aws:SourceVpce                    String     sensitive
    aws:VpceAccount                   String     sensitive
    aws:VpceOrgID                     String     sensitive
    aws:VpceOrgPaths                  String     multivalued
    aws:VpcSourceIp                   IPAddress
"""
_RESOURCE = """
    aws:ResourceAccount               String     sensitive
    aws:ResourceOrgID                 String     sensitive
    aws:ResourceOrgPaths              String     multivalued
    aws:ResourceTag/${TagKey}         String
"""
_REQUEST = """
    aws:CalledVia                     String     multivalued
    aws:CalledViaFirst                String
    aws:CalledViaLast                 String
    aws:CalledViaAWSMCP               String
    aws:ViaAWSService                 Bool
    aws:ViaAWSMCPService              Bool
    aws:CurrentTime                   Date
    aws:EpochTime                     Date       also=Numeric
    aws:referer                       String
    aws:RequestedRegion               String
    aws:RequestTag/${TagKey}          String
    aws:TagKeys                       String     multivalued
    aws:SecureTransport               Bool
    aws:SourceAccount                 String     sensitive
    aws:SourceArn                     ARN
    aws:SourceOrgID                   String     sensitive
    aws:SourceOrgPaths                String     multivalued
    aws:UserAgent                     String
    aws:IsMcpServiceAction            Bool
"""
_GROUPS: tuple[tuple[Group, str], ...] = (
    ("principal", _PRINCIPAL),
    ("role session", _ROLE_SESSION),
    ("network", _NETWORK),
    ("resource", _RESOURCE),
    ("request", _REQUEST),
)
# Of before the guide had the two keys; IAM Access Analyzer tells to replace it.
_DEPRECATED = GlobalKey("aws:ARN", "ARN", "principal", deprecated=("aws:PrincipalArn", "aws:SourceArn"))
_ANY = "/${tagkey}"


def _keys() -> Iterator[GlobalKey]:
    for group, listed in _GROUPS:
        for line in listed.split("\n"):
            if words := line.split():
                name, kind, *more = words
                also = next((word.removeprefix("also=") for word in more if word.startswith("also=")), "")
                yield GlobalKey(name, kind, group, "multivalued" in more, also, "sensitive" in more)
    yield _DEPRECATED


GLOBAL_KEYS: Mapping[str, GlobalKey] = MappingProxyType({key.name.lower(): key for key in _keys()})
"""Every global key by its name in lower case: those with the prefix ``aws:`` and those that AWS calls cross-service keys. The keys of
federated sessions (``saml:sub``, ``accounts.google.com:aud``) are in the data of ``sts``."""

CLAIMS: Mapping[str, str] = MappingProxyType(
    {"amr": "ArrayOfString", "aud": "String", "email": "String", "oaud": "String", "sub": "String"}
)
"""The keys that every OIDC identity provider has, after its address and a colon, and their types: "IAM and AWS STS condition context keys"
in the IAM User Guide. The data of ``sts`` has but those that single providers add."""


@lru_cache(maxsize=16384)
def global_key(name: str) -> GlobalKey | None:
    """The global key that a name, in any case, means: ``aws:requesttag/team`` is ``aws:RequestTag/${TagKey}``."""
    lower = folded(name)
    found = GLOBAL_KEYS.get(lower)
    if found is None and lower.startswith("aws:"):
        head, slash, tail = lower.partition("/")
        if slash and tail:
            found = GLOBAL_KEYS.get(head + _ANY)
    return found
