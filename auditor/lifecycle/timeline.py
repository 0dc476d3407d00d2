"""What lifecycle does with an object version, and when.

Exact and closed: moments are compared, no day is lived through. After the S3 User Guide: "Lifecycle configuration elements", "How Amazon
S3 handles conflicts in lifecycle configurations", "Transitioning objects" and "Expiring objects using Amazon S3 Lifecycle". What these
leave open is decided here so:

- At a midnight one thing happens to an object at most ("eligible for only one S3 Lifecycle action per day", "Expiring objects"): a
  delete marker that a transition of the day goes before comes at the next midnight, and the marker under which nothing is left goes
  at the midnight after.
- A moment that is a midnight already is not rounded up: the example of the User Guide that removes objects "90 days after object
  creation" (60 days, then 30 more as noncurrent) adds up only so.
- A delete marker has no tags and no bytes: a rule that asks for a tag or for more than so many bytes is not about it.
- A transition that lost to another of the same day is not made up for later.
- Noncurrent versions that are only counted (``NewerNoncurrentVersions`` without ``NoncurrentDays``) are due at once.
"""

from __future__ import annotations

from datetime import datetime

from auditor.lifecycle.days import moment, utc
from auditor.lifecycle.plan import Plan
from auditor.lifecycle.subject import Event, Subject
from auditor.model.s3 import Lifecycle

__all__ = ["moment", "timeline"]


def timeline(lifecycle: Lifecycle, subject: Subject, until: datetime) -> tuple[Event, ...]:
    """All that happens to a version up to ``until``, in its order, from when it was written in ``subject.storage_class``."""
    last = utc(until).toordinal()
    plan = Plan([one for one in lifecycle.rules if one.enabled], lifecycle.default_minimum_size)
    return tuple(
        Event(at=moment(day), action=action, storage_class=storage_class, rules=ids)
        for day, action, storage_class, ids in plan.steps(subject)
        if day <= last
    )
