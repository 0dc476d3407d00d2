"""Configurations as people write them, and what they do: each worked out by hand from the S3 User Guide, then held to the linter.

Those whose ``source`` is AWS are examples of its documents, written anew.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A file, what is said of the bucket, and what must come of it.

    ``findings``: checks with the rule they are about, suggestions and all. ``lives``: for each object that is shown, its name and its
    events in short: the day, the class or action.
    """

    name: str
    source: str
    text: str
    options: Mapping[str, object] = {}
    valid: bool | str = True
    effective: bool = True
    findings: tuple[str, ...] = ()
    lives: tuple[str, ...] = ()


def xml(*rules: str, status: str = "Enabled") -> str:
    """Rules as the REST API has them; each has its status unless it brings one."""
    whole = "\n".join(f"  <Rule>{rule}{'' if '<Status>' in rule else f'<Status>{status}</Status>'}</Rule>" for rule in rules)
    return f'<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">\n{whole}\n</LifecycleConfiguration>\n'


def move(storage_class: str, days: int) -> str:
    """A transition."""
    return f"<Transition><Days>{days}</Days><StorageClass>{storage_class}</StorageClass></Transition>"


def old(storage_class: str, days: int) -> str:
    """A transition of noncurrent versions."""
    return (
        f"<NoncurrentVersionTransition><NoncurrentDays>{days}</NoncurrentDays><StorageClass>{storage_class}</StorageClass>"
        "</NoncurrentVersionTransition>"
    )


def expire(days: int) -> str:
    """An expiration."""
    return f"<Expiration><Days>{days}</Days></Expiration>"


def old_expire(days: int, keep: int | None = None) -> str:
    """A deletion of noncurrent versions."""
    kept = "" if keep is None else f"<NewerNoncurrentVersions>{keep}</NewerNoncurrentVersions>"
    return f"<NoncurrentVersionExpiration>{kept}<NoncurrentDays>{days}</NoncurrentDays></NoncurrentVersionExpiration>"


def prefix(text: str) -> str:
    """A filter by prefix."""
    return f"<Filter><Prefix>{text}</Prefix></Filter>"


def tag(key: str, value: str) -> str:
    """A tag."""
    return f"<Tag><Key>{key}</Key><Value>{value}</Value></Tag>"


ALL = "<Filter></Filter>"
ABORT = "<Rule><ID>abort</ID><Filter/><Status>Enabled</Status><AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>"  # noqa: E501
MARKERS = "<Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration>"
_NO_ABORT = "no-multipart-abort"
_GUIDE = "AWS, S3 User Guide, "
_EXAMPLES = f"{_GUIDE}Examples of S3 Lifecycle configurations: "
_CONFLICTS = f"{_GUIDE}How Amazon S3 handles conflicts in lifecycle configurations: "

