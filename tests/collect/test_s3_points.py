"""Access points over real HTTP. moto keeps them, but for who owns the bucket behind them."""

from __future__ import annotations

import json

import pytest

from auditor.collect.s3_points import ROUTED_TO
from auditor.model.account import PublicAccessBlock
from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.resource import GLOBAL, Resource
from auditor.model.s3_points import (
    AccessPoint,
    DirectoryAccessPoint,
    MultiRegionAccessPoint,
    ObjectLambdaAccessPoint,
    PointBucket,
    PointScope,
)
from tests.collect.helpers import Hurried, scan
from tests.emulator import Emulator

HERE = "us-east-1"
ACCOUNT = "123456789012"
XML = "text/xml"
OK = "200 OK"


def points(emulator: Emulator) -> dict[str, AccessPoint]:
    section = scan(emulator, AccessPoint).section(AccessPoint, HERE)
    assert section.complete
    return {point.id: point for point in section.items}


def test_an_account_without_access_points_is_known_to_have_none(emulator: Emulator) -> None:
    snapshot = scan(emulator, AccessPoint, MultiRegionAccessPoint)
    assert snapshot.all(AccessPoint) == snapshot.all(MultiRegionAccessPoint) == Known(())
    assert emulator.doorman.regions["s3control.ListMultiRegionAccessPoints", ROUTED_TO] == 1


def test_access_points_come_through(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="behind-the-doors")
    control = emulator.client("s3control")
    behind = {"AccountId": ACCOUNT, "Bucket": "behind-the-doors"}
    control.create_access_point(Name="closed-door", **behind)
    half = {"BlockPublicAcls": True, "IgnorePublicAcls": True, "BlockPublicPolicy": False, "RestrictPublicBuckets": False}
    control.create_access_point(
        Name="open-door", PublicAccessBlockConfiguration=half, VpcConfiguration={"VpcId": "vpc-0a1b2c3d"}, **behind
    )
    policy = json.dumps({"Version": "2012-10-17", "Statement": []})
    control.put_access_point_policy(AccountId=ACCOUNT, Name="open-door", Policy=policy)
    found = points(emulator)
    closed, opened = found["closed-door"], found["open-door"]
    assert closed.arn == f"arn:aws:s3:{HERE}:{ACCOUNT}:accesspoint/closed-door"
    assert need(closed.bucket) == PointBucket("behind-the-doors")
    assert need(closed.vpc) is None
    assert need(closed.policy_is_public) is False
    assert need(opened.vpc) == "vpc-0a1b2c3d"
    assert need(opened.public_access_block) == PublicAccessBlock(True, True, False, False)
    assert need(opened.policy_is_public) is True


def test_a_denied_access_point_stays_and_says_what_would_tell(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="behind-the-doors")
    emulator.client("s3control").create_access_point(AccountId=ACCOUNT, Name="a-door", Bucket="behind-the-doors")
    emulator.doorman.deny.add("s3control.GetAccessPoint")
    point = points(emulator)["a-door"]
    assert point.public_access_block == Unknown(Reason.DENIED, "s3control.GetAccessPoint", "s3:GetAccessPoint")
    assert isinstance(point.policy_is_public, Known)


def test_a_door_of_which_the_settings_are_missing_is_not_known_to_be_closed(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="behind-the-doors")
    emulator.client("s3control").create_access_point(AccountId=ACCOUNT, Name="a-door", Bucket="behind-the-doors")
    body = b"<GetAccessPointResult><Name>a-door</Name><Bucket>behind-the-doors</Bucket></GetAccessPointResult>"
    emulator.doorman.answers["s3control.GetAccessPoint"] = (OK, body, XML)
    point = points(emulator)["a-door"]
    assert isinstance(point.public_access_block, Unknown)
    assert point.public_access_block.reason is Reason.NO_DATA


