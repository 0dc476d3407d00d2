"""Who owns the buckets that services name after account and region: a question for each name, if somebody asks for it.

HeadBucket with the owner that is expected answers without a look into any bucket: 200 for one of ours, 403 for anybody else's, 404 where
there is none. 403 is also what it says of a bucket of ours that we may not look at (its policy may deny it), and to whom no policy allows
the question at all. The list of our buckets tells the first apart, a name that no bucket has the second.
"""

from __future__ import annotations

from auditor.collect.own_buckets import own_names
from auditor.collect.visit import Visit
from auditor.model import calls
from auditor.model.account import RegionSettings
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import unread
from auditor.model.service_buckets import ServiceBuckets, control, names


def service_buckets(visit: Visit) -> Fact[ServiceBuckets]:
    """What is known of the names in the region of the visit."""
    if not visit.wants(RegionSettings.service_buckets):
        return unread(calls.HEAD_BUCKET)
    found: dict[str, list[str]] = {"ours": [], "others": [], "free": []}
    for name in names(visit.account_id, visit.region):
        owner = _owner(visit, name)
        if isinstance(owner, Unknown):
            return owner
        found[owner.value].append(name)
    if found["others"]:
        if _owner(visit, control(visit.account_id)) != Known("free"):
            return unread(calls.HEAD_BUCKET).because(Reason.DENIED)
        own = own_names(visit)
        if isinstance(own, Unknown):
            return own
        found["ours"] += (name for name in found["others"] if name in own.value)
        found["others"] = [name for name in found["others"] if name not in own.value]
    return Known(ServiceBuckets(*(tuple(sorted(found[owner])) for owner in ("ours", "others", "free"))))


def _owner(visit: Visit, name: str) -> Fact[str]:
    """``ours``, ``free``, or ``others``: not ours, or not for us to ask."""
    asked = {"Bucket": name, "ExpectedBucketOwner": visit.account_id}
    answer = visit.read(calls.HEAD_BUCKET, asked, of=name)
    if isinstance(answer.fact, Known):
        return Known("ours" if answer.fact.value else "free")
    return Known("others") if answer.fact.reason is Reason.DENIED else answer.fact
