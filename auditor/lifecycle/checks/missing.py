"""What a configuration lacks."""

from __future__ import annotations

from collections.abc import Iterator

from auditor.lifecycle import words
from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.config import Config
from auditor.lifecycle.effects import Effects

DISABLED = Check(
    id="only-disabled-rules",
    alias="LC-02",
    level=Level.WARNING,
    title="configuration whose rules are all disabled",
    why="It does nothing, and looks as if it did.",
    source="S3 User Guide: Lifecycle configuration elements",
)
NO_ABORT = Check(
    id="no-multipart-abort",
    alias="LC-03",
    level=Level.SUGGESTION,
    title="no rule for the whole bucket that aborts incomplete multipart uploads within 7 days",
    why="Parts of uploads that broke off are paid for like objects, and no listing of objects shows them.",
    source="S3 User Guide: Configuring a bucket lifecycle configuration to delete incomplete multipart uploads",
)

CHECKS = (DISABLED, NO_ABORT)

ABORT_DAYS = 7
"""Days after which uploads should be aborted: what Trusted Advisor's check of incomplete multipart uploads asks for."""


def check(config: Config, effects: Effects) -> Iterator[Found]:  # noqa: ARG001
    """What is not there is found at the rules as a whole."""
    if not config.complete:
        return
    if config.rules and not config.enabled:
        yield Found(
            check=DISABLED,
            path=("Rules",),
            message=f"none of the {len(config.rules)} rules is enabled" if len(config.rules) > 1 else "the only rule is disabled",
            fix="enable the rules that are still wanted, and remove the others",
            name=True,
        )
        return
    days = shortest_abort(config)
    if config.enabled and (days is None or days > ABORT_DAYS):
        said = "aborts incomplete multipart uploads in the whole bucket"
        message = f"no enabled rule {said}" if days is None else f"what {said} waits for {words.days(days)}"
        yield Found(
            check=NO_ABORT,
            path=("Rules",),
            message=message,
            fix=f'add a rule with an empty filter and `"AbortIncompleteMultipartUpload": {{"DaysAfterInitiation": {ABORT_DAYS}}}`',
            name=True,
        )


def shortest_abort(config: Config) -> int | None:
    """Days after which uploads are aborted wherever they are; ``None`` for never."""
    found = [
        one.rule.abort_multipart_days
        for one in config.enabled
        if one.rule.abort_multipart_days is not None and one.rule.filter.whole_bucket
    ]
    return min(found, default=None)
