"""VPC without a flow log that records rejected traffic

## Why it matters
A flow log notes who talked to whom, and what was turned away. Without one nobody can tell after a break-in where the intruder
came from or what was carried off, and scans that security groups turn away go unseen. What was not recorded cannot be had
later.

## How to fix
Create a flow log on the VPC. Rejected traffic alone is enough for the benchmarks and costs far less than all of it; a bucket is
the cheapest place:

    aws ec2 create-flow-logs --resource-type VPC --resource-ids VPC --traffic-type REJECT --log-destination-type s3 \\
      --log-destination arn:aws:s3:::BUCKET/flow-logs/

Console: VPC, *Your VPCs*, *Flow logs*, *Create flow log*. Terraform: `aws_flow_log` with `vpc_id` and `traffic_type =
"REJECT"`. A flow log that fails to deliver says why (`aws ec2 describe-flow-logs`): mostly the role may not write, or the
bucket or log group is gone. What is delivered is charged for by the gigabyte: give bucket or log group a lifetime.

## When it is fine
A default VPC in which nothing runs: then delete it, that is the better fix. Flow logs on every subnet record as much today, but
a subnet that is made tomorrow has none, so this rule looks at those on the VPC, as the benchmarks do. A VPC that another
account shares is for that account to record.
"""

from collections.abc import Iterator

from auditor.sdk import (
    CASE_ACCOUNT,
    Audience,
    Case,
    Confidence,
    Context,
    Fact,
    FlowLog,
    Known,
    Limits,
    Missing,
    Pillar,
    Severity,
    Verdict,
    Vpc,
    all_of,
    any_of,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    skip,
    skips,
    unknown,
)


def _records(log: FlowLog, vpc: str) -> Fact[bool]:
    """The flow log is on the VPC, records what is rejected, and delivers it."""
    try:
        return Known(
            all_of(
                (
                    log.source.map(lambda source: source == vpc),
                    log.status.map(lambda status: status == "ACTIVE"),
                    log.traffic.map(lambda traffic: traffic in ("REJECT", "ALL")),
                    log.delivery.map(lambda delivery: delivery != "FAILED"),
                )
            )
        )
    except Missing as missing:
        return missing.unknowns[0]


def _shortfall(log: FlowLog) -> str:
    """What is wrong with a flow log that does not do."""
    if isinstance(log.delivery, Known) and log.delivery.value == "FAILED":
        error = log.delivery_error.value if isinstance(log.delivery_error, Known) else None
        return f"{log.id} does not deliver ({error or 'AWS does not say why'})"
    if isinstance(log.traffic, Known) and log.traffic.value not in ("REJECT", "ALL"):
        return f"{log.id} records {log.traffic.value} only"
    return f"{log.id} is not active"


@rule(
    over=Vpc,
    reads=(Vpc.owner, FlowLog.source, FlowLog.status, FlowLog.traffic, FlowLog.delivery, FlowLog.delivery_error),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    audience=Audience.AUDITOR,
    since="0.1",
    controls=("cis-aws-7.0:4.7", "fsbp:EC2.6", "kisa-isms-p-2023:2.9.4"),
)
def check(vpc: Vpc, about: Context[Limits]) -> Iterator[Verdict]:
    owner = need(vpc.owner)
    if owner != about.account_id:
        yield skip("belongs to account {owner}, which shares it", owner=owner)
        return
    logs = need(about.all(FlowLog, vpc.region))
    records = {log.id: _records(log, vpc.id) for log in logs}
    if any_of(records.values()):
        recording = sorted(id for id, fact in records.items() if isinstance(fact, Known) and fact.value)
        yield ok("rejected traffic is recorded by {logs}", logs=", ".join(recording))
    else:
        on_it = [log for log in logs if isinstance(log.source, Known) and log.source.value == vpc.id]
        if on_it:
            yield flag("no flow log records rejected traffic: {logs}", logs="; ".join(map(_shortfall, on_it)))
        else:
            yield flag("has no flow log", flow_logs=0)


VPC = "vpc-0a1b2c3d"


def cases() -> Iterator[Case[Vpc]]:
    def vpc(owner: str = CASE_ACCOUNT) -> Vpc:
        return sample(Vpc, VPC, owner=Known(owner))

    def log(
        id: str,
        source: str,
        traffic: str | None,
        status: str = "ACTIVE",
        delivery: str | None = "SUCCESS",
        error: str | None = None,
    ) -> FlowLog:
        return sample(
            FlowLog,
            f"fl-{id}",
            source=Known(source),
            traffic=Known(traffic),
            status=Known(status),
            delivery=Known(delivery),
            delivery_error=Known(error),
        )

    yield passes("rejected traffic", vpc(), log("01", VPC, "REJECT"))
    yield passes("all traffic, delivered for the first time soon", vpc(), log("02", VPC, "ALL", delivery=None))
    yield passes(
        "one that fails and one that works",
        vpc(),
        log("03", VPC, "ALL", delivery="FAILED", error="Access error"),
        log("04", VPC, "REJECT"),
    )
    yield fails("none", vpc())
    yield fails("another VPC's only", vpc(), log("05", "vpc-0b2c3d4e", "ALL"))
    yield fails("on a subnet only", vpc(), log("06", "subnet-0a1b2c3d", "ALL"))
    yield fails("accepted traffic only", vpc(), log("07", VPC, "ACCEPT"))
    yield fails(
        "it does not deliver",
        vpc(),
        log("08", VPC, "ALL", delivery="FAILED", error="LogDestination deleted"),
    )
    yield fails("it is not active", vpc(), log("09", VPC, "ALL", status="INACTIVE"))
    yield skips("another account's", vpc(owner="210987654321"))
    yield unknown("flow logs may not be described", vpc(), unlisted=(FlowLog,))
    yield unknown(
        "what the flow log records is not known",
        vpc(),
        sample(
            FlowLog,
            "fl-10",
            source=Known(VPC),
            traffic=denied(FlowLog.traffic),
            status=Known("ACTIVE"),
            delivery=Known("SUCCESS"),
        ),
    )
