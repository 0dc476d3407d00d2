"""The limits of Security Hub's finding format, as data, and the one function that makes a finding keep them."""

from __future__ import annotations

import enum
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from typing import TypeAlias, TypeVar, Union

import msgspec

T = TypeVar("T")
Value: TypeAlias = Union[str, int, list["Value"], dict[str, "Value"]]
Json: TypeAlias = dict[str, Value]

ELLIPSIS = "…"
BLANK = "(blank)"
"""Stands for text of nothing but spaces: the API takes none of that (pattern ``.*\\S.*``)."""
CUT = "awsaudit/cut"
"""The product field that names what lists and maps had too much of."""
FINDING_BYTES = 240_000
BATCH_BYTES = 6_000_000
"""*Guidelines for using the BatchImportFindings API*: up to 240 KB a finding and 6 MB a batch; the smaller reading of KB and MB."""
BATCH_FINDINGS = 100
"""``BatchImportFindings`` in the Security Hub API reference."""


class Source(enum.Enum):
    """Where a limit is written."""

    API = "Security Hub API reference: AwsSecurityFinding and the types in it"
    GUIDE = "Security Hub user guide: ASFF attributes"
    SERVICE = "not documented: what other tools saw the service refuse, or keep to"
    OURS = "not documented: ours, so that no text is without a limit"


class Limit(msgspec.Struct, frozen=True):
    """The most characters of text, or the most entries of a list or a map."""

    most: int
    source: Source


LIMITS: Mapping[str, Limit] = {
    "Id": Limit(512, Source.API),
    "ProductArn": Limit(2048, Source.API),
    "ProductName": Limit(128, Source.API),
    "CompanyName": Limit(128, Source.API),
    "GeneratorId": Limit(512, Source.API),
    "AwsAccountId": Limit(12, Source.API),
    "Title": Limit(256, Source.API),
    "Description": Limit(1024, Source.API),
    "FindingProviderFields.Severity.Original": Limit(64, Source.API),
    "FindingProviderFields.Types": Limit(50, Source.API),
    "Remediation.Recommendation.Text": Limit(512, Source.API),
    "ProductFields": Limit(50, Source.API),
    "ProductFields.{}": Limit(128, Source.API),
    "ProductFields.*": Limit(2048, Source.API),
    "Resources": Limit(32, Source.API),
    "Resources[].Id": Limit(512, Source.GUIDE),
    "Resources[].Type": Limit(256, Source.API),
    "Resources[].Region": Limit(16, Source.API),
    "Resources[].Details.Other": Limit(50, Source.GUIDE),
    "Resources[].Details.Other.{}": Limit(127, Source.GUIDE),
    "Resources[].Details.Other.*": Limit(1023, Source.GUIDE),
    "Compliance.RelatedRequirements": Limit(32, Source.API),
    "Compliance.RelatedRequirements[]": Limit(64, Source.SERVICE),
    "Compliance.StatusReasons": Limit(20, Source.OURS),
    "Compliance.StatusReasons[].ReasonCode": Limit(64, Source.OURS),
    "Compliance.StatusReasons[].Description": Limit(512, Source.OURS),
    "Note.Text": Limit(512, Source.API),
    "Note.UpdatedBy": Limit(512, Source.GUIDE),
}
"""By path: ``[]`` is each item of a list, ``.{}`` each key of a map and ``.*`` each of its values. What is not here is a constant of ours,
such as an enumeration or a time."""

_NOT_IN_KEYS = re.compile(r"[^\w\s./=+\\@-]", re.ASCII)
"""ASFF attributes, ``ProductFields``: names are letters, digits, white space and these."""
_FAR = 16
"""How far back a cut looks for the beginning of what a reader sees as one character."""


