"""What AWS's text says of small objects and of the ways between classes. The configurations are ours."""

from __future__ import annotations

from auditor.model.s3 import Filter
from tests.lifecycle.documented_examples import EXAMPLES
from tests.lifecycle.documented_rules import DAYS_30, expire, row, thing, to
from tests.lifecycle.rows import KB, MB, deleted, moved, rules

WATERFALL = "User Guide, Transitioning objects using Amazon S3 Lifecycle: Supported and unsupported lifecycle transitions"
SMALL = EXAMPLES + "Allowing objects smaller than 128 KB to be transitioned"
VARIES = "varies_by_storage_class"
ROWS = (
    row("a byte under 128 KB stays", SMALL, rules(to("GLACIER")), thing(128 * KB - 1)),
    row("128 KB moves", SMALL, rules(to("STANDARD_IA")), thing(128 * KB), moved(DAYS_30, "STANDARD_IA", "STANDARD_IA")),
    row(
        "by the older default a small object goes to Glacier",
        SMALL,
        rules(to("STANDARD_IA"), to("GLACIER", 90), minimum=VARIES),
        thing(10 * KB),
        moved("2024-04-15", "GLACIER", "GLACIER"),
    ),
    row("by the older default it goes nowhere else", SMALL, rules(to("GLACIER_IR"), minimum=VARIES), thing(10 * KB)),
    row("the default is no hindrance to expiration", SMALL, rules(expire("all", 30)), thing(1), deleted(DAYS_30, "all")),
    row(
        "a rule's own size wins over the default, for that rule",
        SMALL,
        rules(to("STANDARD_IA", 30, Filter(size_less_than=MB)), to("GLACIER", 90)),
        thing(10 * KB),
        moved(DAYS_30, "STANDARD_IA", "STANDARD_IA"),
    ),
    row(
        "no way from Intelligent-Tiering to Standard-IA",
        WATERFALL,
        rules(to("STANDARD_IA")),
        thing(storage_class="INTELLIGENT_TIERING"),
    ),
    row(
        "no way from One Zone-IA to Glacier Instant Retrieval",
        WATERFALL,
        rules(to("GLACIER_IR")),
        thing(storage_class="ONEZONE_IA"),
    ),
    row(
        "no way from One Zone-IA to Intelligent-Tiering",
        WATERFALL,
        rules(to("INTELLIGENT_TIERING")),
        thing(storage_class="ONEZONE_IA"),
    ),
    row("no way back from Glacier", WATERFALL, rules(to("STANDARD_IA"), to("GLACIER_IR")), thing(storage_class="GLACIER")),
    row("no way out of Deep Archive", WATERFALL, rules(to("GLACIER"), to("GLACIER_IR")), thing(storage_class="DEEP_ARCHIVE")),
    row(
        "from Glacier to Deep Archive",
        WATERFALL,
        rules(to("DEEP_ARCHIVE")),
        thing(storage_class="GLACIER"),
        moved(DAYS_30, "DEEP_ARCHIVE", "DEEP_ARCHIVE"),
    ),
    row(
        "from Intelligent-Tiering to One Zone-IA",
        WATERFALL,
        rules(to("ONEZONE_IA")),
        thing(storage_class="INTELLIGENT_TIERING"),
        moved(DAYS_30, "ONEZONE_IA", "ONEZONE_IA"),
    ),
    row(
        "down all the steps there are",
        WATERFALL,
        rules(
            to("STANDARD_IA", 30),
            to("INTELLIGENT_TIERING", 60),
            to("GLACIER_IR", 90),
            to("GLACIER", 100),
            to("DEEP_ARCHIVE", 180),
        ),
        thing(),
        moved(DAYS_30, "STANDARD_IA", "STANDARD_IA"),
        moved("2024-03-16", "INTELLIGENT_TIERING", "INTELLIGENT_TIERING"),
        moved("2024-04-15", "GLACIER_IR", "GLACIER_IR"),
        moved("2024-04-25", "GLACIER", "GLACIER"),
        moved("2024-07-14", "DEEP_ARCHIVE", "DEEP_ARCHIVE"),
    ),
)
