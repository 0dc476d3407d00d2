"""EC2 instance without an instance profile

## Why it matters
A program on the instance that needs AWS has to get credentials from somewhere. Without an instance profile that tends to be a user's
access key in a file or in user data: it does not expire, it is in every image and backup of the disk, and nobody changes it.

## How to fix
Associate an instance profile whose role allows what the programs on the instance need:

    aws ec2 associate-iam-instance-profile --instance-id INSTANCE --iam-instance-profile Name=PROFILE

It takes effect without a restart. Then delete the access keys that were used in its place. Console: instance, *Actions*, *Security*,
*Modify IAM role*. Terraform: `iam_instance_profile` in `aws_instance` and `aws_launch_template`. For Session Manager alone, Systems
Manager can give one role to all instances of a region that have no profile (*Default Host Management Configuration*).

## When it is fine
Nothing on the instance calls AWS: then it is safer without a role, and only the benchmark says otherwise. What runs on an instance
cannot be seen from outside. A stopped instance counts, since it starts as it is; one that is being terminated does not.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Audience,
    Case,
    Confidence,
    Context,
    Instance,
    Known,
    Limits,
    Pillar,
    Severity,
    Verdict,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    unknown,
)


@rule(
    over=Instance,
    reads=(Instance.profile, Instance.state),
    pillar=Pillar.SECURITY,
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("cis-aws-7.0:2.16",),
)
def check(instance: Instance, about: Context[Limits]) -> Iterator[Verdict]:
    profile = need(instance.profile)
    if profile is not None:
        yield ok("has the instance profile {profile}", profile=profile)
        return
    state = need(instance.state)
    if state == "shutting-down":
        yield skip("is being terminated", state=state)
    else:
        yield flag("has no instance profile and is {state}", state=state, profile=None)


def cases() -> Iterator[Case[Instance]]:
    profile, none = Known("arn:aws:iam::123456789012:instance-profile/trainer"), Known(None)
    running, stopped, leaving = Known("running"), Known("stopped"), Known("shutting-down")
    yield passes("with a profile", sample(Instance, "i-0a1b2c3d4e5f60718", profile=profile, state=running))
    yield passes("with a profile, the state unknown", sample(Instance, "i-0b2c3d4e5f6071829", profile=profile))
    yield fails("without one", sample(Instance, "i-0c3d4e5f607182930", profile=none, state=running))
    yield fails("without one, stopped", sample(Instance, "i-0d4e5f60718293041", profile=none, state=stopped))
    yield skips("without one, being terminated", sample(Instance, "i-0e5f6071829304152", profile=none, state=leaving))
    yield unknown(
        "instances may not be described",
        sample(Instance, "i-0f607182930415263", profile=denied(Instance.profile), state=denied(Instance.state)),
    )
