"""A lifecycle configuration as others take it: JSON of the API, a command of the AWS CLI, Terraform.

Rule ids, prefixes, tags and bucket names are foreign text: each form has its own quotes for them, and what cannot be seen in a terminal
is written as an escape. Forms after the S3 API Reference (PutBucketLifecycleConfiguration), the AWS CLI Command Reference and the
documentation of Terraform's AWS provider (aws_s3_bucket_lifecycle_configuration).
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import TypeAlias, Union

from auditor.model.s3 import Filter, Lifecycle, LifecycleRule

Json: TypeAlias = Union[dict[str, "Json"], list["Json"], str, int, bool]

_BUCKET = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{2,254}")
_ARGUMENT = re.compile(r"(\w+) += (?!\{$)")
PLACEHOLDER = "BUCKET"
"""Stands for a bucket whose name is none: nothing else of it is let into a command."""


def as_api(lifecycle: Lifecycle) -> dict[str, Json]:
    """The rules in the shape that PutBucketLifecycleConfiguration takes. The default minimum size is no part of it."""
    return {"Rules": [_rule(one) for one in lifecycle.rules]}


def as_json(lifecycle: Lifecycle) -> str:
    """The rules as JSON text, a rule's parts a line each, in the order of the API's documentation."""
    return _visible(json.dumps(as_api(lifecycle), ensure_ascii=False, indent=2))


def as_command(lifecycle: Lifecycle, bucket: str) -> str:
    """A command of the AWS CLI, for a POSIX shell, that puts the configuration in the place of the bucket's own."""
    words = ["aws s3api put-bucket-lifecycle-configuration", f"--bucket {_name(bucket)}"]
    if lifecycle.default_minimum_size is not None:
        words.append(f"--transition-default-minimum-object-size {shlex.quote(lifecycle.default_minimum_size)}")
    text = _visible(json.dumps(as_api(lifecycle), ensure_ascii=False, separators=(",", ":")))
    words.append(f"--lifecycle-configuration {shlex.quote(text)}")
    return " \\\n  ".join(words)


def as_terraform(lifecycle: Lifecycle, bucket: str) -> str:
    """A resource of Terraform's AWS provider."""
    own = [f"bucket = {_quoted(_name(bucket))}"]
    if lifecycle.default_minimum_size is not None:
        own.append(f"transition_default_minimum_object_size = {_quoted(lifecycle.default_minimum_size)}")
    lines = ['resource "aws_s3_bucket_lifecycle_configuration" "this" {', *(f"  {line}" for line in _aligned(own))]
    for rule in lifecycle.rules:
        lines += ["", "  rule {", *(f"    {line}" for line in _block(rule)), "  }"]
    return "\n".join((*lines, "}", ""))


def _rule(rule: LifecycleRule) -> dict[str, Json]:
    found: dict[str, Json] = {"ID": rule.id, "Status": "Enabled" if rule.enabled else "Disabled"}
    if rule.legacy_prefix:
        found["Prefix"] = rule.filter.prefix or ""
    else:
        found["Filter"] = _filter(rule.filter)
    if rule.transitions:
        found["Transitions"] = [{**_when(one.days, one.date), "StorageClass": one.storage_class} for one in rule.transitions]
    if rule.expiration is not None:
        markers: dict[str, Json] = {"ExpiredObjectDeleteMarker": True} if rule.expiration.delete_markers else {}
        found["Expiration"] = {**_when(rule.expiration.days, rule.expiration.date), **markers}
    if rule.noncurrent_transitions:
        found["NoncurrentVersionTransitions"] = [
            {**_noncurrent(one.days, one.keep), "StorageClass": one.storage_class} for one in rule.noncurrent_transitions
        ]
    if rule.noncurrent_expiration is not None:
        found["NoncurrentVersionExpiration"] = _noncurrent(rule.noncurrent_expiration.days, rule.noncurrent_expiration.keep)
    if rule.abort_multipart_days is not None:
        found["AbortIncompleteMultipartUpload"] = {"DaysAfterInitiation": rule.abort_multipart_days}
    return found


def _filter(only: Filter) -> dict[str, Json]:
    """One condition stands alone, several in ``And``."""
    found: dict[str, Json] = {}
    if only.prefix:
        found["Prefix"] = only.prefix
    if only.size_greater_than is not None:
        found["ObjectSizeGreaterThan"] = only.size_greater_than
    if only.size_less_than is not None:
        found["ObjectSizeLessThan"] = only.size_less_than
    tags: list[Json] = [{"Key": key, "Value": value} for key, value in only.tags.items()]
    if len(tags) + len(found) > 1:
        return {"And": {**found, **({"Tags": tags} if tags else {})}}
    return {"Tag": tags[0]} if tags else found or {"Prefix": ""}


