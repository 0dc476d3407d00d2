"""What AWS's error codes mean, over all services. Codes that mean "not configured" stand with their call in :mod:`auditor.model.calls`."""

from __future__ import annotations

DENIED = frozenset(
    (
        "AccessDenied",
        "AccessDeniedException",
        "UnauthorizedOperation",
        "AuthorizationError",
        "AuthorizationErrorException",
        "Forbidden",
        "AllAccessDisabled",
        "Client.UnauthorizedOperation",
        "UnauthorizedException",
        "NotAuthorized",
        "AccountProblem",
    )
)
THROTTLED = frozenset(
    (
        "Throttling",
        "ThrottlingException",
        "ThrottledException",
        "RequestThrottled",
        "RequestThrottledException",
        "RequestLimitExceeded",
        "TooManyRequestsException",
        "SlowDown",
        "PriorRequestNotComplete",
        "BandwidthLimitExceeded",
        "EC2ThrottledException",
    )
)
CLOSED = frozenset(("OptInRequired", "SubscriptionRequiredException"))
NOT_ACCEPTED = frozenset(("AuthFailure", "InvalidClientTokenId", "UnrecognizedClientException", "InvalidToken"))
"""The credentials are not accepted: in a region that is off, or everywhere once they are revoked."""
UNSUPPORTED = frozenset(
    (
        "UnknownOperationException",
        "UnknownOperation",
        "InvalidAction",
        "UnsupportedOperation",
        "UnsupportedOperationException",
        "NotImplemented",
        "MethodNotAllowed",
        "OperationNotPermittedException",
    )
)
GONE = frozenset(
    (
        "NoSuchBucket",
        "NoSuchAccessPoint",
        "NoSuchMultiRegionAccessPoint",
        "NoSuchEntity",
        "NoSuchEntityException",
        "ResourceNotFound",
        "ResourceNotFoundException",
        "ResourceNotFoundFault",
    )
)
NOT_FOUND = ("could not find", "recordnotfound", "resource not found")
"""What SageMaker says, in a plain ``ValidationException``, of an endpoint or model, a notebook instance, a training job that is gone."""
EXPIRED = frozenset(
    (
        "ExpiredToken",
        "ExpiredTokenException",
        "RequestExpired",
        "TokenRefreshRequired",
    )
)
