"""SageMaker Studio: domains over real HTTP, the rest (which moto lacks) in the shapes that AWS documents."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from auditor.collect.sagemaker_studio import idle_of_domain, idle_of_profile, idle_of_space
from auditor.collect.wanted import Wanted
from auditor.model.fact import Reason, Unknown, need
from auditor.model.resource import field_ref
from auditor.model.sagemaker import App, Domain, IdleSettings, Space, UserProfile
from tests.collect.helpers import scan
from tests.collect.stubs import answer, refuse
from tests.emulator import Emulator

PREFIX = "arn:aws:sagemaker:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/studio"
THEN = 1_760_000_000.5
MOMENT = datetime.fromtimestamp(THEN, UTC)
BOTH = ("CodeEditor", "JupyterLab")


def idle(**app_types: dict[str, Any]) -> dict[str, Any]:
    return {f"{name}AppSettings": {"AppLifecycleManagement": {"IdleSettings": value}} for name, value in app_types.items()}


ON, OFF = {"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 60}, {"LifecycleManagement": "DISABLED"}


def create_domain(emulator: Emulator, **settings: Any) -> str:
    made = emulator.client("sagemaker").create_domain(
        DomainName="research",
        AuthMode="IAM",
        DefaultUserSettings={"ExecutionRole": ROLE, **settings},
        SubnetIds=["subnet-1"],
        VpcId="vpc-1",
    )
    return str(made["DomainArn"]).rpartition("/")[2]


def test_a_domain(emulator: Emulator) -> None:
    number = create_domain(
        emulator, **idle(JupyterLab=ON, CodeEditor={"LifecycleManagement": "ENABLED", "IdleTimeoutInMinutes": 120})
    )
    (domain,) = scan(emulator, Domain).section(Domain, "us-east-1").items
    assert (domain.arn, domain.id) == (f"{PREFIX}:domain/{number}", number)
    assert need(domain.domain_name) == "research"
    assert need(domain.auth) == "IAM"
    assert need(domain.network) == "PublicInternetOnly"
    assert need(domain.vpc) == "vpc-1"
    assert need(domain.key) is None
    assert need(domain.role) == ROLE
    assert need(domain.idle) == IdleSettings(True, 120, BOTH)
    assert need(domain.created).tzinfo is UTC


def test_the_older_name_of_the_key_counts(emulator: Emulator) -> None:
    create_domain(emulator)
    answer(emulator, "sagemaker.DescribeDomain", {"HomeEfsFileSystemKmsKeyId": "old-key", "AppNetworkAccessType": "VpcOnly"})
    (domain,) = scan(emulator, Domain).section(Domain, "us-east-1").items
    assert need(domain.key) == "old-key"
    assert need(domain.network) == "VpcOnly"
    assert need(domain.role) is None
    assert need(domain.idle) is None
    assert domain.auth == Unknown(Reason.NO_DATA, "sagemaker.DescribeDomain", "sagemaker:DescribeDomain")


@pytest.mark.parametrize(
    ("settings", "domain", "profile"),
    [
        ({}, None, None),
        ({"JupyterLabAppSettings": {"LifecycleConfigArns": []}}, None, None),
        (idle(JupyterLab={}), None, None),
        (idle(JupyterLab=ON, CodeEditor=ON), IdleSettings(True, 60, BOTH), IdleSettings(True, 60, BOTH)),
        (idle(JupyterLab=ON, CodeEditor=OFF), IdleSettings(False, 60, BOTH), IdleSettings(False, 60, BOTH)),
        (idle(JupyterLab=ON), IdleSettings(False, 60, ("JupyterLab",)), IdleSettings(True, 60, ("JupyterLab",))),
        (idle(CodeEditor=OFF), IdleSettings(False, None, ("CodeEditor",)), IdleSettings(False, None, ("CodeEditor",))),
    ],
)
def test_idle_shutdown_is_the_weakest_of_the_app_types(
    settings: dict[str, Any], domain: IdleSettings | None, profile: IdleSettings | None
) -> None:
    assert idle_of_domain(settings) == domain
    assert idle_of_profile(settings) == profile


def test_a_space_has_a_time_of_its_own_or_none() -> None:
    assert idle_of_space({}) is None
    assert idle_of_space(idle(JupyterLab={"IdleTimeoutInMinutes": 90})) == IdleSettings(True, 90, ("JupyterLab",))


def test_profiles_of_all_domains_come_from_one_list(emulator: Emulator) -> None:
    answer(
        emulator,
        "sagemaker.ListUserProfiles",
        {
            "UserProfiles": [
                {"DomainId": "d-1", "UserProfileName": "Data-Kim", "Status": "InService", "CreationTime": THEN},
                {"DomainId": "d-2", "UserProfileName": "lee", "Status": "Failed"},
            ]
        },
    )
    answer(
        emulator,
        "sagemaker.DescribeUserProfile",
        {"UserSettings": {"ExecutionRole": ROLE, **idle(JupyterLab={"LifecycleManagement": "DISABLED"})}},
    )
    kim, lee = scan(emulator, UserProfile).section(UserProfile, "us-east-1").items
    assert (kim.arn, kim.id) == (f"{PREFIX}:user-profile/d-1/Data-Kim", "d-1/Data-Kim")
    assert need(kim.created) == MOMENT
    assert need(kim.role) == ROLE
    assert need(kim.idle) == IdleSettings(False, None, ("JupyterLab",))
    assert need(lee.created) is None
    assert need(lee.status) == "Failed"
    assert emulator.doorman.calls["sagemaker.ListUserProfiles"] == 1
    assert emulator.doorman.calls["sagemaker.DescribeUserProfile"] == 2


def test_spaces(emulator: Emulator) -> None:
    answer(
        emulator,
        "sagemaker.ListSpaces",
        {
            "Spaces": [
                {
                    "DomainId": "d-1",
                    "SpaceName": "own",
                    "Status": "InService",
                    "CreationTime": THEN,
                    "SpaceSettingsSummary": {
                        "AppType": "JupyterLab",
                        "SpaceStorageSettings": {"EbsStorageSettings": {"EbsVolumeSizeInGb": 200}},
                    },
                    "OwnershipSettingsSummary": {"OwnerUserProfileName": "kim"},
                },
                {"DomainId": "d-1", "SpaceName": "shared", "Status": "InService"},
            ]
        },
    )
    answer(emulator, "sagemaker.DescribeSpace", {"SpaceSettings": idle(JupyterLab={"IdleTimeoutInMinutes": 240})})
    own, shared = scan(emulator, Space).section(Space, "us-east-1").items
    assert (own.arn, own.id) == (f"{PREFIX}:space/d-1/own", "d-1/own")
    assert (need(own.owner), need(own.app_type), need(own.volume_gib)) == ("kim", "JupyterLab", 200)
    assert need(own.idle) == IdleSettings(True, 240, ("JupyterLab",))
    assert (need(shared.owner), need(shared.app_type), need(shared.volume_gib)) == (None, None, None)


def app(**more: Any) -> dict[str, Any]:
    return {"DomainId": "d-1", "AppType": "JupyterLab", "AppName": "default", "Status": "InService", **more}


def test_apps_of_people_and_of_spaces_but_not_deleted_ones(emulator: Emulator) -> None:
    answer(
        emulator,
        "sagemaker.ListApps",
        {
            "Apps": [
                app(SpaceName="own", CreationTime=THEN, ResourceSpec={"InstanceType": "ml.g5.xlarge"}),
                app(UserProfileName="kim", AppType="JupyterServer"),
                app(UserProfileName="lee", Status="Deleted"),
            ]
        },
    )
    answer(emulator, "sagemaker.DescribeApp", {"LastUserActivityTimestamp": THEN, "LastHealthCheckTimestamp": THEN + 60})
    section = scan(emulator, App).section(App, "us-east-1")
    assert section.complete
    people, space = section.items
    assert people.arn == f"{PREFIX}:app/d-1/kim/JupyterServer/default"
    assert people.id == "d-1/kim/JupyterServer/default"
    assert need(people.type) is None
    assert space.arn == f"{PREFIX}:app/d-1/own/JupyterLab/default"
    assert need(space.type) == "ml.g5.xlarge"
    assert need(space.created) == MOMENT
    assert need(space.last_user_activity) == MOMENT
    assert need(space.last_health_check) == datetime.fromtimestamp(THEN + 60, UTC)
    assert emulator.doorman.calls["sagemaker.DescribeApp"] == 2, "a deleted app is not asked about"


def test_an_app_that_ran_no_check_yet(emulator: Emulator) -> None:
    answer(emulator, "sagemaker.ListApps", {"Apps": [app(SpaceName="own", Status="Pending")]})
    answer(emulator, "sagemaker.DescribeApp", {"Status": "Pending"})
    (pending,) = scan(emulator, App).section(App, "us-east-1").items
    assert need(pending.last_user_activity) is None
    assert need(pending.last_health_check) is None


def test_an_app_without_an_owner_makes_the_list_incomplete(emulator: Emulator) -> None:
    answer(emulator, "sagemaker.ListApps", {"Apps": [app(), app(SpaceName="own")]})
    answer(emulator, "sagemaker.DescribeApp", {})
    section = scan(emulator, App).section(App, "us-east-1")
    assert [item.id for item in section.items] == ["d-1/own/JupyterLab/default"]
    assert [missing.reason for missing in section.missing] == [Reason.ERROR]


def test_apps_stopped_while_scanning_are_dropped_and_noted(emulator: Emulator) -> None:
    answer(emulator, "sagemaker.ListApps", {"Apps": [app(SpaceName="own")]})
    refuse(emulator, "sagemaker.DescribeApp", "ResourceNotFound", "App [default] does not exist.")
    snapshot = scan(emulator, App)
    assert snapshot.all(App) == snapshot.all(App).map(lambda _: ())
    assert [(gap.what, gap.reason) for gap in snapshot.gaps] == [(f"{PREFIX}:app/d-1/own/JupyterLab/default", Reason.GONE)]


def test_a_denied_description_names_its_action(emulator: Emulator) -> None:
    answer(emulator, "sagemaker.ListApps", {"Apps": [app(SpaceName="own")]})
    emulator.doorman.deny.add("sagemaker.DescribeApp")
    (found,) = scan(emulator, App).section(App, "us-east-1").items
    assert found.last_user_activity == Unknown(Reason.DENIED, "sagemaker.DescribeApp", "sagemaker:DescribeApp")
    assert need(found.app_type) == "JupyterLab"


def test_each_list_fails_for_itself(emulator: Emulator) -> None:
    create_domain(emulator)
    answer(emulator, "sagemaker.ListUserProfiles", {"UserProfiles": []})
    answer(emulator, "sagemaker.ListSpaces", {"Spaces": []})
    emulator.doorman.deny.add("sagemaker.ListApps")
    snapshot = scan(emulator, Domain, UserProfile, Space, App)
    assert snapshot.section(Domain, "us-east-1").complete
    assert snapshot.section(Space, "us-east-1").complete
    assert snapshot.section(App, "us-east-1").missing == (Unknown(Reason.DENIED, "sagemaker.ListApps", "sagemaker:ListApps"),)


def test_studio_that_is_not_offered_says_so(emulator: Emulator) -> None:
    snapshot = scan(emulator, UserProfile, Space, App)  # moto knows none of the three, and says so as AWS does
    for kind in (UserProfile, Space, App):
        assert [missing.reason for missing in snapshot.section(kind, "us-east-1").missing] == [Reason.UNSUPPORTED]


def test_nothing_is_described_for_what_the_lists_say(emulator: Emulator) -> None:
    create_domain(emulator)
    answer(emulator, "sagemaker.ListApps", {"Apps": [app(SpaceName="own")]})
    listed = frozenset(map(field_ref, (Domain.status, App.status)))
    scan(emulator, wanted=Wanted(frozenset({Domain, App}), listed))
    made = {name for name in emulator.doorman.calls if name.startswith("sagemaker.")}
    assert made == {"sagemaker.ListDomains", "sagemaker.ListApps"}
