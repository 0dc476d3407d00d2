"""The example in the package's documentation holds."""

from __future__ import annotations

import re
import textwrap
from typing import Any

import auditor.policy
from auditor.policy.context import Context
from auditor.policy.evaluate import Outcome, Policies, evaluate
from auditor.policy.parse import parse
from auditor.policy.principals import derived, principal
from auditor.policy.statements import Request, policy


def test_the_example() -> None:
    found = re.search(r"::\n\n(.*?)\n\n:mod:", auditor.policy.__doc__ or "", re.DOTALL)
    assert found
    names: dict[str, Any] = {
        "Context": Context,
        "Policies": Policies,
        "Request": Request,
        "derived": derived,
        "evaluate": evaluate,
        "parse": parse,
        "policy": policy,
        "principal": principal,
    }
    exec(textwrap.dedent(found.group(1)), names)
    assert names["decision"].outcome is Outcome.ALLOW
    assert names["decision"].because[0].statement.statement.index == 0
