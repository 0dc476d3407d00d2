"""The API operations awsaudit makes: one table, checked by hand, and the only one.

Each row says which IAM action allows the operation, how often it is made, which error codes mean "not configured" and how its pages
follow each other. Fields of the model name their row (:func:`auditor.model.resource.unread`); the planner, the session's read-only
allow-list and ``awsaudit permissions`` read the table. An operation that is not here cannot be called.

Source of the actions: the *Service Authorization Reference* of each service (several S3 actions differ in name from their
operation). Source of codes and page tokens: the API reference of each service.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from functools import cache

import msgspec


class Per(enum.Enum):
    """How often an operation is made in one scan, besides its pages."""

    ACCOUNT = "account"
    """Once."""
    REGION = "region"
    """Once in each region."""
    ITEM = "item"
    """Once for each resource of the kind whose field it gives."""
    PART = "part"
    """Once for each part of a resource, and only the resource tells how many it has."""
    BATCH = "batch"
    """For as many resources at once as the API takes."""
    GIVEN = "given"
    """Never: it is no operation, but a file that the user gives."""


class Pages(msgspec.Struct, frozen=True):
    """How the pages of a listing follow each other: the request's token, the answer's token, the limit asked for.

    ``beside`` are further pairs of tokens that go with the first. ``flag`` says whether there are more pages where the answer's token
    alone does not: it then also stands on the last page.
    """

    token: str
    next_token: str
    limit: tuple[str, int] | None = None
    beside: tuple[tuple[str, str], ...] = ()
    flag: str = ""


class Call(msgspec.Struct, frozen=True):
    """One API operation.

    ``service`` is the boto3 client name, ``action`` the IAM action (empty: AWS needs none), ``absent`` the error codes that mean that
    nothing is configured, ``per_second`` a documented limit lower than the ordinary one, ``after`` the operations whose answers it
    needs besides the listing of its kind. ``may_omit``: AWS leaves the list out of an answer that has no entries; of every other
    listing an answer without its list is none. ``root``: how the name of the answer's XML root begins, where an empty answer means
    something and the SDK's model does not know the name. ``family``: the service's name in :attr:`name` where it is not the client's,
    for an operation that another service's things answer too, under an action of theirs.
    """

    service: str
    operation: str
    action: str
    per: Per
    pages: Pages | None = None
    absent: frozenset[str] = frozenset()
    after: tuple[str, ...] = ()
    per_second: float | None = None
    may_omit: bool = False
    root: str = ""
    family: str = ""

    @property
    def name(self) -> str:
        """``s3.GetBucketAcl``: unique, and what verdicts print."""
        return f"{self.family or self.service}.{self.operation}"


_NEXT = Pages("NextToken", "NextToken")
_EC2 = Pages("NextToken", "NextToken", ("MaxResults", 1000))
_SAGEMAKER = Pages("NextToken", "NextToken", ("MaxResults", 100))
_POINTS = Pages("NextToken", "NextToken", ("MaxResults", 1000))
_IAM = Pages("Marker", "Marker", ("MaxItems", 1000))


def _codes(*codes: str) -> frozenset[str]:
    return frozenset(codes)


def _s3(operation: str, action: str, *absent: str, root: str = "") -> Call:
    return Call("s3", operation, f"s3:{action}", Per.ITEM, absent=frozenset(absent), root=root)


def _ec2(operation: str, pages: Pages | None = _EC2) -> Call:
    return Call("ec2", operation, f"ec2:{operation}", Per.REGION, pages)


def _sagemaker_list(operation: str) -> Call:
    return Call("sagemaker", operation, f"sagemaker:{operation}", Per.REGION, _SAGEMAKER)


def _sagemaker(operation: str) -> Call:
    return Call("sagemaker", operation, f"sagemaker:{operation}", Per.ITEM)


# --- account and root
GET_CALLER_IDENTITY = Call("sts", "GetCallerIdentity", "", Per.ACCOUNT)
DESCRIBE_REGIONS = Call("ec2", "DescribeRegions", "ec2:DescribeRegions", Per.ACCOUNT)
LIST_ACCOUNT_ALIASES = Call("iam", "ListAccountAliases", "iam:ListAccountAliases", Per.ACCOUNT, _IAM)
GET_ACCOUNT_PASSWORD_POLICY = Call(
    "iam", "GetAccountPasswordPolicy", "iam:GetAccountPasswordPolicy", Per.ACCOUNT, absent=_codes("NoSuchEntity")
)
GET_ACCOUNT_SUMMARY = Call("iam", "GetAccountSummary", "iam:GetAccountSummary", Per.ACCOUNT)
GET_CONTACT_INFORMATION = Call(
    "account", "GetContactInformation", "account:GetContactInformation", Per.ACCOUNT, absent=_codes("ResourceNotFoundException")
)
GET_ALTERNATE_CONTACT = Call(
    "account", "GetAlternateContact", "account:GetAlternateContact", Per.ACCOUNT, absent=_codes("ResourceNotFoundException")
)
GET_ACCOUNT_PUBLIC_ACCESS_BLOCK = Call(
    "s3control",
    "GetPublicAccessBlock",
    "s3:GetAccountPublicAccessBlock",
    Per.ACCOUNT,
    absent=_codes("NoSuchPublicAccessBlockConfiguration"),
)
LOOKUP_EVENTS = Call(
    "cloudtrail",
    "LookupEvents",
    "cloudtrail:LookupEvents",
    Per.REGION,
    Pages("NextToken", "NextToken", ("MaxResults", 50)),
    per_second=2,
)

# --- IAM
GENERATE_CREDENTIAL_REPORT = Call("iam", "GenerateCredentialReport", "iam:GenerateCredentialReport", Per.ACCOUNT)
GET_CREDENTIAL_REPORT = Call(
    "iam", "GetCredentialReport", "iam:GetCredentialReport", Per.ACCOUNT, after=("iam.GenerateCredentialReport",)
)
GET_ACCOUNT_AUTHORIZATION_DETAILS = Call(
    "iam", "GetAccountAuthorizationDetails", "iam:GetAccountAuthorizationDetails", Per.ACCOUNT, _IAM
)
LIST_VIRTUAL_MFA_DEVICES = Call("iam", "ListVirtualMFADevices", "iam:ListVirtualMFADevices", Per.ACCOUNT, _IAM)
LIST_SAML_PROVIDERS = Call("iam", "ListSAMLProviders", "iam:ListSAMLProviders", Per.ACCOUNT)
LIST_OPEN_ID_CONNECT_PROVIDERS = Call("iam", "ListOpenIDConnectProviders", "iam:ListOpenIDConnectProviders", Per.ACCOUNT)
GET_OPEN_ID_CONNECT_PROVIDER = Call("iam", "GetOpenIDConnectProvider", "iam:GetOpenIDConnectProvider", Per.ITEM)
LIST_SERVER_CERTIFICATES = Call("iam", "ListServerCertificates", "iam:ListServerCertificates", Per.ACCOUNT, _IAM)

# --- S3. Several actions are named after the setting, not the operation.
LIST_BUCKETS = Call(
    "s3", "ListBuckets", "s3:ListAllMyBuckets", Per.ACCOUNT, Pages("ContinuationToken", "ContinuationToken", ("MaxBuckets", 1000))
)
LIST_DIRECTORY_BUCKETS = Call(
    "s3",
    "ListDirectoryBuckets",
    "s3express:ListAllMyDirectoryBuckets",
    Per.REGION,
    Pages("ContinuationToken", "ContinuationToken", ("MaxDirectoryBuckets", 1000)),
)
GET_BUCKET_LOCATION = _s3("GetBucketLocation", "GetBucketLocation", root="LocationConstraint")
GET_BUCKET_PUBLIC_ACCESS_BLOCK = _s3("GetPublicAccessBlock", "GetBucketPublicAccessBlock", "NoSuchPublicAccessBlockConfiguration")
GET_BUCKET_POLICY = _s3("GetBucketPolicy", "GetBucketPolicy", "NoSuchBucketPolicy")
GET_BUCKET_POLICY_STATUS = _s3("GetBucketPolicyStatus", "GetBucketPolicyStatus", "NoSuchBucketPolicy")
GET_BUCKET_ACL = _s3("GetBucketAcl", "GetBucketAcl")
GET_BUCKET_OWNERSHIP_CONTROLS = _s3("GetBucketOwnershipControls", "GetBucketOwnershipControls", "OwnershipControlsNotFoundError")
GET_BUCKET_ENCRYPTION = _s3("GetBucketEncryption", "GetEncryptionConfiguration", "ServerSideEncryptionConfigurationNotFoundError")
GET_BUCKET_VERSIONING = _s3("GetBucketVersioning", "GetBucketVersioning", root="VersioningConfiguration")
GET_BUCKET_LOGGING = _s3("GetBucketLogging", "GetBucketLogging", root="BucketLoggingStatus")
GET_BUCKET_LIFECYCLE = _s3("GetBucketLifecycleConfiguration", "GetLifecycleConfiguration", "NoSuchLifecycleConfiguration")
LIST_BUCKET_INTELLIGENT_TIERING = Call(
    "s3",
    "ListBucketIntelligentTieringConfigurations",
    "s3:GetIntelligentTieringConfiguration",
    Per.ITEM,
    Pages("ContinuationToken", "NextContinuationToken"),
    may_omit=True,
    root="List",
)
LIST_BUCKET_METRICS = Call(
    "s3",
    "ListBucketMetricsConfigurations",
    "s3:GetMetricsConfiguration",
    Per.ITEM,
    Pages("ContinuationToken", "NextContinuationToken"),
    may_omit=True,
    root="List",
)
LIST_MULTIPART_UPLOADS = Call(
    "s3",
    "ListMultipartUploads",
    "s3:ListBucketMultipartUploads",
    Per.ITEM,
    Pages(
        "KeyMarker", "NextKeyMarker", ("MaxUploads", 1000), beside=(("UploadIdMarker", "NextUploadIdMarker"),), flag="IsTruncated"
    ),
    may_omit=True,
    root="ListMultipartUploads",
)
LIST_PARTS = Call(
    "s3",
    "ListParts",
    "s3:ListMultipartUploadParts",
    Per.PART,
    Pages("PartNumberMarker", "NextPartNumberMarker", ("MaxParts", 1000), flag="IsTruncated"),
    absent=_codes("NoSuchUpload"),
    after=("s3.ListMultipartUploads",),
    may_omit=True,
    root="ListParts",
)
# Of objects only whether there are any, their sizes and their ACLs are looked at: no key is kept.
LIST_OBJECTS = Call("s3", "ListObjectsV2", "s3:ListBucket", Per.PART, root="ListBucketResult")
LIST_OBJECT_VERSIONS = Call("s3", "ListObjectVersions", "s3:ListBucketVersions", Per.PART, root="ListVersionsResult")
HEAD_BUCKET = Call("s3", "HeadBucket", "s3:ListBucket", Per.PART, absent=_codes("404", "NoSuchBucket"), after=("s3.ListBuckets",))
GET_OBJECT_ACL = Call("s3", "GetObjectAcl", "s3:GetObjectAcl", Per.PART, absent=_codes("NoSuchKey"), after=("s3.ListObjectsV2",))
GET_OBJECT_LOCK_CONFIGURATION = _s3(
    "GetObjectLockConfiguration", "GetBucketObjectLockConfiguration", "ObjectLockConfigurationNotFoundError"
)
GET_BUCKET_REPLICATION = _s3("GetBucketReplication", "GetReplicationConfiguration", "ReplicationConfigurationNotFoundError")
GET_BUCKET_WEBSITE = _s3("GetBucketWebsite", "GetBucketWebsite", "NoSuchWebsiteConfiguration")
GET_BUCKET_CORS = _s3("GetBucketCors", "GetBucketCORS", "NoSuchCORSConfiguration")
GET_BUCKET_NOTIFICATION = _s3("GetBucketNotificationConfiguration", "GetBucketNotification", root="NotificationConfiguration")
GET_BUCKET_TAGGING = _s3("GetBucketTagging", "GetBucketTagging", "NoSuchTagSet")
GET_DIRECTORY_BUCKET_LIFECYCLE = Call(
    "s3",
    "GetBucketLifecycleConfiguration",
    "s3express:GetLifecycleConfiguration",
    Per.ITEM,
    absent=_codes("NoSuchLifecycleConfiguration"),
    family="s3express",
)

# --- S3 access points. Multi-Region Access Points are asked in one region only: see auditor/collect/s3_points.py.
LIST_ACCESS_POINTS = Call(
    "s3control",
    "ListAccessPoints",
    "s3:ListAccessPoints",
    Per.REGION,
    _POINTS,
    may_omit=True,
    root="ListAccessPoints",
)
GET_ACCESS_POINT = Call("s3control", "GetAccessPoint", "s3:GetAccessPoint", Per.ITEM)
GET_ACCESS_POINT_POLICY_STATUS = Call(
    "s3control", "GetAccessPointPolicyStatus", "s3:GetAccessPointPolicyStatus", Per.ITEM, absent=_codes("NoSuchAccessPointPolicy")
)
LIST_MULTI_REGION_ACCESS_POINTS = Call(
    "s3control",
    "ListMultiRegionAccessPoints",
    "s3:ListMultiRegionAccessPoints",
    Per.ACCOUNT,
    _POINTS,
    may_omit=True,
    root="ListMultiRegionAccessPoints",
)
GET_MULTI_REGION_ACCESS_POINT_POLICY_STATUS = Call(
    "s3control",
    "GetMultiRegionAccessPointPolicyStatus",
    "s3:GetMultiRegionAccessPointPolicyStatus",
    Per.ITEM,
    absent=_codes("NoSuchMultiRegionAccessPointPolicy"),
)
LIST_OBJECT_LAMBDA_POINTS = Call(
    "s3control",
    "ListAccessPointsForObjectLambda",
    "s3:ListAccessPointsForObjectLambda",
    Per.REGION,
    _POINTS,
    may_omit=True,
    root="ListAccessPointsForObjectLambda",
)
GET_OBJECT_LAMBDA_POINT = Call("s3control", "GetAccessPointForObjectLambda", "s3:GetAccessPointForObjectLambda", Per.ITEM)
GET_OBJECT_LAMBDA_CONFIGURATION = Call(
    "s3control", "GetAccessPointConfigurationForObjectLambda", "s3:GetAccessPointConfigurationForObjectLambda", Per.ITEM
)
GET_OBJECT_LAMBDA_POLICY_STATUS = Call(
    "s3control",
    "GetAccessPointPolicyStatusForObjectLambda",
    "s3:GetAccessPointPolicyStatusForObjectLambda",
    Per.ITEM,
    absent=_codes("NoSuchAccessPointPolicy"),
)
LIST_DIRECTORY_POINTS = Call(
    "s3control",
    "ListAccessPointsForDirectoryBuckets",
    "s3express:ListAccessPointsForDirectoryBuckets",
    Per.REGION,
    _POINTS,
    may_omit=True,
    root="ListAccessPointsForDirectoryBuckets",
)
GET_DIRECTORY_POINT = Call("s3control", "GetAccessPoint", "s3express:GetAccessPoint", Per.ITEM, family="s3express")
GET_DIRECTORY_POINT_SCOPE = Call(
    "s3control", "GetAccessPointScope", "s3express:GetAccessPointScope", Per.ITEM, root="GetAccessPointScope"
)
GET_DIRECTORY_POINT_POLICY = Call(
    "s3control", "GetAccessPointPolicy", "s3express:GetAccessPointPolicy", Per.ITEM, absent=_codes("NoSuchAccessPointPolicy")
)

# --- EC2
DESCRIBE_INSTANCES = _ec2("DescribeInstances")
DESCRIBE_INSTANCE_TYPES = Call("ec2", "DescribeInstanceTypes", "ec2:DescribeInstanceTypes", Per.BATCH)
DESCRIBE_VOLUMES = _ec2("DescribeVolumes")
DESCRIBE_SNAPSHOTS = _ec2("DescribeSnapshots")
DESCRIBE_ADDRESSES = _ec2("DescribeAddresses", None)
DESCRIBE_SECURITY_GROUPS = _ec2("DescribeSecurityGroups")
DESCRIBE_IMAGES = _ec2("DescribeImages")
DESCRIBE_RESERVED_INSTANCES = _ec2("DescribeReservedInstances", None)
DESCRIBE_HOSTS = _ec2("DescribeHosts", Pages("NextToken", "NextToken", ("MaxResults", 500)))
DESCRIBE_CAPACITY_RESERVATIONS = _ec2("DescribeCapacityReservations")
DESCRIBE_SPOT_INSTANCE_REQUESTS = _ec2("DescribeSpotInstanceRequests")
GET_EBS_ENCRYPTION_BY_DEFAULT = _ec2("GetEbsEncryptionByDefault", None)

# --- VPC
DESCRIBE_VPCS = _ec2("DescribeVpcs")
DESCRIBE_SUBNETS = _ec2("DescribeSubnets")
DESCRIBE_NETWORK_ACLS = _ec2("DescribeNetworkAcls")
DESCRIBE_ROUTE_TABLES = _ec2("DescribeRouteTables", Pages("NextToken", "NextToken", ("MaxResults", 100)))
DESCRIBE_VPC_PEERING_CONNECTIONS = _ec2("DescribeVpcPeeringConnections")
DESCRIBE_VPC_ENDPOINTS = _ec2("DescribeVpcEndpoints")
DESCRIBE_FLOW_LOGS = _ec2("DescribeFlowLogs")

# --- SageMaker
LIST_NOTEBOOK_INSTANCES = _sagemaker_list("ListNotebookInstances")
DESCRIBE_NOTEBOOK_INSTANCE = _sagemaker("DescribeNotebookInstance")
LIST_DOMAINS = _sagemaker_list("ListDomains")
DESCRIBE_DOMAIN = _sagemaker("DescribeDomain")
LIST_USER_PROFILES = _sagemaker_list("ListUserProfiles")
DESCRIBE_USER_PROFILE = _sagemaker("DescribeUserProfile")
LIST_SPACES = _sagemaker_list("ListSpaces")
DESCRIBE_SPACE = _sagemaker("DescribeSpace")
LIST_APPS = _sagemaker_list("ListApps")
DESCRIBE_APP = _sagemaker("DescribeApp")
LIST_ENDPOINTS = _sagemaker_list("ListEndpoints")
DESCRIBE_ENDPOINT = _sagemaker("DescribeEndpoint")
LIST_ENDPOINT_CONFIGS = _sagemaker_list("ListEndpointConfigs")
DESCRIBE_ENDPOINT_CONFIG = _sagemaker("DescribeEndpointConfig")
LIST_MODELS = _sagemaker_list("ListModels")
DESCRIBE_MODEL = _sagemaker("DescribeModel")
LIST_TRAINING_JOBS = _sagemaker_list("ListTrainingJobs")
DESCRIBE_TRAINING_JOB = _sagemaker("DescribeTrainingJob")
LIST_PROCESSING_JOBS = _sagemaker_list("ListProcessingJobs")
DESCRIBE_PROCESSING_JOB = _sagemaker("DescribeProcessingJob")

# --- CloudWatch
LIST_METRICS = Call("cloudwatch", "ListMetrics", "cloudwatch:ListMetrics", Per.REGION, _NEXT)
GET_METRIC_DATA = Call("cloudwatch", "GetMetricData", "cloudwatch:GetMetricData", Per.BATCH, _NEXT)

# --- prices: only `awsaudit prices refresh` asks for them
GET_PRODUCTS = Call(
    "pricing",
    "GetProducts",
    "pricing:GetProducts",
    Per.BATCH,
    Pages("NextToken", "NextToken", ("MaxResults", 100)),
    may_omit=True,
)
DESCRIBE_SPOT_PRICE_HISTORY = Call(
    "ec2",
    "DescribeSpotPriceHistory",
    "ec2:DescribeSpotPriceHistory",
    Per.BATCH,
    Pages("NextToken", "NextToken", ("MaxResults", 1000)),
)

# --- what no operation gives
STORAGE_REPORT = Call("given", "StorageReport", "", Per.GIVEN)
"""A report of S3 Inventory or S3 Storage Lens: see :mod:`auditor.inventory`."""

PRICES = (GET_CALLER_IDENTITY, GET_PRODUCTS, DESCRIBE_SPOT_PRICE_HISTORY)
"""What refreshing prices calls."""


@cache
def table() -> Mapping[str, Call]:
    """Every operation of this module by its name."""
    return {value.name: value for value in globals().values() if isinstance(value, Call) and value.per is not Per.GIVEN}


def by_name(name: str) -> Call:
    """The call named ``s3.GetBucketAcl``, or what is given in its place. Raises :class:`KeyError` when there is none."""
    return STORAGE_REPORT if name == STORAGE_REPORT.name else table()[name]
