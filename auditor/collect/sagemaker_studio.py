"""SageMaker Studio: domains, user profiles, spaces and apps.

Four lists for a region (over all domains at once), and one description each if a rule reads what only that has. The lists of profiles,
spaces and apps hold no ARNs: they are built as the *Service Authorization Reference* spells them.
"""

from __future__ import annotations

from collections.abc import Mapping

from auditor.collect.door import Answer
from auditor.collect.shapes import Raw, moment, moment_or_none, number_or_none, part, text_or_none
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.sagemaker import App, Domain, IdleSettings, Space, UserProfile

CAN_IDLE = {"CodeEditor": "CodeEditorAppSettings", "JupyterLab": "JupyterLabAppSettings"}
"""The app types that have idle shutdown, and where their settings are. The apps of Studio Classic have none."""


def studio(visit: Visit) -> None:
    """What Studio has in a region."""
    if visit.lists(Domain):
        visit.add_each(Domain, visit.pages(calls.LIST_DOMAINS, "Domains"), lambda entry: _domain(visit, entry))
    if visit.lists(UserProfile):
        visit.add_each(UserProfile, visit.pages(calls.LIST_USER_PROFILES, "UserProfiles"), lambda entry: _profile(visit, entry))
    if visit.lists(Space):
        visit.add_each(Space, visit.pages(calls.LIST_SPACES, "Spaces"), lambda entry: _space(visit, entry))
    if visit.lists(App):
        visit.add_each(App, visit.pages(calls.LIST_APPS, "Apps"), lambda entry: _app(visit, entry))


def _domain(visit: Visit, entry: Answer) -> Domain:
    number = str(entry.raw["DomainId"])
    call = calls.DESCRIBE_DOMAIN
    described = visit.when(visit.wanted.gives(Domain, call), call, {"DomainId": number}, of=number)
    return Domain(
        arn=str(entry.raw["DomainArn"]),
        id=number,
        region=visit.region,
        domain_name=entry.take(lambda r: str(r["DomainName"])),
        status=entry.take(lambda r: str(r["Status"])),
        created=entry.take(lambda r: moment(r["CreationTime"])),
        auth=described.take(lambda r: str(r["AuthMode"])),
        network=described.take(lambda r: str(r["AppNetworkAccessType"])),
        vpc=described.take(lambda r: text_or_none(r, "VpcId")),
        # The second is the older name of the first.
        key=described.take(lambda r: text_or_none(r, "KmsKeyId") or text_or_none(r, "HomeEfsFileSystemKmsKeyId")),
        role=described.take(lambda r: text_or_none(part(r, "DefaultUserSettings"), "ExecutionRole")),
        idle=described.take(lambda r: idle_of_domain(part(r, "DefaultUserSettings"))),
    )


def _profile(visit: Visit, entry: Answer) -> UserProfile:
    domain, name = str(entry.raw["DomainId"]), str(entry.raw["UserProfileName"])
    call = calls.DESCRIBE_USER_PROFILE
    described = visit.when(
        visit.wanted.gives(UserProfile, call), call, {"DomainId": domain, "UserProfileName": name}, of=f"{domain}/{name}"
    )
    return UserProfile(
        arn=visit.arn("sagemaker", f"user-profile/{domain}/{name}"),
        id=f"{domain}/{name}",
        region=visit.region,
        status=entry.take(lambda r: str(r["Status"])),
        created=entry.take(lambda r: moment_or_none(r.get("CreationTime"))),
        role=described.take(lambda r: text_or_none(part(r, "UserSettings"), "ExecutionRole")),
        idle=described.take(lambda r: idle_of_profile(part(r, "UserSettings"))),
    )


