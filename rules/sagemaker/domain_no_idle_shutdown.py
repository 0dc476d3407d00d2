"""SageMaker domain that never shuts idle apps down

## Why it matters
A Studio app (JupyterLab, Code Editor) is paid for while it runs, until someone stops it. With idle shutdown SageMaker stops it
after some minutes without activity; the files in its space stay. What is set for the domain is what its users start with.

## How to fix
Turn on idle shutdown in the domain's default user settings, for JupyterLab and for Code Editor:

    aws sagemaker update-domain --domain-id DOMAIN --default-user-settings '{"JupyterLabAppSettings": {"AppLifecycleManagement":
      {"IdleSettings": {"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 120}}}}'

`CodeEditorAppSettings` takes the same. Console: domain, *App Configurations*. It takes effect for apps that are started afterwards,
and needs a SageMaker Distribution image of version 2.0 or later.

## When it is fine
User profiles or spaces set it themselves, people run jobs in their notebooks over night on purpose, or nobody uses Studio in
this domain.
"""

from collections.abc import Iterator

from auditor.sdk import (
    Case,
    Confidence,
    Context,
    Domain,
    IdleSettings,
    Known,
    Limits,
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
    over=Domain,
    reads=(Domain.idle,),
    pillar=Pillar.COST,
    severity=Severity.LOW,
    confidence=Confidence.MEDIUM,
    since="0.1",
)
def check(domain: Domain, about: Context[Limits]) -> Iterator[Verdict]:
    idle = need(domain.idle)
    if idle is None:
        yield flag("idle shutdown was never set for the domain", idle=None)
    elif not idle.enabled:
        yield flag("idle shutdown is disabled for the domain", idle=idle)
    elif idle.minutes is None:
        yield ok("idle apps are shut down", idle=idle)
    else:
        yield ok("apps are shut down after {minutes} idle minutes", minutes=idle.minutes)


def cases() -> Iterator[Case[Domain]]:
    yield passes("after two hours", sample(Domain, "d-abcdefghijkl", idle=Known(IdleSettings(enabled=True, minutes=120))))
    yield passes("on, without a time", sample(Domain, "d-klmnopqrstuv", idle=Known(IdleSettings(enabled=True))))
    yield fails("disabled", sample(Domain, "d-wxyzabcdefgh", idle=Known(IdleSettings(enabled=False, minutes=120))))
    yield fails("never set", sample(Domain, "d-mnopqrstuvwx", idle=Known(None)))
    yield unknown("may not be read", sample(Domain, "d-yzabcdefghij", idle=denied(Domain.idle)))
