"""SageMaker notebook instance left running for weeks

## Why it matters
A notebook instance is paid for by the second while it is in service, whether or not anybody has it open. This one was last
started, stopped or changed weeks ago and has no lifecycle configuration, the usual place for a script that stops it when idle,
so it runs through nights and weekends.

CPU use is not asked: someone who reads and thinks causes none, and a forgotten loop causes a lot.

## How to fix
Stop the notebook instance; files under `/home/ec2-user/SageMaker` stay, what is in memory does not:

    aws sagemaker stop-notebook-instance --notebook-instance-name NAME

The saving is for a month of being stopped; started for work only, it saves that share.

To have it stopped when idle, attach a lifecycle configuration whose start script checks the notebook's last activity (AWS
publishes samples, *auto-stop-idle*):

    aws sagemaker create-notebook-instance-lifecycle-config --notebook-instance-lifecycle-config-name auto-stop \\
      --on-start Content=$(base64 -w0 auto-stop.sh)
    aws sagemaker update-notebook-instance --notebook-instance-name NAME --lifecycle-config-name auto-stop

The update needs the instance to be stopped. Or let EventBridge Scheduler call `StopNotebookInstance` each evening.

## When it is fine
It runs long jobs or serves a team around the clock, or something outside the instance stops it at times.
"""

from collections.abc import Iterator
from datetime import timedelta

from auditor.sdk import (
    CASE_TIME,
    HOURS,
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    NotebookInstance,
    Pillar,
    Severity,
    Use,
    Verdict,
    any_of,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    priced,
    rule,
    sample,
    skip,
    skips,
    unknown,
)


class AlwaysOnLimits(Limits, frozen=True):
    days: int = 14
    """Days since the last start, stop or change from which on the notebook counts as always on. Two weeks hold two weekends; the
    default is our own choice."""


@rule(
    over=NotebookInstance,
    reads=(NotebookInstance.status, NotebookInstance.modified, NotebookInstance.lifecycle_config, NotebookInstance.type),
    pillar=Pillar.COST,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    limits=AlwaysOnLimits,
)
def check(notebook: NotebookInstance, about: Context[AlwaysOnLimits]) -> Iterator[Verdict]:
    if isinstance(notebook.status, Known) and notebook.status.value != "InService":
        yield skip("the notebook is not in service ({status})", status=notebook.status.value)
        return
    need(notebook.status)
    recent = notebook.modified.map(lambda moment: about.days_since(moment) <= about.limits.days)
    configured = notebook.lifecycle_config.map(lambda config: config is not None)
    if not any_of((recent, configured)):
        days = int(about.days_since(need(notebook.modified)))
        yield flag(
            "in service and unchanged for {days} days, with no lifecycle configuration to stop it",
            days=days,
            limit=about.limits.days,
            saving=about.money(Use("sagemaker-notebook-hour", notebook.region, notebook.type, HOURS)),
        )
    elif isinstance(recent, Known) and recent.value:
        yield ok("was last started, stopped or changed on {date}", date=need(notebook.modified).date().isoformat())
    else:
        yield ok("has the lifecycle configuration {config}, which may stop it", config=need(notebook.lifecycle_config))


def cases() -> Iterator[Case[NotebookInstance]]:
    on, off = Known("InService"), Known("Stopped")
    old, new, today = (Known(CASE_TIME - timedelta(days=days)) for days in (61, 2, 0.2))
    none, script = Known(None), Known("auto-stop")
    may_not = denied(NotebookInstance.lifecycle_config)
    yield passes("started this week", sample(NotebookInstance, "churn", status=on, modified=new, lifecycle_config=none))
    yield passes("started today", sample(NotebookInstance, "gpu-lab", status=on, modified=today, lifecycle_config=none))
    yield passes("could be stopped", sample(NotebookInstance, "churn", status=on, modified=old, lifecycle_config=script))
    medium = Known("ml.t3.medium")
    scratch = sample(NotebookInstance, "scratch", status=on, modified=old, lifecycle_config=none, type=medium)
    prices = (priced("sagemaker-notebook-hour", "ml.t3.medium", "0.062", "hour"),)
    yield fails("on for two months", scratch, prices=prices, saves="45.26")
    yield fails("on for two months, and no price is known", scratch, saves="")
    yield fails(
        "on for two days, which is too long here",
        sample(NotebookInstance, "gpu-lab", status=on, modified=new, lifecycle_config=none),
        limits=AlwaysOnLimits(days=1),
    )
    yield skips("stopped", sample(NotebookInstance, "archive", status=off, modified=old, lifecycle_config=none))
    yield unknown(
        "may not be listed",
        sample(NotebookInstance, "shared", status=denied(NotebookInstance.status), modified=old, lifecycle_config=none),
    )
    yield unknown(
        "the lifecycle configuration may not be read",
        sample(NotebookInstance, "shared", status=on, modified=old, lifecycle_config=may_not),
    )
