"""Results in a bucket: whose it is, how they are encrypted, of what type they are, and what refusals say."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError, ReadTimeoutError

from auditor.errors import OutputError
from auditor.render.format import formats
from auditor.sinks.s3 import IN_MEMORY, TYPES, Bucket
from tests.emulator import Emulator
from tests.render.audited import view
from tests.sinks.made import Recorder, refused

OWNER = "123456789012"


def bucket(client: Any, key: str = "") -> Bucket:
    return Bucket(client, "reports", owner=OWNER, key=key)


def test_every_request_names_the_owner() -> None:
    client = Recorder()
    bucket(client).put("a/report.json", [b"{}"])
    assert bucket(client).get("a/report.json") == b"{}"
    assert bucket(client).get("a/none") is None
    assert [asked["ExpectedBucketOwner"] for _, asked in client.calls] == [OWNER] * 3
    assert {(asked["Bucket"], asked["Key"]) for _, asked in client.calls} == {("reports", "a/report.json"), ("reports", "a/none")}


def test_encryption_is_the_buckets_own_or_with_the_key_that_is_named() -> None:
    client = Recorder()
    bucket(client).put("a", [b""])
    bucket(client, key="arn:aws:kms:us-east-1:123456789012:key/1").put("a", [b""])
    default, named = (asked for _, asked in client.calls)
    assert not {"ServerSideEncryption", "SSEKMSKeyId"} & set(default)
    assert (named["ServerSideEncryption"], named["SSEKMSKeyId"]) == ("aws:kms", "arn:aws:kms:us-east-1:123456789012:key/1")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("snapshot.jsonl.gz", "application/gzip"),
        ("report.html", "text/html; charset=utf-8"),
        ("report.json", "application/json"),
        ("findings.csv", "text/csv; charset=utf-8"),
        ("something.else", "application/octet-stream"),
        ("without", "application/octet-stream"),
    ],
)
def test_an_object_has_its_type(name: str, kind: str) -> None:
    client = Recorder()
    bucket(client).put(f"a.b/{name}", [b""])
    assert client.calls[0][1]["ContentType"] == kind


def test_every_format_has_a_type() -> None:
    names = [file.name for one in formats().values() for file in one.files(view())]
    assert {name.rpartition(".")[2] for name in names} <= set(TYPES)


def test_parts_are_made_one_by_one_and_large_ones_go_to_disk() -> None:
    client = Recorder()
    made = 0

    def parts() -> Iterator[bytes]:
        nonlocal made
        for number in range(6):
            made += 1
            yield bytes([number]) * (IN_MEMORY // 4)

    bucket(client).put("large", parts())
    assert made == 6
    assert client.objects["large"] == b"".join(bytes([number]) * (IN_MEMORY // 4) for number in range(6))


def test_what_breaks_off_while_it_is_made_is_not_written() -> None:
    client = Recorder()

    def parts() -> Iterator[bytes]:
        yield b"half"
        raise RuntimeError

    with pytest.raises(RuntimeError):
        bucket(client).put("report.json", parts())
    assert client.calls == []


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (refused("AccessDenied"), "AccessDenied: allow it in the function's role and the key's policy"),
        (refused("NoSuchBucket"), "NoSuchBucket: there is no such bucket; check AWSAUDIT_BUCKET"),
        (refused("SlowDown"), "SlowDown"),
        (EndpointConnectionError(endpoint_url="http://nowhere"), "Could not connect"),
        (ReadTimeoutError(endpoint_url="http://nowhere"), "Read timeout"),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else "",
)
def test_a_refusal_says_what_to_do(error: Exception, words: str) -> None:
    with pytest.raises(OutputError) as writing:
        bucket(Recorder(refuse=error)).put("a/report.json", [b""])
    assert str(writing.value).startswith("`s3://reports/a/report.json` cannot be written: ")
    with pytest.raises(OutputError) as reading:
        bucket(Recorder(refuse=error)).get("a/report.json")
    assert str(reading.value).startswith("`s3://reports/a/report.json` cannot be read: ")
    assert words in str(writing.value)
    assert words in str(reading.value)
    assert "what AWS said" not in str(writing.value)


def test_a_body_that_breaks_off_is_a_refusal_too() -> None:
    class Broken(io.RawIOBase):
        def read(self, size: int = -1) -> bytes:
            raise ReadTimeoutError(endpoint_url="http://nowhere")

    class Client(Recorder):
        def get_object(self, **asked: Any) -> dict[str, Any]:
            return {"Body": Broken()}

    with pytest.raises(OutputError, match="cannot be read"):
        bucket(Client()).get("a")


def test_what_must_be_there_is_missed() -> None:
    with pytest.raises(OutputError, match=r"`s3://reports/config/awsaudit.toml` is not there"):
        bucket(Recorder()).need("config/awsaudit.toml")


def test_it_works_over_the_wire(emulator: Emulator) -> None:
    client = emulator.client("s3")
    client.create_bucket(Bucket="reports")
    key = "한글 <script>/report.json"
    bucket(client).put(key, [b'{"a"', b":1}"])
    assert bucket(client).get(key) == b'{"a":1}'
    assert bucket(client).get("none") is None
    with pytest.raises(OutputError, match="NoSuchBucket"):
        Bucket(client, "elsewhere", owner=OWNER).get("report.json")
