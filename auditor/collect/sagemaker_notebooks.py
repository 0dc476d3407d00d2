"""SageMaker notebook instances: one list for a region, and one description each if a rule reads what only that has."""

from __future__ import annotations

from collections.abc import Mapping

from auditor.collect.door import Answer
from auditor.collect.shapes import moment, number_or_none, part, switched_on, text_or_none, texts
from auditor.collect.visit import Collector, Metric, Visit
from auditor.model import calls
from auditor.model.sagemaker import NotebookInstance


def notebooks(visit: Visit) -> None:
    """The notebook instances of a region."""
    if not visit.lists(NotebookInstance):
        return
    visit.add_each(
        NotebookInstance,
        visit.pages(calls.LIST_NOTEBOOK_INSTANCES, "NotebookInstances"),
        lambda entry: _notebook(visit, entry),
    )


def _notebook(visit: Visit, entry: Answer) -> NotebookInstance:
    name = str(entry.raw["NotebookInstanceName"])
    call = calls.DESCRIBE_NOTEBOOK_INSTANCE
    described = visit.when(visit.wanted.gives(NotebookInstance, call), call, {"NotebookInstanceName": name}, of=name)
    return NotebookInstance(
        arn=str(entry.raw["NotebookInstanceArn"]),
        id=name,
        region=visit.region,
        status=entry.take(lambda r: str(r["NotebookInstanceStatus"])),
        type=entry.take(lambda r: str(r["InstanceType"])),
        created=entry.take(lambda r: moment(r["CreationTime"])),
        modified=entry.take(lambda r: moment(r["LastModifiedTime"])),
        lifecycle_config=entry.take(lambda r: text_or_none(r, "NotebookInstanceLifecycleConfigName")),
        role=described.take(lambda r: str(r["RoleArn"])),
        subnet=described.take(lambda r: text_or_none(r, "SubnetId")),
        security_groups=described.take(lambda r: texts(r, "SecurityGroups")),
        # AWS always says which of the two it is: silence is no answer.
        direct_internet=described.take(lambda r: switched_on(r, "DirectInternetAccess")),
        root_access=described.take(lambda r: switched_on(r, "RootAccess")),
        key=described.take(lambda r: text_or_none(r, "KmsKeyId")),
        volume_gib=described.take(lambda r: number_or_none(r, "VolumeSizeInGB")),
        platform=described.take(lambda r: text_or_none(r, "PlatformIdentifier")),
        minimum_imds_version=described.take(
            lambda r: text_or_none(part(r, "InstanceMetadataServiceConfiguration"), "MinimumInstanceMetadataServiceVersion")
        ),
    )


def _of_notebook(notebook: NotebookInstance, dimensions: Mapping[str, str]) -> bool:
    return dimensions.get("NotebookInstanceName") == notebook.id


COLLECTORS = (
    Collector(
        label="SageMaker notebooks",
        kinds=(NotebookInstance,),
        run=notebooks,
        metrics={
            NotebookInstance: (
                Metric(
                    field="cpu",
                    namespace="/aws/sagemaker/NotebookInstances",
                    name="CPUUtilization",
                    stat="Maximum",
                    period=3600,
                    days=14,
                    discover=True,
                    belongs=_of_notebook,
                ),
            )
        },
    ),
)