FROM_AWS = (
    Case(
        name="archive after a year, delete after ten",
        source=f"{_EXAMPLES}specifying a filter",
        text=xml("<ID>tax</ID>" + prefix("tax/") + move("GLACIER", 365) + expire(3650)),
        findings=(_NO_ABORT,),
        lives=("tax/example: 365 GLACIER, 3650 delete",),
    ),
    Case(
        name="archive everything at once",
        source=f"{_EXAMPLES}archiving all objects within one day after creation",
        text=xml("<ID>all</ID>" + prefix("") + move("GLACIER", 0)),
        findings=(_NO_ABORT,),
        lives=("example: 0 GLACIER",),
    ),
    Case(
        name="prefix and two tags",
        source=f"{_EXAMPLES}specifying a filter",
        text=xml(
            f"<ID>r</ID><Filter><And><Prefix>tax/</Prefix>{tag('key1', 'value1')}{tag('key2', 'value2')}</And></Filter>"
            + move("GLACIER", 0)
        ),
        findings=(_NO_ABORT,),
        lives=("tax/example key1=value1 key2=value2: 0 GLACIER",),
    ),
    Case(
        name="one rule is disabled",
        source=f"{_EXAMPLES}disabling a lifecycle rule",
        text=xml(
            "<ID>Rule1</ID>" + prefix("logs/") + move("GLACIER", 0),
            "<ID>Rule2</ID><Prefix>documents/</Prefix><Status>Disabled</Status>" + move("GLACIER", 0),
        ),
        findings=("deprecated-prefix Rule2", _NO_ABORT),
        lives=("logs/example: 0 GLACIER",),
    ),
    Case(
        name="tier down, then delete",
        source=f"{_EXAMPLES}tiering down storage class over an object's lifetime",
        text=xml("<ID>example-id</ID>" + prefix("logs/") + move("STANDARD_IA", 30) + move("GLACIER", 90) + expire(365)),
        findings=(_NO_ABORT,),
        lives=("logs/example: 30 STANDARD_IA, 90 GLACIER, 365 delete",),
    ),
    Case(
        name="two kinds of documents",
        source=f"{_EXAMPLES}specifying multiple rules",
        text=xml(
            "<ID>ClassADocRule</ID>" + prefix("classA/") + move("GLACIER", 365) + expire(3650),
            "<ID>ClassBDocRule</ID>" + prefix("classB/") + move("STANDARD_IA", 90) + expire(365),
        ),
        findings=(_NO_ABORT,),
        lives=("classA/example: 365 GLACIER, 3650 delete", "classB/example: 90 STANDARD_IA, 365 delete"),
    ),
    Case(
        name="overlapping prefixes without a conflict",
        source=f"{_CONFLICTS}example 1",
        text=xml("<ID>Rule 1</ID>" + ALL + expire(365), "<ID>Rule 2</ID>" + prefix("logs/") + move("STANDARD_IA", 30)),
        findings=(_NO_ABORT,),
        lives=("example: 365 delete", "logs/example: 30 STANDARD_IA, 365 delete"),
    ),
    Case(
        name="expire and move on one day",
        source=f"{_CONFLICTS}example 2",
        text=xml(
            "<ID>Rule 1</ID>" + prefix("logs/") + expire(365), "<ID>Rule 2</ID>" + prefix("logs/") + move("STANDARD_IA", 365)
        ),
        findings=(_NO_ABORT, "transition-after-expiry Rule 2"),
        lives=("logs/example: 365 delete",),
    ),
    Case(
        name="move twice to one class",
        source=f"{_CONFLICTS}example 3",
        text=xml(
            "<ID>Rule 1</ID>" + prefix("") + move("STANDARD_IA", 10),
            "<ID>Rule 2</ID>" + prefix("logs/") + move("STANDARD_IA", 365),
        ),
        valid="depends",
        findings=("infrequent-access-before-30-days Rule 1", _NO_ABORT, "shadowed-rule Rule 2"),
        lives=("example: 10 STANDARD_IA",),
    ),
    Case(
        name="an object with both tags",
        source=f"{_CONFLICTS}example 4",
        text=xml(
            f"<ID>Rule 1</ID><Filter>{tag('tag1', 'value1')}</Filter>" + move("GLACIER", 365),
            f"<ID>Rule 2</ID><Filter>{tag('tag2', 'value2')}</Filter>" + expire(14),
        ),
        findings=(_NO_ABORT, "overlapping-rules Rule 1"),
        lives=("example tag1=value1: 365 GLACIER", "example tag2=value2: 14 delete"),
    ),
    Case(
        name="a versioned bucket with a year of history",
        source=f"{_EXAMPLES}specifying a lifecycle rule for a versioning-enabled bucket",
        text=xml("<ID>sample-rule</ID>" + prefix("") + move("STANDARD_IA", 90) + old("GLACIER", 30) + old_expire(365, 5)),
        findings=("delete-markers-pile-up sample-rule", _NO_ABORT),
        lives=("example: 90 STANDARD_IA", "example replaced on day 30: 60 GLACIER, 395 delete"),
    ),
    Case(
        name="expire and remove noncurrent versions",
        source=f"{_EXAMPLES}removing expired object delete markers, versions that follow a lifecycle",
        text=xml("<ID>r</ID>" + ALL + expire(60) + old_expire(30, 10)),
        findings=(_NO_ABORT,),
        lives=("example: 60 mark", "example replaced on day 30: 60 delete"),
    ),
    Case(
        name="remove expired delete markers",
        source=f"{_EXAMPLES}removing expired object delete markers",
        text=xml("<ID>Rule 1</ID>" + prefix("logs/") + MARKERS + old_expire(30, 10)),
        findings=(_NO_ABORT,),
        lives=("logs/example replaced on day 30: 60 delete",),
    ),
    Case(
        name="abort uploads under a prefix",
        source=f"{_EXAMPLES}lifecycle configuration to abort multipart uploads",
        text=xml(
            "<ID>sample-rule</ID>"
            + prefix("SomeKeyPrefix/")
            + "<AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
        ),
        findings=(_NO_ABORT,),
    ),
    Case(
        name="move by size",
        source=f"{_EXAMPLES}lifecycle configuration using size-based rules",
        text=xml(
            "<ID>r</ID><Filter><And><Prefix>tax/</Prefix><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan></And></Filter>"
            + move("GLACIER", 365)
        ),
        findings=(_NO_ABORT, "small-objects-moved r"),
        lives=("tax/example: 365 GLACIER",),
    ),
    Case(
        name="move a range of sizes",
        source=f"{_EXAMPLES}lifecycle configuration using size-based rules, and Adding filters to Lifecycle rules",
        text=xml(
            "<ID>r</ID><Filter><And><ObjectSizeGreaterThan>500</ObjectSizeGreaterThan><ObjectSizeLessThan>64000</ObjectSizeLessThan>"
            "</And></Filter>" + move("STANDARD_IA", 30)
        ),
        findings=(_NO_ABORT, "small-objects-moved r"),
        lives=("example: 30 STANDARD_IA",),
    ),
    Case(
        name="small objects may move",
        source=f"{_EXAMPLES}allowing objects smaller than 128 KB to be transitioned",
        text=xml(
            "<ID>Allow small</ID><Filter><ObjectSizeGreaterThan>1</ObjectSizeGreaterThan></Filter>" + move("GLACIER_IR", 365)
        ),
        findings=(_NO_ABORT, "small-objects-moved Allow small"),
        lives=("example: 365 GLACIER_IR",),
    ),
    Case(
        name="the CLI's example with a date",
        source="AWS CLI, put-bucket-lifecycle-configuration, examples",
        text=(
            '{"Rules": [{"Filter": {"Prefix": "documents/"}, "Status": "Enabled", "ID": "documents",\n'
            '  "Transitions": [{"Days": 365, "StorageClass": "GLACIER"}], "Expiration": {"Days": 3650}},\n'
            ' {"Filter": {"Prefix": "logs/"}, "Status": "Enabled", "Expiration": {"Date": "2014-11-10T00:00:00Z"}, "ID": "logs"}]}'
        ),
        findings=("date-in-the-past logs", _NO_ABORT),
        lives=("documents/example: 365 GLACIER, 3650 delete", "logs/example: 0 delete"),
    ),
)

