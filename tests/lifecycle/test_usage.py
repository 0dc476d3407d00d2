"""What is known of a bucket: objects by class where somebody counted them, else each class's part of all."""

import pytest

from auditor.lifecycle.subject import Usage

MIXED = {"STANDARD": 300, "STANDARD_IA": 100}


@pytest.mark.parametrize(
    ("usage", "standard", "rare", "total", "shared"),
    [
        (Usage(bytes=MIXED, objects=10), 8, 3, 10, True),
        (Usage(bytes=MIXED, counts={"STANDARD": 7, "STANDARD_IA": 2}), 7, 2, 9, False),
        (Usage(bytes=MIXED, objects=10, counts={"STANDARD_IA": 4}), 6, 4, 10, False),
        (Usage(bytes=MIXED, objects=4, counts={"STANDARD_IA": 4}), 1, 4, 4, False),
        (Usage(bytes=MIXED, counts={"STANDARD_IA": 4}), None, 4, None, False),
        (Usage(bytes=MIXED), None, None, None, True),
        (Usage(bytes=MIXED, objects=0), None, None, 0, True),
        (Usage(bytes={"STANDARD": 5}, objects=3), 3, 0, 3, False),
        (Usage(bytes={}), 0, 0, None, False),
        (Usage(bytes={}, counts={"STANDARD": 0}), 0, 0, 0, False),
    ],
)
def test_what_is_counted(usage: Usage, standard: int | None, rare: int | None, total: int | None, shared: bool) -> None:
    assert usage.count("STANDARD") == standard
    assert usage.count("STANDARD_IA") == rare
    assert usage.total == total
    assert usage.shared is shared