def test_what_is_no_bucket_has_none(emulator: Emulator) -> None:
    """A file system behind an access point, and a bucket of another account, in the shape of the API reference."""
    body = f"""<ListAccessPointsResult><AccessPointList>
      <AccessPoint><Name>files</Name><NetworkOrigin>Internet</NetworkOrigin><DataSourceType>FSx</DataSourceType>
        <AccessPointArn>arn:aws:s3:{HERE}:{ACCOUNT}:accesspoint/files</AccessPointArn></AccessPoint>
      <AccessPoint><Name>theirs</Name><NetworkOrigin>VPC</NetworkOrigin><Bucket>their-data</Bucket>
        <VpcConfiguration><VpcId>vpc-1</VpcId></VpcConfiguration><BucketAccountId>999988887777</BucketAccountId></AccessPoint>
      </AccessPointList></ListAccessPointsResult>"""
    emulator.doorman.answers["s3control.ListAccessPoints"] = (OK, body.encode(), XML)
    emulator.doorman.deny |= {"s3control.GetAccessPoint", "s3control.GetAccessPointPolicyStatus"}
    found = points(emulator)
    assert need(found["files"].bucket) is None
    assert need(found["theirs"].bucket) == PointBucket("their-data", "999988887777")
    assert need(found["theirs"].vpc) == "vpc-1"


def test_an_access_point_deleted_while_scanning_is_dropped_and_noted(emulator: Emulator) -> None:
    body = b"""<ListAccessPointsResult><AccessPointList><AccessPoint><Name>gone</Name><NetworkOrigin>Internet</NetworkOrigin>
      <Bucket>some-data</Bucket></AccessPoint></AccessPointList></ListAccessPointsResult>"""
    emulator.doorman.answers["s3control.ListAccessPoints"] = (OK, body, XML)
    snapshot = scan(emulator, AccessPoint)
    assert not snapshot.section(AccessPoint, HERE).items
    assert [gap.reason for gap in snapshot.gaps] == [Reason.GONE]


@pytest.mark.parametrize("body", [b"", b"<html/>", b"<Something/>"])
def test_an_answer_to_something_else_is_not_an_account_without_access_points(emulator: Emulator, body: bytes) -> None:
    for operation in ("ListAccessPoints", "ListMultiRegionAccessPoints"):
        emulator.doorman.answers[f"s3control.{operation}"] = (OK, body, XML)
    snapshot = scan(emulator, AccessPoint, MultiRegionAccessPoint, clock=Hurried())
    assert not snapshot.section(AccessPoint, HERE).complete
    assert not snapshot.section(MultiRegionAccessPoint, GLOBAL).complete


def test_multi_region_access_points_come_through(emulator: Emulator) -> None:
    """In the shape of the API reference: moto gives no account of a bucket."""
    body = f"""<ListMultiRegionAccessPointsResult><AccessPoints><AccessPoint>
      <Name>worldwide</Name><Alias>mfzwi23gnjvgw.mrap</Alias><CreatedAt>2026-01-02T03:04:05Z</CreatedAt>
      <PublicAccessBlock><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>
        <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>false</RestrictPublicBuckets></PublicAccessBlock>
      <Status>READY</Status><Regions>
        <Region><Bucket>data-us</Bucket><Region>us-east-1</Region><BucketAccountId>{ACCOUNT}</BucketAccountId></Region>
        <Region><Bucket>data-kr</Bucket><Region>ap-northeast-2</Region></Region></Regions>
      </AccessPoint></AccessPoints></ListMultiRegionAccessPointsResult>"""
    status = b"""<GetMultiRegionAccessPointPolicyStatusResult><Established><IsPublic>true</IsPublic></Established>
      </GetMultiRegionAccessPointPolicyStatusResult>"""
    emulator.doorman.answers["s3control.ListMultiRegionAccessPoints"] = (OK, body.encode(), XML)
    emulator.doorman.answers["s3control.GetMultiRegionAccessPointPolicyStatus"] = (OK, status, XML)
    (point,) = scan(emulator, MultiRegionAccessPoint).section(MultiRegionAccessPoint, GLOBAL).items
    assert point.arn == f"arn:aws:s3::{ACCOUNT}:accesspoint/mfzwi23gnjvgw.mrap"
    assert need(point.status) == "READY"
    assert need(point.public_access_block) == PublicAccessBlock(True, True, True, False)
    assert need(point.policy_is_public) is True
    assert need(point.buckets) == (
        PointBucket("data-us", ACCOUNT, "us-east-1"),
        PointBucket("data-kr", None, "ap-northeast-2"),
    )
    assert emulator.doorman.regions["s3control.GetMultiRegionAccessPointPolicyStatus", ROUTED_TO] == 1