OURS = (
    Case(
        name="all rules are disabled",
        source="awsaudit",
        text=xml("<ID>a</ID>" + ALL + expire(30), "<ID>b</ID>" + ALL + move("GLACIER", 30), status="Disabled"),
        effective=False,
        findings=("only-disabled-rules",),
    ),
    Case(
        name="keep longer what a shorter rule deletes",
        source="awsaudit",
        text=xml("<ID>all</ID>" + ALL + expire(30), "<ID>keep</ID>" + prefix("keep/") + move("GLACIER", 60) + expire(3650)),
        findings=("expiration-overruled keep", _NO_ABORT, "transition-after-expiry keep"),
        lives=("example: 30 delete",),
    ),
    Case(
        name="a ladder that climbs",
        source="awsaudit",
        text=xml("<ID>r</ID>" + ALL + move("INTELLIGENT_TIERING", 30), "<ID>s</ID>" + ALL + move("STANDARD_IA", 60)),
        findings=("impossible-transition s", _NO_ABORT),
        lives=("example: 30 INTELLIGENT_TIERING",),
    ),
    Case(
        name="deep archive for a month",
        source="awsaudit",
        text=xml("<ID>r</ID>" + ALL + move("DEEP_ARCHIVE", 30) + expire(60)),
        findings=("early-deletion-fee r", _NO_ABORT),
        lives=("example: 30 DEEP_ARCHIVE, 60 delete",),
    ),
    Case(
        name="cold versions that do not stay",
        source="awsaudit",
        text=xml("<ID>r</ID>" + ALL + old("GLACIER", 30) + old("DEEP_ARCHIVE", 60) + old_expire(120) + expire(400)),
        options={"versioning": "enabled"},
        findings=("early-deletion-fee r", "early-deletion-fee r", _NO_ABORT),
        lives=(
            "example: 400 mark, 430 GLACIER, 460 DEEP_ARCHIVE, 520 delete, 800 remove-marker",
            "example replaced on day 30: 60 GLACIER, 90 DEEP_ARCHIVE, 150 delete",
        ),
    ),
    Case(
        name="a transition of versions after their end",
        source="awsaudit",
        text=xml("<ID>r</ID>" + ALL + old("GLACIER", 90) + old_expire(30) + MARKERS),
        options={"versioning": "enabled"},
        valid="depends",
        findings=("actions-out-of-order r", "noncurrent-ladder r", _NO_ABORT),
        lives=("example replaced on day 30: 60 delete",),
    ),
    Case(
        name="expiration in a versioned bucket frees nothing",
        source="awsaudit",
        text=xml("<ID>r</ID>" + ALL + expire(30)).replace("</LifecycleConfiguration>", ABORT + "</LifecycleConfiguration>"),
        options={"versioning": "enabled"},
        findings=("noncurrent-versions-kept",),
        lives=("example: 30 mark",),
    ),
    Case(
        name="noncurrent versions without versioning",
        source="awsaudit",
        text=xml("<ID>r</ID>" + ALL + old_expire(30)),
        options={"versioning": "off"},
        effective=False,
        findings=("noncurrent-without-versioning r", _NO_ABORT),
    ),
    Case(
        name="object lock keeps what the rule deletes",
        source="awsaudit",
        text=xml("<ID>r</ID>" + ALL + expire(30) + old_expire(30)),
        options={"versioning": "enabled", "object_lock_days": 365},
        findings=("expiry-blocked-by-object-lock r", _NO_ABORT),
        lives=("example: 30 mark, 60 delete, 61 remove-marker", "example replaced on day 30: 60 delete"),
    ),
    Case(
        name="prefixes that no key has",
        source="awsaudit",
        text=xml(
            "<ID>slash</ID>" + prefix("/logs/") + expire(30),
            "<ID>star</ID>" + prefix("logs/*.gz") + expire(30),
            "<ID>address</ID>" + prefix("s3://bucket/logs/") + expire(30),
        ),
        findings=(_NO_ABORT, "prefix-unlikely address", "prefix-unlikely slash", "prefix-unlikely star"),
        lives=("/logs/example: 30 delete", "logs/*.gzexample: 30 delete", "s3://bucket/logs/example: 30 delete"),
    ),
    Case(
        name="a million small files to Glacier",
        source="awsaudit",
        text=(
            '{"TransitionDefaultMinimumObjectSize": "varies_by_storage_class", "Rules": [{"ID": "r", "Status": "Enabled",\n'
            '  "Filter": {}, "Transitions": [{"Days": 30, "StorageClass": "GLACIER"}]}]}'
        ),
        options={"size_gb": 10, "objects": 1_000_000},
        findings=(_NO_ABORT, "small-objects-moved r"),
        lives=("example: 30 GLACIER",),
    ),
    Case(
        name="a million small files stay",
        source="awsaudit",
        text=xml("<ID>r</ID>" + ALL + move("INTELLIGENT_TIERING", 0)),
        options={"size_gb": 100, "objects": 1_000_000},
        findings=(_NO_ABORT, "small-objects-stay r"),
    ),
    Case(
        name="everything that is refused at once",
        source="awsaudit",
        text=(
            '{"Rules": [{"ID": "r", "Status": "enabled", "Transitions": [{"Days": -1, "StorageClass": "STANDARD"}],\n'
            '  "Expiration": {"Days": 0, "Date": "2030-01-01", "ExpiredObjectDeleteMarker": true}}]}'
        ),
        valid=False,
        effective=False,
        findings=(
            "days-and-date r",
            "delete-marker-with-time r",
            "invalid-days r",
            "invalid-days r",
            "invalid-status r",
            "invalid-storage-class r",
            "missing-filter r",
        ),
    ),
)

CASES = (*FROM_AWS, *OURS)
