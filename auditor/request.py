"""What the scheduled function is asked to do: an event over the environment.

==========================  ==============  =====================================================================
environment                 event           meaning
==========================  ==============  =====================================================================
``AWSAUDIT_BUCKET``         ``bucket``      the bucket for the results (required)
``AWSAUDIT_PREFIX``         ``prefix``      what their keys begin with
``AWSAUDIT_REGIONS``        ``regions``     regions to scan; none: all that are enabled
``AWSAUDIT_RULES``          ``rules``       ids or patterns of rules
``AWSAUDIT_SERVICES``       ``services``    services whose rules judge
``AWSAUDIT_FRAMEWORKS``     ``frameworks``  frameworks to report on
``AWSAUDIT_FORMATS``        ``formats``     formats of the reports; JSON is always among them
``AWSAUDIT_LANGUAGE``       ``language``    of the pages of frameworks
``AWSAUDIT_CONFIG``         ``config``      ``s3://bucket/key`` of an ``awsaudit.toml``
``AWSAUDIT_BUCKET_OWNER``                   the account that owns the bucket; none: the one that is scanned
``AWSAUDIT_KMS_KEY``                        key for the results; none: the bucket's default
``AWSAUDIT_TOPIC_ARN``                      SNS topic that is told what changed
``AWSAUDIT_EVENT_BUS``                      event bus that is told what changed
``AWSAUDIT_RESERVE``                        seconds kept for judging and delivering
..                          ``scan_id``     names the run: a second run of that name does nothing
..                          ``time``        the time that it was due, for the date in the keys
==========================  ==============  =====================================================================

Lists are JSON arrays in the event; in the environment, and there too if you like, texts separated by commas.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

import msgspec

from auditor.errors import UsageError

NAME = "[A-Za-z0-9._-]{1,128}"
RESERVE = 120
"""Seconds kept for judging and delivering, unless the environment says otherwise.

25,000 verdicts (1,000 instances, 500 buckets, 450 roles) take 4 to 6 seconds of CPU to judge and write as HTML, JSON and CSV, and 8 to
13 in every format there is; with 512 MB of memory a function has 0.29 of a CPU, which makes 45 seconds of 13. Calls that hang when the
scan is stopped may take a third of the reserve: what is left then is 80. How it was measured is in tests/benchmarks/README.md.
"""

Names = tuple[str, ...] | str | None


class Event(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The event, as it comes."""

    bucket: str | None = None
    prefix: str | None = None
    regions: Names = None
    rules: Names = None
    services: Names = None
    frameworks: Names = None
    formats: Names = None
    language: str | None = None
    config: str | None = None
    scan_id: str | None = None
    time: datetime | None = None


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What to do, all choices made."""

    bucket: str
    prefix: str
    owner: str
    key: str
    regions: tuple[str, ...]
    rules: tuple[str, ...]
    services: tuple[str, ...]
    frameworks: tuple[str, ...]
    formats: tuple[str, ...]
    language: str
    config: tuple[str, str] | None
    """Bucket and key of the configuration."""
    topic: str
    bus: str
    reserve: int
    scan_id: str
    time: datetime | None


def request(event: object, environment: Mapping[str, str], request_id: str) -> Request:
    """The request that an event makes. ``request_id`` names the run unless the event does.

    Raises :class:`UsageError` for an event or environment that cannot be one.
    """
    try:
        asked = msgspec.convert(event or {}, Event)
    except msgspec.ValidationError as error:
        raise UsageError(
            f"the event cannot be used: {_place(str(error))}; it may hold {', '.join(Event.__struct_fields__)}"
        ) from None

    def setting(name: str) -> str:
        return environment.get(f"AWSAUDIT_{name}", "").strip()

    def names(name: str, given: Names) -> tuple[str, ...]:
        found = setting(name) if given is None else given
        return tuple(one.strip() for one in (found.split(",") if isinstance(found, str) else found) if one.strip())

    bucket = asked.bucket if asked.bucket is not None else setting("BUCKET")
    if not re.fullmatch(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", bucket):
        raise UsageError(f"`{bucket}` is not a bucket for the results; name one with AWSAUDIT_BUCKET or `bucket` in the event")
    scan_id = asked.scan_id or request_id
    if not re.fullmatch(NAME, scan_id) or set(scan_id) == {"."}:
        raise UsageError(f"`{scan_id}` is not a scan id; use letters, digits, dots, hyphens and underscores, at most 128")
    prefix = (asked.prefix if asked.prefix is not None else setting("PREFIX")).strip("/")
    return Request(
        bucket=bucket,
        prefix=f"{prefix}/" if prefix else "",
        owner=setting("BUCKET_OWNER"),
        key=setting("KMS_KEY"),
        regions=names("REGIONS", asked.regions),
        rules=names("RULES", asked.rules),
        services=names("SERVICES", asked.services),
        frameworks=names("FRAMEWORKS", asked.frameworks),
        formats=(*(names("FORMATS", asked.formats) or ("html",)), "json"),
        language=asked.language or setting("LANGUAGE") or "en",
        config=_object(asked.config if asked.config is not None else setting("CONFIG")),
        topic=setting("TOPIC_ARN"),
        bus=setting("EVENT_BUS"),
        reserve=_seconds(setting("RESERVE")),
        scan_id=scan_id,
        time=asked.time,
    )


def _object(uri: str) -> tuple[str, str] | None:
    if not uri:
        return None
    found = re.fullmatch(r"s3://([^/]+)/(.+)", uri)
    if not found:
        raise UsageError(f"`{uri}` does not name a configuration; it looks like s3://bucket/config/awsaudit.toml")
    return found.group(1), found.group(2)


def _seconds(text: str) -> int:
    if text and not (text.isascii() and text.isdecimal() and int(text) > 0):
        raise UsageError(f"AWSAUDIT_RESERVE is `{text}`; it is a number of seconds")
    return int(text) if text else RESERVE


def _place(message: str) -> str:
    said, _, where = message.partition(" - at `$.")
    return said[:1].lower() + said[1:] + (f" in `{where.rstrip('`')}`" if where else "")
