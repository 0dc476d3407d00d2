"""The compliance report of a framework: what it says, in English and Korean, on a screen and on paper, and under attack."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from functools import cache
from html import unescape
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest
from playwright.sync_api import Browser
from pypdf import PdfReader

from auditor.engine import frameworks
from auditor.engine.controls import State, assess
from auditor.engine.frameworks import Assess, Control, Framework
from auditor.render import compliance
from auditor.render.language import language
from auditor.render.standing import Judged
from auditor.render.view import View, build
from tests.render import audited
from tests.render.synthetic import HOSTILE, RULES, snapshot
from tests.render.test_browser import A4, AXE, OPEN_ALL, OVERFLOW, PHONE, WIDE, show
from tests.render.test_formats import Text

LANGUAGES = ("en", "ko")
HASHES = """
import hashlib
from auditor.render import compliance
from tests.render import audited
for code in ("en", "ko"):
    view = audited.view(code)
    print(hashlib.sha256(compliance.render(view, view.frameworks[0])).hexdigest())
"""


def page_of(view: View) -> str:
    return compliance.render(view, view.frameworks[0]).decode()


@cache
def words(html: str) -> str:
    """The text of the page, or of a part of it, with single spaces."""
    parser = Text()
    parser.feed(re.sub("<style>.*</style>", "", html, flags=re.DOTALL))
    return " ".join(parser.text.split())


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The page by language, and a hostile one, as files."""
    folder = tmp_path_factory.mktemp("compliance")
    views = {code: audited.view(code) for code in LANGUAGES} | {"hostile": audited.view("ko", hostile=True)}
    files = {name: folder / f"{name}.html" for name in views}
    for name, view in views.items():
        files[name].write_bytes(compliance.render(view, view.frameworks[0]))
    return files


@pytest.fixture(scope="module")
def english(pages: dict[str, Path]) -> str:
    return pages["en"].read_text("utf-8")


@pytest.fixture(scope="module")
def korean(pages: dict[str, Path]) -> str:
    return pages["ko"].read_text("utf-8")


def article(html: str, control: str) -> str:
    """What the page says of one control."""
    found = re.search(rf'<article class="control" id="c-{re.escape(control)}".*?</article>', html, re.DOTALL)
    assert found is not None
    return words(found.group())


def test_the_sample_has_every_state() -> None:
    (framework,) = audited.view().frameworks
    assert {control.state for control in framework.controls} == set(State)
    assert any(control.in_part for control in framework.controls)


def test_names_of_files() -> None:
    assert compliance.file_name(audited.FRAMEWORK, "en") == "compliance-sample-1.0.html"
    assert compliance.file_name(audited.FRAMEWORK, "ko") == "compliance-sample-1.0.ko.html"


def test_same_input_same_bytes_whatever_the_machine() -> None:
    root = str(Path(__file__).parents[2])

    def run(zone: str, locale: str, seed: str) -> str:
        environment = {**os.environ, "TZ": zone, "LC_ALL": locale, "LANGUAGE": locale, "PYTHONHASHSEED": seed, "PYTHONPATH": root}
        command = [sys.executable, "-W", "error", "-c", HASHES]
        return subprocess.run(command, env=environment, cwd="/", capture_output=True, text=True, check=True).stdout

    assert run("Asia/Seoul", "C.UTF-8", "1") == run("America/St_Johns", "ko_KR.UTF-8", "2")


def test_figures_have_their_denominators(english: str, korean: str) -> None:
    assert "4 of 6 decided controls are met (66%); 6 of 10 controls are decided (60%)." in words(english)
    assert "판정한 통제 항목 6개 중 4개 충족(66%), 전체 통제 항목 10개 중 6개 판정(60%)." in words(korean)
    for html in (english, korean):
        assert len(re.findall(r"\d+%", words(html))) == 2


def test_nothing_decided_has_no_percentage_of_nothing() -> None:
    (framework,) = audited.view().frameworks
    fields = dict.fromkeys(framework.standing.__struct_fields__, 0)
    nothing = type(framework.standing)(**{**fields, "total": 3, "not_assessed": 3})
    assert compliance.standing_text(nothing, language("en")) == ("0 of 3 controls are decided (0%).",)
    one = type(framework.standing)(**{**fields, "total": 1, "passed": 1})
    assert compliance.standing_text(one, language("en")) == (
        "1 of 1 decided control is met (100%);",
        "1 of 1 control is decided (100%).",
    )


