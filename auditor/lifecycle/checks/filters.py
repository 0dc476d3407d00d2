"""Filters that let nothing through, or nothing that is likely, and prefixes in the old place."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.probes import unlikely
from auditor.source.positions import shown
from auditor.source.shape import Path, is_object

_ELEMENTS = "S3 User Guide: Lifecycle configuration elements"

NEVER_MATCHES = Check(
    id="filter-never-matches",
    level=Level.ERROR,
    title="filter that no object can match",
    why="The rule does nothing, now or ever.",
    source=_ELEMENTS,
)
UNLIKELY = Check(
    id="prefix-unlikely",
    alias="LC-14",
    level=Level.WARNING,
    title="prefix that hardly any key begins with",
    why="A prefix is compared with keys letter by letter: no pattern, no address, and keys rarely begin with a slash.",
    source="AWS re:Post: Troubleshoot S3 Lifecycle configuration rules; S3 User Guide: Lifecycle configuration elements",
)
OLD_PREFIX = Check(
    id="deprecated-prefix",
    alias="LC-16",
    level=Level.SUGGESTION,
    title="prefix outside of the filter",
    why="That place is deprecated, and rules that use it can have neither tags nor sizes.",
    source="Amazon S3 API Reference: LifecycleRule",
)

CHECKS = (NEVER_MATCHES, UNLIKELY, OLD_PREFIX)

KEY_BYTES = 1024
"""UTF-8 bytes of the longest key (User Guide, "Naming Amazon S3 objects")."""
TAGS = 10
"""Tags that an object may have (User Guide, "Categorizing your objects using tags")."""


def check(config: Config, effects: Effects) -> Iterator[Found]:  # noqa: ARG001
    """A finding for each such filter of a rule, also of a disabled one where it is plainly wrong."""
    for named in config.rules:
        if named.rule.legacy_prefix:
            yield Found(
                check=OLD_PREFIX,
                path=(*named.path, "Prefix"),
                message=f"{named.shown} has its prefix outside of `Filter`",
                fix='write `"Filter": {"Prefix": …}`',
                rule=named.name,
                name=True,
            )
        if named.rule.enabled:
            yield from _never(named)
            yield from _unlikely(config, named)


def _where(named: Named, part: str) -> Path:
    if named.rule.legacy_prefix:
        return (*named.path, "Prefix")
    both = is_object(named.raw) and is_object(named.raw.get("Filter")) and "And" in named.raw["Filter"]
    return (*named.path, "Filter", "And", part) if both else (*named.path, "Filter", part)


def _never(named: Named) -> Iterator[Found]:
    wanted = named.rule.filter
    over, under = wanted.size_greater_than, wanted.size_less_than
    said, part = "", ""
    if under is not None and (under == 0 or (over is not None and over + 1 >= under)):
        said = (
            f"no object is larger than {over:,} and smaller than {under:,} bytes"
            if over is not None
            else "none has under 0 bytes"
        )
        part = "ObjectSizeLessThan"
    elif len(wanted.tags) > TAGS:
        said, part = f"it asks for {len(wanted.tags)} tags, and an object has {TAGS} at most", "Tags"
    elif wanted.prefix is not None and len(wanted.prefix.encode("utf-8", "replace")) > KEY_BYTES:
        said, part = f"its prefix is longer than the longest key ({KEY_BYTES:,} bytes)", "Prefix"
    if said:
        yield Found(
            check=NEVER_MATCHES,
            path=_where(named, part),
            message=f"{named.shown} is about no object: {said}",
            fix="mend the filter, or remove the rule",
            rule=named.name,
            part=part,
        )


def _unlikely(config: Config, named: Named) -> Iterator[Found]:
    prefix = named.rule.filter.prefix or ""
    found = unlikely(prefix, config.facts.bucket)
    if found is None:
        return
    said, meant = found
    sizes = config.sizes(named.rule.filter)
    yield Found(
        check=UNLIKELY,
        path=_where(named, "Prefix"),
        message=f"{named.shown}: the prefix {shown(prefix, 60)} {said}",
        fix="name what comes after the bucket" if meant is None else f"write {shown(meant)}",
        rule=named.name,
        proof=config.proof(config.object(named.rule.filter, sizes[0])) if sizes and config.complete else None,
    )
