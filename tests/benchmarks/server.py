"""An emulated account in a process of its own, seeded at a scale."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

REGION = "us-east-1"


@contextmanager
def seeded(scale: int, latency_ms: float) -> Iterator[str]:
    """The endpoint of a seeded account, while the block runs."""
    command = [sys.executable, "-m", "tests.benchmarks.server", str(scale), str(latency_ms)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    """Serve until told to end."""
    import boto3

    from auditor.demo.clock import Standing
    from auditor.demo.seed import seed
    from auditor.demo.site import Site
    from tests.emulator import running

    session = boto3.Session(aws_access_key_id="testing", aws_secret_access_key="testing", region_name=REGION)
    with running() as emulator:
        seed(Site(session, Standing(datetime.now(UTC)), REGION, emulator.url), int(sys.argv[1]), metrics=False)
        emulator.doorman.latency = float(sys.argv[2]) / 1000
        sys.stdout.write(f"{emulator.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
