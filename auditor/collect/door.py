"""The one door to AWS: every call goes through it, is paced, retried, recorded, and comes back as a fact.

Errors are mapped here once. "Not configured" codes are known empty answers; denied, throttled past the budget, transport and
unrecognised errors are unknown; a resource that is not there any more is *gone*. Only our own bugs rise.
"""

from __future__ import annotations

import random
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import Future
from typing import Any, TypeVar, cast

import msgspec
from botocore import endpoint, parsers, xform_name
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    CredentialRetrievalError,
    EndpointConnectionError,
    HTTPClientError,
    LoginError,
    NoCredentialsError,
    RefreshWithMFAUnsupportedError,
    SSOError,
    TokenRetrievalError,
)
from botocore.parsers import ResponseParserError

from auditor.collect.codes import CLOSED, DENIED, EXPIRED, GONE, NOT_ACCEPTED, NOT_FOUND, THROTTLED, UNSUPPORTED
from auditor.collect.pace import Clock, Pace, SystemClock
from auditor.collect.session import Clients
from auditor.model.calls import Call, Per
from auditor.model.fact import Fact, Known, Reason, Unknown
from auditor.model.resource import GLOBAL
from auditor.model.snapshot import CallRecord

T = TypeVar("T")
Raw = Mapping[str, Any]

RENEWAL = (
    CredentialRetrievalError,
    LoginError,
    NoCredentialsError,
    RefreshWithMFAUnsupportedError,
    RuntimeError,
    SSOError,
    TokenRetrievalError,
)
"""What the SDK raises when it cannot renew credentials that ran out."""
UNREADABLE = (ResponseParserError, ValueError, TypeError, AttributeError, LookupError, RecursionError, OverflowError)
"""What the SDK's parsers raise over an answer that is not what the API promises."""

THROTTLE_BUDGET = 180.0
"""Seconds one call may spend being throttled before it is given up."""
TRANSPORT_TRIES = 4
"""Tries of one call over a failing network or a failing server."""
BREAKER = 6
"""Calls to one service in one region that fail in a row, all tries spent, before no more are made."""
EMPTY_PAGES = 100
"""Pages without an entry in a row before a listing is given up. AWS does send empty pages, where it filters what it found."""
MORE = ("IsTruncated", "HasMoreResults")
"""What says, besides the token itself, that there are more pages."""


class Answer(msgspec.Struct, frozen=True):
    """What a call gave: a response, or the reason why there is none. :meth:`take` makes typed facts of it."""

    call: Call
    fact: Fact[Raw]
    code: str = ""
    """AWS's error code, where it refused or had nothing to say."""
    message: str = ""
    """AWS's words with it: for the few errors that name what was wrong. Text from outside, never to be shown as ours."""

    def take(self, parse: Callable[[Raw], T]) -> Fact[T]:
        """The fact that ``parse`` finds in the response. A key that is not there is *no data*, a value of the wrong form an error."""
        if isinstance(self.fact, Unknown):
            return self.fact
        try:
            return Known(parse(self.fact.value))
        except KeyError:
            return Unknown(Reason.NO_DATA, self.call.name, self.call.action)
        except (TypeError, ValueError, AttributeError, IndexError, OverflowError):
            return Unknown(Reason.ERROR, self.call.name, self.call.action)

    @property
    def raw(self) -> Raw:
        """The response, empty when there is none: only for what names a resource."""
        return self.fact.value if isinstance(self.fact, Known) else {}


class Listing(msgspec.Struct, frozen=True):
    """The entries of a listing over all its pages, and why there may be more."""

    entries: tuple[Answer, ...]
    missing: tuple[Unknown, ...] = ()
    pages: tuple[Raw, ...] = ()


class _State:
    __slots__ = ("failures", "pace")

    def __init__(self, clock: Clock, ceiling: float | None) -> None:
        self.pace = Pace(clock, ceiling)
        self.failures = 0


