"""What the transitions of a configuration cost and save: each once, from the lives of the objects that show what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_UP, Decimal

import msgspec

from auditor.lifecycle.check import Check, Found, Level
from auditor.lifecycle.config import Config
from auditor.lifecycle.costs import SHOCK_MONTHS, BreakEven, InMoney, Step, along, break_even, in_money
from auditor.lifecycle.effects import Effects, Reason
from auditor.lifecycle.lives import lives
from auditor.lifecycle.subject import Action, Event, Usage
from auditor.lifecycle.timeline import moment
from auditor.model.price import Prices
from auditor.source.positions import shown

SHOCK = Check(
    id="request-cost-shock",
    alias="LC-19",
    level=Level.WARNING,
    title="transition whose requests cost more than half a year of what it saves",
    why="Each object is a request, and all that are due are moved on the day on which the rule is switched on.",
    source="Amazon S3 pricing: lifecycle transition requests",
)


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """A transition with what it comes to. ``after``: days from writing, for versions from when they became noncurrent."""

    rules: tuple[str, ...]
    after: int
    step: Step
    even: BreakEven
    money: InMoney


def charges(config: Config, prices: Prices, region: str, size: int | None, objects: int | None) -> tuple[Charge, ...]:
    """Each transition once, in the order of the lives. ``size`` and ``objects``: bytes and number of all objects, taken to be in the class
    that the transition leaves; ``None``: not known."""
    found: dict[tuple[object, ...], Charge] = {}
    for proof in lives(config):
        events = [Event(at=moment(day), action=action, storage_class=to, rules=ids) for day, action, to, ids in proof.steps]
        moves = [event for event in events if event.action is Action.TRANSITION]
        marked = next((event.at for event in events if event.action is Action.MARK), None)
        for step, event in zip(along(proof.subject, events), moves, strict=False):
            since = proof.subject.noncurrent_since or proof.subject.created
            after = (event.at - (marked if marked is not None and marked < event.at else since)).days
            # Versions that were replaced and versions that expired move alike.
            key = (step.start, step.end, step.stay, after, event.rules)
            if key not in found:
                usage = None if size is None else Usage(bytes={step.start: size}, objects=objects)
                even, money = break_even(step, prices, region), in_money(step, usage, prices, region)
                found[key] = Charge(rules=event.rules, after=after, step=step, even=even, money=money)
    return tuple(found.values())


def shocks(config: Config, effects: Effects, some: Sequence[Charge]) -> Iterator[Found]:
    """A finding for each transition whose requests are a shock."""
    for one in some:
        fee, saving = one.money.fee, one.money.saving
        if not one.money.shock or fee.amount is None or saving.amount is None:
            continue
        effect = next(
            (
                of
                for name in one.rules
                for of in effects.of.get(name, ())
                if of.target == one.step.end and of.reason is Reason.WORKS
            ),
            None,
        )
        if effect is None:
            continue
        doubt = "" if fee.verified and saving.verified else " (by prices that nobody verified)"
        back = f"paid back in {_months(one.money.payback)}" if one.money.payback is not None else "never paid back"
        yield Found(
            check=SHOCK,
            path=effect.path,
            message=(
                f"{effect.named.shown}: moving {one.money.objects or 0:,} objects to {shown(one.step.end)} costs "
                f"{_rounded(fee.amount)} {fee.currency} in requests and saves {_rounded(saving.amount)} {saving.currency} a month, "
                f"{back}: more than {SHOCK_MONTHS} months are a shock{doubt}"
            ),
            fix="join small objects to larger ones, or move only large ones with `ObjectSizeGreaterThan`",
            rule=effect.named.name,
            part=f"{one.step.start} {one.step.end}",
            proof=config.proof(effect.subject) if effect.subject is not None else None,
        )


def _rounded(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01')):,f}"


def _months(count: Decimal) -> str:
    whole = count.quantize(Decimal("0.1"), rounding=ROUND_UP)
    return f"{whole:,f} months"
