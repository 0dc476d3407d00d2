"""How far a scan is: bars on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
import threading
from collections.abc import Generator
from contextlib import contextmanager
from typing import Protocol

from auditor.collect.quiet import Silent
from auditor.render.visible import visible


class Progress(Protocol):
    """See :class:`auditor.collect.run.Progress`."""

    def step(self, label: str, place: str, done: int, total: int) -> None:
        """``done`` of ``total`` pieces of work."""
        ...

    def finished(self, label: str, place: str) -> None:
        """The collector is through with the place."""
        ...


class Lines:
    """One line for each service when it is done, for logs."""

    def __init__(self) -> None:
        """Counts what is under way."""
        self._lock = threading.Lock()
        self._open: dict[str, set[str]] = {}
        self._work: dict[tuple[str, str], int] = {}

    def step(self, label: str, place: str, done: int, total: int) -> None:  # noqa: ARG002  lines do not move
        """Remembers how much there was."""
        with self._lock:
            self._open.setdefault(label, set()).add(place)
            self._work[label, place] = total

    def finished(self, label: str, place: str) -> None:
        """Prints the line."""
        with self._lock:
            total = self._work.get((label, place), 0)
            if not total and place != "global":
                return  # dozens of empty regions are no news
            sys.stderr.write(f"awsaudit: {label} ({visible(place)}): read\n")


class Bars:
    """A bar for each service, over all regions."""

    def __init__(self) -> None:
        """Shown while the ``with`` block of :func:`showing` runs."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        self.bars = Progress(
            TextColumn("{task.description:<12}"),
            BarColumn(bar_width=30),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            transient=True,
        )
        self._lock = threading.Lock()
        self._tasks: dict[str, int] = {}
        self._work: dict[str, dict[str, tuple[int, int]]] = {}

    def step(self, label: str, place: str, done: int, total: int) -> None:
        """Moves the bar."""
        with self._lock:
            if label not in self._tasks:
                self._tasks[label] = self.bars.add_task(label, total=None)
            self._work.setdefault(label, {})[place] = (done, total)
            self._draw(label)

    def finished(self, label: str, place: str) -> None:
        """Fills the part of the place."""
        with self._lock:
            if label not in self._tasks:
                return
            _, total = self._work.get(label, {}).get(place, (0, 0))
            self._work.setdefault(label, {})[place] = (total or 1, total or 1)
            self._draw(label)

    def _draw(self, label: str) -> None:
        parts = self._work[label].values()
        done, total = sum(d for d, _ in parts), sum(t for _, t in parts)
        self.bars.update(self._tasks[label], completed=done, total=total or None)  # type: ignore[arg-type]


@contextmanager
def showing(quiet: bool) -> Generator[Progress]:
    """The progress that fits: bars on a terminal, lines otherwise."""
    if quiet:
        yield Silent()
    elif sys.stderr.isatty():
        shown = Bars()
        with shown.bars:
            yield shown
    else:
        yield Lines()