def _space(visit: Visit, entry: Answer) -> Space:
    domain, name = str(entry.raw["DomainId"]), str(entry.raw["SpaceName"])
    call = calls.DESCRIBE_SPACE
    described = visit.when(visit.wanted.gives(Space, call), call, {"DomainId": domain, "SpaceName": name}, of=f"{domain}/{name}")
    return Space(
        arn=visit.arn("sagemaker", f"space/{domain}/{name}"),
        id=f"{domain}/{name}",
        region=visit.region,
        status=entry.take(lambda r: str(r["Status"])),
        created=entry.take(lambda r: moment_or_none(r.get("CreationTime"))),
        owner=entry.take(lambda r: text_or_none(part(r, "OwnershipSettingsSummary"), "OwnerUserProfileName")),
        app_type=entry.take(lambda r: text_or_none(part(r, "SpaceSettingsSummary"), "AppType")),
        volume_gib=entry.take(
            lambda r: number_or_none(
                part(r, "SpaceSettingsSummary", "SpaceStorageSettings", "EbsStorageSettings"), "EbsVolumeSizeInGb"
            )
        ),
        idle=described.take(lambda r: idle_of_space(part(r, "SpaceSettings"))),
    )


def _app(visit: Visit, entry: Answer) -> App | None:
    if entry.raw.get("Status") == "Deleted":
        return None
    domain, kind, name = str(entry.raw["DomainId"]), str(entry.raw["AppType"]), str(entry.raw["AppName"])
    # An app is a user profile's or a space's, never both's.
    holder = "SpaceName" if entry.raw.get("SpaceName") else "UserProfileName"
    place = f"{domain}/{entry.raw[holder]}/{kind}/{name}"
    call = calls.DESCRIBE_APP
    described = visit.when(
        visit.wanted.gives(App, call),
        call,
        {"DomainId": domain, holder: entry.raw[holder], "AppType": kind, "AppName": name},
        of=place,
    )
    return App(
        arn=visit.arn("sagemaker", f"app/{place}"),
        id=place,
        region=visit.region,
        status=entry.take(lambda r: str(r["Status"])),
        app_type=entry.take(lambda r: str(r["AppType"])),
        type=entry.take(lambda r: text_or_none(part(r, "ResourceSpec"), "InstanceType")),
        created=entry.take(lambda r: moment_or_none(r.get("CreationTime"))),
        last_user_activity=described.take(lambda r: moment_or_none(r.get("LastUserActivityTimestamp"))),
        last_health_check=described.take(lambda r: moment_or_none(r.get("LastHealthCheckTimestamp"))),
    )


def idle_of_domain(settings: Raw) -> IdleSettings | None:
    """The domain's idle shutdown: on only if it is on for every app type that has it."""
    switches = _switches(settings)
    return _reduced(switches, enabled=set(switches.values()) == {"ENABLED"} and len(switches) == len(CAN_IDLE), of=settings)


def idle_of_profile(settings: Raw) -> IdleSettings | None:
    """A user profile's idle shutdown: on only if it is on for every app type for which the profile sets it itself."""
    switches = _switches(settings)
    return _reduced(switches, enabled=set(switches.values()) == {"ENABLED"}, of=settings)


def idle_of_space(settings: Raw) -> IdleSettings | None:
    """A space's own time until idle shutdown. Spaces have no switch."""
    timed = {app_type: "" for app_type in CAN_IDLE if "IdleTimeoutInMinutes" in _idle(settings, app_type)}
    return _reduced(timed, enabled=True, of=settings)


def _idle(settings: Raw, app_type: str) -> Raw:
    return part(settings, CAN_IDLE[app_type], "AppLifecycleManagement", "IdleSettings")


def _switches(settings: Raw) -> dict[str, str]:
    found = {
        app_type: str(idle["LifecycleManagement"])
        for app_type in CAN_IDLE
        if (idle := _idle(settings, app_type)).get("LifecycleManagement")
    }
    if not {"ENABLED", "DISABLED"}.issuperset(found.values()):
        raise ValueError("neither enabled nor disabled")
    return found


def _reduced(app_types: Mapping[str, str], *, enabled: bool, of: Raw) -> IdleSettings | None:
    minutes = [int(_idle(of, app_type).get("IdleTimeoutInMinutes") or 0) for app_type in app_types]
    return IdleSettings(enabled, max(minutes, default=0) or None, tuple(sorted(app_types))) if app_types else None


COLLECTORS = (Collector(label="SageMaker Studio", kinds=(Domain, UserProfile, Space, App), run=studio),)
