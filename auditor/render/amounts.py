"""Money as reports show it: the total, what is in it and what is not, and the words for each amount.

The total is the sum of the savings that are shown as counted. A saving is not counted when it is not known, made with a price that
nobody verified or of another region, waived, or overlaps with a larger one: two findings about one resource may exclude each other (stop
it, or change its type), so of all savings that touch a resource the largest counts. So the total may be too small, never too large.
"""

from __future__ import annotations

import enum
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal

import msgspec

from auditor.model.money import Money, Part, added
from auditor.model.verdict import Finding, Outcome
from auditor.money.shown import Display, quantity, unit_price
from auditor.render import reasons
from auditor.render.visible import whole

STALE = 90
"""Days from which on a report says that prices are old. Our own choice: a quarter."""
LEADING = 3
"""Rules that the top of a report names, those that the largest parts of the total come from."""


class Counted(enum.Enum):
    """Whether a saving is in the total, and why not."""

    COUNTED = "counted"
    UNKNOWN = "unknown"
    """A price or a fact is not known."""
    UNVERIFIED = "unverified"
    """A price was not compared with AWS's price list, or is another region's."""
    WAIVED = "waived"
    OVERLAPS = "overlaps"
    """A larger saving on the same resource is counted."""


class AmountView(msgspec.Struct, frozen=True, kw_only=True):
    """An amount of a finding. ``said`` is a clause without a full stop, ``parts`` are the terms it is the sum of, with their prices."""

    sense: str
    """``saving`` or ``cost``, of a month, or ``once``."""
    money: Money
    counted: Counted | None
    """``None`` for a cost, as nobody says that it could be saved, and for what is paid once."""
    said: str
    parts: tuple[str, ...]

    @property
    def whole(self) -> str:
        """The clause with its prices, on one line."""
        return f"{self.said} ({'; '.join(self.parts)})" if self.parts else self.said


class Total(msgspec.Struct, frozen=True, kw_only=True):
    """A sum in one currency, of so many findings."""

    currency: str
    amount: Decimal
    findings: int
    shown: str


class MoneyView(msgspec.Struct, frozen=True, kw_only=True):
    """What a report says of money."""

    totals: tuple[Total, ...]
    """What could be saved in a month: a total for each currency there is, that of the most findings first."""
    unverified: tuple[Total, ...]
    """Left out of the totals for their prices; overlapping ones, too."""
    list_only: bool
    """All that is counted is counted at list prices: none is agreed with AWS, or another one's."""
    unknown: int
    """Savings that are not known."""
    waived: int
    overlapping: int
    oldest: date | None
    """The date of the oldest price that was used."""
    days: int
    """How old it was when the snapshot was taken."""
    rate: str
    """The rate at which amounts are shown; empty without one."""
    display: Display
    by: Mapping[str, tuple[AmountView, ...]]
    """The amounts of a finding, by its fingerprint."""
    rules: Mapping[str, str]
    """What is counted of a rule's savings, by its id, as text."""
    largest: tuple[str, ...]
    """The rules that the largest parts of the total come from, by their ids, the largest first."""

    def of(self, finding: Finding) -> tuple[AmountView, ...]:
        """The amounts of a finding."""
        return self.by.get(finding.fingerprint, ())

    @property
    def stale(self) -> bool:
        """Prices are so old that a reader must know."""
        return self.days > STALE

    @property
    def any(self) -> bool:
        """There are savings, known or not."""
        return bool(self.totals or self.unverified or self.unknown or self.waived)

    @property
    def sentences(self) -> tuple[str, ...]:
        """The money of the account, the total first; nothing where there is none."""
        if not self.any:
            return ()
        if self.totals:
            prices = "list prices" if self.list_only else "the prices that stand beside each"
            said = [f"{' and '.join(one.shown for one in self.totals)} a month could be saved, at {prices}"]
        else:
            said = ["No saving could be counted"]
        left = (
            [f"{' and '.join(one.shown for one in self.unverified)} at prices that are not verified"] if self.unverified else []
        )
        left += [
            f"{number:,} {'saving' if number == 1 else 'savings'} {what}"
            for number, what in (
                (self.unknown, "of unknown size"),
                (self.overlapping, "beside a larger one on the same resource"),
                (self.waived, "under a waiver"),
            )
            if number
        ]
        if left:
            said.append(f"Not in it: {', '.join(left)}")
        if self.rate:
            said.append(f"Shown at {self.rate}")
        if self.stale:
            said.append(
                f"Prices are up to {self.days} days old (the oldest is of {self.oldest}): "
                "run awsaudit prices refresh before the next scan"
            )
        return tuple(said)


