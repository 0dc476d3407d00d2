"""``awsaudit.toml``: what it can say, and what is said of its mistakes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from auditor.cli.choose import configuration
from auditor.config import Config, load, select, severity
from auditor.engine.registry import load as load_rules
from auditor.engine.waivers import Waiver
from auditor.errors import AwsauditError, ConfigError, UsageError
from auditor.model.verdict import Audience, Severity
from auditor.selection import opted

RULES = load_rules()


def config(tmp_path: Path, text: str) -> Config:
    path = tmp_path / "awsaudit.toml"
    path.write_text(text, "utf-8")
    return load(path, RULES)


def mistake(tmp_path: Path, text: str) -> str:
    with pytest.raises(AwsauditError) as error:
        config(tmp_path, text)
    message = str(error.value)
    assert error.value.exit_code == 2
    assert "\n" not in message
    assert "awsaudit.toml" in message, "it names the file"
    return message


def test_without_a_file_all_regular_rules_are_selected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    found = load(None, RULES)
    assert [rule.id for rule in found.rules] == [i for i, r in RULES.items() if r.spec.audience is Audience.REGULAR]
    assert (found.limits, found.severities, found.waivers) == ({}, {}, ())
    (tmp_path / "awsaudit.toml").write_text('rules.select = ["s3-versioning-off"]')
    assert [rule.id for rule in load(None, RULES).rules] == ["s3-versioning-off"]


def test_everything_it_can_say(tmp_path: Path) -> None:
    found = config(
        tmp_path,
        """
        [rules]
        select = ["s3-*", "iam-root-*"]
        ignore = ["s3-mfa-*"]
        audience = "auditor"
        [limits.iam-user-unused-credentials]
        [severity]
        s3-versioning-off = "critical"
        [[waivers]]
        rule = "s3-*"
        resource = "arn:aws:s3:::머신러닝-*"
        owner = "팀"
        reason = "x"
        expires = 2027-01-31
        """,
    )
    ids = [rule.id for rule in found.rules]
    assert "s3-versioning-off" in ids
    assert "iam-root-no-mfa" in ids
    assert "s3-mfa-delete-off" not in ids
    assert "ec2-volume-gp2" not in ids
    assert found.severities == {"s3-versioning-off": Severity.CRITICAL}
    assert found.waivers == (Waiver("s3-*", "arn:aws:s3:::머신러닝-*", "팀", "x", date(2027, 1, 31)),)
    default = RULES["iam-user-unused-credentials"].spec.limits()
    assert found.limits == {"iam-user-unused-credentials": default}


def limited() -> tuple[str, str, int]:
    """A rule, one of its limits and its default."""
    for rule_id, rule in RULES.items():
        for name in rule.spec.limits.__struct_fields__:
            value = getattr(rule.spec.limits(), name)
            if type(value) is int:
                return rule_id, name, value
    raise LookupError


def test_limits_are_set_one_by_one(tmp_path: Path) -> None:
    rule_id, name, default = limited()
    found = config(tmp_path, f"[limits.{rule_id}]\n{name} = {default + 1}\n")
    assert getattr(found.limits[rule_id], name) == default + 1


WAIVER = '[[waivers]]\nrule = "s3-*"\nresource = "*"\nowner = "o"\nreason = "r"\nexpires = 2027-01-31\n'


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("rules = ]", ["is not valid TOML", "line 1"]),
        ("[ruless]\n", ["there is no setting `ruless`", "did you mean `rules`?"]),
        ("[rules]\nselct = []\n", ["there is no setting `selct`", "in `rules`", "did you mean `select`?"]),
        ("[rules]\nselect = 's3-*'\n", ["expected `array`, got `str`", "in `rules.select`"]),
        ("[rules]\naudience = 'everyone'\n", ["everyone", "in `rules.audience`"]),
        (
            "[rules]\nselect = ['s3-versionning-off']\n",
            ["there is no rule `s3-versionning-off`", "did you mean `s3-versioning-off`?"],
        ),
        ("[rules]\nignore = ['zzz-*']\n", ["there is no rule `zzz-*`", "`awsaudit rules list` shows all ids"]),
        ("[limits.s3-versionning-off]\n", ["names rule `s3-versionning-off`", "did you mean `s3-versioning-off`?"]),
        ("[limits.s3-versioning-off]\ndays = 3\n", ["[limits.s3-versioning-off]", "there is no setting `days`"]),
        ("[severity]\ns3-versionning-off = 'low'\n", ["names rule `s3-versionning-off`", "did you mean `s3-versioning-off`?"]),
        ("[severity]\ns3-versioning-off = 'worst'\n", ["worst", "severity"]),
        (WAIVER.replace("owner", "ovner"), ["in `waivers[0]`"]),
        (WAIVER.replace('owner = "o"\n', ""), ["it lacks `owner`", "in `waivers[0]`"]),
        (WAIVER.replace("2027-01-31", '"soon"'), ["in `waivers[0].expires`"]),
        (WAIVER.replace("2027-01-31", "5"), ["in `waivers[0].expires`"]),
        ("rules_folder = 'rules'\n", ["there is no setting `rules_folder`"]),
        ("[rules]\nfolder = 'rules'\n", ["there is no setting `folder`"]),
    ],
)
def test_a_mistake_is_named_with_its_place(tmp_path: Path, text: str, words: list[str]) -> None:
    message = mistake(tmp_path, text)
    for word in words:
        assert word in message, message


def test_a_limit_of_the_wrong_type_or_name(tmp_path: Path) -> None:
    rule_id, name, _ = limited()
    message = mistake(tmp_path, f"[limits.{rule_id}]\n{name} = 'many'\n")
    assert f"[limits.{rule_id}]" in message
    assert f"in `{name}`" in message
    message = mistake(tmp_path, f"[limits.{rule_id}]\n{name[:-1]} = 3\n")
    assert f"did you mean `{name}`?" in message


def test_a_file_that_is_not_there_or_no_text(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"cannot be read.*--config"):
        load(tmp_path / "nowhere.toml", RULES)
    with pytest.raises(ConfigError, match="cannot be read"):
        load(tmp_path, RULES)
    with pytest.raises(ConfigError, match="`/dev/zero` cannot be read: it is not a regular file"):
        load(Path("/dev/zero"), RULES)
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(ConfigError, match="is not valid TOML"):
        load(tmp_path / "binary.toml", RULES)


def test_selecting_by_audience() -> None:
    def ids(audience: Audience, *wanted: str) -> set[str]:
        return {rule.id for rule in select(RULES, wanted, (), audience, where="here")}

    assert ids(Audience.REGULAR) < ids(Audience.PEDANTIC) <= ids(Audience.AUDITOR) == set(RULES)
    quiet = next(i for i, r in RULES.items() if r.spec.audience is not Audience.REGULAR)
    assert ids(Audience.REGULAR, quiet) == {quiet}, "named in full it is selected whatever its audience"
    assert quiet not in ids(Audience.REGULAR, "*")


@pytest.mark.parametrize("word", ["high", "HIGH", "High"])
def test_severities_by_name(word: str) -> None:
    assert severity(word) is Severity.HIGH


def test_a_severity_that_does_not_exist() -> None:
    with pytest.raises(UsageError, match="`hihg` is not a severity; use one of info, low, medium, high, critical"):
        severity("hihg")


def test_an_audience_on_the_command_line_keeps_what_the_file_leaves_out(tmp_path: Path) -> None:
    file = tmp_path / "awsaudit.toml"
    file.write_text('[rules]\nignore = ["s3-*"]\n', "utf-8")
    wider = configuration(config=file, audience="auditor")
    assert "iam-root-virtual-mfa" in {rule.id for rule in wider.rules}
    assert not any(rule.id.startswith("s3-") for rule in wider.rules)
    assert wider.left_out == ("`awsaudit.toml` leaves out the rules `s3-*`",)
    named = configuration(config=file, rules=["s3-versioning-off"])
    assert [rule.id for rule in named.rules] == ["s3-versioning-off"]
    assert named.left_out == (), "a report must not say that what it judged was left out"


def ids(config: Config) -> set[str]:
    return {rule.id for rule in config.rules}


def test_a_rule_that_needs_calls_of_its_own_is_judged_when_somebody_asks_for_them(tmp_path: Path) -> None:
    every = configuration()
    assert ids(every) - ids(opted(every, ())) == {"s3-object-acl-public", "s3-service-bucket-taken", "s3-stale-uploads"}
    assert ids(opted(every, ["upload-parts", "object-acls", "service-buckets"])) == ids(every)
    assert ids(every) - ids(opted(every, ["upload-parts"])) == {"s3-object-acl-public", "s3-service-bucket-taken"}
    file = tmp_path / "awsaudit.toml"
    file.write_text('[collect]\nalso = ["multipart-uploads", "object-acls", "service-buckets"]\n', "utf-8")
    asked = configuration(config=file)
    assert ids(opted(asked, asked.also)) == ids(every)
    file.write_text('[collect]\nalso = ["multipart"]\n', "utf-8")
    with pytest.raises(ConfigError, match=r"collect\.also"):
        configuration(config=file)


@pytest.mark.parametrize("selection", ['["s3-stale-uploads", "s3-no-object-lock"]', '["s3-stale-*"]'])
def test_a_file_that_selects_it_must_ask_for_them(tmp_path: Path, selection: str) -> None:
    file = tmp_path / "awsaudit.toml"
    file.write_text(f"[rules]\nselect = {selection}\n", "utf-8")
    with pytest.raises(UsageError, match="--also multipart-uploads"):
        opted(configuration(config=file), ())


ATTESTED = """
[[attestations]]
control = "cis-aws-7.0:2.2"
by = "보안팀"
on = 2026-10-01
until = 2027-10-01
evidence = "계정 연락처 검토 2026-10"
"""


def test_an_attestation_says_who_when_until_and_on_what_evidence(tmp_path: Path) -> None:
    (said,) = config(tmp_path, ATTESTED).attestations
    assert (said.control, said.by, said.on, said.until) == ("cis-aws-7.0:2.2", "보안팀", date(2026, 10, 1), date(2027, 10, 1))
    assert said.evidence == "계정 연락처 검토 2026-10"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("cis-aws-7.0:2.2", "cis-aws-7.0:2.222", "attests control `cis-aws-7.0:2.222`, which does not exist; did you mean"),
        ("cis-aws-7.0:2.2", "zzz", "a control is named as in `cis-aws-7.0:2.2`"),
        ("보안팀", " ", "must say by whom"),
        ("until = 2027-10-01", "until = 2025-10-01", "ends before it begins"),
        ("until = 2027-10-01", "", "it lacks"),
        ("evidence", "evidense", "did you mean `evidence`?"),
    ],
)
def test_a_wrong_attestation(tmp_path: Path, old: str, new: str, words: str) -> None:
    assert words in mistake(tmp_path, ATTESTED.replace(old, new, 1))


def test_a_control_is_attested_once(tmp_path: Path) -> None:
    assert "attests `cis-aws-7.0:2.2` twice" in mistake(tmp_path, ATTESTED * 2)


def test_a_framework_brings_its_rules_but_for_those_that_the_file_leaves_out(tmp_path: Path) -> None:
    path = tmp_path / "awsaudit.toml"
    path.write_text('[rules]\nselect = ["ec2-*"]\nignore = ["iam-root-no-*"]\n', "utf-8")
    found = configuration(config=path, frameworks=["cis-aws-7.0"])
    ids = {rule.id for rule in found.rules}
    assert {"iam-root-access-key", "iam-root-virtual-mfa"} <= ids, "whoever they are for"
    assert "iam-root-no-mfa" not in ids
    assert not any(id.startswith("sagemaker-") for id in ids)
    assert (found.selection, len(found.left_out)) == ((), 1)
    assert [framework.id for framework in found.frameworks] == ["cis-aws-7.0"]
    narrow = configuration(config=path, frameworks=["cis-aws-7.0"], rules=["iam-root-no-mfa"])
    assert [rule.id for rule in narrow.rules] == ["iam-root-no-mfa"]
    assert narrow.left_out == ()


def test_a_language_that_there_is_not() -> None:
    with pytest.raises(UsageError, match="`fr` is not a language of reports; there are en, ko"):
        configuration(language="fr")
