"""What every test may stand on: the database it runs on, a deterministic Hypothesis, and a browser."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright

from tests.world import simulator, still, world
from tools import browser

__all__ = ["simulator", "still", "world"]

IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}

# A generated example that fails must fail again: the same examples on every run in CI, and no clock in the way.
hypothesis_settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True)
hypothesis_settings.register_profile("dev", deadline=None)
hypothesis_settings.load_profile("ci" if IN_CI else "dev")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave out what a bare ``pytest`` on SQLite cannot run; ``make test`` brings the services with it."""
    if connection.vendor == "postgresql" or os.environ.get("EXPECT_DATABASE") == "postgresql":
        return
    for item in items:
        if item.get_closest_marker("services"):
            item.add_marker(pytest.mark.skip(reason="NEEDS POSTGRESQL AND REDIS: run `make test`"))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Keep SQLite's test database in a file, as the portal does: in memory, threads lock each other out at once."""
    if connection.vendor == "sqlite":
        connection.settings_dict["TEST"]["NAME"] = str(tmp_path_factory.mktemp("database") / "test.sqlite3")


@pytest.fixture(autouse=True)
def at_ease(settings: Any) -> None:
    """Nobody needs a second factor and no log-in ends by itself, but in the tests about that."""
    settings.MFA_REQUIRED = False
    settings.SESSION_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium under Playwright. Use it with ``live_server`` and the marker ``browser``."""
    path = browser.find()
    if path is None:
        missing = "NO CHROMIUM on this machine: tried " + ", ".join(browser.NAMES)
        pytest.fail(missing) if IN_CI else pytest.skip(missing)
    with pytest.MonkeyPatch.context() as environment:
        # Playwright keeps an event loop in this thread; Django would refuse every query of the tests beside it.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=path, args=browser.FLAGS)
            yield started
            started.close()