def view(findings: Sequence[Finding], today: date, display: Display) -> MoneyView:
    """What there is to say of the money of these findings, in their order. ``today`` is the day of the snapshot."""
    standing = _stand(findings)
    by = {finding.fingerprint: amounts for finding in findings if (amounts := tuple(_amounts(finding, standing, display)))}
    counted = [f for f in findings if standing.get(f.fingerprint) is Counted.COUNTED]
    states = list(standing.values())
    dates = [part.price.as_of for amounts in by.values() for amount in amounts for part in amount.money.parts]
    oldest = min(dates, default=None)
    return MoneyView(
        totals=_totals(counted, display),
        unverified=_totals([f for f in findings if standing.get(f.fingerprint) is Counted.UNVERIFIED], display),
        list_only={basis for f in counted if f.saving for basis in {part.price.basis for part in f.saving.parts}} <= {"list"},
        unknown=states.count(Counted.UNKNOWN),
        waived=states.count(Counted.WAIVED),
        overlapping=states.count(Counted.OVERLAPS),
        oldest=oldest,
        days=(today - oldest).days if oldest else 0,
        rate=display.said,
        display=display,
        by=by,
        rules={rule: _rule(counted, rule, display) for rule in sorted({finding.rule for finding in counted})},
        largest=_largest(counted),
    )


def mended(money: Money | None) -> Money | None:
    """The amount with text that can be encoded."""
    if money is None:
        return None
    return msgspec.structs.replace(
        money,
        why=whole(money.why),
        unpriced=tuple(msgspec.structs.replace(one, region=whole(one.region), item=whole(one.item)) for one in money.unpriced),
        parts=tuple(msgspec.structs.replace(part, of=whole(part.of)) for part in money.parts),
    )


def _stand(findings: Iterable[Finding]) -> dict[str, Counted]:
    """By fingerprint, where each saving of a failure stands."""
    standing: dict[str, Counted] = {}
    open_to_count: list[tuple[Decimal, Finding, Money]] = []
    for finding in findings:
        saving = finding.saving
        if saving is None or finding.verdict is not Outcome.FAIL:
            continue
        if finding.waived is not None:
            standing[finding.fingerprint] = Counted.WAIVED
        elif saving.amount is None:
            standing[finding.fingerprint] = Counted.UNKNOWN
        elif not saving.verified:
            standing[finding.fingerprint] = Counted.UNVERIFIED
        else:
            open_to_count.append((saving.amount, finding, saving))
    taken: set[str] = set()
    opened: set[str] = set()
    """Buckets of which objects are taken: those may be several, and the bucket as a whole is none of them."""
    # The largest first; of equal ones the first by rule and fingerprint, so that the same findings give the same total.
    for _, finding, saving in sorted(open_to_count, key=lambda one: (-one[0], one[1].rule, one[1].fingerprint)):
        touched = {finding.resource, *(part.of for part in saving.parts if part.of)}
        around = {bucket for one in touched if (bucket := _bucket(one))}
        if touched & (taken | opened) or around & taken:
            standing[finding.fingerprint] = Counted.OVERLAPS
            continue
        standing[finding.fingerprint] = Counted.COUNTED
        taken |= touched
        opened |= around
    return standing