def test_it_says_why_it_is_not_complete(english: str) -> None:
    view = audited.view()
    for reason in view.incomplete:
        assert f"{(reason[0].upper() + reason[1:])}." in words(english)
    assert len(view.incomplete) == 3


@pytest.mark.parametrize(
    ("complete", "regions_unknown", "said"), [(False, False, "interrupted before its end"), (True, True, "there may be more")]
)
def test_what_the_scan_did_not_see(complete: bool, regions_unknown: bool, said: str) -> None:
    view = audited.view()
    scope = msgspec.structs.replace(view.scope, complete=complete, regions_unknown=regions_unknown)
    assert said in words(page_of(msgspec.structs.replace(view, scope=scope)))


def test_scope(english: str) -> None:
    view = audited.view()
    for text in (view.scope.account_id, view.scope.caller, view.scope.partition, *view.scope.regions, "2026-11-22 12:00 UTC"):
        assert text in words(english)
    assert "an extract" in words(english)


def test_each_control_says_what_it_rests_on(english: str) -> None:
    fails = article(english, "2.1")
    assert "231 checks fail, 1 check could not be decided." in fails
    assert "Bucket without a lifecycle rule" in fails
    assert "s3-no-tier-policy" in fails
    assert "Judged by thresholds that the configuration changed: s3-no-tier-policy: tiers = ['GLACIER']" in fails
    assert "arn:aws:s3:::training-data-0000ap-northeast-2no rule moves the objects of training-data-0000" in fails
    assert "IAM actions that would let us look: s3:GetLifecycleConfiguration" in fails
    assert "training-data-0229" in fails
    excepted = article(english, "2.2")
    assert "3 checks fail under an exception." in excepted
    assert "Answered for by data-platform, until 2027-03-31: the uploads are rewritten every day" in excepted
    assert "12 checks pass, 1 check does not apply." in article(english, "2.3")
    assert "Pass, in part" in article(english, "2.3")
    assert "Rules judge buckets only." in article(english, "2.3")
    assert "3 checks could not be decided, 1 check passes." in article(english, "2.4")
    assert "There was nothing to check." in article(english, "2.5")
    attested = article(english, "1.1")
    for text in ("Attested", "Kim, audit", "2026-07-01", "2027-06-30", "minutes of 2026-06-30, page 4"):
        assert text in attested
    assert "Only a person can say, and nobody attests it." in article(english, "1.2")
    assert "no rule decides it yet." in article(english, "1.3")
    assert "Not run: sagemaker-notebook-no-kms" in article(english, "2.7")


def test_the_appendices(english: str) -> None:
    after = english[english.index('id="exceptions"') :]
    exceptions, _, rest = after.partition('id="open"')
    assert "data-platform2027-03-31the uploads are rewritten every day3 resources; 2.2" in words(exceptions)
    open_, _, unseen = rest.partition('id="unseen"')
    assert re.findall(r'href="#c-([\d.]+)"', open_) == ["1.3", "1.2", "2.7"]
    assert "s3.GetBucketLifecycleConfiguration" in words(unseen)
    assert re.findall(r'href="#c-([\d.]+)"', unseen) == ["2.1", "2.4"]
    policy = re.search(r"<pre><code>(.*?)</code></pre>", unseen, re.DOTALL)
    assert policy is not None
    assert msgspec.json.decode(unescape(policy.group(1)))["Statement"][0]["Action"] == ["s3:GetLifecycleConfiguration"]
    assert "closed by an SCP" in words(unseen)


@pytest.mark.parametrize("code", LANGUAGES)
def test_links_lead_somewhere_and_each_control_is_there_once(pages: dict[str, Path], code: str) -> None:
    html = pages[code].read_text("utf-8")
    ids = re.findall(r' id="([^"]+)"', html)
    assert len(ids) == len(set(ids))
    assert set(re.findall(r'href="#([^"]+)"', html)) <= set(ids)
    assert [id for id in ids if id.startswith("c-")] == [f"c-{control.id}" for control in audited.FRAMEWORK.controls]


def test_korean_says_it_in_korean(korean: str, english: str) -> None:
    assert '<html lang="ko">' in korean
    assert "루트 사용자를 쓰지 않는다" in article(korean, "1.1")
    assert "부적합 231건, 판정 불가 1건." in article(korean, "2.1")
    assert "신원 및 접근 관리" in words(korean)
    # A title without a translation stays English, and what is English says so.
    assert '<span lang="en">Somebody reviews the roles</span>' in korean
    assert '<span lang="en">Bucket without a lifecycle rule' in korean
    assert "<span lang" not in english
    for text in ("Pass", "Fail", "Attested", "Not assessed", "could not be decided", "Reviewed by", "Scope"):
        assert text not in words(korean)


