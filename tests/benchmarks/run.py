"""Measure a scan: calls, client CPU against a bare botocore loop, memory, judging, report size, start-up.

``python -m tests.benchmarks.run [--scale N | --endpoint URL] [--latency-ms N]``. Everything is measured in processes of their own, in one
run on one machine, so that the ratios mean something where the seconds do not.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
REGION = "us-east-1"
FAKE = {
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_EC2_METADATA_DISABLED": "true",
}


class Cost:
    """What a process cost: wall and CPU seconds, peak memory in MB."""

    def __init__(self, wall: float, cpu: float, peak: float) -> None:
        self.wall, self.cpu, self.peak = wall, cpu, peak


def measure(command: list[str], environment: dict[str, str]) -> Cost:
    """Run a command to its end. Exit codes 0 and 1 are fine."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    _, status, usage = os.wait4(process.pid, 0)
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1, 3):
        raise SystemExit(f"{command} ended with {code}: {process.stderr.read().decode() if process.stderr else ''}")
    return Cost(time.monotonic() - began, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def scan_only(endpoint: str, calls_file: str | None, *, metrics: bool) -> int:
    """Scan without judging. With a file, write down every call with its parameters, for the bare loop."""
    from auditor.collect.quiet import Silent
    from auditor.collect.run import Scan, Scope
    from auditor.collect.session import Target, connect
    from auditor.collect.wanted import by_rules
    from auditor.engine import archive, registry

    made: list[tuple[str, str, str, Any]] = []
    connection = connect(Target(endpoint_url=endpoint, region=REGION))
    if calls_file:
        original = connection.client

        def client(service: str, region: str) -> Any:
            found = original(service, region)
            if not getattr(found, "_recorded", False):
                found._recorded = True
                found.meta.events.register(
                    "provide-client-params.*.*",
                    lambda params, model, **_: made.append((service, model.name, found.meta.region_name, dict(params))),
                )
            return found

        connection.client = client  # type: ignore[method-assign]
    wanted = by_rules([rule.spec for rule in registry.load().values() if rule.spec.audience.value == "regular"])
    with tempfile.TemporaryDirectory() as folder:
        journal = archive.FileJournal(Path(folder) / "journal")
        Scan(connection, Scope(wanted=wanted, regions=(REGION,), with_metrics=metrics), journal=journal, progress=Silent()).run()
        journal.close(keep=False)
    if calls_file:
        Path(calls_file).write_bytes(pickle.dumps(made))
    return 0


def bare_loop(endpoint: str, calls_file: str) -> int:
    """The same calls with the same concurrency, straight through botocore."""
    from concurrent.futures import ThreadPoolExecutor
    from contextlib import suppress

    import boto3
    from botocore import xform_name
    from botocore.config import Config
    from botocore.exceptions import ClientError

    made = pickle.loads(Path(calls_file).read_bytes())
    session = boto3.Session(region_name=REGION)
    config = Config(retries={"total_max_attempts": 1}, max_pool_connections=32, s3={"addressing_style": "path"})
    clients: dict[tuple[str, str], Any] = {}
    for service, _, region, _ in made:
        if (service, region) not in clients:
            clients[service, region] = session.client(service, region_name=region, endpoint_url=endpoint, config=config)

    def one(call: tuple[str, str, str, Any]) -> None:
        service, operation, region, params = call
        if service == "s3control":
            return  # its account prefix does not resolve on loopback
        with suppress(ClientError):
            getattr(clients[service, region], xform_name(operation))(**params)

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(one, made))
    return 0


def judge_only(snapshot: str) -> int:
    """Read a snapshot and judge it; print what each took in CPU seconds, and the sizes of the reports."""
    from auditor.cli.choose import configuration
    from auditor.engine import archive
    from auditor.model.verdict import Severity
    from auditor.pipeline import render, weigh

    config = configuration()
    begin = time.process_time()
    loaded = archive.read(Path(snapshot))
    read = time.process_time()
    result = weigh(loaded, config, fail_on=Severity.HIGH, strict=False)
    judged = time.process_time()
    files = {file.name: b"".join(file.parts) for file in render(result.view, ("html", "json"))}
    rendered = time.process_time()
    print(  # noqa: T201
        json.dumps(
            {
                "verdicts": dict(Counter(f.verdict.value for f in result.findings)),
                "read_cpu_s": round(read - begin, 2),
                "judge_cpu_s": round(judged - read, 2),
                "render_cpu_s": round(rendered - judged, 2),
                "sizes_mb": {name: round(len(content) / 1e6, 2) for name, content in files.items()},
            }
        )
    )
    return 0


