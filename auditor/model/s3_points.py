"""S3 access points: further doors to buckets, each with a policy and public access settings of its own."""

from __future__ import annotations

from datetime import datetime
from typing import ClassVar

import msgspec

from auditor.model import calls
from auditor.model.account import PublicAccessBlock
from auditor.model.calls import Call
from auditor.model.fact import Fact
from auditor.model.resource import Resource, unread


class PointBucket(msgspec.Struct, frozen=True):
    """A bucket behind an access point. ``account`` is the number of the account that owns it, ``None`` where AWS does not say."""

    name: str
    account: str | None = None
    region: str | None = None
    """Where it is: Multi-Region Access Points say so."""


class AccessPoint(Resource, frozen=True, kw_only=True):
    """An access point of one region. ``id`` is its name."""

    KIND: ClassVar[str] = "s3-access-point"
    SERVICE: ClassVar[str] = "s3"
    NOUN: ClassVar[str] = "access point"
    LISTED_BY: ClassVar[Call] = calls.LIST_ACCESS_POINTS

    bucket: Fact[PointBucket | None] = unread(calls.LIST_ACCESS_POINTS)
    """``None``: what is behind it is no bucket, such as a file system."""
    vpc: Fact[str | None] = unread(calls.LIST_ACCESS_POINTS)
    """The VPC from which alone it takes requests; ``None``: from the internet as well."""
    public_access_block: Fact[PublicAccessBlock] = unread(calls.GET_ACCESS_POINT)
    policy_is_public: Fact[bool] = unread(calls.GET_ACCESS_POINT_POLICY_STATUS)
    """AWS's own judgement of its policy; false when there is none."""


class MultiRegionAccessPoint(Resource, frozen=True, kw_only=True):
    """A Multi-Region Access Point. ``id`` is its name; its ARN has its alias in place of it."""

    KIND: ClassVar[str] = "s3-multi-region-access-point"
    SERVICE: ClassVar[str] = "s3"
    NOUN: ClassVar[str] = "Multi-Region Access Point"
    LISTED_BY: ClassVar[Call] = calls.LIST_MULTI_REGION_ACCESS_POINTS
    REGIONAL: ClassVar[bool] = False

    created: Fact[datetime | None] = unread(calls.LIST_MULTI_REGION_ACCESS_POINTS)
    status: Fact[str] = unread(calls.LIST_MULTI_REGION_ACCESS_POINTS)
    buckets: Fact[tuple[PointBucket, ...]] = unread(calls.LIST_MULTI_REGION_ACCESS_POINTS)
    public_access_block: Fact[PublicAccessBlock] = unread(calls.LIST_MULTI_REGION_ACCESS_POINTS)
    policy_is_public: Fact[bool] = unread(calls.GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS)
    """AWS's own judgement of its policy; false when there is none."""


class ObjectLambdaAccessPoint(Resource, frozen=True, kw_only=True):
    """An Object Lambda access point: what is read through it, functions change on the way. ``id`` is its name."""

    KIND: ClassVar[str] = "s3-object-lambda-access-point"
    SERVICE: ClassVar[str] = "s3"
    NOUN: ClassVar[str] = "Object Lambda access point"
    LISTED_BY: ClassVar[Call] = calls.LIST_OBJECT_LAMBDA_POINTS

    public_access_block: Fact[PublicAccessBlock] = unread(calls.GET_OBJECT_LAMBDA_POINT)
    """AWS documents that all four are on and stay so."""
    supporting_point: Fact[str] = unread(calls.GET_OBJECT_LAMBDA_CONFIGURATION)
    """The ARN of the access point behind it."""
    functions: Fact[tuple[str, ...]] = unread(calls.GET_OBJECT_LAMBDA_CONFIGURATION)
    """The ARNs of its functions, sorted."""
    policy_is_public: Fact[bool] = unread(calls.GET_OBJECT_LAMBDA_POLICY_STATUS)
    """AWS's own judgement of its policy; false when there is none."""


class PointScope(msgspec.Struct, frozen=True):
    """What an access point of a directory bucket is limited to; nothing of a sort: no limit of that sort."""

    prefixes: tuple[str, ...] = ()
    permissions: tuple[str, ...] = ()


class DirectoryAccessPoint(Resource, frozen=True, kw_only=True):
    """An access point of a directory bucket. ``id`` is its name."""

    KIND: ClassVar[str] = "s3-directory-access-point"
    SERVICE: ClassVar[str] = "s3"
    NOUN: ClassVar[str] = "access point of a directory bucket"
    LISTED_BY: ClassVar[Call] = calls.LIST_DIRECTORY_POINTS

    bucket: Fact[PointBucket] = unread(calls.LIST_DIRECTORY_POINTS)
    vpc: Fact[str | None] = unread(calls.LIST_DIRECTORY_POINTS)
    """The VPC from which alone it takes requests; ``None``: from the internet as well."""
    public_access_block: Fact[PublicAccessBlock] = unread(calls.GET_DIRECTORY_POINT)
    scope: Fact[PointScope] = unread(calls.GET_DIRECTORY_POINT_SCOPE)
    policy: Fact[str | None] = unread(calls.GET_DIRECTORY_POINT_POLICY)
    """The policy's JSON text, ``None`` when there is none. AWS judges no policy of such a one to be public or not."""