def test_a_large_account_gives_a_page_that_opens() -> None:
    html = page_of(audited.view(many=5_000))
    fails = article(html, "2.1")
    assert "5,001 checks fail" in fails
    assert "and 500 more" in fails
    assert "and 4,476 more, all of them in report.html" in fails
    assert html.count("<b>training-data-") == compliance.SHOWN + compliance.FOLDED
    assert len(html) < 1_500_000


@pytest.mark.parametrize("code", LANGUAGES)
def test_hostile_text_is_shown_as_text(code: str) -> None:
    html = page_of(audited.view(code, hostile=True))
    parser = Text()
    parser.feed(html)
    text = parser.text
    assert not {"script", "img"} & parser.tags
    assert not {name for name in parser.attributes if name.startswith("on") or name in ("src", "style")}
    assert html.count("<style>") == html.count("</style>") == 1
    for name in ("script", "attribute", "style", "image", "jinja", "rich", "emoji", "korean", "arabic", "long"):
        assert HOSTILE[name] in text
    assert not {"\u202e", "\u2066", "\x1b", "\x07", "\x9b", "\u2028"} & set(html)


def test_the_foot_of_a_page_cannot_leave_its_string() -> None:
    view = audited.view()
    scope = msgspec.structs.replace(view.scope, account_id='1"; } } body { display: none } </style><script>\\22\n')
    html = page_of(msgspec.structs.replace(view, scope=scope))
    foot = re.search(r'@bottom-left \{ content: "([^"]*)"; \} \} \}\n</style>', html)
    assert foot is not None
    assert re.fullmatch(r"[\w .,:-]+", foot.group(1))
    assert html.count("</style>") == 1


def test_a_section_has_its_heading_and_those_around_it() -> None:
    ids = ("1.1", "2.1.1", "2.1.2", "2.2", "9")
    controls = tuple(Control(id=id, title=f"Control {id}", assess=Assess.MANUAL) for id in ids)
    framework = msgspec.structs.replace(audited.FRAMEWORK, controls=controls)
    assessed = assess(snapshot(), {framework.id: framework}, framework, known=(), ran=(), findings=())
    html = page_of(build(snapshot(), (), {}, (), (Judged(framework=framework, controls=assessed),)))
    said = re.findall(r'<h3 class="group">(.*?)</h3>|<article class="control" id="c-(.*?)"', html)
    assert [heading or control for heading, control in said] == [
        "1 Identity and access",
        "1.1",
        "2 Storage",
        "2.1 Buckets",
        "2.1.1",
        "2.1.2",
        '2 Storage <span class="muted">(continued)</span>',
        "2.2",
        "9",
    ]


@pytest.mark.parametrize("code", LANGUAGES)
@pytest.mark.parametrize("framework", frameworks.load().values(), ids=lambda framework: framework.id)
def test_every_framework(framework: Framework, code: str) -> None:
    taken, every, known = snapshot(), frameworks.load(), tuple(RULES.values())
    assessed = assess(taken, every, framework, known=known, ran=set(RULES), findings=())
    html = page_of(build(taken, (), RULES, (), (Judged(framework=framework, controls=assessed),), code))
    assert re.findall(r'<article class="control" id="c-(.*?)"', html) == [control.id for control in framework.controls]
    assert "hidden-char" not in html.partition("</style>")[2]
    for control in framework.controls:
        assert (language(code).title(control) or control.id) in unescape(html)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
@pytest.mark.parametrize("name", [*LANGUAGES, "hostile"])
def test_nothing_sticks_out_and_nothing_runs(browser: Browser, pages: dict[str, Path], name: str, size: object) -> None:
    page, complaints = show(browser, pages[name], viewport=size)
    assert page.evaluate(OVERFLOW) == 0
    page.evaluate(OPEN_ALL)
    assert page.evaluate(OVERFLOW) == 0
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize("code", LANGUAGES)
def test_the_first_screen_says_how_it_stands(browser: Browser, pages: dict[str, Path], code: str) -> None:
    page, complaints = show(browser, pages[code], viewport=WIDE, java_script_enabled=False)
    for place in ("h1", ".figure", ".incomplete", ".scope", ".legend"):
        box = page.locator(place).bounding_box()
        assert box is not None
        assert box["y"] + box["height"] <= WIDE["height"], place
    many = page.locator("#c-2\\.1 details.found").first
    assert not many.locator("tbody tr").first.is_visible()
    many.locator("summary").first.click()
    assert many.locator("tbody tr").locator("visible=true").count() == compliance.SHOWN
    assert complaints == []
    page.context.close()


