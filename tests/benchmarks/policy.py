"""What the policy engine costs: ``python -m tests.benchmarks.policy [--parliament PYTHON]``.

AWS's managed policies, as moto ships them, are linted by all checks; with the interpreter of an environment that has Parliament, by that
too, in the same run. Requests are evaluated against an identity's and a bucket's policies of ordinary size; ``who-can`` is asked of an
account of 10,000 principals. Each figure is CPU time of a process of its own, which imports what it measures and little else.
"""

from __future__ import annotations

import gc
import json
import os
import resource
import sys
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from auditor.model.snapshot import Snapshot

ACCOUNT = "123456789012"
IDENTITY = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": ["s3:ListAllMyBuckets", "s3:GetBucketLocation"], "Resource": "*"},
        {
            "Effect": "Allow",
            "Action": ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
            "Resource": ["arn:aws:s3:::team-data/${aws:username}/*", "arn:aws:s3:::shared/*"],
        },
        {
            "Effect": "Allow",
            "Action": "s3:ListBucket",
            "Resource": "arn:aws:s3:::team-data",
            "Condition": {"StringLike": {"s3:prefix": ["home/${aws:username}/*", ""]}},
        },
        {
            "Effect": "Deny",
            "Action": "s3:*",
            "Resource": "*",
            "Condition": {
                "Bool": {"aws:SecureTransport": "false"},
                "NotIpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.0.2.0/24"]},
            },
        },
        {"Effect": "Allow", "Action": ["ec2:Describe*", "sagemaker:List*", "sagemaker:Describe*"], "Resource": "*"},
    ],
}
BUCKET = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": ["arn:aws:s3:::team-data", "arn:aws:s3:::team-data/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        },
        {
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::123456789012:role/reader", "210987654321"]},
            "Action": "s3:GetObject",
            "Resource": "arn:aws:s3:::team-data/*",
        },
    ],
}


def managed() -> dict[str, str]:
    """AWS's managed policies, indented, by name."""
    import moto.iam.aws_managed_policies as shipped

    return {name: json.dumps(one["Document"], indent=4) for name, one in json.loads(shipped.aws_managed_policies_data).items()}


def _lint(path: Path) -> int:
    import msgspec

    texts = msgspec.json.decode(path.read_bytes(), type=list[str])  # quickly: it is no part of linting
    began = time.process_time()
    from auditor.cli.entry import collect_less
    from auditor.policy.actions import table
    from auditor.policy.lint.check import Kind
    from auditor.policy.lint.run import lint
    from auditor.policy.lint.view import Policy
    from auditor.source.json_source import JsonPlaces, data

    collect_less()  # as the command line does
    known, count = table(), 0
    for text in texts:
        places = JsonPlaces(text)
        for found in lint(Policy(data(text), Kind.IDENTITY, text=text), known):
            places.span(found.path, name=found.name)
            count += 1
    _tell("lint, places of findings included", began, len(texts), f"{count:,} findings")
    gc.freeze()  # as the command line does
    return 0


