"""Generate what the code knows better: the tables and the command line's help in README.md, the permissions in deploy/template.yaml.

``python .ci/docs.py`` rewrites them, the JSON Schemas, and the verdicts on the golden account; ``--check`` fails when they are not
current.
"""

from __future__ import annotations

import os
import re
import sys
import textwrap
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
README = ROOT / "README.md"
SAMPLE = ROOT / "reports" / "sample"
TEMPLATE = ROOT / "deploy" / "template.yaml"
SCHEMA = ROOT / "reports" / "schema" / "report-1.schema.json"
LINT_SCHEMA = SCHEMA.with_name("lint-1.schema.json")
LIFECYCLE_SCHEMA = SCHEMA.with_name("lifecycle-1.schema.json")
COMMANDS = (
    "",
    "scan",
    "collect",
    "check",
    "export",
    "lint",
    "lifecycle",
    "can",
    "who-can",
    "permissions",
    "prices",
    "prices show",
    "prices refresh",
    "rules",
    "rules list",
    "rules show",
    "rules test",
    "frameworks",
    "frameworks list",
    "frameworks show",
)


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


def format_index() -> str:
    """The output formats as a table."""
    from auditor.render.format import formats

    rows = ["| format | what it is |", "|---|---|"]
    rows += [f"| `{one.name}` | {one.about} |" for one in formats().values()]
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
    from auditor.selection import opt_ins, opted

    snapshot = archive.read(SAMPLE / archive.FILE)
    chosen = opted(configuration(config=SAMPLE / "awsaudit.toml"), opt_ins(snapshot))
    result = weigh(snapshot, chosen, fail_on=Severity.HIGH, strict=False)
    lines = ["rule\tresource\tverdict\tbecause"]
    lines += [f"{f.rule}\t{f.name}\t{f.verdict.value}\t{f.because}" for f in result.findings]
    return ("\n".join(lines) + "\n").encode()


def statements() -> str:
    """The statements of `awsaudit permissions --audience auditor` as YAML: what any choice of rules needs."""
    import json

    from auditor.cli.choose import configuration
    from auditor.collect.permissions import policy
    from auditor.collect.wanted import by_rules
    from auditor.model.opt_in import OPT_INS

    chosen = configuration(audience="auditor")
    document = json.loads(policy(by_rules([rule.spec for rule in chosen.rules], OPT_INS)))
    lines: list[str] = []
    for statement in document["Statement"]:
        lines += [f"- Sid: {statement['Sid']}", f"  Effect: {statement['Effect']}", "  Action:"]
        lines += [f"    - {action}" for action in statement["Action"]]
        lines += [f'  Resource: "{statement["Resource"]}"']
    return "\n".join(lines) + "\n"


def fill(text: str, name: str, content: str) -> str:
    """Put ``content`` between the markers ``<!-- name:begin -->`` and ``<!-- name:end -->``."""
    pattern = re.compile(rf"(<!-- {name}:begin.*?-->\n).*?(\n<!-- {name}:end -->)", re.DOTALL)
    return _replace(text, pattern, name, content)


def fill_yaml(text: str, name: str, content: str) -> str:
    """Put ``content``, indented as they are, between the comments ``# name:begin`` and ``# name:end``."""
    pattern = re.compile(rf"(( *)# {name}:begin[^\n]*\n).*?( *# {name}:end)", re.DOTALL)
    found = pattern.search(text)
    return _replace(text, pattern, name, textwrap.indent(content, found.group(2)) if found else "")


def _replace(text: str, pattern: re.Pattern[str], name: str, content: str) -> str:
    if not pattern.search(text):
        raise SystemExit(f"the markers of `{name}` are missing")
    return pattern.sub(lambda found: found.group(1) + content + found.groups()[-1], text)


def line_schemas() -> dict[str, bytes]:
    """The schemas of the lines of ``awsaudit can --requests``."""
    from auditor.policy.requests import answer_schema, request_schema
    from auditor.render.json import published

    return {
        "request-1.schema.json": published("awsaudit can: a request line, format 1", request_schema()),
        "answer-1.schema.json": published("awsaudit can: an answer line, format 1", answer_schema()),
    }


def generated() -> dict[Path, bytes]:
    """Every generated file with what it should hold."""
    from auditor.render import lifecycle_json, lint_json
    from auditor.render.json import schema

    text = README.read_text("utf-8")
    text = fill(text, "rules", rule_index())
    text = fill(text, "formats", format_index())
    text = fill(text, "help", command_help())
    template = fill_yaml(TEMPLATE.read_text("utf-8"), "permissions", statements())
    return {
        **{SCHEMA.with_name(name): content for name, content in line_schemas().items()},
        README: text.encode(),
        TEMPLATE: template.encode(),
        SCHEMA: schema(),
        LINT_SCHEMA: lint_json.schema(),
        LIFECYCLE_SCHEMA: lifecycle_json.schema(),
        SAMPLE / "verdicts.tsv": verdicts(),
    }


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
