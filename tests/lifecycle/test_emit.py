"""What is emitted says the same as the configuration, in every form, whatever its texts are."""

from __future__ import annotations

import json
import random
import re
import shlex
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from auditor.collect.s3 import lifecycle as from_api
from auditor.lifecycle.emit import as_api, as_command, as_json, as_terraform
from auditor.model.s3 import Expiration, Filter, Lifecycle, LifecycleRule, Transition
from tests.lifecycle import generated
from tests.lifecycle.rows import day

HOSTILE = (
    "'; rm -rf ~; echo '",
    '"$(id)" `id` ${aws_iam_user.x.arn} $${x} $$${x} %{ if true }x%{ endif } %%{x}',
    "a\u202eb\x1b[31m\x07\u0000\n\t\\",
    "한글 로그/日本/😀\U000e0001",
)


def named(text: str) -> Lifecycle:
    """A configuration with the text wherever there is room for one."""
    return Lifecycle(
        (
            LifecycleRule(
                id=text,
                enabled=True,
                filter=Filter(prefix=text, tags={text: text, "b": "c"}, size_greater_than=1, size_less_than=9),
                transitions=(Transition(text, date=day("2030-01-01")),),
            ),
            LifecycleRule(id="one", enabled=False, filter=Filter(tags={text: text}), expiration=Expiration(days=3)),
            LifecycleRule(id="old", enabled=True, filter=Filter(prefix=text), legacy_prefix=True, abort_multipart_days=7),
        ),
        "all_storage_classes_128K",
    )


def normal(lifecycle: Lifecycle) -> Lifecycle:
    """As the collector has it: an empty prefix is none, and the default minimum size is no part of the rules."""
    return Lifecycle(
        tuple(replace(rule, filter=replace(rule.filter, prefix=rule.filter.prefix or None)) for rule in lifecycle.rules)
    )


def with_times(raw: dict[str, Any]) -> dict[str, Any]:
    """As botocore reads it."""
    return {name: datetime.fromisoformat(value) if name == "Date" else value for name, value in raw.items()}


@settings(max_examples=40)
@given(st.randoms(use_true_random=False))
def test_the_json_is_read_back_as_it_was(pick: random.Random) -> None:
    lifecycle = generated.lifecycle(pick)
    assert from_api(json.loads(as_json(lifecycle), object_hook=with_times)) == normal(lifecycle)


@pytest.mark.parametrize("text", HOSTILE)
def test_the_json_keeps_every_text_and_shows_what_cannot_be_seen(text: str) -> None:
    written = as_json(named(text))
    rules = json.loads(written)["Rules"]
    assert rules[0]["ID"] == text
    assert rules[0]["Filter"]["And"] == {
        "Prefix": text,
        "ObjectSizeGreaterThan": 1,
        "ObjectSizeLessThan": 9,
        "Tags": [{"Key": text, "Value": text}, {"Key": "b", "Value": "c"}],
    }
    assert rules[2]["Prefix"] == text
    assert written.replace("\n", "").isprintable()


@pytest.mark.parametrize("text", HOSTILE)
def test_a_shell_takes_the_command_apart_as_it_was_meant(text: str) -> None:
    command = as_command(named(text), "logs-2024")
    words = shlex.split(command.replace("\\\n", ""))
    assert words[:7] == [
        "aws",
        "s3api",
        "put-bucket-lifecycle-configuration",
        "--bucket",
        "logs-2024",
        "--transition-default-minimum-object-size",
        "all_storage_classes_128K",
    ]
    assert words[7] == "--lifecycle-configuration"
    assert json.loads(words[8]) == as_api(named(text))
    assert len(words) == 9
    assert command.replace("\n", "").isprintable()


@pytest.mark.parametrize("bucket", ["file:///etc/passwd", "-x", "a b", "a;id", "", "a" * 300, "x$(id)", "é-bucket"])
def test_what_is_no_bucket_name_gets_into_no_command(bucket: str) -> None:
    assert "--bucket BUCKET " in as_command(named("x"), bucket)
    assert re.search(r'^  bucket += "BUCKET"$', as_terraform(named("x"), bucket), re.MULTILINE)


def strings(terraform: str) -> list[str]:
    """The strings of a Terraform text, decoded by the language's rules. Fails where one would hold a template."""
    found = []
    for raw in re.findall(r'"((?:[^"\\]|\\.)*)"', terraform):
        assert "${" not in raw
        assert "%{" not in raw
        plain = re.sub(r"\\U([0-9a-f]{8})|\\u([0-9a-f]{4})|\\(.)", unescaped, raw)
        found.append(plain)
    return found


def unescaped(match: re.Match[str]) -> str:
    number = match.group(1) or match.group(2)
    return chr(int(number, 16)) if number else match.group(3)


@pytest.mark.parametrize("text", HOSTILE)
def test_terraform_holds_no_template_and_every_text(text: str) -> None:
    written = as_terraform(named(text), "logs-2024")
    assert strings(written).count(text) == 8
    assert written.replace("\n", "").isprintable()
    bare = re.sub(r'"(?:[^"\\]|\\.)*"', "", written)
    assert bare.count("{") == bare.count("}")


def test_terraform_reads_as_people_write_it() -> None:
    lifecycle = Lifecycle(
        (
            LifecycleRule(
                id="down", enabled=True, transitions=(Transition("GLACIER_IR", days=30),), expiration=Expiration(days=365)
            ),
        ),
        "all_storage_classes_128K",
    )
    assert (
        as_terraform(lifecycle, "logs")
        == """\
resource "aws_s3_bucket_lifecycle_configuration" "this" {
  bucket                                 = "logs"
  transition_default_minimum_object_size = "all_storage_classes_128K"

  rule {
    id     = "down"
    status = "Enabled"
    filter {
      prefix = ""
    }
    transition {
      days          = 30
      storage_class = "GLACIER_IR"
    }
    expiration {
      days = 365
    }
  }
}
"""
    )


def test_arguments_are_aligned_with_those_of_one_line() -> None:
    """``terraform fmt`` leaves out what goes over several lines, and what is in it has a column of its own."""
    only = Filter(prefix="a", size_greater_than=9, tags={"k = 1": "v = {"})
    written = as_terraform(Lifecycle((LifecycleRule(id="r", enabled=True, filter=only),)), "logs")
    assert (
        """\
      and {
        prefix                   = "a"
        object_size_greater_than = 9
        tags = {
          "k = 1" = "v = {"
        }
      }
"""
        in written
    )
