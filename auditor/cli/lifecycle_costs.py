"""Prices, sizes and wishes of ``awsaudit lifecycle``, and the advice that they lead to."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import msgspec

from auditor.errors import UsageError
from auditor.lifecycle.advisor import UNKNOWN_READS, Access, Constraints, advise
from auditor.lifecycle.config import Config, Facts
from auditor.lifecycle.cost_report import Proposal, proposal
from auditor.lifecycle.subject import Usage
from auditor.model.price import Prices
from auditor.model.s3 import Lifecycle
from auditor.money.book import Table

GB = 1024**3
"""Bytes of a gigabyte as S3 charges for it."""


class Book(msgspec.Struct, frozen=True):
    """Where prices are looked up, and for which region; ``None``: nobody said where the bucket is."""

    prices: Prices
    region: str | None


class Size(msgspec.Struct, frozen=True):
    """What the user says is in the bucket."""

    gb: float | None
    objects: int | None

    @property
    def bytes(self) -> int | None:
        """Its bytes."""
        return round(self.gb * GB) if self.gb is not None else None


class Wanted(msgspec.Struct, frozen=True):
    """How the bucket is read in a month, and what a proposal has to respect."""

    reads: int | None
    read_gb: float | None
    hours: int
    keep_days: int | None
    one_zone: bool


NOTHING = Wanted(reads=None, read_gb=None, hours=0, keep_days=None, one_zone=False)
"""What is wanted where nobody said anything."""


def asked(wanted: Wanted, *, advise: bool) -> Wanted | None:
    """The wishes, if advice is asked for. Raises :class:`UsageError` for wishes without it: they would be passed over."""
    if not advise and wanted != NOTHING:
        raise UsageError("`--reads`, `--read-gb`, `--retrieval-hours`, `--keep-days` and `--one-zone` go with `--advise`")
    return wanted if advise else None


def book(file: Path | None, region: str | None) -> Book:
    """The user's prices, those that were fetched, those that come with awsaudit; without a region none are needed."""
    if region is None:
        if file is not None:
            raise UsageError("prices are those of a region; name it with `--region`")
        return Book(Table(()), None)
    from auditor.cli import choose
    from auditor.money.settings import PriceSettings

    return Book(choose.book(PriceSettings(), file), region)


def advice(configs: Sequence[Config], facts: Facts, prices: Book, bucket: Size, wanted: Wanted) -> Proposal:
    """The proposal for the bucket. Raises :class:`UsageError` for what it cannot be made without."""
    if prices.region is None or bucket.bytes is None or bucket.objects is None:
        raise UsageError("`--advise` needs to know what is paid: give `--region`, `--size-gb` and `--objects`")
    if (wanted.reads is None) != (wanted.read_gb is None):
        raise UsageError("`--reads` and `--read-gb` go together: requests, and what they read")
    if len(configs) > 1:
        raise UsageError(f"`--advise` is about one bucket, and there are {len(configs)} configurations; name one file")
    usage = Usage(bytes={"STANDARD": bucket.bytes}, objects=bucket.objects)
    return _proposal(configs[0] if configs else None, facts, prices.prices, prices.region, usage, wanted)


def _proposal(config: Config | None, facts: Facts, prices: Prices, region: str, usage: Usage, wanted: Wanted) -> Proposal:
    access = None
    if wanted.reads is not None and wanted.read_gb is not None:
        size = max(usage.bytes["STANDARD"], 1)
        access = Access(reads=Decimal(wanted.reads), share=Decimal(str(wanted.read_gb)) * GB / size)
    existing = Lifecycle(tuple(one.rule for one in config.rules), config.minimum) if config is not None else Lifecycle()
    if config is not None and not config.complete:
        raise UsageError("a rule of the file cannot be read or is not known yet; `--advise` has to know all rules that are there")
    made = advise(
        usage,
        prices,
        region,
        access=access,
        constraints=Constraints(retrieval_hours=wanted.hours, keep_days=wanted.keep_days, several_zones=not wanted.one_zone),
        existing=existing,
        versioning=config.versioning if config is not None else facts.versioning or "Off",
    )
    if access is None and made.why.startswith(UNKNOWN_READS):
        made = msgspec.structs.replace(made, why=f"{made.why}; say it with `--reads` and `--read-gb`, 0 if nobody reads them")
    return proposal(made, config.facts.bucket if config is not None else None)