def _compare(python: str, path: Path) -> None:
    """Ours five times, Parliament once, ours five times: a host may be half as fast for seconds at a time, and so long takes either."""
    import compileall

    import auditor

    # Parliament was compiled when it was installed. A checkout is not, and stays so where Python may not write what it compiles.
    for folder in (*auditor.__path__, str(Path(__file__).parent)):
        compileall.compile_dir(folder, quiet=1)
    command = [sys.executable, "-m", "tests.benchmarks.policy", "lint"]
    environment = {**os.environ, "POLICIES": str(path)}
    ours = [_cpu(command, environment) for _ in range(5)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    _parliament(python, path)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    theirs = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    ours += [_cpu(command, environment) for _ in range(5)]
    mean = sum(ours) / len(ours)
    said = f"{mean:8.2f} CPU s on average, against {theirs:.2f}: {theirs / mean:.1f} times"
    print(f"{'whole processes, start-up included':<40} {said}")  # noqa: T201


def _parliament(python: str, path: Path) -> None:
    import subprocess

    code = (
        "import json, re, sys, time\n"
        "texts = json.load(open(sys.argv[1]))\n"
        "began = time.process_time()\n"
        "from parliament import analyze_policy_string\n"
        "count = failed = 0\n"
        "for text in texts:\n"
        "    try:\n"
        "        count += len(analyze_policy_string(text).findings)\n"
        "    except Exception:\n"
        "        failed += 1\n"
        "peak = int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024\n"
        "print(f'{\"Parliament\":<40} {time.process_time() - began:8.2f} CPU s  {peak:5.0f} MB  {count:,} findings, {failed} crashes')\n"
    )
    subprocess.run([python, "-W", "ignore", "-c", code, str(path)], check=True, stderr=subprocess.DEVNULL)


def _evaluate() -> int:
    from auditor.policy.context import Context
    from auditor.policy.evaluate import Policies, evaluate
    from auditor.policy.parse import Document, parse
    from auditor.policy.principals import derived, principal
    from auditor.policy.statements import Request, policy

    def ready(document: object) -> Document:
        found = parse(json.dumps(document))
        assert isinstance(found, Document)
        return found

    policies = Policies(identity=policy([ready(IDENTITY)]), resource=policy([ready(BUCKET)]))
    requests: list[Request] = []
    for number in range(2000):
        who = principal(f"arn:aws:iam::{ACCOUNT}:user/user-{number % 50}")
        assert who is not None
        keys = derived(who, "s3:GetObject", ACCOUNT)
        found = Context({**keys, "aws:securetransport": ("true",), "aws:sourceip": (f"10.0.{number % 8}.{number % 250}",)})
        requests.append(
            Request(
                principal=who,
                action="s3:getobject",
                resource=f"arn:aws:s3:::team-data/user-{number % 70}/{number}",
                resource_account=ACCOUNT,
                context=found,
            )
        )
    began, rounds = time.process_time(), 20
    for _ in range(rounds):
        for request in requests:
            evaluate(request, policies)
    spent = time.process_time() - began
    return _tell(
        "evaluate prepared requests", began, rounds * len(requests), f"{rounds * len(requests) / spent:,.0f} a CPU second"
    )


def account(principals: int) -> Snapshot:
    """An account of half users, half roles, each with an inline policy of its own, a group or managed policies."""
    from auditor.model.fact import Known
    from auditor.model.iam import AttachedPolicy, Group, InlinePolicy, ManagedPolicy, Role, User
    from auditor.model.resource import GLOBAL
    from auditor.model.s3 import Bucket
    from auditor.model.snapshot import Header, Section, Snapshot

    texts = list(managed().items())[:40]
    policies = [
        ManagedPolicy(
            arn=f"arn:aws:iam::aws:policy/{name}", id=name, region=GLOBAL, document=Known(text), aws_managed=Known(True)
        )
        for name, text in texts
    ]
    groups = [
        Group(
            arn=f"arn:aws:iam::{ACCOUNT}:group/g{n}",
            id=f"g{n}",
            region=GLOBAL,
            inline=Known(()),
            attached=Known((AttachedPolicy(policies[n].arn, policies[n].id),)),
        )
        for n in range(20)
    ]

    def inline(number: int) -> Known[tuple[InlinePolicy, ...]]:
        text = json.dumps(IDENTITY).replace("team-data", f"team-{number}")
        return Known((InlinePolicy("own", text),))

    users = [
        User(
            arn=f"arn:aws:iam::{ACCOUNT}:user/u{n}",
            id=f"u{n}",
            region=GLOBAL,
            inline=inline(n),
            attached=Known(()),
            groups=Known((f"g{n % 20}",)),
            boundary=Known(None),
            tags=Known({"team": str(n % 7)}),
        )
        for n in range(principals // 2)
    ]
    roles = [
        Role(
            arn=f"arn:aws:iam::{ACCOUNT}:role/r{n}",
            id=f"r{n}",
            region=GLOBAL,
            inline=inline(n),
            attached=Known((AttachedPolicy(policies[n % 40].arn, policies[n % 40].id),)),
            boundary=Known(None),
        )
        for n in range(principals // 2)
    ]
    bucket = Bucket(arn="arn:aws:s3:::team-7", id="team-7", region="us-east-1", policy=Known(json.dumps(BUCKET)))
    kinds: Iterable[tuple[Any, list[Any]]] = (
        (User, users), (Role, roles), (Group, groups), (ManagedPolicy, policies), (Bucket, [bucket]),
    )  # fmt: skip
    header = Header(
        tool="awsaudit",
        account_id=ACCOUNT,
        partition="aws",
        caller=f"arn:aws:iam::{ACCOUNT}:role/audit",
        taken_at=datetime(2026, 11, 27, tzinfo=UTC),
        regions=("us-east-1",),
        kinds=(),
        fields=(),
    )
    return Snapshot(header=header, sections={(kind.KIND, GLOBAL): Section(kind, GLOBAL, tuple(items)) for kind, items in kinds})


def _who_can() -> int:
    from auditor.cli.entry import collect_less
    from auditor.policy.context import Context
    from auditor.policy.oracle import Oracle

    collect_less()  # as the command line does
    snapshot = account(10_000)
    for action, where in (
        ("s3:GetObject", "arn:aws:s3:::team-7/u7/x"),
        ("iam:PassRole", f"arn:aws:iam::{ACCOUNT}:role/r1"),
        ("sagemaker:ListModels", "*"),
    ):
        began = time.process_time()
        found = list(Oracle(snapshot).who_can(action, where, Context(open=True)))
        _tell(f"who-can {action}, a new oracle", began, 10_000, f"{len(found):,} may")
    return 0


def _tell(what: str, began: float, count: int, more: str) -> int:
    print(f"{what:<40} {time.process_time() - began:8.2f} CPU s  {_peak():5.0f} MB  of {count:,}: {more}")  # noqa: T201
    return 0


def _peak() -> float:
    """The most memory that this process had, in MB. ``ru_maxrss`` would count what the process that started it had."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def _start_up(folder: Path) -> None:
    """CPU of ``awsaudit lint one.json`` against an empty Typer application: the least of ten runs."""
    one = folder / "one.json"
    one.write_text(json.dumps(IDENTITY), "utf-8")
    empty = "import typer\napp = typer.Typer()\n@app.command()\ndef main() -> None: ...\napp()\n"
    awsaudit = str(Path(sys.executable).parent / "awsaudit")
    for what, command in (
        ("an empty Typer application", [sys.executable, "-c", empty]),
        ("awsaudit lint", [awsaudit, "lint", str(one)]),
    ):
        least = min(_cpu(command) for _ in range(10))
        print(f"{what:<40} {least:8.3f} CPU s, start-up")  # noqa: T201


def _cpu(command: list[str], environment: dict[str, str] | None = None) -> float:
    import subprocess

    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment or dict(os.environ), check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> int:
    """Measure and print."""
    path = Path(os.environ.get("POLICIES", ""))
    parts = {"lint": lambda: _lint(path), "evaluate": _evaluate, "who-can": _who_can}
    if sys.argv[1:] and sys.argv[1] in parts:
        return parts[sys.argv[1]]()  # a process that measures

    import argparse
    import subprocess
    import tempfile

    parser = argparse.ArgumentParser(
        description=__doc__.splitlines()[0] if __doc__ else "",
        epilog=f"Or one of {', '.join(parts)} alone: that, in this process. lint reads the file that POLICIES names.",
    )
    parser.add_argument("--parliament", metavar="PYTHON", help="interpreter of an environment that has Parliament")
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "policies.json")
        path.write_text(json.dumps(list(managed().values())), "utf-8")
        for part in ("lint", "lint", "evaluate", "who-can"):
            subprocess.run(
                [sys.executable, "-m", "tests.benchmarks.policy", part], check=True, env={**os.environ, "POLICIES": str(path)}
            )
        if chosen.parliament:
            _compare(chosen.parliament, path)
        _start_up(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
