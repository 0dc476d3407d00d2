"""S3 access points, region by region, and Multi-Region Access Points, which one region keeps for all."""

from __future__ import annotations

from auditor.collect.account import switches
from auditor.collect.door import Answer
from auditor.collect.shapes import Raw, flag, moment_or_none, part, parts, region_name, text, text_or_none, texts
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.calls import Call
from auditor.model.fact import Reason, Unknown
from auditor.model.s3_points import (
    AccessPoint,
    DirectoryAccessPoint,
    MultiRegionAccessPoint,
    ObjectLambdaAccessPoint,
    PointBucket,
    PointScope,
)

DIRECTORY_SUFFIX = "--xa-s3"
"""How the name of every access point of a directory bucket ends (S3 User Guide)."""
ROUTED_TO = "us-west-2"
"""The region that answers for Multi-Region Access Points, wherever their buckets are (S3 API reference)."""


def access_points(visit: Visit) -> None:
    """The access points of a region."""
    if visit.lists(AccessPoint):
        listing = visit.pages(calls.LIST_ACCESS_POINTS, "AccessPointList", {"AccountId": visit.account_id})
        visit.add_each(AccessPoint, listing, lambda entry: _access_point(visit, entry))


def _access_point(visit: Visit, entry: Answer) -> AccessPoint:
    name = text(entry.raw["Name"])
    asked = {"AccountId": visit.account_id, "Name": name}
    got = visit.when(visit.wants(AccessPoint.public_access_block), calls.GET_ACCESS_POINT, asked, of=name)
    status = visit.when(visit.wants(AccessPoint.policy_is_public), calls.GET_ACCESS_POINT_POLICY_STATUS, asked, of=name)
    return AccessPoint(
        arn=visit.arn("s3", f"accesspoint/{name}"),
        id=name,
        region=visit.region,
        bucket=entry.take(
            lambda r: PointBucket(text(r["Bucket"]), text_or_none(r, "BucketAccountId")) if r.get("Bucket") else None
        ),
        vpc=entry.take(_vpc),
        public_access_block=got.take(lambda r: switches(r["PublicAccessBlockConfiguration"])),
        policy_is_public=status.take(lambda r: flag(r["PolicyStatus"], "IsPublic") if r else False),
    )


def _vpc(raw: Raw) -> str | None:
    """The VPC of an access point that only takes requests from one."""
    return text(part(raw, "VpcConfiguration")["VpcId"]) if text(raw["NetworkOrigin"]) == "VPC" else None


def multi_region_access_points(visit: Visit) -> None:
    """The Multi-Region Access Points of the account."""
    if not visit.lists(MultiRegionAccessPoint):
        return
    call = calls.LIST_MULTI_REGION_ACCESS_POINTS
    if visit.partition != "aws":
        visit.missing(MultiRegionAccessPoint, (Unknown(Reason.UNSUPPORTED, call.name, call.action),))
        return
    listing = visit.pages(call, "AccessPoints", {"AccountId": visit.account_id}, region=ROUTED_TO)
    visit.add_each(MultiRegionAccessPoint, listing, lambda entry: _multi_region(visit, entry))


def _multi_region(visit: Visit, entry: Answer) -> MultiRegionAccessPoint:
    name = text(entry.raw["Name"])
    call = calls.GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS
    asked = {"AccountId": visit.account_id, "Name": name}
    status = visit.when(visit.wants(MultiRegionAccessPoint.policy_is_public), call, asked, of=name, region=ROUTED_TO)
    return MultiRegionAccessPoint(
        # Without an alias it is still being made; nobody else has its name.
        arn=visit.arn("s3", f"accesspoint/{text_or_none(entry.raw, 'Alias') or name}", region=""),
        id=name,
        region=visit.region,
        created=entry.take(lambda r: moment_or_none(r.get("CreatedAt"))),
        status=entry.take(lambda r: text(r["Status"])),
        buckets=entry.take(
            lambda r: tuple(
                PointBucket(
                    text(one["Bucket"]),
                    text_or_none(one, "BucketAccountId"),
                    region_name(one["Region"]) if one.get("Region") else None,
                )
                for one in parts(r, "Regions")
            )
        ),
        public_access_block=entry.take(lambda r: switches(r["PublicAccessBlock"])),
        policy_is_public=status.take(lambda r: flag(r["Established"], "IsPublic") if r else False),
    )


