"""What S3 and CloudWatch say of the use of buckets, of replication, and of directory buckets: AWS's documented shapes at the wire.

moto keeps no metrics configurations, drops parts of replication rules, and knows no directory buckets.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from auditor.model.fact import Known, Reason, Unknown, need
from auditor.model.resource import GLOBAL
from auditor.model.s3 import Bucket, DirectoryBucket, Filter, NotificationTarget, ReplicationRule, RequestMetrics
from tests.collect.helpers import scan
from tests.emulator import Emulator

OK, XML = "200 OK", "text/xml"
NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
METRICS = """<ListMetricsConfigurationsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><IsTruncated>false</IsTruncated>%s
  </ListMetricsConfigurationsResult>"""
ENTIRE = "<MetricsConfiguration><Id>EntireBucket</Id></MetricsConfiguration>"
PART = """<MetricsConfiguration><Id>Logs</Id><Filter><And><Prefix>logs/</Prefix><Tag><Key>team</Key><Value>ml</Value></Tag></And>
  </Filter></MetricsConfiguration>"""


def bucket_of(emulator: Emulator) -> Bucket:
    (bucket,) = scan(emulator, Bucket, now=NOW).section(Bucket, GLOBAL).items
    return bucket


def give(emulator: Emulator, operation: str, body: str) -> None:
    emulator.doorman.answers[f"s3.{operation}"] = (OK, body.encode(), XML)


def publish(emulator: Emulator, name: str, value: float, *days_ago: int) -> None:
    emulator.client("cloudwatch").put_metric_data(
        Namespace="AWS/S3",
        MetricData=[
            {
                "MetricName": name,
                "Dimensions": [{"Name": "BucketName", "Value": "used"}, {"Name": "FilterId", "Value": "EntireBucket"}],
                "Timestamp": NOW - timedelta(days=days),
                "Value": value,
            }
            for days in days_ago
        ],
    )


def test_requests_are_read_under_the_configuration_for_the_whole_bucket(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="used")
    give(emulator, "ListBucketMetricsConfigurations", METRICS % (PART + ENTIRE))
    publish(emulator, "AllRequests", 7, 1, 50)
    publish(emulator, "GetRequests", 5, 1)
    bucket = bucket_of(emulator)
    assert need(bucket.request_metrics) == (RequestMetrics("Logs", False), RequestMetrics("EntireBucket", True))
    (every,) = need(bucket.all_requests)
    assert every.dimensions == {"BucketName": "used", "FilterId": "EntireBucket"}
    assert len(every.values) == 90
    assert every.present == (7.0, 7.0)
    assert [one.total for one in need(bucket.get_requests)] == [5.0]
    assert [one.total for one in need(bucket.bytes_downloaded)] == [None]


def test_a_configuration_for_a_part_counts_nothing_of_the_bucket(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="used")
    give(emulator, "ListBucketMetricsConfigurations", METRICS % PART)
    bucket = bucket_of(emulator)
    assert need(bucket.request_metrics) == (RequestMetrics("Logs", False),)
    assert bucket.all_requests == bucket.get_requests == Known(())


def test_a_bucket_without_metrics_configurations(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="used")
    give(emulator, "ListBucketMetricsConfigurations", METRICS % "")
    assert bucket_of(emulator).request_metrics == Known(())


def test_denied_configurations_leave_the_requests_unknown(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="used")
    emulator.doorman.deny.add("s3.ListBucketMetricsConfigurations")
    bucket = bucket_of(emulator)
    denied = Unknown(Reason.DENIED, "s3.ListBucketMetricsConfigurations", "s3:GetMetricsConfiguration")
    assert bucket.request_metrics == bucket.all_requests == denied


def test_replication_rules_of_both_versions(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="used")
    give(
        emulator,
        "GetBucketReplication",
        """<ReplicationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/">
          <Role>arn:aws:iam::123456789012:role/copy</Role>
          <Rule><ID>now</ID><Priority>1</Priority><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>
            <SourceSelectionCriteria><SseKmsEncryptedObjects><Status>Enabled</Status></SseKmsEncryptedObjects></SourceSelectionCriteria>
            <DeleteMarkerReplication><Status>Disabled</Status></DeleteMarkerReplication>
            <Destination><Bucket>arn:aws:s3:::copy-eu</Bucket><Account>999988887777</Account>
              <StorageClass>STANDARD_IA</StorageClass></Destination></Rule>
          <Rule><ID>tagged</ID><Status>Disabled</Status>
            <Filter><And><Prefix>a/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>
            <Destination><Bucket>arn:aws:s3:::copy-eu</Bucket></Destination></Rule>
          <Rule><ID>first</ID><Prefix>logs/</Prefix><Status>Enabled</Status>
            <Destination><Bucket>arn:aws:s3:::copy-us</Bucket></Destination></Rule>
        </ReplicationConfiguration>""",
    )
    now, tagged, first = need(bucket_of(emulator).replication)
    assert now == ReplicationRule("now", True, "arn:aws:s3:::copy-eu", "STANDARD_IA", kms=True, account="999988887777")
    assert tagged == ReplicationRule("tagged", False, "arn:aws:s3:::copy-eu", filter=Filter(prefix="a/", tags={"k": "v"}))
    assert first == ReplicationRule("first", True, "arn:aws:s3:::copy-us", delete_markers=True, filter=Filter(prefix="logs/"))


def test_events_for_eventbridge_are_an_empty_element(emulator: Emulator) -> None:
    emulator.client("s3").create_bucket(Bucket="used")
    body = """<NotificationConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><EventBridgeConfiguration/>
      </NotificationConfiguration>"""
    give(emulator, "GetBucketNotificationConfiguration", body)
    assert need(bucket_of(emulator).notifications) == (NotificationTarget("eventbridge", ""),)


def test_directory_buckets_come_through(emulator: Emulator) -> None:
    give(
        emulator,
        "ListDirectoryBuckets",
        """<ListAllMyDirectoryBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets><Bucket>
          <Name>fast--shards--use1-az4--x-s3</Name><CreationDate>2026-01-02T03:04:05Z</CreationDate></Bucket></Buckets>
        </ListAllMyDirectoryBucketsResult>""",
    )
    give(
        emulator,
        "GetBucketLifecycleConfiguration",
        """<LifecycleConfiguration xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Rule><ID>old</ID><Filter><Prefix>tmp/</Prefix></Filter>
          <Status>Enabled</Status><Expiration><Days>3</Days></Expiration></Rule></LifecycleConfiguration>""",
    )
    (bucket,) = scan(emulator, DirectoryBucket).section(DirectoryBucket, "us-east-1").items
    assert need(bucket.zone) == "use1-az4"
    (rule,) = need(bucket.lifecycle).rules
    assert rule.filter == Filter(prefix="tmp/")
    assert bucket.sizes == Known(())


def test_a_denied_lifecycle_of_a_directory_bucket_names_its_own_action(emulator: Emulator) -> None:
    give(
        emulator,
        "ListDirectoryBuckets",
        """<ListAllMyDirectoryBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets><Bucket>
          <Name>fast--use1-az4--x-s3</Name></Bucket></Buckets></ListAllMyDirectoryBucketsResult>""",
    )
    emulator.doorman.deny.add("s3.GetBucketLifecycleConfiguration")
    (bucket,) = scan(emulator, DirectoryBucket).section(DirectoryBucket, "us-east-1").items
    action = "s3express:GetLifecycleConfiguration"
    assert bucket.lifecycle == Unknown(Reason.DENIED, "s3express.GetBucketLifecycleConfiguration", action)
