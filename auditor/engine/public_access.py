"""What rules on doors to buckets have in common: a public access block that is not fully on, and a public policy that nothing restricts."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.engine.rule import flag, ok
from auditor.model.account import PublicAccessBlock
from auditor.model.fact import Fact, Known, any_of
from auditor.model.verdict import Verdict


def block_verdict(block: PublicAccessBlock) -> Verdict:
    """A failure that names the settings that are off."""
    switches = {
        "BlockPublicAcls": block.block_public_acls,
        "IgnorePublicAcls": block.ignore_public_acls,
        "BlockPublicPolicy": block.block_public_policy,
        "RestrictPublicBuckets": block.restrict_public_buckets,
    }
    if block.all_on:
        return ok("all four settings are on", switches=switches)
    off = [name for name, on in switches.items() if not on]
    return flag("settings that are off: {off}", off=", ".join(off), switches=switches)


def policy_verdict(
    policy_is_public: Fact[bool], blocks: Mapping[str, Fact[PublicAccessBlock]], *, bucket: str | None = None
) -> Verdict:
    """A failure when AWS judges the policy to be public and *RestrictPublicBuckets* is off in all the ``blocks``, which are given with what
    each belongs to (``the account``). ``bucket``: the one behind the door, where it is known.

    Raises :class:`Missing` when what is not known would decide.
    """
    closed: dict[str, Fact[bool]] = {
        "AWS does not judge the policy to be public": policy_is_public.map(lambda public: not public),
        **{
            f"RestrictPublicBuckets of {whose} keeps the world out": block.map(lambda one: one.restrict_public_buckets)
            for whose, block in blocks.items()
        },
    }
    if any_of(closed.values()):
        return ok("{why}", why=next(why for why, fact in closed.items() if isinstance(fact, Known) and fact.value))
    return flag(
        "AWS judges its policy to be public, and RestrictPublicBuckets is off for {whose}",
        whose=", ".join(blocks),
        policy_is_public=True,
        restrict_public_buckets=False,
        bucket=bucket,
    )
