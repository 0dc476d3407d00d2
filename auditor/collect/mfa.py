"""Virtual MFA devices of IAM, listed once for themselves and for the root user."""

from __future__ import annotations

from auditor.collect.door import Answer, Listing, Raw
from auditor.collect.shapes import moment_or_none
from auditor.collect.visit import Collector, Visit
from auditor.model import calls
from auditor.model.iam import VirtualMfaDevice


def devices(visit: Visit) -> Listing:
    """All virtual MFA devices of the account."""
    call = calls.LIST_VIRTUAL_MFA_DEVICES
    return visit.door.share((call.name, visit.region), lambda: visit.pages(call, "VirtualMFADevices"))


def owner(raw: Raw) -> str | None:
    """ARN of the user that a device is assigned to."""
    user = raw.get("User")
    return str(user["Arn"]) if user else None


def virtual_mfa_devices(visit: Visit) -> None:
    """The devices as resources."""
    if visit.lists(VirtualMfaDevice):
        visit.add_each(VirtualMfaDevice, devices(visit), lambda entry: _device(visit, entry))


def _device(visit: Visit, entry: Answer) -> VirtualMfaDevice:
    serial = str(entry.raw["SerialNumber"])
    return VirtualMfaDevice(
        arn=serial,
        id=serial,
        region=visit.region,
        user=entry.take(owner),
        enabled_at=entry.take(lambda r: moment_or_none(r.get("EnableDate"))),
    )


COLLECTORS = (Collector(label="MFA devices", kinds=(VirtualMfaDevice,), run=virtual_mfa_devices),)
