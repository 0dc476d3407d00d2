from __future__ import annotations

import pytest

from auditor.engine.cases import sample
from auditor.model.resource import Resource, kinds
from auditor.render.resource_type import ACCOUNT, BUCKET, EVERYWHERE, TYPES, resource_type

NO_TYPE = {
    "ec2:image",
    "ec2:reserved-instances",
    "ec2:snapshot",
    "ec2:spot-instances-request",
    "sagemaker:processing-job",
    "sagemaker:training-job",
}
"""What CloudFormation cannot make has no type there."""


AS_COLLECTED = {
    "ec2:address": "ec2:elastic-ip",
    "ec2:host": "ec2:dedicated-host",
    "ec2:spot-request": "ec2:spot-instances-request",
    "iam:virtual-mfa-device": "iam:mfa",
    "s3:access-point": "s3:accesspoint",
    "s3:directory-access-point": "s3express:accesspoint",
    "s3:directory-bucket": "s3express:bucket",
    "s3:multi-region-access-point": "s3:accesspoint",
    "s3:object-lambda-access-point": "s3-object-lambda:accesspoint",
}
"""Where the ARNs of samples are simpler than AWS's."""


@pytest.mark.parametrize("kind", kinds().values(), ids=kinds())
def test_every_kind_of_the_model_has_a_type_or_is_known_to_have_none(kind: type[Resource]) -> None:
    arn = sample(kind).arn
    if arn.startswith("arn:"):
        _, _, service, region, account, resource = arn.split(":", 5)
        word = f"{service}:{resource.partition('/')[0]}"
        word = AS_COLLECTED.get(word, word)
        arn = f"arn:aws:{word.partition(':')[0]}:{region}:{account}:{word.partition(':')[2]}/x"
        assert (resource_type(arn) is None) == (word in NO_TYPE)
    else:
        assert resource_type(arn) is ACCOUNT


@pytest.mark.parametrize(
    ("arn", "type"),
    [
        ("AWS::::Account:123456789012", ACCOUNT),
        ("AWS::::Account:123456789012/eu-west-1", ACCOUNT),
        ("arn:aws:iam::123456789012:root", ACCOUNT),
        ("arn:aws:s3:::데이터:a/b", BUCKET),
        ("arn:aws-cn:iam::123456789012:role/path/name", TYPES["iam:role"]),
        ("arn:aws:s3:eu-west-1:123456789012:accesspoint/a", TYPES["s3:accesspoint"]),
        ("arn:aws:s3::123456789012:accesspoint/mfzwi23gnjvgw.mrap", EVERYWHERE),
        ("arn:aws:glue:eu-west-1:123456789012:job/a", None),
        ("arn:aws:iam", None),
        ("", None),
    ],
)
def test_a_type_is_told_from_the_arn(arn: str, type: object) -> None:
    assert resource_type(arn) == type
