"""What exports of many findings cost: ``python -m tests.benchmarks.exports [--findings N]``.

The buckets of the golden account are repeated until the S3 rules give so many verdicts; each format is then exported by the command
line in a process of its own.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

import msgspec

from auditor.cli.choose import configuration
from auditor.engine import archive
from auditor.engine.evaluate import judge
from auditor.model.resource import GLOBAL
from auditor.model.s3 import Bucket
from auditor.model.snapshot import Snapshot
from auditor.render.format import formats
from tests.benchmarks.run import measure

SAMPLE = Path(__file__).parents[2] / "reports" / "sample" / archive.FILE


def repeated(snapshot: Snapshot, findings: int) -> Snapshot:
    """The snapshot with so many copies of its buckets that the S3 rules give at least ``findings`` verdicts."""
    section = snapshot.section(Bucket, GLOBAL)
    rules = configuration(services=["s3"]).rules
    copies = -(-findings // len(judge(snapshot, rules)))
    buckets = tuple(
        msgspec.structs.replace(bucket, id=f"{bucket.id}-{copy:05}", arn=f"{bucket.arn}-{copy:05}")
        for copy in range(copies)
        for bucket in section.items
    )
    more = msgspec.structs.replace(section, items=buckets)
    return msgspec.structs.replace(snapshot, sections={**snapshot.sections, (Bucket.KIND, GLOBAL): more}, calls=())


def main() -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--findings", type=int, default=50_000)
    wanted = parser.parse_args().findings
    awsaudit = str(Path(sys.executable).parent / "awsaudit")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, archive.FILE)
        taken = repeated(archive.read(SAMPLE), wanted)
        archive.write(taken, path)
        count = len(judge(taken, configuration(services=["s3"]).rules))
        print(f"{count:,} verdicts on {len(taken.section(Bucket, GLOBAL).items):,} buckets")  # noqa: T201
        print("format        peak MB   CPU s   written MB")  # noqa: T201
        for name in formats():
            out = Path(folder, name)
            cost = measure([awsaudit, "export", str(path), "--service", "s3", "--format", name, "-o", str(out)], dict(os.environ))
            size = sum(file.stat().st_size for file in out.iterdir()) / 1e6
            print(f"{name:<12}  {cost.peak:7.0f}  {cost.cpu:6.1f}  {size:11.1f}")  # noqa: T201
    return 0


if __name__ == "__main__":
    sys.exit(main())
