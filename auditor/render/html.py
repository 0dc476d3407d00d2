"""The HTML report: one file that needs nothing else, not even a script.

Its Content-Security-Policy allows the one style sheet and the one script that are in it, by hash, and nothing from anywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from auditor.model.verdict import Evidence
from auditor.render import compliance, evidence, lifecycle_picture, pages, templates
from auditor.render.format import File, Format
from auditor.render.standing import share
from auditor.render.view import View, count_of


def render(view: View) -> bytes:
    """The report as UTF-8 HTML."""
    environment = templates.html()
    style, script = (templates.asset(name) for name in ("report.css", "report.js"))
    page = environment.get_template("report.html.j2").render(
        view=view,
        style=style,
        script=script,
        style_hash=templates.digest(style),
        script_hash=templates.digest(script),
        count_of=count_of,
        share=share,
        compliance_file=compliance.file_name,
        policy=templates.lines(view.policy),
        markdown=pages.page,
        inline=pages.inline,
        opening=pages.opening,
        evidence=written,
        picture=lifecycle_picture.of_evidence,
        place=evidence.place,
        taken_at=f"{view.scope.taken_at:%Y-%m-%d %H:%M} UTC",
        taken_day=f"{view.scope.taken_at:%Y-%m-%d}",
    )
    return page.encode()


def written(of: Mapping[str, Evidence]) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """:func:`evidence.folded` of all evidence that is not drawn."""
    return evidence.folded({name: value for name, value in of.items() if name != lifecycle_picture.NAME})


def files_of(view: View) -> Iterator[File]:
    """The report, and a page for each framework."""
    yield File("report.html", (render(view),))
    for framework in view.frameworks:
        yield File(compliance.file_name(framework.framework, view.language), (compliance.render(view, framework),))


FORMAT = Format(name="html", about="pages for people, a page for each framework", files=files_of)