def object_lambda_access_points(visit: Visit) -> None:
    """The Object Lambda access points of a region."""
    if visit.lists(ObjectLambdaAccessPoint):
        call = calls.LIST_OBJECT_LAMBDA_POINTS
        listing = visit.pages(call, "ObjectLambdaAccessPointList", {"AccountId": visit.account_id})
        visit.add_each(ObjectLambdaAccessPoint, listing, lambda entry: _object_lambda(visit, entry))


def _object_lambda(visit: Visit, entry: Answer) -> ObjectLambdaAccessPoint:
    kind, name = ObjectLambdaAccessPoint, text(entry.raw["Name"])

    def get(call: Call, *fields: object) -> Answer:
        return visit.when(visit.wants(*fields), call, {"AccountId": visit.account_id, "Name": name}, of=name)

    configured = get(calls.GET_OBJECT_LAMBDA_CONFIGURATION, kind.supporting_point, kind.functions)
    return ObjectLambdaAccessPoint(
        arn=visit.arn("s3-object-lambda", f"accesspoint/{name}"),
        id=name,
        region=visit.region,
        public_access_block=get(calls.GET_OBJECT_LAMBDA_POINT, kind.public_access_block).take(
            lambda r: switches(r["PublicAccessBlockConfiguration"])
        ),
        supporting_point=configured.take(lambda r: text(r["Configuration"]["SupportingAccessPoint"])),
        functions=configured.take(
            lambda r: tuple(
                sorted(
                    {
                        text(one["ContentTransformation"]["AwsLambda"]["FunctionArn"])
                        for one in parts(r["Configuration"], "TransformationConfigurations")
                    }
                )
            )
        ),
        policy_is_public=get(calls.GET_OBJECT_LAMBDA_POLICY_STATUS, kind.policy_is_public).take(
            lambda r: flag(r["PolicyStatus"], "IsPublic") if r else False
        ),
    )


def directory_access_points(visit: Visit) -> None:
    """The access points of the directory buckets of a region."""
    if visit.lists(DirectoryAccessPoint):
        listing = visit.pages(calls.LIST_DIRECTORY_POINTS, "AccessPointList", {"AccountId": visit.account_id})
        visit.add_each(DirectoryAccessPoint, listing, lambda entry: _directory(visit, entry))


def _directory(visit: Visit, entry: Answer) -> DirectoryAccessPoint | None:
    kind, name = DirectoryAccessPoint, text(entry.raw["Name"])
    if not name.endswith(DIRECTORY_SUFFIX):
        return None  # some endpoints list ordinary access points here

    def get(call: Call, field: object) -> Answer:
        return visit.when(visit.wants(field), call, {"AccountId": visit.account_id, "Name": name}, of=name)

    return DirectoryAccessPoint(
        arn=visit.arn("s3express", f"accesspoint/{name}"),
        id=name,
        region=visit.region,
        bucket=entry.take(lambda r: PointBucket(text(r["Bucket"]), text_or_none(r, "BucketAccountId"))),
        vpc=entry.take(_vpc),
        public_access_block=get(calls.GET_DIRECTORY_POINT, kind.public_access_block).take(
            lambda r: switches(r["PublicAccessBlockConfiguration"])
        ),
        scope=get(calls.GET_DIRECTORY_POINT_SCOPE, kind.scope).take(
            lambda r: PointScope(texts(part(r, "Scope"), "Prefixes"), texts(part(r, "Scope"), "Permissions"))
        ),
        policy=get(calls.GET_DIRECTORY_POINT_POLICY, kind.policy).take(lambda r: text(r["Policy"]) if r else None),
    )


COLLECTORS = (
    Collector(label="S3 access points", kinds=(AccessPoint,), run=access_points),
    Collector(label="S3 Object Lambda access points", kinds=(ObjectLambdaAccessPoint,), run=object_lambda_access_points),
    Collector(label="S3 Express access points", kinds=(DirectoryAccessPoint,), run=directory_access_points),
    Collector(label="S3 Multi-Region Access Points", kinds=(MultiRegionAccessPoint,), run=multi_region_access_points),
)
