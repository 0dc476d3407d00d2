"""Which rules other rules leave nothing to do, proved by taking them away."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from auditor.lifecycle.config import Config, Named
from auditor.lifecycle.days import Step
from auditor.lifecycle.effect import Effect, Reason
from auditor.lifecycle.witnesses import Spot, forms, spots, witnesses
from auditor.model.s3 import Filter

_COVERED = (Reason.SAME, Reason.EARLIER, Reason.LOST)


def covered(config: Config, of_rule: Mapping[str, Sequence[Effect]]) -> list[Named]:
    """The rules that other rules cover, in their order. Of twins, the first stays."""
    gone: list[Named] = []
    names, taken = set[str](), 0
    for named in reversed(config.enabled):
        mine = of_rule.get(named.name, [])
        names.add(named.name)
        without = taken | config.bit(named)
        if (
            _are_covered(mine, names)
            and _asks(named)
            and _tidied(config, named, names)
            and _same_without(config, mine, named, (taken, without))
        ):
            gone.append(named)
            taken = without
        else:
            names.remove(named.name)
    return gone[::-1]


def _asks(named: Named) -> bool:
    """The rule asks for something."""
    rule = named.rule
    return bool(
        rule.transitions
        or rule.noncurrent_transitions
        or rule.expiration
        or rule.noncurrent_expiration
        or rule.abort_multipart_days is not None
    )


def _are_covered(mine: Sequence[Effect], left: set[str]) -> bool:
    """Each action comes to nothing because of other rules, or another rule does just the same on the same day."""
    for effect in mine:
        if effect.reason is Reason.WORKS:
            if effect.by is None or left.issuperset(effect.by[3]):
                return False
        elif effect.reason not in _COVERED:
            return False
    return True


def _tidied(config: Config, named: Named, left: set[str]) -> bool:
    """Other rules abort uploads and remove delete markers as early, if this one does."""
    rule = named.rule
    others = (one.rule for one in config.enabled if one.name not in left)
    days, end = rule.abort_multipart_days, rule.expiration
    markers = end is not None and end.delete_markers
    if days is None and not markers:
        return True
    about = [one for one in others if _within(rule.filter, one.filter)]
    aborted = days is None or any(one.abort_multipart_days is not None and one.abort_multipart_days <= days for one in about)
    return aborted and (not markers or any(one.expiration is not None and one.expiration.delete_markers for one in about))


def _within(narrow: Filter, wide: Filter) -> bool:
    """Uploads and delete markers have a key only: one prefix includes the other, and nothing else is asked."""
    alone = not wide.tags and wide.size_greater_than is None and wide.size_less_than is None
    return alone and (narrow.prefix or "").startswith(wide.prefix or "")


def _same_without(config: Config, mine: Sequence[Effect], named: Named, taken: tuple[int, int]) -> bool:
    """Objects of the rule live as they would without it, whichever are tried. ``taken``: the rules that are gone already, and these with
    this one."""
    newers = config.keeps if config.versioned else ()
    some: list[Spot] = []
    for spot in spots(config, named, taken):
        before, after = spot.treatments
        if not before.alike(after, newers, config.spend):
            some.append(spot)
        if config.exhausted:
            return False
    for old, newer in ((False, 0), *((True, newer) for newer in newers)):
        for spot in some:
            before, after = spot.treatments
            for witness in witnesses(config, spot, forms(config, old=old)):
                if config.exhausted:
                    return False
                if not _alike(witness.steps(config, before, newer), witness.steps(config, after, newer)):
                    return False
    return bool(mine) or named.rule.abort_multipart_days is not None or named.rule.expiration is not None


def _alike(before: Sequence[Step], after: Sequence[Step]) -> bool:
    """The same happens, by whatever rules."""
    return [one[:3] for one in before] == [one[:3] for one in after]
