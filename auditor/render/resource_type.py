"""What other systems call the kind of a resource, told from its ARN."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec

from auditor.model.account import account_arn


class ResourceType(msgspec.Struct, frozen=True):
    """The type in CloudFormation's words, and in those of Security Hub: ``Other`` where its finding format has no type for it."""

    cloudformation: str
    security_hub: str = "Other"


ACCOUNT = ResourceType("AWS::::Account", "AwsAccount")
BUCKET = ResourceType("AWS::S3::Bucket", "AwsS3Bucket")
EVERYWHERE = ResourceType("AWS::S3::MultiRegionAccessPoint")

# From the CloudFormation resource reference, and from the types of `Resource.Details` in the Security Hub API.
TYPES: Mapping[str, ResourceType] = {
    "s3:accesspoint": ResourceType("AWS::S3::AccessPoint", "AwsS3AccessPoint"),
    "s3-object-lambda:accesspoint": ResourceType("AWS::S3ObjectLambda::AccessPoint"),
    "s3express:accesspoint": ResourceType("AWS::S3Express::AccessPoint"),
    "s3express:bucket": ResourceType("AWS::S3Express::DirectoryBucket"),
    "iam:root": ACCOUNT,
    "iam:user": ResourceType("AWS::IAM::User", "AwsIamUser"),
    "iam:group": ResourceType("AWS::IAM::Group", "AwsIamGroup"),
    "iam:role": ResourceType("AWS::IAM::Role", "AwsIamRole"),
    "iam:policy": ResourceType("AWS::IAM::ManagedPolicy", "AwsIamPolicy"),
    "iam:instance-profile": ResourceType("AWS::IAM::InstanceProfile"),
    "iam:mfa": ResourceType("AWS::IAM::VirtualMFADevice"),
    "iam:saml-provider": ResourceType("AWS::IAM::SAMLProvider"),
    "iam:oidc-provider": ResourceType("AWS::IAM::OIDCProvider"),
    "iam:server-certificate": ResourceType("AWS::IAM::ServerCertificate"),
    "ec2:instance": ResourceType("AWS::EC2::Instance", "AwsEc2Instance"),
    "ec2:volume": ResourceType("AWS::EC2::Volume", "AwsEc2Volume"),
    "ec2:elastic-ip": ResourceType("AWS::EC2::EIP", "AwsEc2Eip"),
    "ec2:security-group": ResourceType("AWS::EC2::SecurityGroup", "AwsEc2SecurityGroup"),
    "ec2:dedicated-host": ResourceType("AWS::EC2::Host"),
    "ec2:capacity-reservation": ResourceType("AWS::EC2::CapacityReservation"),
    "ec2:vpc": ResourceType("AWS::EC2::VPC", "AwsEc2Vpc"),
    "ec2:subnet": ResourceType("AWS::EC2::Subnet", "AwsEc2Subnet"),
    "ec2:network-acl": ResourceType("AWS::EC2::NetworkAcl", "AwsEc2NetworkAcl"),
    "ec2:network-interface": ResourceType("AWS::EC2::NetworkInterface", "AwsEc2NetworkInterface"),
    "ec2:route-table": ResourceType("AWS::EC2::RouteTable", "AwsEc2RouteTable"),
    "ec2:vpc-peering-connection": ResourceType("AWS::EC2::VPCPeeringConnection", "AwsEc2VpcPeeringConnection"),
    "ec2:vpc-endpoint": ResourceType("AWS::EC2::VPCEndpoint"),
    "ec2:vpc-flow-log": ResourceType("AWS::EC2::FlowLog"),
    "sagemaker:notebook-instance": ResourceType("AWS::SageMaker::NotebookInstance", "AwsSageMakerNotebookInstance"),
    "sagemaker:domain": ResourceType("AWS::SageMaker::Domain"),
    "sagemaker:user-profile": ResourceType("AWS::SageMaker::UserProfile"),
    "sagemaker:space": ResourceType("AWS::SageMaker::Space"),
    "sagemaker:app": ResourceType("AWS::SageMaker::App"),
    "sagemaker:endpoint": ResourceType("AWS::SageMaker::Endpoint"),
    "sagemaker:endpoint-config": ResourceType("AWS::SageMaker::EndpointConfig"),
    "sagemaker:model": ResourceType("AWS::SageMaker::Model"),
}
"""By service and the first word of the resource part of an ARN."""


def resource_type(arn: str) -> ResourceType | None:
    """The type of a resource; ``None`` when the table does not have it."""
    if arn.startswith(account_arn("")):
        return ACCOUNT
    parts = arn.split(":", 5)
    if len(parts) < 6:
        return None
    _, _, service, region, account, resource = parts
    if service == "s3" and not region:
        return EVERYWHERE if account else BUCKET
    return TYPES.get(f"{service}:{resource.partition('/')[0]}")
