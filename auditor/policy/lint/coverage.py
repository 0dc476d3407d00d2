"""How the checks of AWS's IAM Access Analyzer are covered: under the same ids, in kebab case, but for these."""

from __future__ import annotations

from collections.abc import Mapping

_FULL_LANGUAGE = (
    "Since 19 September 2025 service control policies have the full policy language: AWS takes this, and has withdrawn the check."
)

WITHDRAWN: Mapping[str, str] = {
    "scp-syntax-error-allow-condition": _FULL_LANGUAGE,
    "scp-syntax-error-allow-notaction": _FULL_LANGUAGE,
    "scp-syntax-error-allow-resource": _FULL_LANGUAGE,
    "scp-syntax-error-notresource": _FULL_LANGUAGE,
}
"""Checks that AWS no longer makes: what they found is right today. By id, why."""

NOT_OFFLINE: Mapping[str, str] = {}
"""Checks that cannot be decided without asking AWS. By id, why. There is none: where AWS compares with its own lists, we compare with
the documented ones, and say so by the level."""

_LISTS = "AWS compares with its own list; the documented one is older or not complete, so what is not in it is no error for sure"

OTHER_LEVEL: Mapping[str, str] = {
    "invalid-action": f"{_LISTS}: a warning, or `retired-action` when it was in the list once.",
    "invalid-arn-resource": f"{_LISTS}: 48 of AWS's managed policies (as of 2026-10) name resources whose ARNs it does not document.",
    "invalid-service-condition-key": f"{_LISTS}: a warning.",
    "unsupported-action-for-condition-key": f"{_LISTS}: which keys an action has is documented with gaps.",
}
"""Checks whose level is another than AWS's. By id, why."""
