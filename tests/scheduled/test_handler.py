"""The scheduled function, driven by AWS's own runtime client over an emulated account."""

from __future__ import annotations

import gzip
import json
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from auditor.engine import archive
from tests.emulator import Emulator
from tests.scheduled.runtime import Lambda, running

ACCOUNT = "123456789012"
BUCKET = "awsaudit-reports"
TOPIC = f"arn:aws:sns:us-east-1:{ACCOUNT}:awsaudit"
RULES = "s3-versioning-off,s3-no-tier-policy,iam-user-direct-policy"


def environment(emulator: Emulator) -> dict[str, str]:
    """That of the function."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "PYTHONPATH": str(Path(__file__).parents[2]),
        "AWS_ENDPOINT_URL": emulator.url,
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWSAUDIT_BUCKET": BUCKET,
        "AWSAUDIT_PREFIX": "reports",
        "AWSAUDIT_REGIONS": "us-east-1",
        "AWSAUDIT_RULES": RULES,
        "AWSAUDIT_FORMATS": "html,csv",
        "AWSAUDIT_TOPIC_ARN": TOPIC,
        "AWSAUDIT_EVENT_BUS": "default",
    }


class Site:
    """The emulated account, with a bucket for the reports, and queues that hear what is told."""

    def __init__(self, emulator: Emulator) -> None:
        self.emulator = emulator
        self.s3, self.iam = emulator.client("s3"), emulator.client("iam")
        self.s3.create_bucket(Bucket=BUCKET)
        self.s3.put_bucket_versioning(Bucket=BUCKET, VersioningConfiguration={"Status": "Enabled"})
        self.sqs = emulator.client("sqs")
        self.heard, self.seen = (self.sqs.create_queue(QueueName=name)["QueueUrl"] for name in ("heard", "seen"))
        sns, events = emulator.client("sns"), emulator.client("events")
        assert sns.create_topic(Name="awsaudit")["TopicArn"] == TOPIC
        sns.subscribe(TopicArn=TOPIC, Protocol="sqs", Endpoint=f"arn:aws:sqs:us-east-1:{ACCOUNT}:heard")
        events.put_rule(Name="all", EventPattern=json.dumps({"source": ["awsaudit"]}))
        events.put_targets(Rule="all", Targets=[{"Id": "1", "Arn": f"arn:aws:sqs:us-east-1:{ACCOUNT}:seen"}])

    def environment(self, **more: str) -> dict[str, str]:
        return {**environment(self.emulator), **more}

    def messages(self) -> list[Any]:
        """What the topic was told since the last look."""
        return [json.loads(body) for body in self._bodies(self.heard)]

    def events(self) -> list[Any]:
        """What the event bus was told since the last look."""
        return [json.loads(body)["detail"] for body in self._bodies(self.seen)]

    def _bodies(self, queue: str) -> Iterator[str]:
        while found := self.sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10).get("Messages"):
            for message in found:
                self.sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
                yield message["Body"]

    def keys(self) -> list[str]:
        return [found["Key"] for found in self.s3.list_objects_v2(Bucket=BUCKET).get("Contents", [])]

    def read(self, key: str) -> Any:
        return json.loads(self.s3.get_object(Bucket=BUCKET, Key=key)["Body"].read())


@pytest.fixture
def site(emulator: Emulator) -> Site:
    return Site(emulator)


@pytest.fixture(scope="module")
def warm(_emulator: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lambda]:
    with running(environment(_emulator), tmp_path_factory.mktemp("function")) as started:
        yield started


@pytest.fixture
def function(site: Site, warm: Lambda) -> Lambda:
    """One that other tests have called before: as at AWS it knows nothing of that, for all it keeps is in the bucket."""
    warm.forget()
    return warm


def begun(function: Lambda) -> None:
    """Wait until it runs. How long a cold start takes is a matter of how busy this machine is."""
    assert function.invoke({"regions": 7}).error is not None


def night(number: int) -> dict[str, str]:
    """The event of the schedule."""
    return {"scan_id": f"night-{number}", "time": f"2026-11-{number:02}T03:00:00Z"}


def test_night_after_night_only_what_changed_is_told(site: Site, function: Lambda) -> None:
    site.s3.create_bucket(Bucket="학습-데이터".encode().hex())
    site.s3.create_bucket(Bucket="models")

    first = function.invoke(night(1))
    assert first.error is None
    assert first.result["complete"]
    folder = f"reports/{ACCOUNT}/2026-11-01/night-1/"
    assert first.result["folder"] == folder
    assert set(first.result["files"]) == {archive.FILE, "report.html", "report.json", "findings.csv"}
    assert {folder + name for name in (*first.result["files"], "run.json")} | {f"reports/{ACCOUNT}/latest.json"} == set(
        site.keys()
    )
    (message,) = site.messages()
    assert message["Subject"] == f"awsaudit {ACCOUNT}: 5 failing in the first run"
    assert "This is the first run" in message["Message"]
    (event,) = site.events()
    assert (event["baseline"], event["counts"]["new"], event["report"]) == (True, 5, f"s3://{BUCKET}/{folder}report.html")

    again = function.invoke(night(1))
    assert again.result == first.result
    assert (site.messages(), site.events()) == ([], [])

    assert function.invoke(night(2)).error is None
    assert (site.messages(), site.events()) == ([], []), "nothing changed, so nothing is told"

    site.s3.put_bucket_versioning(Bucket="models", VersioningConfiguration={"Status": "Enabled"})
    site.iam.create_user(UserName="intern")
    site.iam.attach_user_policy(UserName="intern", PolicyArn="arn:aws:iam::aws:policy/ReadOnlyAccess")
    third = function.invoke(night(3))
    assert third.result["changes"] == {"new": 1, "newly-unknown": 0, "no-longer-judged": 0, "waived": 0, "resolved": 1}
    (message,) = site.messages()
    assert message["Subject"] == f"awsaudit {ACCOUNT}: 1 new failure, 1 resolved"
    changes = [line for line in message["Message"].splitlines() if line.startswith("- ")]
    assert changes == [
        f"- low  iam-user-direct-policy  intern  global  arn:aws:iam::{ACCOUNT}:user/intern",
        "- low  s3-versioning-off  models  us-east-1  arn:aws:s3:::models",
    ]
    (event,) = site.events()
    assert [(change["change"], change["rule"], change["name"]) for change in event["changes"]] == [
        ("new", "iam-user-direct-policy", "intern"),
        ("resolved", "s3-versioning-off", "models"),
    ]


def test_what_is_written_is_what_a_scan_writes(site: Site, function: Lambda, tmp_path: Path) -> None:
    site.s3.create_bucket(Bucket="models")
    answer = function.invoke(night(1))
    for name in answer.result["files"]:
        stored = site.s3.get_object(Bucket=BUCKET, Key=answer.result["folder"] + name)
        (tmp_path / name).write_bytes(stored["Body"].read())
        assert stored["ContentType"].split(";")[0] in {"application/gzip", "text/html", "application/json", "text/csv"}
    assert archive.read(tmp_path / archive.FILE).header.account_id == ACCOUNT
    assert gzip.decompress((tmp_path / archive.FILE).read_bytes()).startswith(b'{"line":"header"')
    assert (tmp_path / "report.html").read_bytes().startswith(b"<!doctype html>")


def test_results_are_encrypted_with_the_key_that_is_named(site: Site, tmp_path: Path) -> None:
    key = site.emulator.client("kms").create_key()["KeyMetadata"]["Arn"]
    with running(site.environment(AWSAUDIT_KMS_KEY=key), tmp_path) as function:
        answer = function.invoke(night(1))
    stored = site.s3.head_object(Bucket=BUCKET, Key=answer.result["folder"] + "report.json")
    assert (stored["ServerSideEncryption"], stored["SSEKMSKeyId"]) == ("aws:kms", key)


def test_what_is_denied_is_unknown_and_never_resolved(site: Site, function: Lambda) -> None:
    site.s3.create_bucket(Bucket="models")
    assert function.invoke(night(1)).result["unknown"] == 0
    site.messages()
    site.emulator.doorman.deny.add("s3.GetBucketVersioning")
    answer = function.invoke(night(2))
    assert answer.result["changes"] == {"new": 0, "newly-unknown": 2, "no-longer-judged": 0, "waived": 0, "resolved": 0}
    (message,) = site.messages()
    assert "resolved" not in message["Subject"]
    report = site.read(answer.result["folder"] + "report.json")
    assert report["summary"]["actions"] == ["s3:GetBucketVersioning"]
    site.emulator.doorman.deny.clear()
    assert function.invoke(night(3)).result["changes"]["new"] == 1, "it fails again, as far as can be told"


def test_it_ends_before_its_time_with_what_it_has(site: Site, tmp_path: Path) -> None:
    for number in range(40):
        site.s3.create_bucket(Bucket=f"bucket-{number:02}")
    site.emulator.doorman.on_call = lambda name: time.sleep(1.5) if name == "s3.GetBucketVersioning" else None
    with running(site.environment(AWSAUDIT_RESERVE="4"), tmp_path) as function:
        begun(function)
        began = time.monotonic()
        answer = function.invoke(night(1), seconds=8)
        assert time.monotonic() - began < 8
        assert answer.error is None
        assert not answer.result["complete"]
        assert answer.result["exit"] == 3
        assert answer.result["unknown"] > 0
        report = site.read(answer.result["folder"] + "report.json")
        assert not report["summary"]["complete"]
        assert [gap["what"] for gap in report["gaps"]] == ["scan"]
        assert "time was nearly over" in report["gaps"][0]["detail"]
        assert "INCOMPLETE" in site.messages()[0]["Message"]


def test_a_call_that_hangs_does_not_take_the_time_of_the_report(site: Site, tmp_path: Path) -> None:
    """It hangs until there is a report: one that waited for it would wait as long as the SDK does, which is a minute."""
    site.s3.create_bucket(Bucket="models")
    written, waited = threading.Event(), list[bool]()

    def hang(name: str) -> None:
        if name == "s3.PUT":
            written.set()
        elif name == "s3.GetBucketVersioning":
            waited.append(written.wait(45))

    with running(site.environment(AWSAUDIT_RESERVE="6"), tmp_path) as function:
        begun(function)
        began = time.monotonic()
        assert function.invoke(night(1)).result["unknown"] == 0
        took = time.monotonic() - began
        site.emulator.doorman.on_call = hang
        answer = function.invoke(night(2), seconds=8 + 5 * took)  # enough to come to that call, however busy this machine is
    assert answer.error is None
    assert answer.result["unknown"] > 0
    assert waited, "a call hung"
    assert all(waited), "the report was written while it did"


def test_what_there_is_no_time_to_write_is_left_out_and_the_news_still_told(site: Site, tmp_path: Path) -> None:
    site.s3.create_bucket(Bucket="models")
    slow = iter([2.5])  # the first file, the snapshot, takes until the last third of the reserve
    site.emulator.doorman.on_call = lambda name: time.sleep(next(slow, 0)) if name == "s3.PUT" else None
    with running(site.environment(AWSAUDIT_RESERVE="60", AWSAUDIT_FORMATS="csv,html"), tmp_path) as function:
        answer = function.invoke(night(1), seconds=3)
        assert answer.error is None
        assert answer.result["files"] == [archive.FILE, "report.json"], "the next run needs it"
        assert answer.result["unwritten"] == ["html", "csv"]
        (message,) = site.messages()
        assert "There was no time to write html, csv." in message["Message"]
        assert f"Report: s3://{BUCKET}/{answer.result['folder']}report.json\n" in message["Message"]
        (metrics,) = [line for line in function.lines() if "_aws" in line]
        assert metrics["Complete"] == [0.0]
        assert any("no time to write html, csv" in line.get("message", "") for line in function.lines())


def test_a_topic_that_is_none_is_found_before_the_scan(site: Site, tmp_path: Path) -> None:
    with running(site.environment(AWSAUDIT_TOPIC_ARN="awsaudit"), tmp_path) as function:
        assert "is not the ARN of a standard SNS topic" in function.invoke(night(1)).error["errorMessage"]
    assert (site.keys(), site.emulator.doorman.calls["s3.ListBuckets"]) == ([], 0)


MALFORMED: tuple[tuple[Any, str], ...] = (
    ({"regionss": "us-east-1"}, "`regionss`; it may hold bucket, prefix, regions"),
    ({"regions": 7}, "in `regions`"),
    (["us-east-1"], "the event cannot be used"),
    ({"formats": "pdf"}, "`pdf` is not an output format"),
    ({"frameworks": "cis"}, "there is no framework `cis`"),
    ({"scan_id": "../../other"}, "`../../other` is not a scan id"),
    ({"bucket": "No Bucket"}, "is not a bucket for the results"),
    ({"config": "awsaudit.toml"}, "it looks like s3://bucket/config/awsaudit.toml"),
    ({"config": f"s3://{BUCKET}/none.toml"}, "is not there"),
    ({"bucket": "somebody-elses"}, "NoSuchBucket: there is no such bucket"),
)


def test_a_malformed_event_is_a_failure_in_one_line(site: Site, function: Lambda) -> None:
    """One after the other in one warm process, which a bad event must not spoil."""
    for number, (event, words) in enumerate(MALFORMED):
        answer = function.invoke(event)
        assert words in answer.error["errorMessage"]
        *before, said = [line for line in function.lines() if line.get("level") == "ERROR"]
        assert len(before) == number, event
        assert words in said["message"]
        assert "exception" not in said
        assert site.keys() == []


def test_the_configuration_comes_from_the_bucket(site: Site, function: Lambda) -> None:
    site.s3.create_bucket(Bucket="models")
    waiver = '[[waivers]]\nrule = "s3-*"\nresource = "*"\nowner = "platform"\nreason = "on purpose"\nexpires = 2099-01-01\n'
    site.s3.put_object(Bucket=BUCKET, Key="config/awsaudit.toml", Body=waiver.encode())
    answer = function.invoke({**night(1), "config": f"s3://{BUCKET}/config/awsaudit.toml"})
    assert answer.result["failing"] == 0
    site.s3.put_object(Bucket=BUCKET, Key="config/awsaudit.toml", Body=b"[rulez]")
    broken = function.invoke({**night(2), "config": f"s3://{BUCKET}/config/awsaudit.toml"})
    assert f"config `s3://{BUCKET}/config/awsaudit.toml`" in broken.error["errorMessage"]
    site.s3.put_object(Bucket=BUCKET, Key="config/awsaudit.toml", Body=b'[prices]\nfile = "ours.csv"')
    unread = function.invoke({**night(2), "config": f"s3://{BUCKET}/config/awsaudit.toml"})
    assert "the function reads no price file; leave out `file`" in unread.error["errorMessage"]


def test_a_run_that_died_before_its_end_is_told_of_once(site: Site, function: Lambda) -> None:
    site.s3.create_bucket(Bucket="models")
    first = function.invoke(night(1))
    site.messages()
    site.s3.delete_object(Bucket=BUCKET, Key=first.result["folder"] + "run.json")
    again = function.invoke(night(1))
    assert again.result["changes"] == first.result["changes"]
    assert site.messages() == []


def test_an_earlier_report_that_cannot_be_read_makes_a_new_beginning(site: Site, function: Lambda) -> None:
    site.s3.create_bucket(Bucket="models")
    first = function.invoke(night(1))
    site.messages()
    site.s3.put_object(Bucket=BUCKET, Key=first.result["folder"] + "report.json", Body=b'{"format": 9}')
    assert function.invoke(night(2)).error is None
    assert "first run" in site.messages()[0]["Subject"]
    assert any("newer awsaudit" in line.get("message", "") for line in function.lines())


def test_metrics_and_log(site: Site, function: Lambda) -> None:
    site.s3.create_bucket(Bucket="models")
    function.invoke({**night(1), "regions": ["us-east-1"]}, request="11111111-2222-4333-8444-555555555555")
    (metrics,) = [line for line in function.lines() if "_aws" in line]
    (described,) = metrics["_aws"]["CloudWatchMetrics"]
    assert (described["Namespace"], described["Dimensions"]) == ("awsaudit", [["service"]])
    assert metrics["service"] == "awsaudit"
    assert {metric["Name"] for metric in described["Metrics"]} >= {
        "Finished",
        "Complete",
        "Failing",
        "Unknown",
        "ApiCalls",
        "Duration",
    }
    assert (metrics["Finished"], metrics["Complete"]) == ([1.0], [1.0])
    (done,) = [line for line in function.lines() if line.get("message") == "scanned"]
    assert (done["scan_id"], done["account"]) == ("night-1", ACCOUNT)
    assert done["request_id"] == "11111111-2222-4333-8444-555555555555"
