"""What transitions cost and save, and what is proposed, for a reader at a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import ROUND_UP, Decimal

from auditor.lifecycle.classes import SMALL
from auditor.lifecycle.cost_report import Choice, Cost, InTotal, Proposal, Sum
from auditor.lifecycle.words import bytes_, days
from auditor.model.money import Unpriced
from auditor.model.price import Price
from auditor.money.shown import text, unit_price
from auditor.render.lint_text import BOLD, DIM, PLAIN
from auditor.render.visible import visible
from auditor.render.wide import cut, right

NAME = 48
"""Columns that rule names may take."""
POINTS = 5
"""Sizes of the curve that are shown."""


def costs(some: Sequence[Cost], *, color: bool = False) -> Iterator[str]:
    """What each transition comes to, and the prices that all of them rest on."""
    dim, plain = (DIM, PLAIN) if color else ("", "")
    yield "what transitions cost and save"
    yield ""
    mixed = len({one.origin for one in some}) > 1
    for one in some:
        yield from _cost(one, mixed, color)
        yield ""
    for line in _prices(price for one in some for price in one.prices):
        yield f"  {dim}{line}{plain}"
    for line in dict.fromkeys(line for one in some for line in one.assumptions):
        yield f"  {dim}supposed: {visible(line)}{plain}"
    yield ""


def _cost(one: Cost, mixed: bool, color: bool) -> Iterator[str]:
    bold, plain = (BOLD, PLAIN) if color else ("", "")
    stay = "for ever" if one.stay is None else f"for {days(one.stay)}"
    by = ", ".join(cut(visible(name), NAME) for name in one.rules) + (f" and {one.more:,} more" if one.more else "")
    yield f"  {bold}{visible(one.start)} to {visible(one.end)}{plain} after {days(one.after)}, {stay}, by {by}"
    if not one.known:
        yield f"    from which size on it pays is unknown: {_missing(one.unpriced) or visible(one.why)}"
    elif one.pays_from is None:
        yield "    it pays at no size"
    else:
        within = "a year" if one.stay is None else days(one.stay)
        yield f"    it pays within {within} for objects from {bytes_(one.pays_from)} on{_mark(one.verified)}"
    yield from _curve(one)
    origin = f" that are in {visible(one.origin)} today" if mixed else ""
    yield from _total(one.total, origin)


def _curve(one: Cost) -> Iterator[str]:
    """Some sizes, each with the days after which it has paid."""
    points = [point for point in one.curve if point.days is not None and point.size != SMALL - 1]
    some = points[:: max(1, len(points) // POINTS)][:POINTS]
    if some:
        sizes = [bytes_(point.size) for point in some]
        told = [days(point.days or 0) for point in some]
        width = [max(len(size), len(day)) for size, day in zip(sizes, told, strict=True)]
        for name, cells in (("objects of", sizes), ("would pay after", told)):
            yield f"    {name:<15}" + "".join(f"  {right(cell, size)}" for cell, size in zip(cells, width, strict=True))


def _total(total: InTotal, origin: str) -> Iterator[str]:
    if total.bytes is None or total.objects is None:
        yield f"    in money: unknown, {visible(total.saving.why)}"
        return
    back = "never paid back" if total.payback_months is None else f"paid back in {_tenths(total.payback_months)} months"
    known = total.saving.amount is not None and total.requests.amount is not None
    paid, saved = _said(total.requests), _said(total.saving)
    yield f"    {total.objects:,} objects, {bytes_(total.bytes)}{origin}: {paid} once for requests, saves {saved} a month" + (
        f", {back}" if known else ""
    )
    if total.early.amount:
        yield f"    {_said(total.early)} for days that are charged and not stayed"
    if total.overhead.amount:
        yield f"    {_said(total.overhead)} a month for bytes that are not there: least sizes, index and name"


def _tenths(count: Decimal) -> str:
    return f"{count.quantize(Decimal('0.1'), rounding=ROUND_UP):,f}"


def _said(one: Sum) -> str:
    return text(one.amount, one.currency) if one.amount is not None else "an unknown amount"


def _mark(verified: bool) -> str:
    return "" if verified else " (by prices that nobody verified)"


def _missing(some: Iterable[Unpriced]) -> str:
    found = list(some)
    listed = ", ".join(f"{visible(one.kind)} of {visible(one.item)} in {visible(one.region)}" for one in found)
    return (
        f"there is no price for {listed}; `awsaudit prices refresh --region {visible(found[0].region)}` or `--prices FILE` would tell"
        if found
        else ""
    )


def _prices(some: Iterable[Price]) -> Iterator[str]:
    """Each price once, in full."""
    found = {(one.kind, one.item): one for one in some}
    for key in sorted(found):
        yield f"{visible(found[key].kind)} {visible(found[key].item)}: {visible(unit_price(found[key]))}"


def _options(some: Sequence[Choice]) -> Iterator[str]:
    """Everything that could be done, with what it saves or why it may not be."""
    names = [_done(one) for one in some]
    width = max(map(len, names))
    for one, name in zip(some, names, strict=True):
        if one.refused:
            told = f"no: {visible(one.refused)}"
        elif one.saving.amount is None:
            told = f"saves an unknown amount: {visible(one.saving.why)}"
        elif one.saving.amount < 0:
            told = f"costs {text(-one.saving.amount, one.saving.currency)} a month more"
        else:
            told = f"saves {_said(one.saving)} a month" + (", proposed" if one.chosen else "")
        yield f"    {name:<{width}}  {told}"


def _done(one: Choice) -> str:
    parts: list[str] = []
    if one.storage_class is not None:
        parts.append(f"{visible(one.storage_class)} {f'after {days(one.days)}' if one.days else 'at once'}")
    if one.retrieval:
        parts.append(f"restored by {one.retrieval} retrievals")
    if one.expire is not None:
        parts.append(f"deleted after {days(one.expire)}")
    return ", ".join(parts)


def proposal(one: Proposal, *, color: bool = False) -> Iterator[str]:
    """What is proposed, what it saves, and how to put it."""
    bold, dim, plain = (BOLD, DIM, PLAIN) if color else ("", "", "")
    if one.api is None:
        yield f"{bold}no rules are proposed{plain}: {_missing(one.unpriced) or visible(one.why)}"
    else:
        yield f"{bold}proposed{plain}{_mark(one.verified)}"
        if one.saving is not None and one.requests is not None:
            yield f"  saves {_said(one.saving)} a month in the first year, what its requests cost ({_said(one.requests)} once) taken off"
    if one.now is not None:
        yield f"  as it is, the bucket costs {_said(one.now)} a month{_mark(one.verified) if one.api is None else ''}"
    if one.options:
        yield "  what was weighed"
        yield from _options(one.options)
    for line in _prices(one.prices):
        yield f"  {dim}{line}{plain}"
    for line in one.assumptions:
        yield f"  {dim}supposed: {visible(line)}{plain}"
    if one.api is not None:
        yield "  the command puts these rules in the place of all that the bucket has"
    yield ""
    for block in (one.command, one.terraform):
        if block:
            yield from (visible(line) for line in block.rstrip("\n").split("\n"))
            yield ""
