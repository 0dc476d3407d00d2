"""Finding rules, and saying what is wrong with those that are not right."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from auditor.config import load as load_config
from auditor.engine.cases import case_snapshot
from auditor.engine.evaluate import judge
from auditor.engine.registry import load, pick
from auditor.errors import RuleFileError, UnknownRule
from auditor.model.verdict import Outcome

GOOD = '''"""bucket that this company does not like

## Why it matters

It is **ours**.

## How to fix

Make it another.

## When it is fine

Never.
"""

from __future__ import annotations

from collections.abc import Iterator

from auditor.sdk import (
    Bucket, Case, Confidence, Context, Known, Limits as Base, Pillar, Severity, Verdict, Versioning, denied, fails, flag, need, ok,
    passes, rule, sample, unknown,
)


class Limits(Base, frozen=True):
    """Ours."""

    longest: int = 10


@rule(
    over=Bucket, reads=(Bucket.versioning,), pillar=Pillar.SECURITY, severity=Severity.LOW, confidence=Confidence.HIGH,
    since="1", limits=Limits,
)
def check(bucket: Bucket, about: Context[Limits]) -> Iterator[Verdict]:
    versioning = need(bucket.versioning)
    if len(bucket.id) > about.limits.longest:
        yield flag("name has {length} letters", length=len(bucket.id))
    else:
        yield ok("name is short, versioning {status}", status=versioning.status)


def cases() -> Iterator[Case[Bucket]]:
    yield passes("short", sample(Bucket, "short", versioning=Known(Versioning("Off"))))
    yield fails("long", sample(Bucket, "a-very-long-name", versioning=Known(Versioning("Off"))))
    yield unknown("denied", sample(Bucket, "short", versioning=denied(Bucket.versioning)))
'''


def folder(tmp_path: Path, text: str, file: str = "corp/long_name.py") -> Path:
    path = tmp_path / "rules-of-ours" / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    return tmp_path / "rules-of-ours"


def refused(tmp_path: Path, text: str, file: str = "corp/long_name.py") -> str:
    with pytest.raises(RuleFileError) as error:
        load(folder(tmp_path, text, file))
    message = str(error.value)
    assert "\n" not in message
    return message


def test_the_path_of_a_builtin_rule_is_its_id() -> None:
    rules = load()
    assert list(rules) == sorted(rules)
    found = sorted(
        f"{path.parent.name}-{path.stem}".replace("_", "-")
        for path in (Path(__file__).parents[2] / "rules").rglob("*.py")
        if not path.stem.startswith("_")
    )
    assert found == list(rules), "every file is a rule and every rule a file"
    assert {rule.origin for rule in rules.values()} == {"builtin"}


def test_rules_of_a_folder(tmp_path: Path) -> None:
    before = set(sys.modules), list(sys.path)
    rules = load(folder(tmp_path, GOOD))
    mine = rules["corp-long-name"]
    assert mine.page.title == "bucket that this company does not like"
    assert mine.page.fine == "Never."
    assert "long_name.py" in mine.origin
    assert set(load()) < set(rules)
    assert list(sys.path) == before[1]
    for case in mine.cases():
        assert [f.verdict for f in judge(case_snapshot(case), [mine])] == [case.outcome]


def test_rules_of_a_folder_take_limits_from_the_configuration(tmp_path: Path) -> None:
    rules = load(folder(tmp_path, GOOD))
    (tmp_path / "c.toml").write_text("[limits.corp-long-name]\nlongest = 3\n")
    config = load_config(tmp_path / "c.toml", rules)
    case = next(iter(rules["corp-long-name"].cases()))
    assert case.outcome is Outcome.PASS
    assert [f.verdict for f in judge(case_snapshot(case), [rules["corp-long-name"]], limits=config.limits)] == [Outcome.FAIL]


def test_files_that_are_not_rules_are_left_alone(tmp_path: Path) -> None:
    for name in ("__init__.py", "corp/__init__.py", "corp/_helpers.py", ".venv/lib/thing.py", "notes.txt"):
        folder(tmp_path, "this is not Python", name)
    assert set(load(folder(tmp_path, GOOD))) - set(load()) == {"corp-long-name"}


@pytest.mark.parametrize(
    ("before", "after", "words"),
    [
        ("def cases()", "def casez()", "has no `cases()`"),
        ("@rule(", "@(lambda **_: lambda f: f)(", "has no `check` function under the `@rule` decorator"),
        ("def check(", "def chekc(", "has no `check` function"),
        ("## How to fix", "## How to mend", "the page of `corp-long-name` must be one title line"),
        ("Make it another.\n", "", "each with text"),
        ('"""bucket that', '"""\n\n## bucket that', "must be one title line"),
        ("does not like\n", "does not like\nat all\n", "must be one title line"),
        ("reads=(Bucket.versioning,)", 'reads=("versioning",)', "is not a fact field of a resource"),
        ("reads=(Bucket.versioning,)", "reads=(Bucket.id,)", "is not a fact field of a resource"),
        ("reads=(Bucket.versioning,)", "reads=(Bucket.versoining,)", "versoining"),
        ("severity=Severity.LOW, ", "", "severity"),
        ("from auditor.sdk import (", "from auditor.sdk import Nothing, (", "line"),
        ("denied, fails", "nothing, denied, fails", "nothing"),
        ('since="1"', 'since="1', "line"),
        ("longest: int = 10", "longest: int = 1 // 0", "division"),
        ("longest: int = 10", 'longest: int = {}["x"]', "cannot be loaded"),
        ("longest: int = 10", "longest: int = exit(0)", "cannot be loaded"),
        ("longest: int = 10", 'longest: int = open("/nowhere/at/all")', "/nowhere/at/all"),
    ],
)
def test_a_file_that_breaks_the_contract(tmp_path: Path, before: str, after: str, words: str) -> None:
    assert before in GOOD
    message = refused(tmp_path, GOOD.replace(before, after, 1))
    assert words in message
    assert "long_name" in message or "corp-long-name" in message, "it names the file"


def test_a_syntax_error_is_named_with_its_line(tmp_path: Path) -> None:
    line = GOOD[: GOOD.index("    versioning = need")].count("\n") + 1
    message = refused(tmp_path, GOOD.replace("    versioning = need(", "    versioning = = need("))
    assert f"long_name.py` line {line} is not valid Python" in message


@pytest.mark.parametrize("content", ["\x00", "\ufeff\x00", "def"])
def test_what_is_no_python_at_all(tmp_path: Path, content: str) -> None:
    assert "long_name.py" in refused(tmp_path, content)


def test_a_file_outside_of_a_service_folder(tmp_path: Path) -> None:
    assert "put the file in a folder" in refused(tmp_path, GOOD, "short.py")
    assert "is not a rule id" in refused(tmp_path, GOOD, "Corp/Has Spaces.py")


def test_an_id_that_exists_already(tmp_path: Path) -> None:
    message = refused(tmp_path, GOOD, "s3/versioning_off.py")
    assert "`s3-versioning-off` exists twice: in builtin and in `" in message


def test_two_files_of_one_id(tmp_path: Path) -> None:
    folder(tmp_path, GOOD, "corp/long/name.py")
    assert "`corp-long-name` exists twice" in refused(tmp_path, GOOD)


def test_a_folder_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError, match="is not a folder"):
        load(tmp_path / "nowhere")


# --- installed packages
def install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, files: dict[str, str]) -> None:
    info = tmp_path / "corp_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: corp-rules\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(f"[awsaudit.rules]\ncorp = {value}\n")
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.syspath_prepend(tmp_path)
    package = value.split(".")[0]
    for name in list(sys.modules):
        if name.split(".")[0] == package:
            monkeypatch.delitem(sys.modules, name)


def test_rules_of_an_installed_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {"corp_rules_a/__init__.py": "", "corp_rules_a/corp/__init__.py": "", "corp_rules_a/corp/long_name.py": GOOD}
    install(tmp_path, monkeypatch, "corp_rules_a", files)
    rules = load()
    assert rules["corp-long-name"].origin == "package `corp_rules_a`"


@pytest.mark.parametrize(
    ("value", "files", "words"),
    [
        ("corp_rules_b", {}, "cannot be imported"),
        ("corp_rules_c:nothing", {"corp_rules_c/__init__.py": ""}, "cannot be imported"),
        ("corp_rules_d", {"corp_rules_d.py": ""}, "is not a package"),
        (
            "corp_rules_e",
            {"corp_rules_e/__init__.py": "", "corp_rules_e/corp/__init__.py": "import nothing_at_all"},
            "nothing_at_all",
        ),
        (
            "corp_rules_f",
            {"corp_rules_f/__init__.py": "", "corp_rules_f/corp/__init__.py": "", "corp_rules_f/corp/a.py": "1 // 0"},
            "division",
        ),
        (
            "corp_rules_g",
            {"corp_rules_g/__init__.py": "", "corp_rules_g/corp/__init__.py": "", "corp_rules_g/corp/a.py": "def"},
            "invalid syntax",
        ),
    ],
)
def test_a_package_that_is_broken(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, files: dict[str, str], words: str
) -> None:
    install(tmp_path, monkeypatch, value, files)
    with pytest.raises(RuleFileError, match=words) as error:
        load()
    assert value.split(":")[0] in str(error.value)


# --- choosing
def test_picking_by_id() -> None:
    rules = load()
    ids = ["s3-versioning-off", "iam-root-no-mfa", "s3-versioning-off"]
    assert [rule.id for rule in pick(rules, ids)] == ["iam-root-no-mfa", "s3-versioning-off"]


def test_an_id_that_does_not_exist_names_the_nearest() -> None:
    with pytest.raises(UnknownRule, match=r"there is no rule `s3-versionning-of`: did you mean `s3-versioning-off`\?"):
        pick(load(), ["s3-versionning-of"])
    with pytest.raises(UnknownRule, match="`awsaudit rules list` shows all ids"):
        pick(load(), ["zzzzzz"])
