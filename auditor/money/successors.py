"""Which instance type takes the place of an older one.

Source: the ``superseded`` table of Flexera's policy_templates (MIT), as of 2026-08-17, by family; types whose size the newer family
does not have are left out.
"""

from __future__ import annotations

from collections.abc import Mapping

FAMILIES: Mapping[str, str] = {
    "a1": "c6g",
    "c1": "c5",
    "c3": "c5",
    "c4": "c5",
    "c5": "c6i",
    "c5a": "c6i",
    "c5ad": "c6id",
    "c5d": "c6id",
    "c5n": "c6i",
    "d2": "d3",
    "i2": "i3",
    "m1": "m5",
    "m3": "m5",
    "m4": "m5",
    "m5": "m6i",
    "m5a": "m6i",
    "m5ad": "m6id",
    "m5d": "m6id",
    "m5dn": "m6id",
    "m5n": "m6i",
    "r3": "r4",
    "r4": "r5",
    "r5": "r6i",
    "r5a": "r6i",
    "r5ad": "r6id",
    "r5b": "r6i",
    "r5d": "r6id",
    "r5dn": "r6id",
    "r5n": "r6i",
    "t1": "t2",
    "t2": "t3",
    "x1": "x2idn",
    "x1e": "x2iedn",
}
_NO_SUCH_SIZE = frozenset(
    (
        "a1.metal",
        "c1.medium",
        "c3.8xlarge",
        "c4.8xlarge",
        "c5.18xlarge",
        "c5.9xlarge",
        "c5d.18xlarge",
        "c5d.9xlarge",
        "c5n.18xlarge",
        "c5n.9xlarge",
        "m1.medium",
        "m1.small",
        "m3.medium",
        "m4.10xlarge",
    )
)


def successor(type: str) -> str | None:
    """The type of the same size in the family that takes its place; ``None``: none is known."""
    family, _, size = type.partition(".")
    newer = FAMILIES.get(family)
    return f"{newer}.{size}" if newer and size and type not in _NO_SUCH_SIZE else None
