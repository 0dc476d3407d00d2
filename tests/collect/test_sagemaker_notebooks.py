"""SageMaker notebook instances over real HTTP."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from botocore.exceptions import EndpointConnectionError

from auditor.collect.door import Door
from auditor.collect.wanted import Wanted
from auditor.model import calls
from auditor.model.fact import Reason, Unknown, need
from auditor.model.resource import field_ref
from auditor.model.sagemaker import NotebookInstance
from auditor.model.snapshot import CallRecord
from tests.collect.helpers import scan
from tests.collect.stubs import answer, refuse
from tests.emulator import Emulator

ROLE = "arn:aws:iam::123456789012:role/notebooks"
DESCRIBE = "sagemaker.DescribeNotebookInstance"
ARN = "arn:aws:sagemaker:us-east-1:123456789012:notebook-instance/team-lab"


def create(emulator: Emulator, name: str, **more: Any) -> None:
    emulator.client("sagemaker").create_notebook_instance(
        NotebookInstanceName=name, InstanceType="ml.t3.medium", RoleArn=ROLE, RootAccess="Enabled", **more
    )


def one(emulator: Emulator) -> NotebookInstance:
    section = scan(emulator, NotebookInstance).section(NotebookInstance, "us-east-1")
    assert section.complete
    (notebook,) = section.items
    return notebook


def described(**more: Any) -> dict[str, Any]:
    return {
        "NotebookInstanceName": "team-lab",
        "RoleArn": ROLE,
        "DirectInternetAccess": "Enabled",
        "RootAccess": "Enabled",
    } | more


def test_an_ordinary_notebook(emulator: Emulator) -> None:
    create(emulator, "team-lab")
    notebook = one(emulator)
    assert (notebook.arn, notebook.id, notebook.region) == (ARN, "team-lab", "us-east-1")
    assert need(notebook.status) == "InService"
    assert need(notebook.type) == "ml.t3.medium"
    assert need(notebook.role) == ROLE
    assert need(notebook.subnet) is None
    assert need(notebook.security_groups) == ()
    assert need(notebook.direct_internet) is True
    assert need(notebook.root_access) is True
    assert need(notebook.key) is None
    assert need(notebook.lifecycle_config) is None
    assert need(notebook.cpu) == ()


def test_a_closed_notebook_in_the_shape_that_aws_documents(emulator: Emulator) -> None:
    create(emulator, "team-lab")
    answer(
        emulator,
        DESCRIBE,
        described(
            SubnetId="subnet-1",
            SecurityGroups=["sg-2", "sg-1"],
            KmsKeyId="alias/notebooks",
            DirectInternetAccess="Disabled",
            RootAccess="Disabled",
            VolumeSizeInGB=50,
            PlatformIdentifier="notebook-al2023-v1",
            InstanceMetadataServiceConfiguration={"MinimumInstanceMetadataServiceVersion": "2"},
        ),
    )
    notebook = one(emulator)
    assert need(notebook.subnet) == "subnet-1"
    assert need(notebook.security_groups) == ("sg-1", "sg-2")
    assert need(notebook.key) == "alias/notebooks"
    assert need(notebook.direct_internet) is False
    assert need(notebook.root_access) is False
    assert need(notebook.volume_gib) == 50
    assert need(notebook.platform) == "notebook-al2023-v1"
    assert need(notebook.minimum_imds_version) == "2"


def test_what_aws_leaves_out_is_not_guessed(emulator: Emulator) -> None:
    create(emulator, "team-lab")
    answer(emulator, DESCRIBE, {"NotebookInstanceName": "team-lab"})
    notebook = one(emulator)
    no_data = Unknown(Reason.NO_DATA, DESCRIBE, "sagemaker:DescribeNotebookInstance")
    assert notebook.root_access == notebook.direct_internet == notebook.role == no_data
    assert need(notebook.subnet) is None


def test_times_do_not_depend_on_the_zone_of_the_machine(emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> None:
    create(emulator, "team-lab")
    monkeypatch.setenv("TZ", "Asia/Seoul")
    time.tzset()
    try:
        created = need(one(emulator).created)
    finally:
        monkeypatch.undo()
        time.tzset()
    assert created.tzinfo is UTC
    assert abs(created - datetime.now(UTC)) < timedelta(minutes=5)


def test_a_denied_list_is_not_an_empty_region(emulator: Emulator) -> None:
    create(emulator, "team-lab")
    emulator.doorman.deny.add("sagemaker.ListNotebookInstances")
    section = scan(emulator, NotebookInstance).section(NotebookInstance, "us-east-1")
    assert section.items == ()
    assert section.missing == (Unknown(Reason.DENIED, "sagemaker.ListNotebookInstances", "sagemaker:ListNotebookInstances"),)


def test_a_denied_description_leaves_what_the_list_says(emulator: Emulator) -> None:
    create(emulator, "team-lab")
    emulator.doorman.deny.add(DESCRIBE)
    notebook = one(emulator)
    assert notebook.root_access == Unknown(Reason.DENIED, DESCRIBE, "sagemaker:DescribeNotebookInstance")
    assert need(notebook.status) == "InService"


@pytest.mark.parametrize("deleted", [True, False])
def test_a_notebook_deleted_while_scanning_is_dropped_and_noted(emulator: Emulator, deleted: bool) -> None:
    create(emulator, "team-lab")
    if deleted:

        def vanish(operation: str) -> None:
            if operation == DESCRIBE:
                emulator.doorman.on_call = None
                emulator.client("sagemaker").stop_notebook_instance(NotebookInstanceName="team-lab")
                emulator.client("sagemaker").delete_notebook_instance(NotebookInstanceName="team-lab")

        emulator.doorman.on_call = vanish
    else:
        refuse(emulator, DESCRIBE, "ValidationException", "RecordNotFound")
    snapshot = scan(emulator, NotebookInstance)
    section = snapshot.section(NotebookInstance, "us-east-1")
    assert section.items == ()
    assert section.complete
    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [(ARN, Reason.GONE)]


def test_nothing_is_described_for_what_the_list_says(emulator: Emulator) -> None:
    for number in range(3):
        create(emulator, f"lab-{number}")
    listed = Wanted(frozenset({NotebookInstance}), frozenset({field_ref(NotebookInstance.status)}))
    (first, *_) = scan(emulator, wanted=listed).section(NotebookInstance, "us-east-1").items
    assert emulator.doorman.calls["sagemaker.ListNotebookInstances"] == 1
    assert emulator.doorman.calls[DESCRIBE] == 0
    assert emulator.doorman.calls["cloudwatch.ListMetrics"] == 0
    assert first.role == Unknown(Reason.NOT_COLLECTED, DESCRIBE, "sagemaker:DescribeNotebookInstance")
    scan(emulator, NotebookInstance)
    assert emulator.doorman.calls[DESCRIBE] == 3


def test_a_region_without_sagemaker_says_so(emulator: Emulator) -> None:
    refuse(emulator, "sagemaker.ListNotebookInstances", "UnknownOperationException", "")
    section = scan(emulator, NotebookInstance).section(NotebookInstance, "us-east-1")
    assert [missing.reason for missing in section.missing] == [Reason.UNSUPPORTED]


class Nowhere:
    """A region in which SageMaker has no endpoint."""

    def client(self, service: str, region: str) -> Any:
        return self

    def offers(self, service: str, region: str) -> bool:
        return False

    def list_notebook_instances(self, **_: Any) -> Any:
        raise EndpointConnectionError(endpoint_url="https://sagemaker.nowhere-1.example")


def test_a_region_without_an_endpoint_says_so_at_once() -> None:
    records: list[CallRecord] = []
    listing = Door(Nowhere(), records.append).pages(calls.LIST_NOTEBOOK_INSTANCES, "nowhere-1", "NotebookInstances", {})
    assert [missing.reason for missing in listing.missing] == [Reason.UNSUPPORTED]
    assert [record.tries for record in records] == [1]


def test_cpu_use_is_found_under_the_name_of_the_notebook(emulator: Emulator) -> None:
    create(emulator, "team-lab")
    for name, value in (("team-lab", 41.0), ("team-lab-2", 99.0)):
        emulator.client("cloudwatch").put_metric_data(
            Namespace="/aws/sagemaker/NotebookInstances",
            MetricData=[
                {
                    "MetricName": "CPUUtilization",
                    "Dimensions": [{"Name": "NotebookInstanceName", "Value": name}],
                    "Timestamp": datetime.now(UTC) - timedelta(hours=3),
                    "Value": value,
                }
            ],
        )
    (series,) = need(one(emulator).cpu)
    assert series.dimensions == {"NotebookInstanceName": "team-lab"}
    assert series.present == (41.0,)
    assert len(series.values) == 14 * 24
    assert emulator.doorman.calls["cloudwatch.ListMetrics"] == 1
    assert emulator.doorman.calls["cloudwatch.GetMetricData"] == 1
