"""Generate the parts of README.md that the code knows better: the rule index and the command line's help.

``python .ci/docs.py`` rewrites them, the JSON Schema of the report, and the verdicts on the golden account; ``--check`` fails when they
are not current.
"""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SAMPLE = ROOT / "reports" / "sample"
SCHEMA = ROOT / "reports" / "schema" / "report-1.schema.json"
COMMANDS = ("", "scan", "collect", "check", "permissions", "rules", "rules list", "rules show", "rules test")


def rule_index() -> str:
    """The rules as a table, in the order of their ids."""
    from auditor.engine.registry import load

    rows = ["| rule | severity | for | what it finds |", "|---|---|---|---|"]
    rows += [
        f"| [`{rule.id}`]({_source(rule.id)}) | {rule.spec.severity.word} | {rule.spec.audience.value} | {rule.page.title} |"
        for rule in load().values()
        if rule.origin == "builtin"
    ]
    return "\n".join(rows)


def _source(rule_id: str) -> str:
    service, _, name = rule_id.partition("-")
    return f"rules/{service}/{name.replace('-', '_')}.py"


def command_help() -> str:
    """What ``--help`` prints for each command, at 100 columns."""
    from typer.testing import CliRunner

    from auditor.cli.app import app

    os.environ.update(COLUMNS="100", TERMINAL_WIDTH="100", NO_COLOR="1")
    runner = CliRunner()
    parts: list[str] = []
    for command in COMMANDS:
        result = runner.invoke(app, [*command.split(), "--help"], prog_name="awsaudit", terminal_width=100)
        text = "\n".join(line.rstrip() for line in result.output.strip().splitlines())
        title = f"awsaudit {command}".strip()
        parts.append(f"<details><summary><code>{title}</code></summary>\n\n```text\n{text}\n```\n\n</details>")
    return "\n\n".join(parts)


def verdicts() -> bytes:
    """What all rules say of the golden account: a change of a rule shows here, line by line."""
    from auditor.cli.choose import configuration
    from auditor.engine import archive
    from auditor.model.verdict import Severity
    from auditor.pipeline import weigh

    snapshot = archive.read(SAMPLE / archive.FILE)
    result = weigh(snapshot, configuration(config=SAMPLE / "awsaudit.toml"), fail_on=Severity.HIGH, strict=False)
    lines = ["rule\tresource\tverdict\tbecause"]
    lines += [f"{f.rule}\t{f.name}\t{f.verdict.value}\t{f.because}" for f in result.findings]
    return ("\n".join(lines) + "\n").encode()


def fill(text: str, name: str, content: str) -> str:
    """Put ``content`` between the markers ``<!-- name:begin -->`` and ``<!-- name:end -->``."""
    pattern = re.compile(rf"(<!-- {name}:begin.*?-->\n).*?(\n<!-- {name}:end -->)", re.DOTALL)
    if not pattern.search(text):
        raise SystemExit(f"README.md lacks the markers of `{name}`")
    return pattern.sub(lambda found: found.group(1) + content + found.group(2), text)


def generated() -> dict[Path, bytes]:
    """Every generated file with what it should hold."""
    from auditor.render.json import schema

    text = README.read_text("utf-8")
    text = fill(text, "rules", rule_index())
    text = fill(text, "help", command_help())
    return {README: text.encode(), SCHEMA: schema(), SAMPLE / "verdicts.tsv": verdicts()}


def main() -> int:
    """Write or check. Returns the exit code."""
    stale = [path for path, content in generated().items() if not path.exists() or path.read_bytes() != content]
    if "--check" in sys.argv[1:]:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is not current: run `make docs`\n")
        return 1 if stale else 0
    for path, content in generated().items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return 0


if __name__ == "__main__":
    sys.exit(main())
