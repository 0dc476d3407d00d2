"""A scan that nobody watches: no progress, and no journal where a killed process leaves nothing behind anyway."""

from __future__ import annotations

from auditor.model.fact import Unknown
from auditor.model.resource import Resource
from auditor.model.snapshot import CallRecord, Gap, Header


class Silent:
    """A :class:`auditor.collect.run.Progress` that says nothing."""

    def step(self, label: str, place: str, done: int, total: int) -> None:
        """Nothing."""

    def finished(self, label: str, place: str) -> None:
        """Nothing."""


class NoJournal:
    """A :class:`auditor.collect.run.Journal` that keeps nothing."""

    def header(self, header: Header) -> None:
        """Nothing."""

    def item(self, resource: Resource, scope: str) -> None:
        """Nothing."""

    def section(self, kind: str, scope: str, missing: tuple[Unknown, ...]) -> None:
        """Nothing."""

    def call(self, record: CallRecord) -> None:
        """Nothing."""

    def gap(self, gap: Gap) -> None:
        """Nothing."""
