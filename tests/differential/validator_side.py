"""What iam-policy-validator finds: run by the interpreter of an environment that has it; knows nothing of awsaudit.

Without a network it needs the definitions of services in a folder (:mod:`.services` writes them). Writes the same as
:mod:`.parliament_side`.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.metadata
import json
import logging
import re
import sys
import time
from pathlib import Path
from typing import Any

_OF_THE_FRAME = {
    "unknown_policy_field": "element",
    "unknown_field": "element",
    "action_conflict": "element",
    "resource_conflict": "element",
    "principal_conflict": "element",
    "missing_action": "element",
    "missing_resource": "element",
    "invalid_statement_type": "statement",
    "missing_statement": "statement",
    "empty_statement": "statement",
    "missing_version": "version",
    "invalid_version": "version",
    "outdated_version": "old version",
    "missing_effect": "effect",
    "invalid_effect": "effect",
    "invalid_sid_format": "sid",
    "invalid_sid_type": "sid",
    "duplicate_sid": "sids",
}
_VALUES = ("invalid_value_format", "invalid_ip_cidr_format", "invalid_arn_format_for_operator", "invalid_bool_value_for_operator")
_QUOTED = re.compile(r"`([^`]*)`")


def _answers(document: int, one: Any, raw: dict[str, Any]) -> list[list[Any]]:
    issue, told = one.issue_type, [document, one.statement_index]
    if issue in _OF_THE_FRAME:
        place = -1 if issue == "duplicate_sid" else one.statement_index
        return [[document, place, "syntax", _OF_THE_FRAME[issue], issue]]
    if issue == "check_execution_error":
        return [[*told, "syntax", "crash", issue]]
    if issue == "invalid_action":
        return [[*told, "action", one.action, issue]]
    if issue == "invalid_resource" and one.resource:
        return [[*told, "arn", one.resource, issue]]
    if issue == "resource_mismatch":
        return [[*told, "resource", one.action, issue]]
    words = _QUOTED.findall(one.message)
    if issue == "invalid_condition_key":
        # It names the first action only; several keys in one finding come first in the text, all of one form.
        keys = [word for word in words if word.partition("/")[0] == str(one.condition_key).partition("/")[0] and "${" not in word]
        return [[*told, "key", f"{key} {one.action}", issue] for key in dict.fromkeys([one.condition_key, *keys])]
    if issue in ("type_mismatch", "type_mismatch_usable"):
        return [[*told, "operator", f"{words[0]} {words[2]}", issue]]
    if issue == "invalid_operator":
        statements = raw["Statement"]
        statement = statements[one.statement_index] if isinstance(statements, list) else statements
        return [[*told, "operator", f"{words[0]} {key}", issue] for key in statement["Condition"][words[0]]]
    if issue in _VALUES:
        return [[*told, "value", one.condition_key, issue]]
    return []


async def _run(texts: list[str], folder: str, counts: dict[str, int], first: int) -> list[list[Any]]:
    checks = importlib.import_module("iam_validator.core.policy_checks")
    loader = importlib.import_module("iam_validator.core.policy_loader").PolicyLoader()
    loaded, found = {}, []
    for number, text in enumerate(texts, first):
        read = loader.load_from_string(text, str(number))
        if read is None:
            counts["(not loaded)"] = counts.get("(not loaded)", 0) + 1
            found.append([number, -1, "syntax", "json" if "JSON" in loader.parsing_errors[-1][1] else "types", "parse_error"])
        else:
            loaded[number] = read
    policies = [(str(number), policy, raw) for number, (policy, raw) in loaded.items()]
    results = await checks.validate_policies(policies, policy_type="IDENTITY_POLICY", aws_services_dir=folder)
    for result in results:
        number = int(result.policy_file)
        for one in result.issues:
            counts[one.issue_type] = counts.get(one.issue_type, 0) + 1
            found += _answers(number, one, loaded[number][1])
    return found


def _peak() -> float:
    """The most memory that this process had, in MB. ``ru_maxrss`` would count what the process that started it had."""
    status = Path("/proc/self/status").read_text("ascii")
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def main() -> None:
    """Read the documents, find, write."""
    documents = json.loads(Path(sys.argv[1]).read_text("utf-8"))
    logging.disable(logging.CRITICAL)
    began = time.process_time()
    counts: dict[str, int] = {}
    texts, managed = documents["texts"], documents["managed"]
    answers = asyncio.run(_run(texts[:managed], sys.argv[3], counts, 0))
    spent = time.process_time() - began
    peak = _peak()
    answers += asyncio.run(_run(texts[managed:], sys.argv[3], counts, managed))
    told = {
        "version": importlib.metadata.version("iam-policy-validator"),
        "cpu_of_managed": spent,
        "peak_mb": peak,
        "counts": counts,
        "answers": answers,
    }
    Path(sys.argv[2]).write_text(json.dumps(told), "utf-8")


if __name__ == "__main__":
    main()
