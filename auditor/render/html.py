"""The HTML report: one file that needs nothing else, not even a script.

Its Content-Security-Policy allows the one style sheet and the one script that are in it, by hash, and nothing from anywhere.
"""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from markupsafe import Markup

from auditor.model.verdict import Finding
from auditor.render import evidence, pages, templates
from auditor.render.format import Format
from auditor.render.view import View, count_of

LONG = 400
"""Evidence of more characters is folded."""


def render(view: View) -> bytes:
    """The report as UTF-8 HTML."""
    environment = templates.html()
    style, script = (_asset(name) for name in ("report.css", "report.js"))
    page = environment.get_template("report.html.j2").render(
        view=view,
        style=style,
        script=script,
        style_hash=_hash(style),
        script_hash=_hash(script),
        count_of=count_of,
        policy=view.policy,
        markdown=pages.page,
        inline=pages.inline,
        opening=pages.opening,
        evidence=_evidence,
        place=evidence.place,
        taken_at=f"{view.scope.taken_at:%Y-%m-%d %H:%M} UTC",
        taken_day=f"{view.scope.taken_at:%Y-%m-%d}",
    )
    return page.encode()


def _evidence(finding: Finding) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What is shown beside the sentence, and what is folded away because it is long."""
    short: list[tuple[str, str]] = []
    long: list[tuple[str, str]] = []
    for name, value in evidence.pairs(finding.evidence):
        (long if len(value) > LONG else short).append((name, value))
    return short, long


def _asset(name: str) -> Markup:
    return Markup(files(templates.PACKAGE).joinpath(name).read_text("utf-8"))  # noqa: S704  our own file


def _hash(text: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


FORMAT = Format(name="html", file="report.html", render=render)
