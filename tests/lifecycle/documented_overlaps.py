"""AWS's own examples of rules that overlap, and of prefixes and tags together, written anew as in ``documented_examples``."""

from __future__ import annotations

from auditor.model.s3 import Expiration, Filter, LifecycleRule, Transition
from tests.lifecycle.documented_examples import ARCHIVE_AT_ONCE, CONFLICTS, FILTERS, current, row
from tests.lifecycle.rows import deleted, moved, rules

SETTING = "User Guide, Setting an S3 Lifecycle configuration on a bucket: "

SDK = rules(
    LifecycleRule(
        id="Archive immediately rule", enabled=True, filter=Filter(prefix="glacierobjects/"), transitions=ARCHIVE_AT_ONCE
    ),
    LifecycleRule(
        id="Archive and then delete rule",
        enabled=True,
        filter=Filter(tags={"archive": "true"}),
        transitions=(Transition("STANDARD_IA", days=30), Transition("GLACIER", days=365)),
        expiration=Expiration(days=3650),
    ),
)

ROWS = (
    row(
        "both rules apply, at different times",
        CONFLICTS + "Example 1, overlapping prefixes (no conflict)",
        rules(
            LifecycleRule(id="Rule 1", enabled=True, expiration=Expiration(days=365)),
            LifecycleRule(
                id="Rule 2", enabled=True, filter=Filter(prefix="logs/"), transitions=(Transition("STANDARD_IA", days=30),)
            ),
        ),
        current("logs/1"),
        moved("2024-02-15", "STANDARD_IA", "Rule 2"),
        deleted("2025-01-15", "Rule 1"),
    ),
    row(
        "expiration wins over a transition of the same day",
        CONFLICTS + "Example 2, conflicting lifecycle actions",
        rules(
            LifecycleRule(id="Rule 1", enabled=True, filter=Filter(prefix="logs/"), expiration=Expiration(days=365)),
            LifecycleRule(
                id="Rule 2", enabled=True, filter=Filter(prefix="logs/"), transitions=(Transition("STANDARD_IA", days=365),)
            ),
        ),
        current("logs/1"),
        deleted("2025-01-15", "Rule 1"),
    ),
    row(
        "the earlier of two transitions to one class",
        CONFLICTS + "Example 3, overlapping prefixes resulting in conflicting lifecycle actions",
        rules(
            LifecycleRule(id="Rule 1", enabled=True, filter=Filter(prefix=""), transitions=(Transition("STANDARD_IA", days=10),)),
            LifecycleRule(
                id="Rule 2", enabled=True, filter=Filter(prefix="logs/"), transitions=(Transition("STANDARD_IA", days=365),)
            ),
        ),
        current("logs/1"),
        moved("2024-01-26", "STANDARD_IA", "Rule 1"),
    ),
    row(
        "an object with both tags expires first",
        CONFLICTS + "Example 4, tag-based filtering and resulting conflicting lifecycle actions",
        rules(
            LifecycleRule(
                id="Rule 1", enabled=True, filter=Filter(tags={"tag1": "value1"}), transitions=(Transition("GLACIER", days=365),)
            ),
            LifecycleRule(id="Rule 2", enabled=True, filter=Filter(tags={"tag2": "value2"}), expiration=Expiration(days=14)),
        ),
        current("doc", tag1="value1", tag2="value2"),
        deleted("2024-01-30", "Rule 2"),
    ),
    row(
        "a prefix without a slash covers all that begin with it",
        FILTERS + "key prefixes, note on partial prefixes",
        rules(LifecycleRule(id="sales", enabled=True, filter=Filter(prefix="sales"), expiration=Expiration(days=1))),
        current("sales2001/q1"),
        deleted("2024-01-17", "sales"),
    ),
    row(
        "the prefix and two tags, by the command line",
        SETTING + "Using the AWS CLI, Example 2",
        rules(
            LifecycleRule(
                id="id-1",
                enabled=True,
                filter=Filter(prefix="myprefix", tags={"mytagkey1": "mytagvalue1", "mytagkey2": "mytagvalue2"}),
                expiration=Expiration(days=1),
            )
        ),
        current("myprefix/doc", mytagkey1="mytagvalue1", mytagkey2="mytagvalue2"),
        deleted("2024-01-17", "id-1"),
    ),
    row(
        "archived at once under a prefix, in the SDK's example",
        SETTING + "Using the AWS SDKs, Java",
        SDK,
        current("glacierobjects/doc"),
        moved("2024-01-16", "GLACIER", "Archive immediately rule"),
    ),
    row(
        "tagged archive=true, in the SDK's example",
        SETTING + "Using the AWS SDKs, Java",
        SDK,
        current("doc", archive="true"),
        moved("2024-02-15", "STANDARD_IA", "Archive and then delete rule"),
        moved("2025-01-15", "GLACIER", "Archive and then delete rule"),
        deleted("2034-01-13", "Archive and then delete rule"),
    ),
    row(
        "under the prefix and tagged: archived at once, and the later class is out of reach",
        SETTING + "Using the AWS SDKs, Java",
        SDK,
        current("glacierobjects/doc", archive="true"),
        moved("2024-01-16", "GLACIER", "Archive immediately rule"),
        deleted("2034-01-13", "Archive and then delete rule"),
    ),
)
