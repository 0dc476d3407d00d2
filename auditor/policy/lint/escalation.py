"""Ways to more permissions than one was given: the actions that together are enough.

Facts after the pathfinding.cloud catalogue (2025-12, Apache-2.0); a method that only adds actions to another one is left out. Fixed
reference data: each row is what AWS authorises for the calls of one method.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec


class Method(msgspec.Struct, frozen=True):
    """A method by its catalogue id: a principal who is allowed all ``actions`` on everything can use it."""

    id: str
    actions: Sequence[str]


METHODS = (
    Method("apprunner-001", ("iam:PassRole", "apprunner:CreateService")),
    Method("apprunner-002", ("apprunner:UpdateService",)),
    Method("bedrock-002", ("bedrock-agentcore:StartCodeInterpreterSession", "bedrock-agentcore:InvokeCodeInterpreter")),
    Method("cloudformation-001", ("iam:PassRole", "cloudformation:CreateStack")),
    Method("cloudformation-002", ("cloudformation:UpdateStack",)),
    Method("cloudformation-003", ("iam:PassRole", "cloudformation:CreateStackSet", "cloudformation:CreateStackInstances")),
    Method("cloudformation-004", ("iam:PassRole", "cloudformation:UpdateStackSet")),
    Method("cloudformation-005", ("cloudformation:CreateChangeSet", "cloudformation:ExecuteChangeSet")),
    Method("codebuild-002", ("codebuild:StartBuild",)),
    Method("codebuild-003", ("codebuild:StartBuildBatch",)),
    Method(
        "datapipeline-001",
        ("iam:PassRole", "datapipeline:CreatePipeline", "datapipeline:PutPipelineDefinition", "datapipeline:ActivatePipeline"),
    ),
    Method("ec2-001", ("iam:PassRole", "ec2:RunInstances")),
    Method("ec2-002", ("ec2:ModifyInstanceAttribute", "ec2:StopInstances", "ec2:StartInstances")),
    Method("ec2-003", ("iam:PassRole", "ec2:RequestSpotInstances")),
    Method("ec2-004", ("ec2:CreateLaunchTemplateVersion", "ec2:ModifyLaunchTemplate")),
    Method("ec2instanceconnect-003", ("ec2-instance-connect:SendSSHPublicKey", "ec2:DescribeInstances")),
    Method("ecs-003", ("iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:CreateService")),
    Method("ecs-004", ("iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:RunTask")),
    Method("ecs-005", ("iam:PassRole", "ecs:RegisterTaskDefinition", "ecs:StartTask")),
    Method("glue-001", ("iam:PassRole", "glue:CreateDevEndpoint")),
    Method("glue-002", ("glue:UpdateDevEndpoint",)),
    Method("glue-003", ("iam:PassRole", "glue:CreateJob", "glue:StartJobRun")),
    Method("glue-004", ("iam:PassRole", "glue:CreateJob", "glue:CreateTrigger")),
    Method("glue-005", ("iam:PassRole", "glue:UpdateJob", "glue:StartJobRun")),
    Method("glue-006", ("iam:PassRole", "glue:UpdateJob", "glue:CreateTrigger")),
    Method("iam-001", ("iam:CreatePolicyVersion",)),
    Method("iam-002", ("iam:CreateAccessKey",)),
    Method("iam-004", ("iam:CreateLoginProfile",)),
    Method("iam-005", ("iam:PutRolePolicy",)),
    Method("iam-006", ("iam:UpdateLoginProfile",)),
    Method("iam-007", ("iam:PutUserPolicy",)),
    Method("iam-008", ("iam:AttachUserPolicy",)),
    Method("iam-009", ("iam:AttachRolePolicy",)),
    Method("iam-010", ("iam:AttachGroupPolicy",)),
    Method("iam-011", ("iam:PutGroupPolicy",)),
    Method("iam-012", ("iam:UpdateAssumeRolePolicy",)),
    Method("iam-013", ("iam:AddUserToGroup",)),
    Method("lambda-001", ("iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction")),
    Method("lambda-002", ("iam:PassRole", "lambda:CreateFunction", "lambda:CreateEventSourceMapping")),
    Method("lambda-003", ("lambda:UpdateFunctionCode",)),
    Method("lambda-006", ("iam:PassRole", "lambda:CreateFunction", "lambda:AddPermission")),
    Method("sagemaker-001", ("iam:PassRole", "sagemaker:CreateNotebookInstance")),
    Method("sagemaker-002", ("iam:PassRole", "sagemaker:CreateTrainingJob")),
    Method("sagemaker-003", ("iam:PassRole", "sagemaker:CreateProcessingJob")),
    Method("sagemaker-004", ("sagemaker:CreatePresignedNotebookInstanceUrl",)),
    Method(
        "sagemaker-005",
        (
            "sagemaker:CreateNotebookInstanceLifecycleConfig",
            "sagemaker:StopNotebookInstance",
            "sagemaker:UpdateNotebookInstance",
            "sagemaker:StartNotebookInstance",
        ),
    ),
    Method("ssm-001", ("ssm:StartSession",)),
    Method("ssm-002", ("ssm:SendCommand",)),
    Method("sts-001", ("sts:AssumeRole",)),
)
