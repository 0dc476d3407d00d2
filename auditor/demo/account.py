"""The emulated account of ``scan --demo``: moto in this process, the real collectors, no credentials and no network."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from datetime import UTC, datetime

from auditor.collect.session import Connection, Target, connect
from auditor.demo.answers import answer_for
from auditor.demo.clock import set_back
from auditor.demo.emulator import emulated_session, settings_of_its_own
from auditor.demo.seed import seed
from auditor.demo.site import Site

REGION = "us-east-1"


@contextmanager
def emulated_account(scale: int = 1, *, region: str = REGION, now: datetime | None = None) -> Generator[Connection, None, None]:
    """A connection to a furnished account, which is gone after the block, as is everything that was set for it.

    ``scale`` makes a larger account (:func:`auditor.demo.seed.seed`). ``now`` is when it will be scanned: ages and metrics are counted
    back from it.
    """
    moment = now or datetime.now(UTC)
    with settings_of_its_own(), emulated_session(region) as session:
        answer_for(session, moment, region)
        with set_back(moment) as clock:
            seed(Site(session, clock, region), scale)
        yield connect(Target(region=region), session=session)
