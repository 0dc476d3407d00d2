"""The configuration that a proposal comes to, together with the rules that are there already."""

from __future__ import annotations

import msgspec

from auditor.model.s3 import (
    Expiration,
    Lifecycle,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Transition,
)

ABORT_DAYS = 7
"""Days after which an upload that was not completed is given up: what the linter asks for at most."""
MOST_RULES = 1000
"""Rules that a configuration may have (User Guide, "Lifecycle configuration elements")."""


def in_the_way(existing: Lifecycle) -> str:
    """Why rules that are there already leave no room for a proposal; empty if they do."""
    for rule in existing.rules:
        acts = rule.transitions or rule.noncurrent_transitions or rule.noncurrent_expiration or rule.expiration
        if rule.enabled and acts:
            return "the bucket has rules that move or delete objects"
    if len(existing.rules) > MOST_RULES - 2:
        return f"the bucket has {len(existing.rules)} rules, and there may be {MOST_RULES}"
    return ""


def configuration(name: str | None, days: int, expire: int | None, existing: Lifecycle, versioning: str) -> Lifecycle:
    """The rules that are there, and those that move everything to ``name`` after ``days`` and delete it after ``expire`` days.

    Small objects stay where they are (``all_storage_classes_128K``), if anything moves. A prefix in the deprecated place is moved into its
    filter: the API takes no configuration with both.
    """
    versioned = versioning != "Off"
    aborted = any(
        rule.enabled and rule.filter.whole_bucket and (rule.abort_multipart_days or MOST_RULES) <= ABORT_DAYS
        for rule in existing.rules
    )
    taken = {rule.id for rule in existing.rules}
    main = LifecycleRule(
        id=_free("awsaudit-cheapest", taken),
        enabled=True,
        transitions=(Transition(name, days=days),) if name is not None else (),
        noncurrent_transitions=(NoncurrentTransition(name, days=days),) if name is not None and versioned else (),
        expiration=Expiration(days=expire) if expire is not None else None,
        noncurrent_expiration=NoncurrentExpiration(days=expire) if expire is not None and versioned else None,
        abort_multipart_days=None if aborted else ABORT_DAYS,
    )
    markers = LifecycleRule(id=_free("awsaudit-markers", taken), enabled=True, expiration=Expiration(delete_markers=True))
    kept = tuple(msgspec.structs.replace(rule, legacy_prefix=False) for rule in existing.rules)
    added = (main, markers) if versioned and expire is not None else (main,)
    # A directory bucket, out of which no rule moves objects, takes no minimum size at all.
    minimum = "all_storage_classes_128K" if name is not None else existing.default_minimum_size
    return Lifecycle(rules=kept + added, default_minimum_size=minimum)


def _free(name: str, taken: set[str]) -> str:
    """The name, with a number where a rule has it already."""
    number, found = 2, name
    while found in taken:
        number, found = number + 1, f"{name}-{number}"
    return found