def door(name: str, bucket: str) -> str:
    return f"""<AccessPoint><Name>{name}</Name><NetworkOrigin>Internet</NetworkOrigin><Bucket>{bucket}</Bucket>
      <BucketAccountId>{ACCOUNT}</BucketAccountId></AccessPoint>"""


BLOCK = """<PublicAccessBlockConfiguration><BlockPublicAcls>true</BlockPublicAcls><IgnorePublicAcls>true</IgnorePublicAcls>
  <BlockPublicPolicy>true</BlockPublicPolicy><RestrictPublicBuckets>true</RestrictPublicBuckets></PublicAccessBlockConfiguration>"""
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:redact"
OBJECT_LAMBDA = {
    "ListAccessPointsForObjectLambda": f"""<ListAccessPointsForObjectLambdaResult><ObjectLambdaAccessPointList>
      <ObjectLambdaAccessPoint><Name>redacted</Name>
        <ObjectLambdaAccessPointArn>arn:aws:s3-object-lambda:{HERE}:{ACCOUNT}:accesspoint/redacted</ObjectLambdaAccessPointArn>
      </ObjectLambdaAccessPoint></ObjectLambdaAccessPointList></ListAccessPointsForObjectLambdaResult>""",
    "GetAccessPointForObjectLambda": f"""<GetAccessPointForObjectLambdaResult><Name>redacted</Name>{BLOCK}
      </GetAccessPointForObjectLambdaResult>""",
    "GetAccessPointConfigurationForObjectLambda": f"""<GetAccessPointConfigurationForObjectLambdaResult><Configuration>
      <SupportingAccessPoint>arn:aws:s3:{HERE}:{ACCOUNT}:accesspoint/behind</SupportingAccessPoint>
      <TransformationConfigurations><TransformationConfiguration><Actions><Action>GetObject</Action></Actions>
        <ContentTransformation><AwsLambda><FunctionArn>{LAMBDA}</FunctionArn></AwsLambda></ContentTransformation>
      </TransformationConfiguration></TransformationConfigurations></Configuration>
      </GetAccessPointConfigurationForObjectLambdaResult>""",
    "GetAccessPointPolicyStatusForObjectLambda": """<GetAccessPointPolicyStatusForObjectLambdaResult><PolicyStatus>
      <IsPublic>true</IsPublic></PolicyStatus></GetAccessPointPolicyStatusForObjectLambdaResult>""",
}


def stub(emulator: Emulator, answers: dict[str, str]) -> None:
    for operation, body in answers.items():
        emulator.doorman.answers[f"s3control.{operation}"] = (OK, body.encode(), XML)


def test_object_lambda_access_points_come_through(emulator: Emulator) -> None:
    stub(emulator, OBJECT_LAMBDA)
    (point,) = scan(emulator, ObjectLambdaAccessPoint).section(ObjectLambdaAccessPoint, HERE).items
    assert point.arn == f"arn:aws:s3-object-lambda:{HERE}:{ACCOUNT}:accesspoint/redacted"
    assert need(point.public_access_block) == PublicAccessBlock(True, True, True, True)
    assert need(point.supporting_point) == f"arn:aws:s3:{HERE}:{ACCOUNT}:accesspoint/behind"
    assert need(point.functions) == (LAMBDA,)
    assert need(point.policy_is_public) is True
    assert emulator.doorman.calls["s3control.GetAccessPointConfigurationForObjectLambda"] == 1


