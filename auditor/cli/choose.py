"""From options to a configuration."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import msgspec

from auditor.config import Config, load
from auditor.engine import registry
from auditor.model.price import Prices
from auditor.money.settings import PriceSettings, open_book
from auditor.selection import choose


def configuration(
    *,
    config: Path | None = None,
    rules_folder: Path | None = None,
    rules: Sequence[str] | None = None,
    services: Sequence[str] | None = None,
    audience: str | None = None,
    frameworks: Sequence[str] | None = None,
    language: str = "en",
) -> Config:
    """What to judge: the file's choices, narrowed or replaced by what the command line says: see :func:`auditor.selection.choose`.

    Raises :class:`auditor.errors.UsageError` or one of its kinds.
    """
    loaded = load(config, registry.load(rules_folder))
    return choose(loaded, rules=rules, services=services, audience=audience, frameworks=frameworks, language=language)


def book(chosen: PriceSettings, file: Path | None = None) -> Prices:
    """The prices that a snapshot taken now gets; ``file`` goes before the one that the configuration names.

    Raises :class:`auditor.errors.PriceFileError`.
    """
    return open_book(msgspec.structs.replace(chosen, file=file) if file else chosen, datetime.now(UTC))
