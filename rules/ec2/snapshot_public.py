"""EBS snapshot that anyone can restore

## Why it matters
Everyone with an AWS account can find this snapshot, make a volume of it and read every block: database contents, keys, even files that
were deleted. Public snapshots are searched by machines, all the time.

## How to fix
Make the snapshot private, and replace every password and key that was on its volume:

    aws ec2 modify-snapshot-attribute --snapshot-id SNAPSHOT --attribute createVolumePermission --operation-type remove --group-names all

So that it cannot happen again, for each region:

    aws ec2 enable-snapshot-block-public-access --state block-all-sharing

## When it is fine
You publish the data on purpose. Under `block-all-sharing` nobody outside can use the snapshot although its permission still says so,
which awsaudit does not see; remove the permission anyway, since it is back as soon as the block is lifted.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    Pillar,
    Severity,
    Snapshot,
    Verdict,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=Snapshot,
    reads=(Snapshot.public, Snapshot.volume),
    pillar=Pillar.SECURITY,
    severity=Severity.CRITICAL,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("fsbp:EC2.1", "kisa-isms-p-2023:2.10.2"),
)
def check(snapshot: Snapshot, about: Context[Limits]) -> Iterator[Verdict]:
    public = need(snapshot.public)
    if public:
        volume = snapshot.volume.value if isinstance(snapshot.volume, Known) else None
        yield flag("can be restored by any AWS account", public=public, volume=volume)
    else:
        yield ok("is not public")


def cases() -> Iterator[Case[Snapshot]]:
    def snapshot(id: str, *, public: bool) -> Snapshot:
        return sample(Snapshot, id, public=Known(public), volume=Known("vol-0a1b2c3d4e5f60718"))

    yield passes("private", snapshot("snap-0a1b2c3d4e5f60718", public=False))
    yield fails("public", snapshot("snap-0b2c3d4e5f6071829", public=True))
    yield unknown("who may use it is not known", sample(Snapshot, "snap-0c3d4e5f607182930", public=denied(Snapshot.public)))
