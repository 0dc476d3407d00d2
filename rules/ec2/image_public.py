"""AMI that anyone can launch

## Why it matters
Everyone with an AWS account can find this AMI, launch it and read what is on it: source code, shell histories, keys that somebody
forgot to remove. That is how AMIs leak secrets.

## How to fix
Make the AMI private, and replace every password and key that was on it:

    aws ec2 modify-image-attribute --image-id IMAGE --launch-permission "Remove=[{Group=all}]"

Share it with single accounts where that is needed:

    aws ec2 modify-image-attribute --image-id IMAGE --launch-permission "Add=[{UserId=ACCOUNT}]"

So that it cannot happen again, for each region (AMIs that are public already stay public):

    aws ec2 enable-image-block-public-access --image-block-public-access-state block-new-sharing

## When it is fine
You publish the AMI on purpose, a pipeline builds it from nothing but public parts, and an account of its own holds it.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Image,
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
    unknown,
)


@rule(
    over=Image,
    reads=(Image.public, Image.image_name),
    pillar=Pillar.SECURITY,
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    since="0.1",
    controls=("kisa-isms-p-2023:2.10.2",),
)
def check(image: Image, about: Context[Limits]) -> Iterator[Verdict]:
    public = need(image.public)
    if public:
        image_name = image.image_name.value if isinstance(image.image_name, Known) else None
        yield flag("can be launched by any AWS account", public=public, image_name=image_name)
    else:
        yield ok("is not public")


def cases() -> Iterator[Case[Image]]:
    def image(id: str, *, public: bool) -> Image:
        return sample(Image, id, public=Known(public), image_name=Known("trainer-2026-10"))

    yield passes("private", image("ami-0a1b2c3d4e5f60718", public=False))
    yield fails("public", image("ami-0b2c3d4e5f6071829", public=True))
    yield unknown("images may not be described", sample(Image, "ami-0c3d4e5f607182930", public=denied(Image.public)))
