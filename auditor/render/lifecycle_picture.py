"""The life of an object under lifecycle rules, drawn: a row for each class or state, with a bar from the day on which it begins to that on
which it ends. Inline SVG without script and style attributes; its colours are those of the page, by class.
"""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
from markupsafe import Markup

from auditor.lifecycle.report import Life
from auditor.lifecycle.words import bytes_
from auditor.model.verdict import Evidence
from auditor.render.lifecycle_rows import Row, rows
from auditor.render.templates import shown
from auditor.render.visible import visible
from auditor.render.wide import cut

NAME = "life"
"""The evidence that is drawn."""
WIDTH, LINE = 450, 20
"""Units of the picture: its width, and the height of a row. A unit is a pixel where the picture has its full width."""
DAYS, WHAT, STAYS, BARS, END, BY = 54, 61, 248, 256, 356, 364
"""Where days end, what begins, lengths of stay end, bars begin and end, and rules begin."""
KEY, RULES = 60, 12
"""Columns that a key and a row's rules may take."""


def of_evidence(evidence: Mapping[str, Evidence]) -> Markup | None:
    """The picture of a finding's evidence, if it has such."""
    found = evidence.get(NAME)
    if not isinstance(found, dict):
        return None
    try:
        return picture(msgspec.convert(found, Life))
    except msgspec.ValidationError:
        return None  # another rule's evidence of this name


def picture(life: Life) -> Markup:
    """The figure, with a caption that names the object."""
    table = rows(life)
    last = max((row.day for row in table), default=0) or 1
    said = "; ".join(f"day {row.day:,}: {row.what}" for row in table)
    drawn = Markup("").join(_row(row, number, last) for number, row in enumerate(table))
    return Markup(
        '<figure class="life"><figcaption>{}</figcaption><svg viewBox="0 0 {} {}" role="img" aria-label="{}">{}</svg></figure>'
    ).format(_caption(life), WIDTH, LINE * len(table), visible(said), drawn)


def _caption(life: Life) -> Markup:
    one = life.object
    parts = [cut(visible(one.key), KEY), bytes_(one.size), *(visible(f"{key}={value}") for key, value in one.tags.items())]
    if one.noncurrent_day is not None:
        parts.append("replaced at once" if one.noncurrent_day == 0 else f"replaced on day {one.noncurrent_day}")
    return Markup(", ").join(Markup("{}").format(shown(part)) for part in parts)


def _row(row: Row, number: int, last: int) -> Markup:
    middle = number * LINE + LINE // 2
    text = middle + 4
    by = cut(visible(", ".join(row.rules)), RULES)
    return Markup(
        '<text x="{}" y="{}" text-anchor="end" class="quiet">day {:,}</text><text x="{}" y="{}">{}</text>'
        '<text x="{}" y="{}" text-anchor="end" class="quiet">{}</text>{}<text x="{}" y="{}" class="quiet">{}</text>'
    ).format(DAYS, text, row.day, WHAT, text, visible(row.what), STAYS, text, row.lasting, _bar(row, middle, last), BY, text, by)


def _bar(row: Row, middle: int, last: int) -> Markup:
    """From the day on which it begins, as long as it lasts; what lasts for ever is only outlined, to the end."""
    if row.gone:
        return Markup("")
    start = BARS + round((END - BARS) * row.day / last * 0.9)
    end = END if row.stay is None else BARS + round((END - BARS) * (row.day + row.stay) / last * 0.9)
    kind = "ever" if row.stay is None else "stay"
    return Markup('<rect x="{}" y="{}" width="{}" height="8" class="{}"/>').format(start, middle - 4, max(end - start, 1), kind)
