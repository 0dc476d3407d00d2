"""What the transitions of a configuration cost and save: each once, from the lives of the objects that show what it does."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import ROUND_UP, Decimal

import msgspec

from auditor.lifecycle.check import Check, Found, Level, Proof
from auditor.lifecycle.config import Config
from auditor.lifecycle.costs import SHOCK_MONTHS, SIZES, UNSIZED, BreakEven, InMoney, Step, along, break_even, in_money
from auditor.lifecycle.days import moment
from auditor.lifecycle.effect import Reason
from auditor.lifecycle.effects import Effects
from auditor.lifecycle.lives import lives
from auditor.lifecycle.subject import Action, Event, Usage
from auditor.model.price import Prices
from auditor.source.positions import shown

FIRST = "STANDARD"
"""The class that objects are written to where nobody says another."""
OTHERS = "how many objects have the sizes that the filter asks for is not known"
SHOCK = Check(
    id="request-cost-shock",
    alias="LC-19",
    level=Level.WARNING,
    title="transition whose requests cost more than half a year of what it saves",
    why="Each object is a request, and all that are due are moved on the day on which the rule is switched on.",
    source="Amazon S3 pricing: lifecycle transition requests",
)


class Charge(msgspec.Struct, frozen=True, kw_only=True):
    """A transition with what it comes to. ``after``: days from writing, for versions from when they became noncurrent.

    ``origin``: the class in which the objects are today that make it: those of a warmer class come to it by other transitions first.
    """

    rules: tuple[str, ...]
    after: int
    step: Step
    even: BreakEven
    money: InMoney
    origin: str = FIRST


def charges(config: Config, prices: Prices, region: str, usage: Usage | None, sizes: Sequence[int] = SIZES) -> tuple[Charge, ...]:
    """Each transition once for the objects of each class that make it, class by class, with the days after which objects of ``sizes`` pay.

    Without ``usage``, what is in the bucket, objects are taken to be written to S3 Standard. What is in a class goes down from there, as if
    it had been written to it.
    """
    found: dict[tuple[object, ...], Charge] = {}
    for name in _origins(usage):
        among = _among(config, name, usage)
        for proof in lives(among):
            for step, after, names in _moves(_in_class(among, proof, name)):
                # Versions that were replaced and versions that expired move alike.
                key = (name, step.start, step.end, step.stay, after, names)
                if key not in found:
                    even = break_even(step, prices, region, sizes)
                    # Of a filter that leaves objects of the average size out, nobody knows how many it lets through.
                    average = among.facts.average_size in (None, proof.subject.size)
                    lot = _lot(usage, name, step.start) if average else None
                    money = in_money(step, lot, prices, region, UNSIZED if usage is None else OTHERS)
                    found[key] = Charge(rules=names, after=after, step=step, even=even, money=money, origin=name)
    return tuple(found.values())


def _origins(usage: Usage | None) -> tuple[str, ...]:
    """The classes that hold something, the first one by the order of the API; that of new objects where nothing is known to be held."""
    held = () if usage is None else tuple(name for name, size in usage.bytes.items() if size)
    return tuple(sorted(held, key=lambda name: (name != FIRST, name))) or (FIRST,)


def _lot(usage: Usage | None, name: str, start: str) -> Usage | None:
    """The objects of a class, in the class from which they are moved."""
    if usage is None:
        return None
    count = usage.count(name)
    return Usage(bytes={start: usage.bytes.get(name, 0)}, counts={start: count} if count is not None else {})


def _among(config: Config, name: str, usage: Usage | None) -> Config:
    """The configuration among objects of a class: they have an average size of their own."""
    count = usage.count(name) if usage is not None else None
    size = usage.bytes.get(name, 0) // count if usage is not None and count else None
    if size is None or size == config.facts.average_size:
        return config
    facts = msgspec.structs.replace(config.facts, average_size=size)
    return Config(config.rules, config.minimum, facts, raw=config.raw, complete=config.complete, in_text=config.in_text)


def _in_class(config: Config, proof: Proof, name: str) -> Proof:
    """The object, and what happens to it when it was written to a class."""
    if name == proof.subject.storage_class:
        return proof
    subject = msgspec.structs.replace(proof.subject, storage_class=name)
    return config.proof(subject)


def _moves(proof: Proof) -> Iterator[tuple[Step, int, tuple[str, ...]]]:
    """The transitions of an object, each with its days from writing or from when it became noncurrent, and the rules that ask for it."""
    events = [Event(at=moment(day), action=action, storage_class=to, rules=ids) for day, action, to, ids in proof.steps]
    moves = [event for event in events if event.action is Action.TRANSITION]
    marked = next((event.at for event in events if event.action is Action.MARK), None)
    for step, event in zip(along(proof.subject, events), moves, strict=False):
        since = proof.subject.noncurrent_since or proof.subject.created
        yield step, (event.at - (marked if marked is not None and marked < event.at else since)).days, event.rules


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
