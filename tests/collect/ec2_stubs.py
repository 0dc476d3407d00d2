"""EC2's answers in its documented shapes and its own XML, put in the place of the emulator's."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from xml.sax.saxutils import escape

import botocore.session

from tests.emulator import Emulator


def answer(emulator: Emulator, operation: str, body: Mapping[str, Any]) -> None:
    """Answer ``DescribeHosts`` with this from now on. A member that AWS does not document fails the test."""
    model: Any = botocore.session.get_session().get_service_model("ec2")
    xml = _xml(model.operation_model(operation).output_shape, body, f"{operation}Response")
    emulator.doorman.answers[f"ec2.{operation}"] = ("200 OK", xml.encode(), "text/xml")


def answer_pages(emulator: Emulator, operation: str, *bodies: Mapping[str, Any]) -> None:
    """Answer the first call with the first body, the second with the second, and so on."""
    left = list(bodies)

    def turn(asked: str) -> None:
        if asked == f"ec2.{operation}":
            answer(emulator, operation, left.pop(0))

    emulator.doorman.on_call = turn


def refuse(emulator: Emulator, operation: str, code: str, message: str) -> None:
    """Answer with this error from now on."""
    error = f"<Error><Code>{code}</Code><Message>{escape(message)}</Message></Error>"
    xml = f"<Response><Errors>{error}</Errors><RequestID>r</RequestID></Response>"
    emulator.doorman.answers[f"ec2.{operation}"] = ("400 Bad Request", xml.encode(), "text/xml")


def _xml(shape: Any, value: Any, name: str) -> str:
    if shape.type_name == "structure":
        inside = "".join(_xml(shape.members[key], one, _name(shape.members[key], key)) for key, one in value.items())
    elif shape.type_name == "list":
        inside = "".join(_xml(shape.member, one, "item") for one in value)
    elif isinstance(value, datetime):
        inside = value.isoformat()
    else:
        inside = escape(str(value).lower() if isinstance(value, bool) else str(value))
    return f"<{name}>{inside}</{name}>"


def _name(shape: Any, key: str) -> str:
    return str(shape.serialization.get("name", key))