class Door:
    """Calls AWS. Safe to share between threads."""

    def __init__(self, clients: Clients, record: Callable[[CallRecord], None], clock: Clock | None = None) -> None:
        """``record`` is told of each call, from any thread. ``clock`` (the machine's own, unless given) paces calls and retries."""
        self._clock = clock or SystemClock()
        self._clients = clients
        self._record = record
        self._states: dict[tuple[str, str], _State] = {}
        self._shared: dict[tuple[str, str], Future[Any]] = {}
        self._accepted: set[tuple[str, str]] = set()
        self._enabled: frozenset[str] = frozenset()
        self._lock = threading.Lock()
        self.stopped = threading.Event()
        self.stopped_because = ""

    def enabled(self, regions: Iterable[str]) -> None:
        """These regions are known to be enabled: whoever is refused there is not refused because of the region."""
        self._enabled = frozenset(regions)

    def stop(self, because: str) -> None:
        """Make no more calls: whatever is asked from now on is *not collected*."""
        with self._lock:
            if not self.stopped.is_set():
                self.stopped_because = because
                self.stopped.set()

    def read(self, call: Call, region: str, params: Raw, of: str = "") -> Answer:
        """Make one call. Never raises for what AWS or the network does."""
        state = self._state(call, region)
        if self.stopped.is_set():
            return self._unknown(call, Reason.NOT_COLLECTED)
        if state.failures >= BREAKER:
            return self._unknown(call, Reason.ERROR)
        try:
            client = self._clients.client(call.service, region)
        except (BotoCoreError, ValueError):  # such as a region whose name makes no host name
            return self._unknown(call, Reason.ERROR)
        method = getattr(client, xform_name(call.operation))
        began = self._clock.now()
        tries = 0
        while True:
            state.pace.wait(self.stopped)
            if self.stopped.is_set():
                return self._unknown(call, Reason.NOT_COLLECTED)
            tries += 1
            response, reason, code, message = self._try(call, region, method, params)
            if reason is None:
                state.failures = 0
                state.pace.went_well()
                with self._lock:
                    self._accepted.add((call.service, region))
                break
            if reason is Reason.THROTTLED:
                state.pace.throttled()
                if self._clock.now() - began < THROTTLE_BUDGET:
                    self._pause(min(8.0, 0.25 * 2 ** min(tries, 5)))
                    continue
            elif code in ("", "5xx") and tries < TRANSPORT_TRIES and state.failures < BREAKER:
                self._pause(0.2 * 2**tries)
                continue
            state.failures = state.failures + 1 if code in ("", "5xx") else 0
            break
        outcome = "absent" if reason is None and code else "ok" if reason is None else reason.value
        self._record(
            CallRecord(
                service=call.service,
                operation=call.operation,
                region=region,
                outcome=outcome,
                of=of,
                code=code,
                tries=tries,
                ms=round((self._clock.now() - began) * 1000),
            )
        )
        return Answer(call, Known(response) if reason is None else Unknown(reason, call.name, call.action), code, message)

    def once(self, call: Call, region: str) -> Answer:
        """The answer of a call without parameters that several collectors need: made once, whoever asks first."""
        return self.share((call.name, region), lambda: self.read(call, region, {}))

    def share(self, what: tuple[str, str], work: Callable[[], T]) -> T:
        """What several collectors need, of several calls: worked out once, by whoever asks first, while the others wait.

        ``what`` names the last of the calls and the region.
        """
        with self._lock:
            asked = self._shared.get(what)
            promise = asked or self._shared.setdefault(what, Future())
        if asked is None:
            try:
                promise.set_result(work())
            except BaseException as error:
                promise.set_exception(error)  # nobody may wait for ever
                raise
        shared: T = promise.result()
        return shared

    def pages(self, call: Call, region: str, key: str, params: Raw, of: str = "") -> Listing:
        """All entries under ``key`` over all pages. What was read before a page failed is kept, and the failure is in ``missing``.

        A page without its list is a failure, unless AWS leaves that list out (:attr:`Call.may_omit`); so are pages that never end,
        and one that says that there are more but not where. Without a ``key`` only the pages are given.
        """
        entries: list[Answer] = []
        responses: list[Raw] = []
        asked: dict[str, Any] = dict(params)
        if call.pages and call.pages.limit:
            asked.setdefault(*call.pages.limit)
        seen: set[tuple[Any, ...]] = set()
        empty = 0
        broken = Unknown(Reason.ERROR, call.name, call.action)
        while True:
            answer = self.read(call, region, asked, of=f"{of}#{len(responses) + 1}" if responses else of)
            if isinstance(answer.fact, Unknown):
                return Listing(tuple(entries), (answer.fact,), tuple(responses))
            response = answer.fact.value
            responses.append(response)
            found: Any = response.get(key, [] if call.may_omit else None) if key else []
            if not _is_list(found):
                return Listing(tuple(entries), (broken,), tuple(responses))
            for entry in found:
                shaped: Raw = cast("Raw", entry) if isinstance(entry, Mapping) else {"": entry}
                entries.append(Answer(call, Known(shaped)))
            pages = call.pages
            token = response.get(pages.next_token) if pages and (not pages.flag or response.get(pages.flag)) else None
            if not token or not pages:
                more = any(response.get(name) for name in MORE)
                return Listing(tuple(entries), (broken,) if more else (), tuple(responses))
            empty = 0 if _has_entries(response) else empty + 1
            tokens = {pages.token: token, **{ask: response.get(answer) for ask, answer in pages.beside}}
            mark = tuple(tokens.values())
            sound = str | int if pages.flag else str  # what comes with a flag may be a number, such as that of a part
            if not all(isinstance(one, sound) for one in mark) or mark in seen or empty == EMPTY_PAGES:
                return Listing(tuple(entries), (broken,), tuple(responses))
            seen.add(mark)
            asked.update(tokens)

    def _try(self, call: Call, region: str, method: Any, params: Raw) -> tuple[Raw, Reason | None, str, str]:
        """One try: the response, or a reason, AWS's code (empty or ``5xx`` for what a new try may mend) and its message."""
        try:
            return method(**params), None, "", ""
        except ClientError as error:
            detail: Any = error.response.get("Error", {})
            return *self._refusal(call, region, error), str(detail.get("Message", ""))
        except (EndpointConnectionError, HTTPClientError) as error:
            if isinstance(error, EndpointConnectionError) and not self._clients.offers(call.service, region):
                return {}, Reason.UNSUPPORTED, "NoEndpoint", ""
            return {}, Reason.ERROR, "", ""
        except UNREADABLE as error:
            if not _passed_through(endpoint.__file__, error):
                raise
            return {}, Reason.ERROR, "", ""
        except RENEWAL as error:
            if _passed_through(parsers.__file__, error):
                return {}, Reason.ERROR, "", ""  # a time that is out of range is a RuntimeError too
            self._lost_credentials()
            return {}, Reason.NOT_COLLECTED, type(error).__name__, ""
        except BotoCoreError as error:
            return {}, Reason.ERROR, type(error).__name__, ""

    def _refusal(self, call: Call, region: str, error: ClientError) -> tuple[Raw, Reason | None, str]:
        response: Any = error.response
        detail = response.get("Error", {})
        code = str(detail.get("Code", "")).removeprefix("Client.").removeprefix("Server.")
        status = response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0)
        # Another operation than the one that was asked for: the SDK was taking the role anew.
        if code in EXPIRED or error.operation_name != call.operation:
            self._lost_credentials()
            return {}, Reason.NOT_COLLECTED, code
        if code in call.absent:
            return {}, None, code
        if code in NOT_ACCEPTED:
            return {}, self._not_accepted(call, region), code
        for codes, reason in (
            (THROTTLED, Reason.THROTTLED),
            (DENIED, Reason.DENIED),
            (CLOSED, Reason.REGION_OFF),
            (UNSUPPORTED, Reason.UNSUPPORTED),
        ):
            if code in codes:
                return {}, reason, code
        if (
            code in GONE
            or code.endswith(".NotFound")
            or (code == "ValidationException" and any(words in str(detail.get("Message", "")).lower() for words in NOT_FOUND))
        ):
            # Only what is asked about one resource can find that it is gone.
            return {}, Reason.GONE if call.per is Per.ITEM else Reason.ERROR, code
        if status == 403:
            return {}, Reason.DENIED, code or "403"
        if status == 429:
            return {}, Reason.THROTTLED, code or "429"
        if status >= 500:
            return {}, Reason.ERROR, "5xx"
        return {}, Reason.ERROR, code or str(status)

    def _state(self, call: Call, region: str) -> _State:
        place = (call.name if call.per_second else call.service, region)
        with self._lock:
            return self._states.setdefault(place, _State(self._clock, call.per_second))

    def _not_accepted(self, call: Call, region: str) -> Reason:
        """What it means that the credentials are not accepted: it depends on whether they were, there, before."""
        with self._lock:
            accepted = (call.service, region) in self._accepted
            other = any(place == region for _, place in self._accepted)
        if accepted:
            self.stop("AWS does not accept the credentials any more; sign in again and repeat the command")
            return Reason.NOT_COLLECTED
        # Also in an enabled region: one that had to be enabled does not take the session tokens of the global STS endpoint.
        return Reason.DENIED if other or region == GLOBAL or region in self._enabled else Reason.REGION_OFF

    def _lost_credentials(self) -> None:
        self.stop("the AWS credentials expired on the way; sign in again and repeat the command")

    def _pause(self, seconds: float) -> None:
        jitter = random.uniform(0.5, 1.0)  # noqa: S311  so that threads do not come back together
        self._clock.wait(seconds * jitter, self.stopped)

    @staticmethod
    def _unknown(call: Call, reason: Reason) -> Answer:
        return Answer(call, Unknown(reason, call.name, call.action))


def _has_entries(response: Raw) -> bool:
    return any(_is_list(value) and value for value in response.values())


def _is_list(value: object) -> bool:
    return isinstance(value, list)


def _passed_through(module: str, error: BaseException) -> bool:
    """It was raised in this file of the SDK, or below.

    What was not raised in the SDK's endpoint was raised before the request was made up: it is a mistake of ours, such as a parameter
    that there is not.
    """
    return any(frame.f_code.co_filename == module for frame, _ in traceback.walk_tb(error.__traceback__))
