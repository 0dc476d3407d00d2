"""The IAM policy that a scan needs, from the same table that the scan makes its calls by."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

import msgspec

from auditor.collect.wanted import Wanted
from auditor.model.calls import Call


def actions(wanted: Wanted, also: Iterable[Call] = ()) -> tuple[str, ...]:
    """The IAM actions that reading all this takes, and those of further calls, sorted."""
    return tuple(sorted({call.action for call in (*wanted.calls(), *also) if call.action}))


def policy(wanted: Wanted, also: Iterable[Call] = ()) -> bytes:
    """The policy document for all this and for further calls, one statement for each service, as indented JSON with a final newline.

    The resource is ``*`` because listing and describing actions take no other, and an audit looks at everything.
    """
    statements = [
        {
            "Sid": "Awsaudit" + "".join(part.capitalize() for part in service.split("-")),
            "Effect": "Allow",
            "Action": list(group),
            "Resource": "*",
        }
        for service, group in groupby(actions(wanted, also), key=lambda action: action.split(":")[0])
    ]
    document = {"Version": "2012-10-17", "Statement": statements}
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