def _bucket(arn: str) -> str:
    """The ARN of an object's bucket; empty for what is no object of S3."""
    bucket, slash, _ = arn.partition("/")
    return bucket if slash and arn.split(":", 3)[2:3] == ["s3"] and bucket.count(":") == 5 and ":::" in bucket else ""


def _totals(findings: Sequence[Finding], display: Display) -> tuple[Total, ...]:
    sums: dict[str, list[Decimal]] = {}
    for finding in findings:
        if finding.saving is not None and finding.saving.amount is not None:
            sums.setdefault(finding.saving.currency, []).append(finding.saving.amount)
    totals = [
        Total(currency=currency, amount=added(each), findings=len(each), shown=display.shown(added(each), currency))
        for currency, each in sums.items()
    ]
    return tuple(sorted(totals, key=lambda total: (-total.findings, total.currency)))


def _rule(counted: Iterable[Finding], rule: str, display: Display) -> str:
    return " and ".join(total.shown for total in _totals([finding for finding in counted if finding.rule == rule], display))


def _largest(counted: Iterable[Finding]) -> tuple[str, ...]:
    """None where savings are in several currencies: those do not compare."""
    sums: dict[str, dict[str, list[Decimal]]] = {}
    for finding in counted:
        if finding.saving is not None and finding.saving.amount is not None:
            sums.setdefault(finding.saving.currency, {}).setdefault(finding.rule, []).append(finding.saving.amount)
    if len(sums) != 1:
        return ()
    (rules,) = sums.values()
    return tuple(sorted(rules, key=lambda rule: (-added(rules[rule]), rule))[:LEADING])


def _amounts(finding: Finding, standing: Mapping[str, Counted], display: Display) -> Iterable[AmountView]:
    if finding.saving is not None:
        counted = standing.get(finding.fingerprint, Counted.UNKNOWN)
        yield AmountView(
            sense="saving",
            money=finding.saving,
            counted=counted,
            said=_saving(finding.saving, counted, display),
            parts=tuple(_part(part, display) for part in finding.saving.parts),
        )
    for sense, money in (("cost", finding.cost), ("once", finding.once)):
        if money is not None:
            yield AmountView(
                sense=sense,
                money=money,
                counted=None,
                said=_cost(money, "a month" if sense == "cost" else "once", display),
                parts=tuple(_part(part, display) for part in money.parts),
            )


_NOT_COUNTED = {
    Counted.UNVERIFIED: "; not in the total, as a price is not verified",
    Counted.WAIVED: "; not in the total, as it is waived",
    Counted.OVERLAPS: "; not in the total, which has a larger saving on the same resource",
}


def _saving(money: Money, counted: Counted, display: Display) -> str:
    if money.amount is None:
        return f"saves an unknown amount: {unknown(money)}"
    return f"saves {display.shown(money.amount, money.currency)} a month{_NOT_COUNTED.get(counted, '')}"


def _cost(money: Money, how_often: str, display: Display) -> str:
    if money.amount is None:
        return f"costs an unknown amount{' once' if how_often == 'once' else ''}: {unknown(money)}"
    return f"costs {display.shown(money.amount, money.currency)} {how_often}" if money.amount else "costs nothing"


def unknown(money: Money) -> str:
    """Why an amount is not known, and what would resolve it."""
    said = [money.why] if money.why else []
    said += list(map(reasons.missing, money.missing))
    said += [f"the price of {one.item} ({one.kind}) in {one.region} is not known" for one in money.unpriced]
    if money.unpriced:
        said.append("awsaudit prices refresh before the next scan, or a price file, would tell")
    return "; ".join(said)


def _part(part: Part, display: Display) -> str:
    price = part.price
    comes_to = display.shown(part.amount, price.currency)
    return f"{quantity(part.quantity)} × {price.item} at {unit_price(price)} = {comes_to}"
