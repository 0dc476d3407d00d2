"""Which prefixes of lifecycle rules to ask S3 about, to learn whether anything lies under them, and what its answers say of a rule.

A rule on current objects is answered by a listing of objects. One that acts on noncurrent versions or on delete markers is answered by a
listing of versions: what it is about may exist only as such.
"""

from __future__ import annotations

import msgspec

from auditor.model.fact import Fact, Known, Unknown
from auditor.model.s3 import Bucket, Lifecycle, LifecycleRule

MOST = Bucket.MOST["objects_under"]
"""Prefixes of one bucket under which objects are asked for at most, and as many for versions. Ours."""


class Probe(msgspec.Struct, frozen=True):
    """A question to S3: whether anything lies under ``prefix``; ``versions``: versions and delete markers count as well."""

    prefix: str
    versions: bool


def probe(rule: LifecycleRule) -> Probe | None:
    """What would tell whether the rule is about anything; ``None`` for one without a prefix, and for one that acts on uploads alone."""
    prefix = rule.filter.prefix
    markers = rule.expiration is not None and rule.expiration.delete_markers
    old = bool(rule.noncurrent_transitions) or rule.noncurrent_expiration is not None
    if not prefix or not (rule.transitions or rule.expiration or old):
        return None
    return Probe(prefix, versions=old or markers)


def chosen(lifecycle: Lifecycle, bucket: str, *, versions: bool) -> tuple[str, ...]:
    """The prefixes to ask about: each of its enabled rules once, those that hardly any key begins with first, then in the order of the
    rules; :data:`MOST` of them."""
    probes = (probe(rule) for rule in lifecycle.rules if rule.enabled)
    asked = dict.fromkeys(one.prefix for one in probes if one and one.versions == versions)
    return tuple(sorted(asked, key=lambda prefix: unlikely(prefix, bucket) is None))[:MOST]


def something_under(rule: LifecycleRule, bucket: Bucket) -> Fact[bool] | None:
    """Something lay under the prefix of a rule of the bucket when S3 was asked; ``None``: there is nothing to ask, or it was beyond the
    bound."""
    asked = probe(rule)
    if asked is None:
        return None
    answers = bucket.versions_under if asked.versions else bucket.objects_under
    if isinstance(answers, Unknown):
        return answers
    return Known(answers.value[asked.prefix]) if asked.prefix in answers.value else None


def unlikely(prefix: str, bucket: str | None) -> tuple[str, str | None] | None:
    """Why hardly any key begins with the prefix, and the prefix that was probably meant (``None`` where it cannot be guessed); ``None``
    where nothing speaks against it."""
    if prefix.startswith(("s3://", "arn:aws", "http://", "https://")):
        return "is an address, and keys begin after the bucket's name", None
    if prefix.startswith("/"):
        return "begins with a slash, and keys hardly ever do", prefix.lstrip("/")
    if "*" in prefix:
        return "holds a star, which stands for itself only", prefix.split("*", 1)[0]
    if bucket and prefix.startswith(f"{bucket}/"):
        return "begins with the bucket's name, which is no part of keys", prefix.removeprefix(f"{bucket}/")
    return None
