"""What is only read when somebody asks for it, because it costs a call for each bucket, prefix, upload or object."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

MULTIPART_UPLOADS = "multipart-uploads"
UPLOAD_PARTS = "upload-parts"
PREFIX_PROBES = "prefix-probes"
ARTIFACT_SIZES = "artifact-sizes"
OBJECT_ACLS = "object-acls"
SERVICE_BUCKETS = "service-buckets"

OPT_INS: Mapping[str, str] = MappingProxyType(
    {
        MULTIPART_UPLOADS: "the uploads to each bucket that were never finished",
        UPLOAD_PARTS: "the parts of each of those uploads, for how much they take",
        PREFIX_PROBES: "whether anything lies under the prefixes of lifecycle rules, of 20 for objects and 20 for versions in a bucket",
        ARTIFACT_SIZES: "whether what each training job made is still there, and how large it is",
        OBJECT_ACLS: "the ACLs of the first 50 objects of each bucket in which ACLs count",
        SERVICE_BUCKETS: "who owns the buckets that services name after account and region",
    }
)
"""The settings by their names (``--also``, ``also`` under ``[collect]``), and what each reads. A field of the model says which one it
needs in ``OPT_IN`` of its kind."""
