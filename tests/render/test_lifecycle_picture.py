"""The life of an object, drawn: inert, readable without it, and the same as the text."""

from __future__ import annotations

from xml.etree import ElementTree

import msgspec
from markupsafe import Markup

from auditor.lifecycle.report import Example, Happening, Life
from auditor.model.verdict import Evidence
from auditor.render.lifecycle_picture import NAME, WIDTH, of_evidence, picture
from auditor.render.lifecycle_rows import rows
from tests.render.synthetic import HOSTILE


def life(key: str = "logs/example", rule: str = "tier", noncurrent: int | None = None) -> Life:
    return Life(
        object=Example(
            key=key,
            size=2**20,
            tags={key: rule},
            storage_class="STANDARD",
            versioning="Enabled",
            noncurrent_day=noncurrent,
        ),
        events=(
            Happening(day=30, date="2026-12-31", action="transition", storage_class="GLACIER", rules=(rule,)),
            Happening(day=120, date="2027-03-31", action="delete", storage_class=None, rules=(rule, rule)),
        ),
    )


def parsed(drawn: Markup) -> ElementTree.Element:
    return ElementTree.fromstring(str(drawn))


def test_a_row_for_each_state_and_a_bar_for_each_stay() -> None:
    root = parsed(picture(life()))
    assert [one.tag for one in root] == ["figcaption", "svg"]
    texts = [one.text or "" for one in root.iter("text")]
    assert texts == [
        *("day 0", "STANDARD", "30 d", ""),
        *("day 30", "GLACIER", "90 d", "tier"),
        *("day 120", "deleted", "", "tier, tier"),
    ]
    bars = [(float(one.attrib["x"]), float(one.attrib["width"])) for one in root.iter("rect")]
    assert len(bars) == 2
    assert bars[0][0] + bars[0][1] == bars[1][0]
    assert 2.5 < bars[1][1] / bars[0][1] < 3.5
    assert all(start > 0 and start + width <= WIDTH for start, width in bars)
    assert root[1].attrib["aria-label"] == "day 0: STANDARD; day 30: GLACIER; day 120: deleted"


def test_what_lasts_for_ever_is_outlined() -> None:
    kept = msgspec.structs.replace(life(), events=life().events[:1])
    assert [one.attrib["class"] for one in parsed(picture(kept)).iter("rect")] == ["stay", "ever"]
    assert [row.lasting for row in rows(kept)] == ["30 d", "for ever"]
    nothing = msgspec.structs.replace(life(), events=())
    assert [one.attrib["class"] for one in parsed(picture(nothing)).iter("rect")] == ["ever"]


def test_versions_become_noncurrent() -> None:
    assert [row.what for row in rows(life(noncurrent=10))] == ["STANDARD", "noncurrent", "GLACIER", "deleted"]


def test_the_marker_that_is_left_is_told() -> None:
    gone = Happening(day=400, date="2028-01-01", action="remove-marker", storage_class=None, rules=("tidy",))
    marked = msgspec.structs.replace(life(), events=(*life().events, gone))
    assert [(row.what, row.lasting) for row in rows(marked)][-2:] == [("marker alone", "280 d"), ("marker removed", "")]


def test_hostile_names_are_inert() -> None:
    for text in (
        *HOSTILE.values(),
        "</svg><script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7 * 7 }}",
        "{0}",
        "\u202e\x1b[2J\ud800",
    ):
        drawn = picture(life(text, text))
        root = parsed(Markup(str(drawn).encode("utf-8", "replace").decode()))
        assert {one.tag for one in root.iter()} <= {"figure", "figcaption", "svg", "text", "rect", "span"}
        assert not any(name.startswith("on") or name in ("style", "href", "src") for one in root.iter() for name in one.attrib)
        assert not {"\x1b", "\u202e"} & set(str(drawn))


def test_only_what_is_a_life_is_drawn() -> None:
    evidence: dict[str, Evidence] = {"days": 3, NAME: msgspec.to_builtins(life())}
    assert of_evidence(evidence) == picture(life())
    assert of_evidence({}) is None
    assert of_evidence({NAME: "short"}) is None
    assert of_evidence({NAME: {"object": 1}}) is None
