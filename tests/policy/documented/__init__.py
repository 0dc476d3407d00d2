"""What AWS's documents say a request gets, as rows: id, source, request line, expected answer.

Written from the documents alone, by a hand that did not write the evaluator. A row stays as it is unless the documents change; what
they leave open has no row.
"""

from __future__ import annotations

from tests.policy.documented import (
    accounts,
    cases,
    elements,
    malformed,
    operators,
    organizations,
    principals,
    services,
    sets,
    variables,
)
from tests.policy.documented.row import Row

MODULES = (operators, sets, variables, elements, principals, accounts, organizations, services, cases, malformed)

ROWS: tuple[Row, ...] = tuple(row for module in MODULES for row in module.ROWS)
