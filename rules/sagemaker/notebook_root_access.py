"""SageMaker notebook instance whose users are root

## Why it matters
With root access (the default) whoever opens the notebook can install anything, change or switch off what the platform team set
up, and read every file on the instance, also other people's when it is shared.

## How to fix
Stop the notebook instance, disable root access, and start it again:

    aws sagemaker stop-notebook-instance --notebook-instance-name NAME
    aws sagemaker update-notebook-instance --notebook-instance-name NAME --root-access Disabled
    aws sagemaker start-notebook-instance --notebook-instance-name NAME

Console: stop it, then *Edit*, *Root access*. Lifecycle configuration scripts still run as root, so what needs root can go there.
Terraform: `root_access = "Disabled"` in `aws_sagemaker_notebook_instance`.

## When it is fine
One person uses it and has to install system packages, and its role and network allow nothing that matters.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Known,
    Limits,
    NotebookInstance,
    Pillar,
    Severity,
    Verdict,
    denied,
    fails,
    flag,
    need,
    ok,
    passes,
    rule,
    sample,
    unknown,
)


@rule(
    over=NotebookInstance,
    reads=(NotebookInstance.root_access,),
    pillar=Pillar.SECURITY,
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    since="0.1",
    controls=("fsbp:SageMaker.3",),
)
def check(notebook: NotebookInstance, about: Context[Limits]) -> Iterator[Verdict]:
    if need(notebook.root_access):
        yield flag("its users have root access", root_access=True)
    else:
        yield ok("its users have no root access", root_access=False)


def cases() -> Iterator[Case[NotebookInstance]]:
    yield passes("switched off", sample(NotebookInstance, "fraud-analysis", root_access=Known(False)))
    yield fails("on, as by default", sample(NotebookInstance, "scratch", root_access=Known(True)))
    yield unknown("may not be read", sample(NotebookInstance, "shared", root_access=denied(NotebookInstance.root_access)))