def test_an_object_lambda_access_point_without_a_policy_is_not_public(emulator: Emulator) -> None:
    stub(emulator, OBJECT_LAMBDA)
    error = b"<ErrorResponse><Error><Code>NoSuchAccessPointPolicy</Code><Message>none</Message></Error></ErrorResponse>"
    emulator.doorman.answers["s3control.GetAccessPointPolicyStatusForObjectLambda"] = ("404 Not Found", error, XML)
    emulator.doorman.deny.add("s3control.GetAccessPointForObjectLambda")
    (point,) = scan(emulator, ObjectLambdaAccessPoint).section(ObjectLambdaAccessPoint, HERE).items
    assert need(point.policy_is_public) is False
    action = "s3:GetAccessPointForObjectLambda"
    assert point.public_access_block == Unknown(Reason.DENIED, "s3control.GetAccessPointForObjectLambda", action)


SHARDS = "shards--use1-az4--xa-s3"
DIRECTORY = {
    "ListAccessPointsForDirectoryBuckets": f"""<ListAccessPointsForDirectoryBucketsResult><AccessPointList>
      {door(SHARDS, "data--use1-az4--x-s3")}{door("an-ordinary-one", "data")}</AccessPointList>
      </ListAccessPointsForDirectoryBucketsResult>""",
    "GetAccessPoint": f"<GetAccessPointResult><Name>{SHARDS}</Name>{BLOCK}</GetAccessPointResult>",
    "GetAccessPointScope": """<GetAccessPointScopeResult><Scope><Permissions><Permission>GetObject</Permission></Permissions>
      <Prefixes><Prefix>훈련/*</Prefix></Prefixes></Scope></GetAccessPointScopeResult>""",
    "GetAccessPointPolicy": """<GetAccessPointPolicyResult><Policy>{"Statement": []}</Policy></GetAccessPointPolicyResult>""",
}


def test_access_points_of_directory_buckets_come_through(emulator: Emulator) -> None:
    stub(emulator, DIRECTORY)
    (point,) = scan(emulator, DirectoryAccessPoint).section(DirectoryAccessPoint, HERE).items
    assert point.arn == f"arn:aws:s3express:{HERE}:{ACCOUNT}:accesspoint/{SHARDS}"
    assert need(point.bucket) == PointBucket("data--use1-az4--x-s3", ACCOUNT)
    assert need(point.vpc) is None
    assert need(point.public_access_block) == PublicAccessBlock(True, True, True, True)
    assert need(point.scope) == PointScope(("훈련/*",), ("GetObject",))
    assert need(point.policy) == '{"Statement": []}'


def test_without_scope_and_policy_there_is_no_limit(emulator: Emulator) -> None:
    stub(emulator, {**DIRECTORY, "GetAccessPointScope": "<GetAccessPointScopeResult/>"})
    error = b"<ErrorResponse><Error><Code>NoSuchAccessPointPolicy</Code><Message>none</Message></Error></ErrorResponse>"
    emulator.doorman.answers["s3control.GetAccessPointPolicy"] = ("404 Not Found", error, XML)
    (point,) = scan(emulator, DirectoryAccessPoint).section(DirectoryAccessPoint, HERE).items
    assert need(point.scope) == PointScope()
    assert need(point.policy) is None


def test_an_answer_to_something_else_is_no_access_point_without_a_scope(emulator: Emulator) -> None:
    stub(emulator, {**DIRECTORY, "GetAccessPointScope": "<Something/>"})
    snapshot = scan(emulator, DirectoryAccessPoint, clock=Hurried())
    (point,) = snapshot.section(DirectoryAccessPoint, HERE).items
    assert isinstance(point.scope, Unknown)


@pytest.mark.parametrize("kind", [ObjectLambdaAccessPoint, DirectoryAccessPoint])
def test_a_list_that_is_denied_is_not_empty(emulator: Emulator, kind: type[Resource]) -> None:
    emulator.doorman.deny.add(kind.LISTED_BY.name)
    assert not scan(emulator, kind).section(kind, HERE).complete
