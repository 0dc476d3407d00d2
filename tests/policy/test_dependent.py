"""What actions need besides."""

from __future__ import annotations

from auditor.policy import dependent as module
from auditor.policy.actions import table
from auditor.policy.dependent import PASS_ROLE, dependent


def test_every_action_is_one() -> None:
    found = module._table()  # pyright: ignore[reportPrivateUsage]
    known = table()
    named = {*found, *(one for row in found.values() for one in row.actions)}
    assert {one for one in named if known.action(one) is None} == set()
    assert len(found) > 150
    assert all(key not in {one.lower() for one in row.actions} for key, row in found.items())


def test_actions_that_hand_over_a_role() -> None:
    job = dependent("SageMaker:CreateTrainingJob")
    assert job is not None
    assert job.actions == ("iam:PassRole", "sagemaker:AddTags")
    assert "Service Authorization Reference" in job.source
    glue = dependent("glue:createjob")
    assert glue is not None
    assert glue.source == f"{PASS_ROLE}; the call has the parameter Role"


def test_rows_that_run_on() -> None:
    cluster = dependent("sagemaker:CreateCluster")
    assert cluster is not None
    assert {"eks:AssociateAccessPolicy", "iam:PassRole", "sagemaker:AddTags"} <= set(cluster.actions)


def test_others() -> None:
    assert dependent("s3:GetObject") is None
