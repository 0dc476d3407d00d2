from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from itertools import islice, repeat

import msgspec
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from auditor.model.fact import Reason
from auditor.model.snapshot import Gap
from auditor.model.verdict import Outcome, Waived
from auditor.render.markdown import FORMAT, code, inline, page, parts, text
from auditor.render.view import View, build
from auditor.render.visible import visible
from tests.render import audited, synthetic
from tests.render.synthetic import HOSTILE, RULE, RULES, finding

RENDERERS = {
    "everything on": MarkdownIt("gfm-like", {"html": True, "linkify": True, "typographer": False}),
    "CommonMark": MarkdownIt("commonmark", {"html": True}).enable("table"),
}
ATTACKS = [
    *HOSTILE.values(),
    *("[x](javascript:alert(1))", "![x](https://evil.example/x.png)", "<https://evil.example>", "https://evil.example", "[x]: y"),
    *(
        "www.evil.example",
        "evil.example",
        "mail@evil.example",
        "@octocat",
        "@org/team",
        "#1",
        "GH-1",
        "org/repo#1",
        "!1",
        "%1",
        "~bug",
    ),
    *(
        ":boom:",
        "$x$",
        "$`x`$",
        "deadbeef1",
        "0123456789abcdef0123456789abcdef01234567",
        "[[wiki]]",
        "[^1]",
        "- [ ] todo",
        "==x==",
    ),
    *(
        "`x`",
        "``` x",
        "a`",
        "`",
        "``",
        " x ",
        "x``y`z",
        "\\",
        "a\\|b",
        "| a | b |",
        "|---|",
        "# heading",
        "***",
        "---",
        "> quote",
    ),
    *(
        "1. one",
        "~~~",
        "~~x~~",
        "<!-- x",
        "-->",
        "&lt;&amp;",
        "&#64;octocat",
        "**b**",
        "_i_",
        "\\@octocat",
        "<b>b</b>",
        "</details>",
    ),
    *("x  y", "=cmd|'/c calc'!A1", "a\u2028b", "{{ 7 * 7 }}", "{% raw %}"),
]
MADE = {
    *("h1", "h2", "h3", "p", "ul", "ol", "li", "code", "pre", "strong", "blockquote", "hr"),
    *("table", "thead", "tbody", "tr", "th", "td"),
}
LOOKED_UP = re.compile(r"[@#~^$&%!]\w|:[^\W\d]|://|www\.|\b(?=[0-9a-f]*\d)[0-9a-f]{7,40}\b|\b[A-Z]+-\d|\w\.[a-z]", re.IGNORECASE)
"""What GitHub and GitLab look for in the text of a finished page, outside of code."""


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.codes: list[str] = []
        self.prose = ""
        self.open = 0
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        assert not attrs or attrs == [("class", "language-json")], (tag, attrs)
        if tag == "code":
            self.open += 1
            self.codes.append("")

    def handle_endtag(self, tag: str) -> None:
        self.open -= tag == "code"

    def handle_data(self, data: str) -> None:
        if self.open:
            self.codes[-1] += data
        else:
            self.prose += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


def report(view: View) -> str:
    return FORMAT.content(view)["report.md"].decode()


def attacked() -> View:
    """Every attack wherever somebody else's text can stand."""
    findings = [finding(name, outcome) for name in ATTACKS for outcome in (Outcome.FAIL, Outcome.UNKNOWN, Outcome.CRASH)]
    findings += [
        msgspec.structs.replace(finding(f"waived {name}"), waived=Waived(name, name, date(2027, 3, 31))) for name in ATTACKS
    ]
    gaps = tuple(Gap(name, Reason.ERROR, name) for name in ATTACKS)
    taken = msgspec.structs.replace(synthetic.snapshot(), gaps=gaps)
    return build(taken, findings, synthetic.hostile_rules(), tuple(ATTACKS))


def tiny() -> View:
    waived = msgspec.structs.replace(finding("old"), waived=Waived("data", "rewritten every day", date(2027, 3, 31)))
    small = msgspec.structs.replace(finding("logs"), evidence={"days": 412, "storage_class": "STANDARD"})
    findings = [small, waived, finding("vault", Outcome.UNKNOWN), finding("fine", Outcome.PASS)]
    taken = msgspec.structs.replace(synthetic.snapshot(), gaps=())
    return build(taken, findings, {RULE: RULES[RULE]})


