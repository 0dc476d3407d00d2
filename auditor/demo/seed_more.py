"""More of the ordinary, for benchmarks: each step adds the same mixture under other names."""

from __future__ import annotations

import msgspec

from auditor.demo import seed_ec2, seed_iam, seed_metrics, seed_s3, seed_sagemaker
from auditor.demo.seed_ec2 import Disk, Load
from auditor.demo.site import Site, allow, policy, tags, trust

USERS, ROLES, BUCKETS, INSTANCES, DISKS = 6, 8, 8, 10, 3
"""How many a step adds, beside two endpoints and two training jobs."""


def seed(site: Site, step: int) -> None:
    """One step: sound and weak resources in turn."""
    for number in range(USERS):
        keys = (seed_iam.Key(40 + 90 * (number % 3), 1),) if number % 2 else ()
        user = seed_iam.DemoUser(name=f"job-{step:03d}-{number}", team="머신러닝", made=400, keys=keys, groups=("ml-engineers",))
        seed_iam.add_user(site, user)
    for number in range(ROLES):
        service = ("lambda", "ec2", "sagemaker", "ecs-tasks")[number % 4]
        own = policy(allow("s3:GetObject", f"arn:aws:s3:::example-ml-{step:03d}-{number}/*"))
        role = seed_iam.DemoRole(
            name=f"service-{step:03d}-{number}",
            trust=trust({"Service": f"{service}.amazonaws.com"}),
            made=300,
            attached=("ml-engineering",) if number % 2 else (),
            inline={"own": own},
        )
        seed_iam.add_role(site, role)
    for number in range(BUCKETS):
        like = seed_s3.BUCKETS[number % (len(seed_s3.BUCKETS) - 1)]
        seed_s3.add_bucket(site, msgspec.structs.replace(like, name=f"example-ml-{step:03d}-{number}"))
    _compute(site, step)
    for number, endpoint in enumerate(seed_sagemaker.ENDPOINTS[:2]):
        seed_sagemaker.add_endpoint(site, msgspec.structs.replace(endpoint, name=f"{endpoint.name}-{step:03d}-{number}"))
    for job in seed_sagemaker.JOBS[:2]:
        seed_sagemaker.add_training(site, msgspec.structs.replace(job, name=f"{job.name}-{step:03d}"))


def _compute(site: Site, step: int) -> None:
    ec2 = site.client("ec2")
    site.clock.ago(30)
    made = ec2.run_instances(
        ImageId=ec2.describe_images(Owners=["self"])["Images"][0]["ImageId"],
        InstanceType="m7i.large",
        MinCount=INSTANCES,
        MaxCount=INSTANCES,
        TagSpecifications=[{"ResourceType": "instance", "Tags": tags(f"worker-{step:03d}")}],
    )["Instances"]
    load = Load(47, 200 * seed_ec2.MB)
    curves = [curve for i in made for curve in seed_metrics.load(i["InstanceId"], "m7i.large", "worker", load, 2)]
    seed_metrics.publish(site, curves)
    for number in range(DISKS):
        disk = Disk(name=f"scratch-{step:03d}-{number}", made=20 + 30 * number, size=100, type="gp2" if number else "gp3")
        seed_ec2.add_disk(site, disk, {})
