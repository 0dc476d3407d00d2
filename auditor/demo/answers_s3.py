"""What moto cannot say of S3: who counts requests, replication as a whole, directory buckets, and access points."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec

from auditor.demo.emulator import ACCOUNT, amend, fail, reply
from auditor.demo.seed_s3 import BUCKETS, whole
from auditor.demo.site import policy as document

Raw = Mapping[str, Any]

BY_NAME = {bucket.name: bucket for bucket in BUCKETS}
FILTER = "EntireBucket"
SHARDS, SCRATCH = "example-shards--use1-az4--x-s3", "example-scratch--use1-az6--x-s3"
EXPRESS: Mapping[str, float] = {SHARDS: 7.5e12, SCRATCH: 2e8}
"""Directory buckets and their bytes. Only the second has a lifecycle rule."""
SHUT: Raw = dict.fromkeys(("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets"), True)
OPEN: Raw = dict.fromkeys(SHUT, False)
ARCHIVED: Raw = {"Id": "archive", "Status": "Enabled", "Tierings": [{"Days": 180, "AccessTier": "DEEP_ARCHIVE_ACCESS"}]}
ARCHIVING = ("example-ml-training-data", "example-ml-raw-data")
"""Buckets with archive tiers; in the second nothing is in the class."""


class Point(msgspec.Struct, frozen=True):
    """An access point of a region or of all."""

    name: str
    bucket: str
    shut: bool


DOORS = (Point("shards-train--use1-az4--xa-s3", SHARDS, True), Point("shards-lab--use1-az4--xa-s3", SHARDS, False))
"""Access points of a directory bucket; the second is open to a partner."""
REDACTED = Point("redacted-reports", "example-ml-experiments", True)
POINTS = (Point("dataset-readers", "example-ml-training-data", True), Point("public-mirror", "example-ml-public-datasets", False))
WORLDWIDE = (Point("registry-worldwide", "example-ml-model-registry", True), Point("mirror", "example-ml-public-datasets", False))


def answer_for(session: Any, now: datetime, region: str) -> None:
    """Answer in the session as AWS would at the time ``now``."""
    reply(session, "s3.ListBucketMetricsConfigurations", lambda params, _: _metrics(str(params["Bucket"])))
    copied = {name: list(bucket.replicated) for name, bucket in BY_NAME.items() if bucket.replicated}
    reply(
        session,
        "s3.GetBucketReplication",
        lambda params, _: {"ReplicationConfiguration": {"Role": "", "Rules": copied[params["Bucket"]]}},
        when=lambda params: params["Bucket"] in copied,
    )
    told = {name for name, bucket in BY_NAME.items() if bucket.events}
    reply(
        session,
        "s3.GetBucketNotificationConfiguration",
        lambda _, __: {"EventBridgeConfiguration": {}},
        when=lambda params: params["Bucket"] in told,
    )
    reply(
        session,
        "s3.ListBucketIntelligentTieringConfigurations",
        lambda _, __: {"IsTruncated": False, "IntelligentTieringConfigurationList": [ARCHIVED]},
        when=lambda params: params["Bucket"] in ARCHIVING,
    )
    amend(session, "s3.ListMultipartUploads", lambda _, parsed: _left(parsed, now))
    _directory_buckets(session, now, region)
    _points(session, now, region)


def _metrics(name: str) -> Raw:
    counted = name in BY_NAME and BY_NAME[name].used is not None
    return {"IsTruncated": False, "MetricsConfigurationList": [{"Id": FILTER}] if counted else []}


def _left(parsed: dict[str, Any], now: datetime) -> None:
    for upload in parsed.get("Uploads", ()):
        upload["Initiated"] = now - timedelta(days=47)  # for moto all began in 2010


def _directory_buckets(session: Any, now: datetime, region: str) -> None:
    listed = [{"Name": name, "CreationDate": now - timedelta(days=70)} for name in EXPRESS]
    reply(session, "s3.ListDirectoryBuckets", lambda _, asked: {"Buckets": listed if asked == region else []})
    rules = {"Rules": [whole("tidy", {"Expiration": {"Days": 3}})]}
    operation = "s3.GetBucketLifecycleConfiguration"
    reply(session, operation, lambda _, __: rules, when=lambda params: params["Bucket"] == SCRATCH)
    fail(session, operation, 404, "NoSuchLifecycleConfiguration", lambda params: params["Bucket"] == SHARDS)


def _points(session: Any, now: datetime, region: str) -> None:
    by_name = {point.name: point for point in (*POINTS, *WORLDWIDE, *DOORS, REDACTED)}
    listed = [
        {"Name": point.name, "Bucket": point.bucket, "NetworkOrigin": "Internet", "BucketAccountId": ACCOUNT} for point in POINTS
    ]

    def block(params: Raw) -> Raw:
        return SHUT if by_name[params["Name"]].shut else OPEN

    def status(params: Raw) -> Raw:
        return {"IsPublic": not by_name[params["Name"]].shut}

    worldwide = [
        {
            "Name": point.name,
            "Alias": f"{point.name}.mrap",
            "CreatedAt": now - timedelta(days=200),
            "PublicAccessBlock": SHUT if point.shut else OPEN,
            "Status": "READY",
            "Regions": [{"Bucket": point.bucket, "Region": region, "BucketAccountId": ACCOUNT}],
        }
        for point in WORLDWIDE
    ]
    reply(session, "s3-control.ListAccessPoints", lambda _, asked: {"AccessPointList": listed if asked == region else []})
    reply(session, "s3-control.GetAccessPoint", lambda params, _: {"PublicAccessBlockConfiguration": block(params)})
    reply(session, "s3-control.GetAccessPointPolicyStatus", lambda params, _: {"PolicyStatus": status(params)})
    _doors(session, region)
    taken = f"aws-glue-assets-{ACCOUNT}-{region}"  # somebody else was faster
    fail(session, "s3.HeadBucket", 403, "403", lambda params: params["Bucket"] == taken)
    reply(
        session, "s3-control.GetAccessPointForObjectLambda", lambda params, _: {"PublicAccessBlockConfiguration": block(params)}
    )
    reply(session, "s3-control.ListMultiRegionAccessPoints", lambda _, __: {"AccessPoints": worldwide})
    reply(session, "s3-control.GetMultiRegionAccessPointPolicyStatus", lambda params, _: {"Established": status(params)})


def _doors(session: Any, region: str) -> None:
    """Access points of directory buckets, and one with a function in the way."""
    listed = [
        {"Name": point.name, "Bucket": point.bucket, "NetworkOrigin": "Internet", "BucketAccountId": ACCOUNT} for point in DOORS
    ]
    statement = {
        "Sid": "Partner",
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::999988887777:role/lab"},
        "Action": "s3express:CreateSession",
        "Resource": "*",
    }
    opened = {point.name for point in DOORS if not point.shut}
    policy = "s3-control.GetAccessPointPolicy"
    reply(
        session,
        "s3-control.ListAccessPointsForDirectoryBuckets",
        lambda _, asked: {"AccessPointList": listed if asked == region else []},
    )
    reply(session, "s3-control.GetAccessPointScope", lambda _, __: {"Scope": {"Prefixes": ["shards/*"]}})
    reply(session, policy, lambda _, __: {"Policy": document(statement)}, when=lambda params: params["Name"] in opened)
    fail(session, policy, 404, "NoSuchAccessPointPolicy", lambda params: params["Name"] not in opened)
    redacted = [{"Name": REDACTED.name}]
    behind = {
        "SupportingAccessPoint": f"arn:aws:s3:{region}:{ACCOUNT}:accesspoint/{POINTS[0].name}",
        "TransformationConfigurations": [
            {
                "Actions": ["GetObject"],
                "ContentTransformation": {"AwsLambda": {"FunctionArn": f"arn:aws:lambda:{region}:{ACCOUNT}:function:redact"}},
            }
        ],
    }
    prefix = "s3-control.GetAccessPoint"
    reply(
        session,
        "s3-control.ListAccessPointsForObjectLambda",
        lambda _, asked: {"ObjectLambdaAccessPointList": redacted if asked == region else []},
    )
    reply(session, f"{prefix}ConfigurationForObjectLambda", lambda _, __: {"Configuration": behind})
    reply(session, f"{prefix}PolicyStatusForObjectLambda", lambda _, __: {"PolicyStatus": {"IsPublic": False}})