def test_a_report_exactly() -> None:
    controls = "".join(f", `{control}`" for control in RULES[RULE].spec.controls)
    told = report(tiny())
    head, _, rest = told.partition("## What to do first\n")
    assert head == (
        "# 1 resource fails 1 rule\n\n"
        "AWS account `123456789012`, 1 region, as it was on 2026-11-22 12:00 UTC.\n\n"
        "> **Incomplete.** What could not be looked at is not called good.\n"
        "> - 1 of 4 checks could not be decided\n\n"
        "| Severity | Rules that fail | Resources |\n|---|---|---|\n"
        "| Critical | 0 | 0 |\n| High | 0 | 0 |\n| Medium | 0 | 0 |\n| Low | 1 | 1 |\n| Info | 0 | 0 |\n\n"
        "| Checks | Failed | Unknown | Crashed | Waived | Passed | Do not apply |\n|---|---|---|---|---|---|---|\n"
        "| 4 | 1 | 1 | 0 | 1 | 1 | 0 |\n\n"
    )
    title = "Low: Bucket without a lifecycle rule that moves or expires objects"
    assert f"\n1. **Low:** {title[5:]}, 1 resource. " in rest
    assert f"\n## What fails\n\n### {title}\n\n1 resource, `s3-no-tier-policy`, confidence medium{controls}\n\n" in rest
    assert (
        "\n- `logs`, `ap-northeast-2`, `arn:aws:s3:::logs`\n"
        "  - no rule moves the objects of logs\n"
        "  - at `bucket policy line 3 column 7 /Statement/logs`\n"
        "  - days: `412`\n"
        "  - storage class: `STANDARD`\n" in rest
    )
    assert '"Action": [\n        "s3:GetLifecycleConfiguration"\n' in rest
    assert (
        "\n- `s3.GetBucketLifecycleConfiguration`, denied: 1 check on 1 resource, IAM action `s3:GetLifecycleConfiguration`\n"
        in rest
    )
    assert "  - `ap-northeast-2`: `vault`\n" in rest
    assert "\n## Waived\n" in rest
    assert "  - waived by data until 2027-03-31: rewritten every day\n" in rest
    assert "fine`" not in rest


@pytest.mark.parametrize("name", RENDERERS)
def test_attacks_are_text(name: str) -> None:
    shown = Page(RENDERERS[name].render(report(attacked())))
    assert shown.tags <= MADE
    for attack in ATTACKS:
        expected = visible(attack)
        assert expected in shown.codes if expected.strip() else f'"{expected}"' in shown.prose, attack
    assert not LOOKED_UP.findall(shown.prose)


@pytest.mark.parametrize("attack", ATTACKS)
@pytest.mark.parametrize("name", RENDERERS)
def test_a_sentence_says_what_it_said(name: str, attack: str) -> None:
    """Words are words whatever else is in the sentence; the ticks of our own sentences become code."""
    for sentence in (attack, f"the bucket {attack} is open"):
        shown = Page(RENDERERS[name].render(f"- {text(sentence)}"))
        assert shown.tags <= {"ul", "li", "code"}
        html = re.sub(r"</?\w+>", "", RENDERERS[name].renderInline(text(sentence)))
        said = Page(f"<p>{html}</p>").prose
        assert said.split() == visible(sentence).split() or f"`{said}`" == attack or "`x`" in attack
        assert not LOOKED_UP.findall(shown.prose)


@pytest.mark.parametrize("attack", ATTACKS)
def test_a_code_span_holds_exactly_the_words(attack: str) -> None:
    shown = visible(attack)
    inside: list[Token] = MarkdownIt("commonmark").parseInline(f"a {code(attack)} b")[0].children or []
    assert [(token.type, token.content) for token in inside] == [("text", "a "), ("code_inline", shown), ("text", " b")]


@pytest.mark.parametrize("words", ["", "  "])
def test_nothing_but_spaces_is_quoted(words: str) -> None:
    assert code(words) == f'"{words}"'


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        ("218 of 1,370 checks could not be decided", "218 of 1,370 checks could not be decided"),
        ("key is 41.5 days old (50%), since 2026-11-22: rotate it!", "key is 41.5 days old (50%), since 2026-11-22: rotate it!"),
        ("다른 계정의 주체를 허용한다", "다른 계정의 주체를 허용한다"),
        ("allows s3:GetObject on * to all", "allows `s3:GetObject` on `*` to all"),
        ("the waiver of `ec2-*` expired", "the waiver of `ec2-*` expired"),
        ("role [bold red]x[/bold red] is open", "role `[bold red]x[/bold red]` is open"),
    ],
)
def test_words_stay_readable(words: str, shown: str) -> None:
    assert text(words) == shown


