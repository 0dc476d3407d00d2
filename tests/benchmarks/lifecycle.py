"""What the lifecycle linter costs: ``python -m tests.benchmarks.lifecycle``.

Ten thousand configurations are read as the JSON that AWS answers and linted: as teams write them (one to three rules, days in the tens and
hundreds), and, harder, generated ones of up to six rules that meet each other often. One configuration of a thousand rules is linted, one
whose thousand prefixes begin with each other, and one with a value that a template leaves open; and the future of an object is told that a
hundred rules match. Each figure is CPU time of this process; no two configurations are the same text.
"""

from __future__ import annotations

import json
import random
import sys
import time
from collections.abc import Callable
from datetime import timedelta

from auditor.cli.entry import collect_less
from auditor.lifecycle.config import Facts, collected, written
from auditor.lifecycle.emit import as_json
from auditor.lifecycle.lint import judge
from auditor.lifecycle.read import read
from auditor.lifecycle.subject import Subject
from auditor.lifecycle.timeline import timeline
from auditor.lifecycle.written import Opaque, Written
from auditor.model.s3 import Expiration, Filter, Lifecycle, LifecycleRule, NoncurrentExpiration, Transition
from tests.benchmarks.policy import _peak
from tests.lifecycle import generated

COUNT = 10_000
CLASSES = ("STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR", "GLACIER", "DEEP_ARCHIVE")


def ordinary(pick: random.Random) -> Lifecycle:
    """As teams write them."""
    rules = [
        LifecycleRule(
            id=f"{name}-{pick.randrange(1_000_000)}",
            enabled=pick.random() < 0.9,
            filter=Filter(prefix=name),
            transitions=(Transition(pick.choice(CLASSES), days=pick.choice((0, 30, 60, 90, 180))),)
            if pick.random() < 0.7
            else (),
            expiration=Expiration(days=pick.choice((7, 30, 90, 365, 3650))) if pick.random() < 0.6 else None,
            noncurrent_expiration=NoncurrentExpiration(days=pick.choice((1, 7, 30, 90))) if pick.random() < 0.5 else None,
            abort_multipart_days=7 if pick.random() < 0.5 else None,
        )
        for name in pick.sample(("logs/", "checkpoints/", "datasets/raw/", "tmp/", ""), pick.randint(1, 3))
    ]
    return Lifecycle(rules=tuple(rules), default_minimum_size="all_storage_classes_128K")


def large() -> Lifecycle:
    """A thousand rules, a tenth of them about every object of ``data/``."""
    pick = random.Random(7)
    return Lifecycle(
        rules=tuple(
            LifecycleRule(
                id=f"r{number}",
                enabled=True,
                filter=Filter(prefix="data/" if number % 10 == 0 else f"data/{number}/"),
                transitions=(Transition(pick.choice(CLASSES), days=pick.randint(1, 900)),),
                expiration=Expiration(days=pick.randint(1000, 3000)),
            )
            for number in range(1000)
        )
    )


def _lint(make: Callable[[random.Random], Lifecycle]) -> Callable[[], str]:
    texts = [as_json(make(random.Random(number))) for number in range(COUNT)]

    def run() -> str:
        findings = 0
        for text in texts:
            for source in read(text, "lifecycle.json"):
                findings += len(judge(written(source, Facts(today=generated.START, versioning="Enabled"))).found)
        return f"{COUNT:,} configurations, {findings:,} findings"

    return run


def _timeline() -> str:
    one = Subject(key="data/7/x", size=10_000_000, created=generated.START)
    events = timeline(large(), one, generated.START + timedelta(days=4000))
    return f"1,000 rules, {len(events)} events"


def _judge() -> str:
    found = judge(collected(large(), Facts(today=generated.START, versioning="Enabled"))).found
    return f"1,000 rules, {len(found):,} findings"


def nested() -> Lifecycle:
    """A thousand rules, each about some of the objects of the one before."""
    return Lifecycle(
        rules=tuple(
            LifecycleRule(
                id=f"r{number}",
                enabled=True,
                filter=Filter(prefix="a" * number),
                transitions=(Transition("STANDARD_IA", days=30 + number % 7), Transition("GLACIER", days=90 + number)),
                expiration=Expiration(days=1000 + number),
            )
            for number in range(1000)
        )
    )


def _nested() -> str:
    config = collected(nested(), Facts(today=generated.START, versioning="Enabled"))
    return f"1,000 rules, {len(judge(config).found):,} findings{', not tried to the end' if config.exhausted else ''}"


def _open() -> str:
    made = [
        json.loads(as_json(ordinary(random.Random(number)))) | {"TransitionDefaultMinimumObjectSize": Opaque("Size")}
        for number in range(100)
    ]
    for raw in made:
        for rule in raw["Rules"]:
            if "Expiration" in rule:
                rule["Expiration"]["Days"] = Opaque("Days")
                break
    (source,) = read('{"Rules": []}', "lifecycle.json")
    facts = Facts(today=generated.START, versioning="Enabled")
    findings = sum(len(judge(written(Written(raw=raw, places=source.places, template=True), facts)).found) for raw in made)
    return f"{len(made)} configurations, {findings:,} findings"


def main() -> int:
    """Measure and print."""
    collect_less()  # as the command line does
    for what, run in (
        ("lint ordinary configurations", _lint(ordinary)),
        ("lint generated configurations", _lint(generated.lifecycle)),
        ("timeline of a large configuration", _timeline),
        ("lint a large configuration", _judge),
        ("lint nested rules", _nested),
        ("lint with two open values", _open),
    ):
        began = time.process_time()
        more = run()
        print(f"{what:<40} {time.process_time() - began:8.2f} CPU s  {_peak():5.0f} MB  {more}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
