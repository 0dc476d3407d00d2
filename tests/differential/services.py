"""Our table of actions in the form of AWS's service reference, for a peer that would otherwise fetch that from AWS.

So both judge by the same facts, and what they disagree on is reasoning.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from auditor.policy.actions import Action, ActionTable


def write(folder: Path, table: ActionTable) -> None:
    """A file for each service, and one that lists them."""
    listed = [{"service": prefix, "url": f"local:{prefix}"} for prefix in table.services()]
    (folder / "_services.json").write_text(json.dumps(listed), "utf-8")
    for prefix in table.services():
        (folder / f"{prefix}.json").write_text(json.dumps(_service(prefix, table)), "utf-8")


def _service(prefix: str, table: ActionTable) -> dict[str, Any]:
    actions = list(table.actions(table.in_service(prefix)))
    types = table.resource_types(prefix)
    names = {key for action in actions for key in _keys(action)} | {key for one in types for key in one.condition_keys}
    known = [table.key(name, prefix) for name in sorted(names)]
    return {
        "Name": prefix,
        "Version": "v1.4",
        "Actions": [
            {
                "Name": action.name.partition(":")[2],
                "ActionConditionKeys": sorted(_keys(action)),
                "Resources": [{"Name": needs.resource} for needs in action.needs],
            }
            for action in actions
        ],
        "Resources": [
            {"Name": one.name, "ARNFormats": one.arn.split(", "), "ConditionKeys": list(one.condition_keys)} for one in types
        ],
        "ConditionKeys": [{"Name": key.name, "Types": [key.type]} for key in known if key is not None],
    }


def _keys(action: Action) -> set[str]:
    return {*action.condition_keys, *(key for needs in action.needs for key in needs.condition_keys)}