def test_a_line_of_a_page_keeps_its_code() -> None:
    assert inline("Set `Principal`, not *everyone*: [see](https://example.com)") == (
        "Set `Principal`, not everyone: `[see](https://example.com)`"
    )


def test_a_page_keeps_its_lists_and_code() -> None:
    source = "Do `this`:\n\n1. one\n2. two <b>\n\nThen:\n\n    aws s3 ls\n\n- a\n- b\n\n```\n``\n```\n"
    assert page(source) == "Do `this`:\n\n1. one\n\n2. two `<b>`\n\nThen:\n\n```\naws s3 ls\n```\n\n- a\n\n- b\n\n```\n``\n```"


def test_controls_stand_in_a_table_with_denominators() -> None:
    told = report(audited.view())
    assert "controls are decided; of these " in told
    assert " of 10 (" in told
    table = [line for line in told.splitlines() if re.match(r"\| `?[12]\.\d", line)]
    assert len(table) == 10
    assert f"| 2.1 | Objects move to a cheaper tier | fail | {audited.MANY + 1:,} | 0 | 1 | 0 |" in table
    assert "| 1.3 |  | not assessed (no rule) | 0 | 0 | 0 | 0 |" in table
    assert "\n- `1.1`: attested by Kim, audit on 2026-07-01 until 2027-06-30: minutes of 2026-06-30, page 4\n" in told


@pytest.mark.parametrize("name", RENDERERS)
def test_no_title_breaks_a_table(name: str) -> None:
    told = report(audited.view(hostile=True))
    html = RENDERERS[name].render(told)
    assert Page(html).tags <= MADE
    rows = [row for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL) if "not assessed" in row]
    assert rows
    assert {row.count("<td>") for row in rows} == {7}


@pytest.mark.parametrize("words", ["a|b", "a\\|b", "a\\\\|b", "`a|b`", "|", "\\"])
@pytest.mark.parametrize("name", RENDERERS)
def test_a_bar_stays_in_its_cell(name: str, words: str) -> None:
    view = audited.view(many=1)  # the row of one control is looked at, and not the list of its failures
    (one,) = view.frameworks
    first = one.controls[0]
    first = msgspec.structs.replace(first, control=msgspec.structs.replace(first.control, title=words))
    view = msgspec.structs.replace(view, frameworks=(msgspec.structs.replace(one, controls=(first,)),))
    html = RENDERERS[name].render(report(view))
    (row,) = [row for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL) if "<td>1.1</td>" in row]
    assert row.count("<td>") == 7
    assert "|" in Page(row).codes[0] or "|" not in words


def test_long_evidence_is_cut_and_says_so() -> None:
    one = msgspec.structs.replace(finding("logs"), evidence={"policy": "p" * 400, "longer": "q" * 1_800})
    told = report(build(synthetic.snapshot(), [one], {RULE: RULES[RULE]}))
    assert f"  - policy: `{'p' * 400}`\n" in told
    assert f"  - longer: `{'q' * 400}` and 1,400 more characters in the JSON report\n" in told


def test_small_and_nothing(small: View) -> None:
    for view in (small, synthetic.empty(), synthetic.korean()):
        shown = Page(RENDERERS["everything on"].render(report(view)))
        assert shown.tags <= MADE
    assert "# Nothing was checked\n" in report(synthetic.empty())
    assert "`학습-데이터-3-보관소-서울`" in report(synthetic.korean())
    told = report(small).partition("\n## Waived\n")[0].partition("\n## What fails\n")[2].partition("\n### Crashed")[0]
    for cause in small.causes:
        assert told.count(f"### {cause.rule.severity.word.capitalize()}: {text(cause.rule.title)}\n") == 1


def test_parts_are_made_as_they_are_asked_for() -> None:
    view = tiny()
    endless = msgspec.structs.replace(view.causes[0], findings=repeat(finding("logs")))
    assert len(list(islice(parts(msgspec.structs.replace(view, causes=(endless,))), 5_000))) == 5_000