def _without_metrics() -> list[str]:
    """Options that select the regular rules which do not read CloudWatch."""
    from auditor.engine import registry

    chosen = [
        rule.id
        for rule in registry.load().values()
        if rule.spec.audience.value == "regular" and not any(ref.call.service == "cloudwatch" for ref in rule.spec.reads)
    ]
    return [part for rule_id in chosen for part in ("--rule", rule_id)]


def least(command: list[str], environment: dict[str, str], times: int = 10) -> float:
    """The least CPU, in milliseconds, of several runs."""
    return min(measure(command, environment).cpu for _ in range(times)) * 1000


def startup(environment: dict[str, str]) -> dict[str, float]:
    """CPU milliseconds of commands that do next to nothing, and of an empty Typer application."""
    awsaudit = str(Path(sys.executable).parent / "awsaudit")
    empty = "import typer\napp = typer.Typer()\n@app.command()\ndef main() -> None: ...\napp()"
    return {
        "python -c pass": round(least([sys.executable, "-c", "pass"], environment)),
        "awsaudit --version": round(least([awsaudit, "--version"], environment)),
        "empty Typer application": round(least([sys.executable, "-c", empty], environment)),
        "awsaudit --help": round(least([awsaudit, "--help"], environment)),
        "awsaudit rules list": round(least([awsaudit, "rules", "list"], environment)),
    }


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--endpoint", help="an emulated account that is already there")
    parser.add_argument("--scale", type=int, default=1, help="how many times the demo account to seed")
    parser.add_argument("--latency-ms", type=float, default=0)
    parser.add_argument(
        "--no-metrics", action="store_true", help="leave CloudWatch out: moto takes minutes for a thousand hourly series"
    )
    parser.add_argument("--part", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        part, *rest = options.part
        if part == "scan":
            return scan_only(rest[0], rest[1] or None, metrics=rest[2] == "metrics")
        return bare_loop(*rest) if part == "bare" else judge_only(*rest)
    from contextlib import ExitStack

    with ExitStack() as stack:
        endpoint = options.endpoint
        if not endpoint:
            from tests.benchmarks.server import seeded

            endpoint = stack.enter_context(seeded(options.scale, options.latency_ms))
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")} | FAKE
        report(endpoint, folder, environment, metrics=not options.no_metrics)
    return 0


def report(endpoint: str, folder: Path, environment: dict[str, str], *, metrics: bool) -> None:
    """All measurements against one endpoint."""
    me = [sys.executable, "-m", "tests.benchmarks.run", "--part"]
    calls_file = str(folder / "calls")
    with_metrics = "metrics" if metrics else "none"
    measure([*me, "scan", endpoint, calls_file, with_metrics], environment)
    made = pickle.loads(Path(calls_file).read_bytes())
    by_service = Counter(service for service, *_ in made)
    bare = measure([*me, "bare", endpoint, calls_file], environment)
    scanned = measure([*me, "scan", endpoint, "", with_metrics], environment)
    awsaudit = str(Path(sys.executable).parent / "awsaudit")
    out = folder / "out"
    command = [awsaudit, "scan", "--endpoint-url", endpoint, "--region", REGION, "--out", str(out), "--quiet"]
    whole = measure(command + ([] if metrics else _without_metrics()), environment)
    say = sys.stdout.write
    say(f"calls: {len(made)}  {dict(by_service.most_common())}\n")
    for name, cost in (("bare botocore loop", bare), ("scan, not judged", scanned)):
        each = cost.cpu / len(made) * 1000
        say(f"{name + ':':<22}{cost.wall:6.1f} s wall {cost.cpu:6.1f} s CPU {cost.peak:5.0f} MB {each:6.2f} ms CPU a call\n")
    say(f"ratio to the loop:    {scanned.wall / bare.wall:6.2f}   wall {scanned.cpu / bare.cpu:6.2f}   CPU\n")
    say(f"awsaudit scan, whole: {whole.wall:6.1f} s wall {whole.cpu:6.1f} s CPU {whole.peak:5.0f} MB\n")
    judged = subprocess.run(
        [*me, "judge", str(out / "snapshot.jsonl.gz")], env=environment, capture_output=True, text=True, check=True
    )
    say(f"judging: {judged.stdout}")
    say(f"start-up, CPU ms: {startup(environment)}\n")


if __name__ == "__main__":
    sys.exit(main())