def _when(days: int | None, date: datetime | None) -> dict[str, Json]:
    if days is not None:
        return {"Days": days}
    return {"Date": _date(date)} if date is not None else {}


def _noncurrent(days: int | None, keep: int | None) -> dict[str, Json]:
    found: dict[str, Json] = {}
    if days is not None:
        found["NoncurrentDays"] = days
    if keep is not None:
        found["NewerNoncurrentVersions"] = keep
    return found


def _block(rule: LifecycleRule) -> Iterator[str]:
    """The lines of a rule in Terraform."""
    yield f"id     = {_quoted(rule.id)}"
    yield f'status = "{"Enabled" if rule.enabled else "Disabled"}"'
    if rule.legacy_prefix:
        yield f"prefix = {_quoted(rule.filter.prefix or '')}"
    else:
        yield from _within("filter", _conditions(rule.filter))
    for one in rule.transitions:
        yield from _within("transition", [*_since(one.days, one.date), f"storage_class = {_quoted(one.storage_class)}"])
    if rule.expiration is not None:
        marker = ["expired_object_delete_marker = true"] if rule.expiration.delete_markers else []
        yield from _within("expiration", [*_since(rule.expiration.days, rule.expiration.date), *marker])
    for old in rule.noncurrent_transitions:
        lines = [*_counted(old.days, old.keep), f"storage_class = {_quoted(old.storage_class)}"]
        yield from _within("noncurrent_version_transition", lines)
    if rule.noncurrent_expiration is not None:
        yield from _within(
            "noncurrent_version_expiration", _counted(rule.noncurrent_expiration.days, rule.noncurrent_expiration.keep)
        )
    if rule.abort_multipart_days is not None:
        yield from _within("abort_incomplete_multipart_upload", [f"days_after_initiation = {rule.abort_multipart_days}"])


def _conditions(only: Filter) -> list[str]:
    found = [f"prefix = {_quoted(only.prefix)}"] if only.prefix else []
    if only.size_greater_than is not None:
        found.append(f"object_size_greater_than = {only.size_greater_than}")
    if only.size_less_than is not None:
        found.append(f"object_size_less_than = {only.size_less_than}")
    if len(found) + len(only.tags) > 1:
        tags = [f"{_quoted(key)} = {_quoted(value)}" for key, value in only.tags.items()]
        return [*_within("and", [*found, *(["tags = {", *(f"  {one}" for one in tags), "}"] if tags else [])])]
    for key, value in only.tags.items():
        return [*_within("tag", [f"key   = {_quoted(key)}", f"value = {_quoted(value)}"])]
    return found or ['prefix = ""']


def _within(name: str, lines: list[str]) -> list[str]:
    return [f"{name} {{", *(f"  {line}" for line in _aligned(lines)), "}"]


def _aligned(lines: list[str]) -> list[str]:
    """Arguments with their equals signs one under the other, as ``terraform fmt`` writes those of one line each."""
    width = max((found.end(1) for line in lines if (found := _ARGUMENT.match(line))), default=0)
    return [f"{found[1]:<{width}} = {line[found.end() :]}" if (found := _ARGUMENT.match(line)) else line for line in lines]


def _since(days: int | None, date: datetime | None) -> list[str]:
    if days is not None:
        return [f"days = {days}"]
    return [f'date = "{_date(date)}"'] if date is not None else []


def _counted(days: int | None, keep: int | None) -> list[str]:
    found = [f"noncurrent_days = {days}"] if days is not None else []
    return [*found, f"newer_noncurrent_versions = {keep}"] if keep is not None else found


def _date(one: datetime) -> str:
    return one.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _name(bucket: str) -> str:
    """A bucket's name: letters, digits, dots, hyphens and underscores need no quotes anywhere."""
    return bucket if _BUCKET.fullmatch(bucket) else PLACEHOLDER


def _quoted(text: str) -> str:
    """A string of Terraform's language. A brace that would open a template is written by its number: nothing else is read the same way
    after any run of dollar and percent signs."""
    found: list[str] = []
    before = ""
    for one in text:
        if one in '"\\':
            found.append("\\" + one)
        elif not one.isprintable() or (one == "{" and before in ("$", "%")):
            found.append(f"\\u{ord(one):04x}" if ord(one) <= 0xFFFF else f"\\U{ord(one):08x}")
        else:
            found.append(one)
        before = one
    return f'"{"".join(found)}"'


def _visible(text: str) -> str:
    """JSON text with what cannot be printed as escapes. What is beyond U+FFFF takes two, as JSON has it."""
    return "".join(one if one.isprintable() or one == "\n" else json.dumps(one)[1:-1] for one in text)
