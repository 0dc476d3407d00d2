"""Figures in sentences and in evidence, as people read them: with their digits grouped, but where a number is a name."""

from __future__ import annotations

from auditor.engine.rule import flag
from auditor.render.evidence import pairs


def test_a_sentence_groups_the_digits_of_its_evidence() -> None:
    made = flag(
        "{size} GB in {count} objects on port {port:d}, {public}, {share:.1f} %",
        size=25095.4,
        count=12345,
        port=3389,
        public=True,
        share=0.25,
    )
    assert made.because == "25,095.4 GB in 12,345 objects on port 3389, True, 0.2 %"
    assert made.evidence == {"size": 25095.4, "count": 12345, "port": 3389, "public": True, "share": 0.25}


def test_evidence_groups_digits_but_those_of_names_and_lists() -> None:
    made = flag("한글 버킷", size=25095.4, port=3389, ports=[22, 3389], public=False, name="1234")
    assert pairs(made.evidence) == (
        ("size", "25,095.4"),
        ("port", "3389"),
        ("ports", "22, 3389"),
        ("public", "false"),
        ("name", "1234"),
    )
