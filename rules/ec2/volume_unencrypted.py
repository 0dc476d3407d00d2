"""EBS volume that is not encrypted

## Why it matters
Anyone who may share or copy its snapshots can carry the data to another account, and no key stands in the way: an unencrypted
snapshot can even be made public, an encrypted one cannot. Many standards ask for encryption at rest outright.

## How to fix
Replace the volume by an encrypted one made from its snapshot; it cannot be encrypted in place:

    aws ec2 create-snapshot --volume-id VOLUME
    aws ec2 create-volume --snapshot-id SNAPSHOT --availability-zone ZONE --volume-type gp3 --encrypted

Stop what writes to it before the snapshot. Then detach the old volume, attach the new one under the same device name, start, check,
and delete the old volume and the snapshot. So that it stays done: `aws ec2 enable-ebs-encryption-by-default`. Terraform: `encrypted =
true` in `aws_ebs_volume` and in the `root_block_device` and `ebs_block_device` blocks (this replaces the volume: take the snapshot
first).

## When it is fine
The volume holds nothing but public data or scratch space that will be gone soon, and no standard you follow says otherwise.
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
    Verdict,
    Volume,
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

CONTROLS = ("fsbp:EC2.3", "kisa-isms-p-2023:2.7.1")


@rule(
    over=Volume,
    reads=(Volume.encrypted, Volume.state),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=CONTROLS,
)
def check(volume: Volume, about: Context[Limits]) -> Iterator[Verdict]:
    encrypted = need(volume.encrypted)
    if encrypted:
        yield ok("is encrypted")
    else:
        # EC2.3 is about volumes in use: a volume attached to nothing does not fail it.
        unused = isinstance(volume.state, Known) and volume.state.value == "available"
        concerned = tuple(control for control in CONTROLS if not (unused and control == "fsbp:EC2.3"))
        state = volume.state.value if isinstance(volume.state, Known) else None
        yield flag("is not encrypted", controls=concerned, encrypted=encrypted, state=state)


def cases() -> Iterator[Case[Volume]]:
    used, unused = Known("in-use"), Known("available")
    yield passes("encrypted", sample(Volume, "vol-0a1b2c3d4e5f60718", encrypted=Known(True), state=used))
    yield fails("not encrypted", sample(Volume, "vol-0b2c3d4e5f6071829", encrypted=Known(False), state=used))
    yield fails(
        "not encrypted, attached to nothing", sample(Volume, "vol-0d4e5f60718293041", encrypted=Known(False), state=unused)
    )
    yield unknown("volumes may not be described", sample(Volume, "vol-0c3d4e5f607182930", encrypted=denied(Volume.encrypted)))
