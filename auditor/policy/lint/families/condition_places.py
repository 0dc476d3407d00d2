"""Values of conditions that say where something is: ARNs, regions, and addresses of IPv4 in the form of IPv6."""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterator
from functools import lru_cache

from auditor.policy.actions import ActionTable
from auditor.policy.glob import matches
from auditor.policy.lint.check import Check, Edit, Found, Level
from auditor.policy.lint.operators import Scalar, operator, placed
from auditor.policy.lint.regions import REGIONS
from auditor.policy.lint.view import Policy
from auditor.policy.values import network
from auditor.source.positions import shown
from auditor.source.shape import Path

_OPERATORS = "IAM User Guide, IAM JSON policy elements: Condition operators"

TYPE_MISMATCH_ARN = Check(
    id="type-mismatch-arn",
    level=Level.WARNING,
    title="an ARN operator with what is no ARN",
    why="ARN operators compare the six parts of an ARN one by one, so what has no six parts matches nothing, unless it ends with `*`.",
    source=_OPERATORS,
)
UNKNOWN_REGION = Check(
    id="unknown-region-in-condition",
    level=Level.WARNING,
    title="a condition on a region that there is not",
    why="No request is for such a region: it is mistyped, or newer than this list.",
    source="IAM User Guide, AWS global condition context keys: aws:RequestedRegion; AWS Regions, as of 2026-10",
)
IPV4_AS_IPV6 = Check(
    id="ipv4-mapped-address",
    level=Level.WARNING,
    title="addresses of IPv4 in the form of IPv6",
    why="A request over IPv4 has its address in dotted form, and no request comes from the IPv6 range of mapped addresses.",
    source="RFC 4291, section 2.5.5.2; IAM User Guide, AWS global condition context keys: aws:SourceIp",
)

CHECKS = (TYPE_MISMATCH_ARN, UNKNOWN_REGION, IPV4_AS_IPV6)
CONDITIONAL = True

_REGION_KEYS = ("aws:requestedregion", "ec2:region")
_NO_REGIONS = ("aws-global", "global")
"""What some services write in place of a region."""
_VARIABLE = re.compile(r"\$\{[^}]*\}")
_MAPPED = ipaddress.IPv6Network("::ffff:0:0/96")
_PARTS = 6


def check(policy: Policy, table: ActionTable) -> Iterator[Found]:  # noqa: ARG001
    """What is wrong with such values."""
    for clause in policy.conditional:
        for test in clause.tests:
            reads = _reader(test.operator, test.lower)
            if reads is not None:
                for path, value in placed(clause, test):
                    yield from reads(path, value)


def _arn(path: Path, value: Scalar) -> Iterator[Found]:
    text = _VARIABLE.sub("*", str(value)) if isinstance(value, str) else str(value)
    parts = text.split(":", _PARTS - 1)
    if (parts[0] != "arn" and "*" not in parts[0] and "?" not in parts[0]) or (len(parts) < _PARTS and not text.endswith("*")):
        yield Found(TYPE_MISMATCH_ARN, path, f"{shown(str(value))} is no ARN", "write an ARN, as in `arn:aws:s3:::bucket`")


@lru_cache(maxsize=4096)
def _reader(text: str, key: str) -> Callable[[Path, Scalar], Iterator[Found]] | None:
    """What looks at the values of a key, in lower case, with this operator, if something does."""
    found = operator(text)
    if found is None:
        return None
    if found.family == "String" and key in _REGION_KEYS:
        return _region
    return {"Arn": _arn, "IpAddress": _mapped}.get(found.family)


def _region(path: Path, value: Scalar) -> Iterator[Found]:
    if not isinstance(value, str) or value in REGIONS or value in _NO_REGIONS or "${" in value:
        return
    if ("*" in value or "?" in value) and any(matches(value, region) for region in REGIONS):
        return
    near = difflib.get_close_matches(value, sorted(REGIONS), n=1)
    hint = f"; did you mean `{near[0]}`?" if near else ""
    yield Found(UNKNOWN_REGION, path, f"there is no region {shown(value)}{hint}", f"write `{near[0]}`" if near else "correct it")


def _mapped(path: Path, value: Scalar) -> Iterator[Found]:
    read = network(value) if isinstance(value, str) else None
    if not isinstance(read, ipaddress.IPv6Network) or not read.subnet_of(_MAPPED):
        return
    start = ipaddress.IPv4Address(int(read.network_address) & 0xFFFFFFFF)
    meant = f"{start}/{read.prefixlen - _MAPPED.prefixlen}" if "/" in str(value) else str(start)
    yield Found(
        IPV4_AS_IPV6,
        path,
        f"{shown(str(value))} are addresses of IPv4, which requests have in dotted form",
        f'"{meant}"',
        Edit(path, meant),
    )
