"""Keeping results in a bucket: encrypted, of the right type, and in nobody else's bucket."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from auditor.errors import OutputError

TYPES = {
    "csv": "text/csv; charset=utf-8",
    "gz": "application/gzip",
    "html": "text/html; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/x-ndjson",
    "md": "text/markdown; charset=utf-8",
    "sarif": "application/sarif+json",
    "xml": "application/xml",
}
"""Media types by the last suffix of the name."""
IN_MEMORY = 4 * 1024 * 1024
"""Bytes of a file that are kept in memory before it goes to disk on its way."""


class Bucket:
    """A bucket for results. Every request names the account that must own it, so that a bucket of the same name elsewhere gets nothing."""

    def __init__(self, client: Any, name: str, *, owner: str, key: str = "") -> None:
        """``client`` is an S3 client that may write; ``owner`` an account id; ``key`` a KMS key, empty for the bucket's default."""
        self._client = client
        self.name = name
        self._owner = owner
        self._encryption = {"ServerSideEncryption": "aws:kms", "SSEKMSKeyId": key} if key else {}

    def uri(self, key: str) -> str:
        """``s3://bucket/key``"""
        return f"s3://{self.name}/{key}"

    def put(self, key: str, parts: Iterable[bytes]) -> None:
        """Write an object, whole or not at all. Raises :class:`OutputError`."""
        with tempfile.SpooledTemporaryFile(IN_MEMORY) as file:
            for part in parts:
                file.write(part)
            file.seek(0)
            try:
                self._client.put_object(
                    Bucket=self.name,
                    Key=key,
                    Body=file,
                    ContentType=TYPES.get(key.rpartition(".")[2], "application/octet-stream"),
                    ExpectedBucketOwner=self._owner,
                    **self._encryption,
                )
            except (ClientError, BotoCoreError) as error:
                raise OutputError(f"`{self.uri(key)}` cannot be written: {_why(error)}") from error

    def get(self, key: str) -> bytes | None:
        """An object's bytes; ``None`` when there is none. Raises :class:`OutputError`."""
        try:
            answer = self._client.get_object(Bucket=self.name, Key=key, ExpectedBucketOwner=self._owner)
            content: bytes = answer["Body"].read()
        except (ClientError, BotoCoreError) as error:
            if _code(error) == "NoSuchKey":
                return None
            raise OutputError(f"`{self.uri(key)}` cannot be read: {_why(error)}") from error
        return content

    def need(self, key: str) -> bytes:
        """An object's bytes. Raises :class:`OutputError` also when there is none."""
        found = self.get(key)
        if found is None:
            raise OutputError(f"`{self.uri(key)}` is not there; put it there, or do not name it")
        return found


def _code(error: Exception) -> str:
    return error.response.get("Error", {}).get("Code", "") if isinstance(error, ClientError) else ""


def _why(error: Exception) -> str:
    hints = {
        "AccessDenied": "allow it in the function's role and the key's policy, and check that the bucket is in the account named",
        "NoSuchBucket": "there is no such bucket; check AWSAUDIT_BUCKET",
    }
    code = _code(error)
    return f"{code}: {hints[code]}" if code in hints else code or str(error)
