"""The HTML report in Chromium: as people see it, on paper, without a script, and under attack."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any
from unicodedata import normalize

import axe_playwright_python
import msgspec
import pytest
from playwright.sync_api import Browser, Dialog, Page, ViewportSize, expect
from pypdf import PdfReader

from auditor.render import html
from auditor.render.view import View
from tests.render.synthetic import HOSTILE

AXE = Path(axe_playwright_python.__file__).parent / "axe.min.js"
WIDE: ViewportSize = {"width": 1440, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
KOREAN = "iam-user-inline-policy"
"""Of what fails it, one has a Korean name."""
A4: ViewportSize = {"width": 688, "height": 1000}
"""As wide as the print of a page."""
OPEN_ALL = "document.querySelectorAll('details').forEach(one => { one.open = true })"
OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


def show(browser: Browser, file: Path, **context: Any) -> tuple[Page, list[str]]:
    """The page, and what the browser complained about or asked of the network."""
    page = browser.new_context(**context).new_page()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))

    def refuse(dialog: Dialog) -> None:
        complaints.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", refuse)
    page.on("request", lambda request: complaints.append(request.url) if request.url != file.as_uri() else None)
    page.goto(file.as_uri())
    return page, complaints


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", ["small_page", "hostile_page"])
def test_nothing_sticks_out_and_nothing_runs(
    browser: Browser, name: str, size: ViewportSize, request: pytest.FixtureRequest
) -> None:
    file: Path = request.getfixturevalue(name)
    page, complaints = show(browser, file, viewport=size)
    title = page.title()
    assert page.evaluate(OVERFLOW) == 0
    page.evaluate(OPEN_ALL)
    assert page.evaluate(OVERFLOW) == 0
    assert page.title() == title
    assert title.startswith("Account 123456789012")
    assert complaints == []
    page.context.close()


def test_the_first_screen_says_all_three(browser: Browser, small_page: Path) -> None:
    page, _ = show(browser, small_page, viewport=WIDE)
    for text in ("Incomplete.", "What to do first", "What we could not see", "The policy to allow them"):
        box = page.get_by_text(text).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= WIDE["height"], text
    page.set_viewport_size(PHONE)
    for text in ("Incomplete.", "What would resolve it", "What to do first"):
        box = page.get_by_text(text).first.bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= PHONE["height"], text
    page.context.close()


def test_it_reads_without_a_script(browser: Browser, small_page: Path, small: View) -> None:
    page, complaints = show(browser, small_page, viewport=WIDE, java_script_enabled=False)
    assert page.locator("#filter").is_hidden()
    cause = page.locator("details.cause").first
    assert cause.get_by_role("heading", name=small.causes[0].rule.title).is_visible()
    row = cause.locator("tbody tr").first
    assert not row.is_visible()
    cause.locator("summary").click()
    assert row.is_visible()
    assert small.causes[0].findings[0].because in row.inner_text()
    assert complaints == []
    page.context.close()


def test_it_reads_on_paper(browser: Browser, small: View, tmp_path: Path) -> None:
    causes = [one for one in small.causes if len(one.findings) < 4][:12]
    few = msgspec.structs.replace(small, causes=(*causes, *(one for one in small.causes if one.rule.id == KOREAN)))
    (tmp_path / "few.html").write_bytes(html.render(few))
    page, _ = show(browser, tmp_path / "few.html", viewport=A4, color_scheme="dark")
    closed = page.locator("details.cause tbody tr").first
    assert not closed.is_visible()
    rules = page.locator("section[aria-labelledby=rules] tbody tr")
    assert rules.locator("visible=true").count() == len(small.tallies)
    page.emulate_media(media="print", color_scheme="dark")
    assert closed.is_visible()
    assert page.locator("#filter").is_hidden()
    assert page.locator("body").evaluate("node => getComputedStyle(node).backgroundColor") == "rgb(255, 255, 255)"
    # Only what is to be told, and the parts of a rule's page side by side.
    telling = [rule for rule, tally in small.tallies if not tally.quiet]
    assert 0 < len(telling) < len(small.tallies)
    assert rules.locator("visible=true").count() == len(telling)
    assert page.get_by_text("left out on paper").is_visible()
    assert page.locator(".operations").is_hidden()
    why, how = (page.locator(f".cause .page > {part}").first.bounding_box() for part in ("div:first-child", ".how"))
    assert why is not None
    assert how is not None
    assert why["y"] == how["y"]
    assert why["x"] + why["width"] < how["x"]
    pages = PdfReader(io.BytesIO(page.pdf(format="A4", prefer_css_page_size=True))).pages
    texts = ["".join(normalize("NFKC", one.extract_text()).split()) for one in pages]  # without ligatures
    for cause in few.causes:
        assert any("".join(cause.rule.title.split()) in text for text in texts)
    first, last = (
        next(number for number, text in enumerate(texts) if mark in text) for mark in ("Findingsbycause", "Whatwouldletuslook")
    )
    assert last - first <= 0.7 * len(few.causes), "more than one of them on a page"
    titles = ["".join(cause.rule.title.split()) for cause in few.causes]
    for text in texts[first + 1 : last]:
        assert all("Whyitmatters" in text[text.index(title) :] for title in titles if title in text), "no title stands alone"
    assert any("로그-읽기" in text for text in texts)
    page.context.close()


def test_how_frameworks_stand_has_room_on_paper_and_labels_on_a_phone(browser: Browser, small_page: Path, small: View) -> None:
    page, _ = show(browser, small_page, viewport=A4)
    page.emulate_media(media="print")
    names = page.locator("table.standings tbody th")
    assert names.count() == len(small.frameworks)
    assert all(box["width"] > 150 for box in (one.bounding_box() for one in names.all()) if box)
    page.emulate_media(media="screen")
    page.set_viewport_size(PHONE)
    assert page.locator("table.standings thead").is_hidden()
    labels = (
        page.locator("table.standings tbody tr")
        .first.locator("td")
        .evaluate_all("cells => cells.map(cell => getComputedStyle(cell, '::before').content)")
    )
    assert labels == [f'"{name}"' for name in ("Controls", "Pass", "Attested", "Excepted", "Fail", "Unknown", "Not assessed")]
    assert page.evaluate(OVERFLOW) == 0
    page.context.close()


def test_search_finds_rows_and_forgets(browser: Browser, small_page: Path, small: View) -> None:
    page, complaints = show(browser, small_page, viewport=WIDE)
    wanted = small.causes[-1].findings[-1]
    page.locator("#words").fill(wanted.resource)
    expect(page.locator("#shown")).not_to_have_text("")
    assert page.locator("#findings ~ details.cause tbody tr").locator("visible=true").count() >= 1
    shown = page.locator("#findings ~ details.cause tbody tr").locator("visible=true").all_inner_texts()
    assert all(wanted.resource in text for text in shown)
    page.locator("#words").fill("there is no such thing")
    page.wait_for_selector("#nothing:visible")
    page.locator("#words").fill("")
    expect(page.locator("#shown")).to_have_text("")
    assert page.locator("#findings ~ details.cause").locator("visible=true").count() == len(small.causes)
    page.locator("[data-by=pillar]").select_option("cost")
    pillars = {cause.rule.pillar.value for cause in small.causes}
    assert page.locator("#findings ~ details.cause[data-pillar=security]").locator("visible=true").count() == 0
    assert "cost" in pillars
    assert complaints == []
    page.context.close()


def test_a_link_to_a_cause_opens_it(browser: Browser, small_page: Path) -> None:
    page, _ = show(browser, small_page, viewport=WIDE)
    page.locator("ol.first a").first.click()
    page.wait_for_selector("details.cause[open]")
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide light", "phone dark"])
def test_axe_finds_nothing(browser: Browser, small_page: Path, size: ViewportSize, scheme: str) -> None:
    page, _ = show(browser, small_page, viewport=size, color_scheme=scheme, bypass_csp=True)
    # All of it would be many thousand nodes: two open causes look like every other.
    page.evaluate(
        "[...document.querySelectorAll('details')].forEach((one, at, all) => { one.open = at < 2 || at > all.length - 3 })"
    )
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], [node["html"] for node in v["nodes"]][:3]) for v in result["violations"]] == []
    page.context.close()


def test_hostile_names_stand_in_the_page_as_they_are(browser: Browser, hostile_page: Path) -> None:
    page, _ = show(browser, hostile_page, viewport=WIDE)
    page.evaluate(OPEN_ALL)
    names = page.locator("#findings ~ details.cause tbody b").all_inner_texts()
    for name in ("script", "attribute", "style", "image", "jinja", "emoji", "korean", "arabic", "long"):
        assert HOSTILE[name] in names
    # A right-to-left name stays within its own cell.
    assert page.locator("b").first.evaluate("node => getComputedStyle(node).unicodeBidi") == "isolate"
    page.context.close()
