"""S3: general-purpose and directory buckets."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import ClassVar

import msgspec

from auditor.model import calls
from auditor.model.account import PublicAccessBlock
from auditor.model.calls import Call
from auditor.model.fact import Fact, Reason
from auditor.model.opt_in import MULTIPART_UPLOADS, OBJECT_ACLS, PREFIX_PROBES, UPLOAD_PARTS
from auditor.model.resource import Resource, unread
from auditor.model.s3_report import StorageReport
from auditor.model.series import Series


class Grant(msgspec.Struct, frozen=True):
    """One grant of an access control list. ``grantee`` is a canonical user id, an e-mail address or a group URI."""

    grantee: str
    permission: str


WORLD = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)
"""The groups of an access control list that anyone is in: everyone, and everyone who has an AWS account."""


class Acl(msgspec.Struct, frozen=True):
    """A bucket's access control list."""

    owner: str | None
    grants: tuple[Grant, ...]


class Encryption(msgspec.Struct, frozen=True):
    """Default encryption. ``algorithm``: ``AES256``, ``aws:kms`` or ``aws:kms:dsse``; ``key`` the KMS key as it was written."""

    algorithm: str
    key: str | None = None
    bucket_key: bool = False


class Versioning(msgspec.Struct, frozen=True):
    """``status``: ``Enabled``, ``Suspended``, or ``Off`` when it was never set."""

    status: str
    mfa_delete: bool = False


class Logging(msgspec.Struct, frozen=True):
    """Where server access logs go."""

    target_bucket: str
    target_prefix: str


class Filter(msgspec.Struct, frozen=True):
    """What a lifecycle rule applies to; sizes in bytes. Nothing set: the whole bucket."""

    prefix: str | None = None
    tags: Mapping[str, str] = {}
    size_greater_than: int | None = None
    size_less_than: int | None = None

    @property
    def whole_bucket(self) -> bool:
        """The rule applies to every object."""
        return not self.prefix and not self.tags and self.size_greater_than is None and self.size_less_than is None


class Transition(msgspec.Struct, frozen=True):
    """Objects go to ``storage_class`` after ``days`` or at ``date``."""

    storage_class: str
    days: int | None = None
    date: datetime | None = None


class NoncurrentTransition(msgspec.Struct, frozen=True):
    """Noncurrent versions go to ``storage_class`` after ``days``, but for the newest ``keep``."""

    storage_class: str
    days: int | None = None
    keep: int | None = None


class Expiration(msgspec.Struct, frozen=True):
    """Current versions expire after ``days`` or at ``date``; or delete markers with no versions are removed."""

    days: int | None = None
    date: datetime | None = None
    delete_markers: bool = False


class NoncurrentExpiration(msgspec.Struct, frozen=True):
    """Noncurrent versions are deleted after ``days``, but for the newest ``keep``."""

    days: int | None = None
    keep: int | None = None


class LifecycleRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule of a lifecycle configuration."""

    id: str
    enabled: bool
    filter: Filter = Filter()
    legacy_prefix: bool = False
    """The prefix was given in the deprecated place, outside ``Filter``."""
    transitions: tuple[Transition, ...] = ()
    noncurrent_transitions: tuple[NoncurrentTransition, ...] = ()
    expiration: Expiration | None = None
    noncurrent_expiration: NoncurrentExpiration | None = None
    abort_multipart_days: int | None = None


class Lifecycle(msgspec.Struct, frozen=True):
    """A lifecycle configuration. No rules: none is configured.

    ``default_minimum_size`` is ``TransitionDefaultMinimumObjectSize``: ``all_storage_classes_128K`` or ``varies_by_storage_class``;
    ``None`` when AWS did not say.
    """

    rules: tuple[LifecycleRule, ...] = ()
    default_minimum_size: str | None = None


class Tiering(msgspec.Struct, frozen=True):
    """An archive tier of Intelligent-Tiering and the days without access after which objects go there."""

    tier: str
    days: int


class IntelligentTiering(msgspec.Struct, frozen=True, kw_only=True):
    """An Intelligent-Tiering configuration."""

    id: str
    enabled: bool
    filter: Filter = Filter()
    tierings: tuple[Tiering, ...] = ()


class ObjectLock(msgspec.Struct, frozen=True):
    """Object Lock; ``mode`` and ``days`` of the default retention, ``None`` when there is none (years are given as 365 days)."""

    enabled: bool
    mode: str | None = None
    days: int | None = None


class ReplicationRule(msgspec.Struct, frozen=True):
    """A replication rule: which objects are copied, and where to. ``destination`` is the ARN of a bucket."""

    id: str
    enabled: bool
    destination: str
    storage_class: str | None = None
    delete_markers: bool = False
    """Deletes are copied as well: the delete marker that hides an object here hides its copy there."""
    filter: Filter = Filter()
    kms: bool = False
    """Objects encrypted with a KMS key are copied as well; S3 leaves them out unless it is told to take them."""
    account: str | None = None
    """The account of the destination where the rule names one."""


class Website(msgspec.Struct, frozen=True):
    """Static website hosting: either an index document, or everything is redirected to a host."""

    index: str | None = None
    redirect_to: str | None = None


class CorsRule(msgspec.Struct, frozen=True):
    """One cross-origin rule."""

    origins: tuple[str, ...]
    methods: tuple[str, ...]


class NotificationTarget(msgspec.Struct, frozen=True):
    """Who is told of events: ``kind`` is topic, queue, lambda or eventbridge."""

    kind: str
    arn: str
    events: tuple[str, ...] = ()


class RequestMetrics(msgspec.Struct, frozen=True):
    """A metrics configuration: CloudWatch counts the requests that its filter covers under its ``id`` (``FilterId``)."""

    id: str
    whole_bucket: bool


class Upload(msgspec.Struct, frozen=True):
    """A multipart upload that was begun and neither finished nor aborted. Its key is not kept: names of objects are data."""

    id: str
    initiated: datetime
    storage_class: str


class ObjectAcls(msgspec.Struct, frozen=True, kw_only=True):
    """What the ACLs of the first objects of a bucket grant to the world; of older versions nothing is said. Keys are not kept."""

    read: int
    """Objects whose ACL was read."""
    public: int
    """Those of them that grant something to the world (:data:`WORLD`)."""
    grants: Mapping[str, int] = {}
    """Objects by what they grant: ``READ to AllUsers``."""
    refused: int = 0
    """Objects that were listed, but whose ACL could not be read, the first because of ``why``."""
    why: Reason | None = None
    complete: bool = True
    """There are no other objects in the bucket than those that were listed."""


class Bucket(Resource, frozen=True, kw_only=True):
    """A general-purpose bucket. ``id`` is its name, ``region`` where it is."""

    KIND: ClassVar[str] = "s3-bucket"
    SERVICE: ClassVar[str] = "s3"
    NOUN: ClassVar[str] = "bucket"
    LISTED_BY: ClassVar[Call] = calls.LIST_BUCKETS
    ALSO: ClassVar[tuple[str, ...]] = (calls.GET_BUCKET_LOCATION.name,)
    REGIONAL: ClassVar[bool] = False
    # Requests are counted under the names of metrics configurations.
    DEPENDS: ClassVar[Mapping[str, tuple[str, ...]]] = {
        **dict.fromkeys(("all_requests", "get_requests", "bytes_downloaded"), ("request_metrics",)),
        "upload_sizes": ("uploads",),
        **dict.fromkeys(("objects_under", "versions_under"), ("lifecycle",)),
        "object_acls": ("ownership", "public_access_block"),
    }
    OPT_IN: ClassVar[Mapping[str, str]] = {
        "uploads": MULTIPART_UPLOADS,
        "upload_sizes": UPLOAD_PARTS,
        "objects_under": PREFIX_PROBES,
        "versions_under": PREFIX_PROBES,
        "object_acls": OBJECT_ACLS,
    }
    MOST: ClassVar[Mapping[str, int]] = {"objects_under": 20, "versions_under": 20, "object_acls": 51}

    created: Fact[datetime] = unread(calls.LIST_BUCKETS)
    public_access_block: Fact[PublicAccessBlock] = unread(calls.GET_BUCKET_PUBLIC_ACCESS_BLOCK)
    policy: Fact[str | None] = unread(calls.GET_BUCKET_POLICY)
    """The bucket policy's JSON text, ``None`` when there is none."""
    policy_is_public: Fact[bool] = unread(calls.GET_BUCKET_POLICY_STATUS)
    """AWS's own judgement of the bucket policy; false when there is none."""
    acl: Fact[Acl] = unread(calls.GET_BUCKET_ACL)
    ownership: Fact[str | None] = unread(calls.GET_BUCKET_OWNERSHIP_CONTROLS)
    """``BucketOwnerEnforced`` (ACLs are off), ``BucketOwnerPreferred`` or ``ObjectWriter``; ``None``: not set, ACLs apply."""
    encryption: Fact[Encryption | None] = unread(calls.GET_BUCKET_ENCRYPTION)
    """``None`` only from an emulator or before 2023: AWS answers SSE-S3 where nothing is configured."""
    versioning: Fact[Versioning] = unread(calls.GET_BUCKET_VERSIONING)
    logging: Fact[Logging | None] = unread(calls.GET_BUCKET_LOGGING)
    lifecycle: Fact[Lifecycle] = unread(calls.GET_BUCKET_LIFECYCLE)
    intelligent_tiering: Fact[tuple[IntelligentTiering, ...]] = unread(calls.LIST_BUCKET_INTELLIGENT_TIERING)
    object_lock: Fact[ObjectLock] = unread(calls.GET_OBJECT_LOCK_CONFIGURATION)
    replication: Fact[tuple[ReplicationRule, ...]] = unread(calls.GET_BUCKET_REPLICATION)
    website: Fact[Website | None] = unread(calls.GET_BUCKET_WEBSITE)
    cors: Fact[tuple[CorsRule, ...]] = unread(calls.GET_BUCKET_CORS)
    notifications: Fact[tuple[NotificationTarget, ...]] = unread(calls.GET_BUCKET_NOTIFICATION)
    tags: Fact[Mapping[str, str]] = unread(calls.GET_BUCKET_TAGGING)
    sizes: Fact[tuple[Series, ...]] = unread(calls.GET_METRIC_DATA)
    """``BucketSizeBytes`` of each storage type that CloudWatch lists for the bucket, daily."""
    object_count: Fact[tuple[Series, ...]] = unread(calls.GET_METRIC_DATA)
    """``NumberOfObjects`` over all storage types, daily."""
    request_metrics: Fact[tuple[RequestMetrics, ...]] = unread(calls.LIST_BUCKET_METRICS)
    """Its metrics configurations: none is set unless somebody did, for request metrics are charged for."""
    all_requests: Fact[tuple[Series, ...]] = unread(calls.GET_METRIC_DATA)
    """``AllRequests``, daily sum over 90 days, of a metrics configuration for the whole bucket: no series without one.

    S3 publishes no zeros: see :func:`auditor.model.s3_use.counted`."""
    get_requests: Fact[tuple[Series, ...]] = unread(calls.GET_METRIC_DATA)
    """``GetRequests``, as ``all_requests``."""
    bytes_downloaded: Fact[tuple[Series, ...]] = unread(calls.GET_METRIC_DATA)
    """``BytesDownloaded``, as ``all_requests``."""
    uploads: Fact[tuple[Upload, ...]] = unread(calls.LIST_MULTIPART_UPLOADS)
    """Uploads that are under way or were left behind, the oldest first."""
    upload_sizes: Fact[Mapping[str, int]] = unread(calls.LIST_PARTS)
    """Bytes in the parts of each of ``uploads``, by its id."""
    reports: Fact[tuple[StorageReport, ...]] = unread(calls.STORAGE_REPORT)
    """What reports that the user gave with the scan say of it, the oldest first. Not collected: none was given that is about it."""
    objects_under: Fact[Mapping[str, bool]] = unread(calls.LIST_OBJECTS)
    """Prefixes of enabled lifecycle rules, and whether some object lay under each. A prefix that is not in it was not asked about:
    which are, :func:`auditor.lifecycle.probes.chosen` says. No key is kept: names of objects are data."""
    versions_under: Fact[Mapping[str, bool]] = unread(calls.LIST_OBJECT_VERSIONS)
    """The same for rules about noncurrent versions or delete markers: whether some version or delete marker lay under each."""
    object_acls: Fact[ObjectAcls] = unread(calls.GET_OBJECT_ACL)
    """Not collected where the settings of the bucket or the account say by themselves that no ACL lets anyone in."""

    @property
    def name(self) -> str:
        """The bucket name: a ``Name`` tag does not rename a bucket."""
        return self.id


class DirectoryBucket(Resource, frozen=True, kw_only=True):
    """A directory bucket (S3 Express One Zone). ``id`` is its name."""

    KIND: ClassVar[str] = "s3-directory-bucket"
    SERVICE: ClassVar[str] = "s3"
    NOUN: ClassVar[str] = "directory bucket"
    LISTED_BY: ClassVar[Call] = calls.LIST_DIRECTORY_BUCKETS

    created: Fact[datetime | None] = unread(calls.LIST_DIRECTORY_BUCKETS)
    zone: Fact[str | None] = unread(calls.LIST_DIRECTORY_BUCKETS)
    """The Availability Zone id in its name, such as ``use1-az4``; or a Local Zone's."""
    lifecycle: Fact[Lifecycle] = unread(calls.GET_DIRECTORY_BUCKET_LIFECYCLE)
    sizes: Fact[tuple[Series, ...]] = unread(calls.GET_METRIC_DATA)
    """``BucketSizeBytes``, daily, under each dimension set that CloudWatch lists for it."""
