"""Telling what changed: as text to an SNS topic, as data to EventBridge. Names and counts, no policy text and no evidence."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

import msgspec
from botocore.exceptions import BotoCoreError, ClientError

from auditor.engine.diff import Change, Kind
from auditor.errors import OutputError
from auditor.render.visible import visible, whole

NAMED = 50
"""So many changes are named; the others are counted."""
LONGEST = 300
"""Characters of a name or ARN that are told. With :data:`NAMED` it keeps messages well below the 256 KiB that SNS and EventBridge take."""
SUBJECT = 99
"""Characters of a subject line: SNS takes fewer than 100."""
WORDS: Mapping[Kind, str] = {
    Kind.NEW: "new failures",
    Kind.UNKNOWN: "newly unknown",
    Kind.NOT_JUDGED: "failures no longer judged",
    Kind.WAIVED: "failures now waived",
    Kind.RESOLVED: "resolved",
}
CONSOLES: Mapping[str, str] = {"aws-us-gov": "console.amazonaws-us-gov.com", "aws-cn": "console.amazonaws.cn"}
"""Where the console is in partitions other than the first."""


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be told of a run. ``baseline``: it is the first, so all that fails is new."""

    account: str
    alias: str | None
    partition: str
    scan: str
    complete: bool
    baseline: bool
    failing: int
    unknown: int
    changes: tuple[Change, ...]
    bucket: str
    folder: str
    report: str = "report.html"
    """The file in the folder that a reader is sent to."""
    unwritten: tuple[str, ...] = ()
    """Formats that there was no time for."""

    @property
    def counts(self) -> Mapping[Kind, int]:
        """How many changes of each kind, for the kinds that there are."""
        found = Counter(change.kind for change in self.changes)
        return {kind: found[kind] for kind in Kind if found[kind]}


def subject(news: News) -> str:
    """The subject line of a mail: ASCII, and short, as SNS asks."""
    if news.baseline:
        said = f"{news.failing} failing in the first run"
    else:
        said = ", ".join(_counted(kind, count) for kind, count in news.counts.items())
    text = f"awsaudit {news.account}: {said}"
    return text if len(text) <= SUBJECT else f"{text[: SUBJECT - 3]}..."


def text(news: News) -> str:
    """The message for people."""
    alias = f" ({_short(news.alias)})" if news.alias else ""
    lines = [f"Account {news.account}{alias}: {news.failing} failing, {news.unknown} unknown."]
    if not news.complete:
        lines.append("INCOMPLETE: the run ended before it had seen everything. What was not looked at is not called good.")
    if news.unwritten:
        lines.append(f"There was no time to write {', '.join(news.unwritten)}.")
    if news.baseline:
        lines.append("This is the first run: from now on, only what changes is told.")
    for kind, count in news.counts.items():
        lines += ["", _counted(kind, count)]
        lines += [f"- {_line(change)}" for change in _named(news) if change.kind is kind]
    if (rest := len(news.changes) - NAMED) > 0:
        lines += ["", f"and {rest} more: see the report"]
    lines += ["", f"Report: {_report(news)}", f"Console: {console(news)}"]
    return "\n".join(lines) + "\n"


def detail(news: News) -> dict[str, Any]:
    """The event for machines."""
    return {
        "account": news.account,
        "scan": news.scan,
        "complete": news.complete,
        "baseline": news.baseline,
        "failing": news.failing,
        "unknown": news.unknown,
        "counts": {kind.value: news.counts.get(kind, 0) for kind in Kind},
        "changes": [
            {
                "change": change.kind.value,
                "rule": change.rule,
                "severity": change.severity,
                "resource": _short(change.resource),
                "name": _short(change.name),
                "region": change.region,
                "fingerprint": change.fingerprint,
            }
            for change in _named(news)
        ],
        "more": max(0, len(news.changes) - NAMED),
        "report": _report(news),
        "unwritten": list(news.unwritten),
        "console": console(news),
    }


def console(news: News) -> str:
    """The folder of the run in the S3 console."""
    host = CONSOLES.get(news.partition, "console.aws.amazon.com")
    return f"https://{host}/s3/buckets/{quote(news.bucket)}?prefix={quote(news.folder)}"


def region_of(topic: str) -> str:
    """The region in the ARN of a topic. Raises :class:`OutputError` for what is none."""
    found = re.fullmatch(r"arn:[a-z-]+:sns:([a-z0-9-]+):[0-9]{12}:[A-Za-z0-9_-]+", topic)
    if not found:
        raise OutputError(f"`{topic}` is not the ARN of a standard SNS topic; check AWSAUDIT_TOPIC_ARN")
    return found.group(1)


def publish(client: Any, topic: str, news: News) -> None:
    """Tell an SNS topic. Raises :class:`OutputError`."""
    try:
        client.publish(TopicArn=topic, Subject=subject(news), Message=text(news))
    except (ClientError, BotoCoreError) as error:
        raise OutputError(f"topic `{topic}` cannot be told what changed: {error}") from error


def put_event(client: Any, bus: str, news: News) -> None:
    """Tell an event bus. Raises :class:`OutputError`, also when it takes the request but not the event."""
    entry = {
        "Source": "awsaudit",
        "DetailType": "awsaudit findings changed",
        "Detail": msgspec.json.encode(detail(news)).decode(),
        "EventBusName": bus,
    }
    try:
        answer = client.put_events(Entries=[entry])
    except (ClientError, BotoCoreError) as error:
        raise OutputError(f"event bus `{bus}` cannot be told what changed: {error}") from error
    if answer.get("FailedEntryCount"):
        code = answer["Entries"][0].get("ErrorCode", "no reason given")
        raise OutputError(f"event bus `{bus}` did not take the event: {code}")


def _report(news: News) -> str:
    return f"s3://{news.bucket}/{news.folder}{news.report}"


def _counted(kind: Kind, count: int) -> str:
    return f"{count} {WORDS[kind] if count != 1 else WORDS[kind].replace('failures', 'failure')}"


def _named(news: News) -> Sequence[Change]:
    return news.changes[:NAMED]


def _line(change: Change) -> str:
    return f"{change.severity}  {change.rule}  {_short(change.name)}  {change.region}  {_short(change.resource)}"


def _short(name: str) -> str:
    shown = visible(whole(name[: 2 * LONGEST + 2]))  # half of a pair counts too, and becomes one with the other
    return shown if len(shown) <= LONGEST else f"{shown[: LONGEST - 1]}…"