def fit(finding: Json) -> Json:
    """The finding within every limit. Text that is cut ends in an ellipsis; lists and maps that are cut are named in a product field.

    A finding that is too large as a whole loses product fields, the last first: without them nothing of ours is that large.
    """
    cut: list[str] = []
    fitted: Json = {name: _fit(value, name, cut) for name, value in finding.items()}
    fields = fitted.get("ProductFields")
    if not isinstance(fields, dict):
        return fitted
    while True:
        note: Json = {CUT: shortened(", ".join(sorted(set(cut))), LIMITS["ProductFields.*"].most)} if cut else {}
        made: Json = {**fitted, "ProductFields": {**fields, **note}}
        if len(fields) + len(note) <= LIMITS["ProductFields"].most and size(made) <= FINDING_BYTES:
            return made
        fields.popitem()
        cut.append("ProductFields")


def shortened(text: str, most: int, mark: str = ELLIPSIS) -> str:
    """The text, or its beginning and a mark: at most so many characters, counted as UTF-16 units.

    AWS says characters without saying which: code points are never more. A character is not cut in two, nor parted from the accents
    and joiners that follow it.
    """
    if not text.strip().strip("\ufeff"):
        text = BLANK
    if units(text) <= most:
        return text
    room = most - units(mark)
    end = 0
    for character in text:
        room -= units(character)
        if room < 0:
            break
        end += 1
    back = end
    while back and end - back < _FAR and _continues(text, back):
        back -= 1
    return text[: back if back and not _continues(text, back) else end] + mark


def units(text: str) -> int:
    """How long the text is in UTF-16 units."""
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def size(finding: Json) -> int:
    """Bytes in the request, where botocore writes JSON in ASCII."""
    return len(json.dumps(finding))


def batches(findings: Iterable[tuple[str, Json]]) -> Iterator[list[Json]]:
    """Batches that one request takes. Each finding comes with the region it goes to; a request goes to one region only."""
    open_: dict[str, tuple[list[Json], int]] = {}
    for region, finding in findings:
        batch, taken = open_.get(region, ([], len('{"Findings": []}')))
        more = size(finding) + len(", ")
        if batch and (len(batch) == BATCH_FINDINGS or taken + more > BATCH_BYTES):
            yield batch
            batch, taken = [], len('{"Findings": []}')
        batch.append(finding)
        open_[region] = (batch, taken + more)
    for _, (batch, _) in sorted(open_.items()):
        yield batch


def _fit(value: Value, path: str, cut: list[str]) -> Value:
    if isinstance(value, str):
        return shortened(value, LIMITS[path].most) if path in LIMITS else value
    if isinstance(value, list):
        return _first([_fit(item, f"{path}[]", cut) for item in value], path, cut)
    if isinstance(value, dict) and f"{path}.*" in LIMITS:
        return dict(_first(_pairs(value, path, cut), path, cut))
    if isinstance(value, dict):
        return {name: _fit(item, f"{path}.{name}", cut) for name, item in value.items()}
    return value


def _pairs(value: Json, path: str, cut: list[str]) -> list[tuple[str, Value]]:
    found: Json = {}
    for key, item in value.items():
        short = shortened(_NOT_IN_KEYS.sub("_", key), LIMITS[f"{path}.{{}}"].most, "...")
        if short in found:
            cut.append(path)
        else:
            found[short] = _fit(item, f"{path}.*", cut)
    return list(found.items())


def _first(items: list[T], path: str, cut: list[str]) -> list[T]:
    if path not in LIMITS or len(items) <= LIMITS[path].most:
        return items
    cut.append(path)
    return items[: LIMITS[path].most]


def _continues(text: str, at: int) -> bool:
    """What stands there belongs to the character before it."""
    if at >= len(text):
        return False
    here = text[at]
    return (
        unicodedata.category(here) in ("Mn", "Mc", "Me")
        or "\u200d" in (here, text[at - 1])
        or "\u1160" <= here <= "\u11ff"
        or "\U0001f3fb" <= here <= "\U0001f3ff"
    )
