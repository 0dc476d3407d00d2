"""Answers in AWS's documented shapes, put in the place of an emulator's: for operations it lacks or answers otherwise."""

from __future__ import annotations

import json
from typing import Any

import botocore.session

from tests.emulator import Emulator

JSON = "application/x-amz-json-1.1"


def answer(emulator: Emulator, operation: str, body: dict[str, Any]) -> None:
    """Answer ``sagemaker.ListApps`` with this from now on. Times are numbers. A member that AWS does not document fails the test."""
    service, _, name = operation.partition(".")
    model: Any = botocore.session.get_session().get_service_model(service)
    _check(body, model.operation_model(name).output_shape, name)
    emulator.doorman.answers[operation] = ("200 OK", json.dumps(body).encode(), JSON)


def refuse(emulator: Emulator, operation: str, code: str, message: str) -> None:
    """Answer with this error from now on."""
    body = json.dumps({"__type": code, "message": message}).encode()
    emulator.doorman.answers[operation] = ("400 Bad Request", body, JSON)


def _check(body: Any, shape: Any, path: str) -> None:
    if shape.type_name == "structure":
        unknown = set(body) - set(shape.members)
        assert not unknown, f"{path} has no {sorted(unknown)}"
        lacking = set(shape.required_members) - set(body)
        assert not lacking, f"{path} lacks {sorted(lacking)}"
        for key, value in body.items():
            _check(value, shape.members[key], f"{path}.{key}")
    elif shape.type_name == "list":
        for value in body:
            _check(value, shape.member, f"{path}[]")
    elif getattr(shape, "enum", None):
        assert body in shape.enum, f"{path} is not {body}"
