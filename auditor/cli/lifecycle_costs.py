"""Prices, sizes and wishes of ``awsaudit lifecycle``, and the advice that they lead to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path

import msgspec

from auditor.cli.lifecycle import MANY, MOST_GB
from auditor.engine.s3_reports import movable
from auditor.errors import UsageError
from auditor.lifecycle import words
from auditor.lifecycle.advisor import UNKNOWN_READS, Access, Constraints, advise
from auditor.lifecycle.classes import CLASSES
from auditor.lifecycle.config import Config, Facts
from auditor.lifecycle.cost_report import Proposal, proposal
from auditor.lifecycle.subject import Usage
from auditor.model.price import Prices
from auditor.model.s3 import Lifecycle
from auditor.model.s3_report import StorageReport
from auditor.model.s3_sizes import Sizes
from auditor.money.book import Table
from auditor.source.positions import shown

GB = 1024**3
"""Bytes of a gigabyte as S3 charges for it."""
STANDARD = "STANDARD"
"""The class that ``--size-gb`` and ``--objects`` are about."""
VERSIONED = "Enabled"
"""What versioning is taken to be where a report has noncurrent versions and nobody says more: rules do the same where it is suspended, but
for versions that were written since."""


class Book(msgspec.Struct, frozen=True):
    """Where prices are looked up, and for which region; ``None``: nobody said where the bucket is."""

    prices: Prices
    region: str | None


class Size(msgspec.Struct, frozen=True):
    """What is in the bucket: as the user says, GB and objects in S3 Standard, and those of other classes by their names; or as a report
    does, which may know how many objects are small, and is named in ``notes``."""

    gb: float | None
    objects: int | None
    classes: Mapping[str, tuple[int, int]] = {}
    reported: Usage | None = None
    sizes: Sizes | None = None
    notes: tuple[str, ...] = ()
    report: StorageReport | None = None

    def moved(self, config: Config) -> Usage | None:
        """What of it the rules of a configuration may move: all, unless a report tells apart the objects that are too small for it."""
        if self.report is None or self.reported is None:
            return self.usage
        usage = movable(self.report, (one.rule for one in config.rules), config.minimum)
        if usage is None:
            return self.usage
        names = self.reported.bytes
        return Usage(
            bytes={name: size for name, size in usage.bytes.items() if name in names},
            counts={name: count for name, count in usage.counts.items() if name in names},
        )

    @property
    def usage(self) -> Usage | None:
        """What is in it; ``None`` where nothing was said."""
        if self.reported is not None:
            return self.reported
        if self.gb is None and not self.classes:
            return None
        held = {name: size for name, (size, _) in self.classes.items()}
        counts = {name: count for name, (_, count) in self.classes.items()}
        if self.gb is not None:
            held[STANDARD] = round(self.gb * GB)
            counts |= {STANDARD: self.objects} if self.objects is not None else {}
        return Usage(bytes=held, counts=counts)

    @property
    def versioned(self) -> bool:
        """A report has noncurrent versions or delete markers: versioning is on, or was."""
        return self.report is not None and bool(
            self.report.delete_markers or any(one.noncurrent or one.noncurrent_bytes for one in self.report.holdings)
        )

    @property
    def average(self) -> int | None:
        """Bytes of an object on average, of most objects where a report tells; ``None``: not known."""
        if self.sizes is not None:
            return self.sizes.typical
        usage = self.usage
        count = usage.total if usage is not None else None
        return round(sum(usage.bytes.values()) / count) if usage is not None and count else None

    @property
    def small(self) -> tuple[int, int] | None:
        """So many of so many objects are small, where those are most and ``average`` is theirs."""
        sizes = self.sizes
        return (sizes.small or 0, sizes.objects) if sizes is not None and sizes.mostly_small else None


def size(gb: float | None, objects: int | None, classes: Sequence[str]) -> Size:
    """The bucket as the options give it, ``classes`` as ``STANDARD_IA=GB:OBJECTS``. Raises :class:`UsageError`."""
    if objects is not None and gb is None:
        raise UsageError("`--objects` is the number of what `--size-gb` weighs; give both")
    found: dict[str, tuple[int, int]] = {}
    for one in classes:
        name, equals, figures = one.partition("=")
        if name not in CLASSES or not equals:
            raise UsageError(f"{shown(one)} names no storage class; write it as `STANDARD_IA=GB:OBJECTS`, with {_listed()}")
        if name in found or (name == STANDARD and gb is not None):
            also = " (`--size-gb` is about it)" if name not in found else ""
            raise UsageError(f"what is in `{name}` is said twice{also}; say it once")
        found[name] = _figures(one, figures)
    return Size(gb, objects, found)


def _figures(option: str, text: str) -> tuple[int, int]:
    gb, _, objects = text.partition(":")
    try:
        held, count = float(gb), int(objects)
    except ValueError:
        raise UsageError(f"{shown(option)} is not a size and a number of objects; write it as `STANDARD_IA=GB:OBJECTS`") from None
    if not (0 <= held <= MOST_GB and 1 <= count <= MANY):
        raise UsageError(f"{shown(option)} is beyond all measure: up to {MOST_GB:,} GB and from 1 to {MANY:,} objects")
    return round(held * GB), count


def _listed() -> str:
    return ", ".join(f"`{name}`" for name in CLASSES)


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
    usage = bucket.usage
    if prices.region is None or usage is None or usage.total is None:
        raise UsageError(
            "`--advise` needs to know what is paid: give `--region`, and `--size-gb` with `--objects`, `--class` or `--inventory`"
        )
    if (wanted.reads is None) != (wanted.read_gb is None):
        raise UsageError("`--reads` and `--read-gb` go together: requests, and what they read")
    if len(configs) > 1:
        raise UsageError(f"`--advise` is about one bucket, and there are {len(configs)} configurations; name one file")
    if not configs and facts.versioning is None and (bucket.versioned or facts.lock_days is not None):
        facts = msgspec.structs.replace(facts, versioning=VERSIONED)
    return _proposal(configs[0] if configs else None, facts, prices.prices, prices.region, usage, wanted)


def _proposal(config: Config | None, facts: Facts, prices: Prices, region: str, usage: Usage, wanted: Wanted) -> Proposal:
    facts = config.facts if config is not None else facts
    locked = facts.lock_days if wanted.keep_days is not None and wanted.keep_days < (facts.lock_days or 0) else None
    access = None
    if wanted.reads is not None and wanted.read_gb is not None:
        held = max(sum(usage.bytes.values()), 1)
        access = Access(reads=Decimal(wanted.reads), share=Decimal(str(wanted.read_gb)) * GB / held)
    existing = Lifecycle(tuple(one.rule for one in config.rules), config.minimum) if config is not None else Lifecycle()
    if config is not None and not config.complete:
        raise UsageError("a rule of the file cannot be read or is not known yet; `--advise` has to know all rules that are there")
    made = advise(
        usage,
        prices,
        region,
        access=access,
        constraints=Constraints(
            retrieval_hours=wanted.hours, keep_days=locked or wanted.keep_days, several_zones=not wanted.one_zone
        ),
        existing=existing,
        versioning=config.versioning if config is not None else facts.versioning or "Off",
    )
    if access is None and made.why.startswith(UNKNOWN_READS):
        made = msgspec.structs.replace(made, why=f"{made.why}; say it with `--reads` and `--read-gb`, 0 if nobody reads them")
    if locked is not None:
        made = msgspec.structs.replace(
            made, assumptions=(*made.assumptions, f"Object Lock keeps versions for {words.days(locked)}")
        )
    return proposal(made, facts.bucket)