@pytest.mark.parametrize(("size", "scheme"), [(WIDE, "light"), (PHONE, "dark")], ids=["wide light", "phone dark"])
@pytest.mark.parametrize("code", LANGUAGES)
def test_axe_finds_nothing(browser: Browser, pages: dict[str, Path], code: str, size: object, scheme: str) -> None:
    page, _ = show(browser, pages[code], viewport=size, color_scheme=scheme, bypass_csp=True)
    # All rows would be many thousand nodes: those that a page shows at once look like every other.
    page.evaluate("document.querySelectorAll('details.found:not(.rest)').forEach(one => { one.open = true })")
    page.evaluate(AXE.read_text())
    result = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    assert [(v["id"], [node["html"] for node in v["nodes"]][:3]) for v in result["violations"]] == []
    page.context.close()


@pytest.mark.parametrize(
    ("code", "texts"),
    [
        ("en", ("4 of 6 decided controls", "Nobody uses the root user", "and 206 more", "Reviewed by", "Signature")),
        ("ko", ("판정한 통제 항목", "루트 사용자를", "외 206건", "검토자 확인", "서명")),
    ],
)
def test_it_reads_on_paper(browser: Browser, pages: dict[str, Path], code: str, texts: tuple[str, ...], tmp_path: Path) -> None:
    page, _ = show(browser, pages[code], viewport=WIDE)
    file = tmp_path / "printed.pdf"
    page.pdf(path=file, prefer_css_page_size=True)
    page.context.close()
    # A space between two fonts is lost on the way back from paper to text.
    printed = ["".join(one.extract_text().split()) for one in PdfReader(file).pages]
    for text in texts:
        assert "".join(text.split()) in "".join(printed), text
    # The rows that are folded on a screen stay off paper, each page says what it is of, and a table's head stands on every page.
    assert "training-data-0024" in "".join(printed)
    assert "training-data-0025" not in "".join(printed)
    for number, text in enumerate(printed, start=1):
        assert f"{number}/{len(printed)}" in text
        assert "123456789012" in text
    head = "".join(language(code).text("What was seen").split())
    assert all(head in text for text in printed if "training-data-00" in text)
    assert [float(side) for side in PdfReader(file).pages[0].mediabox[2:]] == pytest.approx([595, 842], abs=1.5)


def test_a_control_stays_with_its_findings_on_paper(browser: Browser, pages: dict[str, Path], tmp_path: Path) -> None:
    page, _ = show(browser, pages["en"], viewport=WIDE, bypass_csp=True)
    file = tmp_path / "printed.pdf"
    # One control alone, which is moved over the end of the first sheet.
    others = "main > section:not([aria-labelledby=controls]), .control:not([id='c-2.2']), h3.group"
    page.add_style_tag(content=f"{others} {{ display: none }} #controls {{ padding-top: var(--down) }}")
    ends: set[bool] = set()
    for down in range(520, 780, 20):
        page.evaluate(f"document.documentElement.style.setProperty('--down', '{down}px')")
        page.pdf(path=file, prefer_css_page_size=True)
        printed = [one.extract_text() for one in PdfReader(file).pages]
        first = printed[0]
        ends.add("Uploads do not stay half done" in first)
        assert ("Uploads do not stay half done" in first) == ("inbox-0" in first), down
    assert ends == {True, False}
    page.context.close()


@pytest.mark.parametrize("code", LANGUAGES)
def test_heads_of_figures_do_not_touch_on_paper(browser: Browser, pages: dict[str, Path], code: str) -> None:
    page, _ = show(browser, pages[code], viewport=A4)
    page.emulate_media(media="print")
    edges = page.locator(".matrix thead th.num").evaluate_all(
        """heads => heads.map(head => {
            const text = document.createRange()
            text.selectNodeContents(head)
            const box = text.getBoundingClientRect()
            return [box.left, box.right]
        })"""
    )
    assert len(edges) == 4
    assert all(after[0] - before[1] >= 4 for before, after in pairwise(edges))
    page.context.close()


def test_english_on_the_korean_page_is_marked(korean: str) -> None:
    assert '<small lang="en">bucket policy line 3 column 7' in korean
