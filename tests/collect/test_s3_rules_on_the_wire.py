"""Lifecycle rules and Intelligent-Tiering configurations in AWS's documented XML, over HTTP.

moto gives lifecycle rules back without sizes and version counts, and no Intelligent-Tiering configurations at all.
"""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from auditor.model.fact import Reason, Unknown, need
from auditor.model.resource import GLOBAL
from auditor.model.s3 import (
    Bucket,
    Expiration,
    Filter,
    IntelligentTiering,
    LifecycleRule,
    NoncurrentExpiration,
    NoncurrentTransition,
    Tiering,
    Transition,
)
from tests.collect.helpers import scan
from tests.emulator import Emulator

OK, XML = "200 OK", "text/xml"
NAMESPACE = 'xmlns="http://s3.amazonaws.com/doc/2006-03-01/"'
LIFECYCLE = f"""<?xml version="1.0" encoding="UTF-8"?>
<LifecycleConfiguration {NAMESPACE}>
  <Rule><ID>정리 a</ID><Status>Enabled</Status>
    <Filter><And><Prefix>데이터/</Prefix><Tag><Key>team</Key><Value>ml</Value></Tag><Tag><Key>tier</Key><Value/></Tag>
      <ObjectSizeGreaterThan>131072</ObjectSizeGreaterThan><ObjectSizeLessThan>5368709120</ObjectSizeLessThan></And></Filter>
    <Transition><Days>30</Days><StorageClass>STANDARD_IA</StorageClass></Transition>
    <Transition><Days>0</Days><StorageClass>INTELLIGENT_TIERING</StorageClass></Transition>
    <NoncurrentVersionTransition><NoncurrentDays>7</NoncurrentDays><NewerNoncurrentVersions>3</NewerNoncurrentVersions>
      <StorageClass>GLACIER</StorageClass></NoncurrentVersionTransition>
    <NoncurrentVersionExpiration><NoncurrentDays>90</NoncurrentDays><NewerNoncurrentVersions>5</NewerNoncurrentVersions>
    </NoncurrentVersionExpiration>
    <AbortIncompleteMultipartUpload><DaysAfterInitiation>7</DaysAfterInitiation></AbortIncompleteMultipartUpload></Rule>
  <Rule><ID>small</ID><Status>Disabled</Status><Filter><ObjectSizeLessThan>500</ObjectSizeLessThan></Filter>
    <Expiration><Date>2027-01-01T00:00:00.000Z</Date></Expiration></Rule>
  <Rule><ID>tagged</ID><Status>Enabled</Status><Filter><Tag><Key>k</Key><Value>v</Value></Tag></Filter>
    <Transition><Date>2027-03-01T00:00:00.000Z</Date><StorageClass>DEEP_ARCHIVE</StorageClass></Transition></Rule>
  <Rule><ID>markers</ID><Status>Enabled</Status><Prefix></Prefix>
    <Expiration><ExpiredObjectDeleteMarker>true</ExpiredObjectDeleteMarker></Expiration></Rule>
</LifecycleConfiguration>"""
PAGE = f"""<?xml version="1.0" encoding="UTF-8"?>
<ListBucketIntelligentTieringConfigurationsResult {NAMESPACE}>
  <IntelligentTieringConfiguration><Id>archive</Id><Status>Enabled</Status>
    <Filter><And><Prefix>raw/</Prefix><Tag><Key>k</Key><Value>v</Value></Tag></And></Filter>
    <Tiering><Days>90</Days><AccessTier>ARCHIVE_ACCESS</AccessTier></Tiering>
    <Tiering><Days>180</Days><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier></Tiering></IntelligentTieringConfiguration>
  <IntelligentTieringConfiguration><Id>off</Id><Status>Disabled</Status>
    <Tiering><Days>730</Days><AccessTier>DEEP_ARCHIVE_ACCESS</AccessTier></Tiering></IntelligentTieringConfiguration>
  <IsTruncated>false</IsTruncated>
</ListBucketIntelligentTieringConfigurationsResult>"""


def bucket_of(emulator: Emulator) -> Bucket:
    emulator.client("s3").create_bucket(Bucket="wired")
    (bucket,) = scan(emulator, Bucket, with_metrics=False).section(Bucket, GLOBAL).items
    return bucket


def test_every_part_of_a_lifecycle_rule_arrives(emulator: Emulator) -> None:
    emulator.doorman.answers["s3.GetBucketLifecycleConfiguration"] = (OK, LIFECYCLE.encode(), XML)
    assert need(bucket_of(emulator).lifecycle).rules == (
        LifecycleRule(
            id="정리 a",
            enabled=True,
            filter=Filter("데이터/", {"team": "ml", "tier": ""}, 131072, 5368709120),
            transitions=(Transition("STANDARD_IA", 30), Transition("INTELLIGENT_TIERING", 0)),
            noncurrent_transitions=(NoncurrentTransition("GLACIER", 7, 3),),
            noncurrent_expiration=NoncurrentExpiration(90, 5),
            abort_multipart_days=7,
        ),
        LifecycleRule(
            id="small",
            enabled=False,
            filter=Filter(size_less_than=500),
            expiration=Expiration(date=datetime(2027, 1, 1, tzinfo=UTC)),
        ),
        LifecycleRule(
            id="tagged",
            enabled=True,
            filter=Filter(tags={"k": "v"}),
            transitions=(Transition("DEEP_ARCHIVE", date=datetime(2027, 3, 1, tzinfo=UTC)),),
        ),
        LifecycleRule(id="markers", enabled=True, legacy_prefix=True, expiration=Expiration(delete_markers=True)),
    )


def test_intelligent_tiering_arrives(emulator: Emulator) -> None:
    emulator.doorman.answers["s3.ListBucketIntelligentTieringConfigurations"] = (OK, PAGE.encode(), XML)
    assert need(bucket_of(emulator).intelligent_tiering) == (
        IntelligentTiering(
            id="archive",
            enabled=True,
            filter=Filter("raw/", {"k": "v"}),
            tierings=(Tiering("ARCHIVE_ACCESS", 90), Tiering("DEEP_ARCHIVE_ACCESS", 180)),
        ),
        IntelligentTiering(id="off", enabled=False, tierings=(Tiering("DEEP_ARCHIVE_ACCESS", 730),)),
    )


@pytest.mark.parametrize("days", ["thirty", "", "1e3"])
def test_a_rule_that_cannot_be_read_is_unknown_and_not_left_out(emulator: Emulator, days: str) -> None:
    body = LIFECYCLE.replace("<Days>30</Days>", f"<Days>{days}</Days>")
    emulator.doorman.answers["s3.GetBucketLifecycleConfiguration"] = (OK, body.encode(), XML)
    lifecycle = bucket_of(emulator).lifecycle
    assert isinstance(lifecycle, Unknown)
    assert lifecycle.reason is Reason.ERROR
