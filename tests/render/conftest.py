"""A real browser for the tests of the HTML report."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from auditor.render import html
from auditor.render.view import View
from tests.render import synthetic

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Headless Chromium. A report that no browser has opened is not tested, so there is no skipping."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("no chromium on the PATH: install it (`apt-get install chromium`) to test the HTML report")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=chromium, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture(scope="session")
def small() -> View:
    return synthetic.small()


@pytest.fixture(scope="session")
def hostile() -> View:
    return synthetic.hostile()


@pytest.fixture(scope="session")
def small_page(small: View, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(small, tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="session")
def hostile_page(hostile: View, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(hostile, tmp_path_factory.mktemp("hostile"))


def _write(view: View, folder: Path) -> Path:
    file = folder / "report.html"
    file.write_bytes(html.render(view))
    return file
