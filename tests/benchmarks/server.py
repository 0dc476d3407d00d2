"""An emulated account in a process of its own, seeded at a scale."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager


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
    from auditor.demo.seed import seed

    from tests.emulator import running

    os.environ.update(AWS_ACCESS_KEY_ID="testing", AWS_SECRET_ACCESS_KEY="testing", AWS_DEFAULT_REGION="us-east-1")
    with running() as emulator:
        os.environ["AWS_ENDPOINT_URL"] = emulator.url
        seed(boto3.Session(), scale=int(sys.argv[1]))
        emulator.doorman.latency = float(sys.argv[2]) / 1000
        sys.stdout.write(f"{emulator.url}\n")
        sys.stdout.flush()
        sys.stdin.read()


if __name__ == "__main__":
    main()
