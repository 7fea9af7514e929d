"""What every test may stand on: the database it runs on, a deterministic Hypothesis, and a browser."""

import gc
import os
import sqlite3
from collections.abc import Generator, Iterator
from contextlib import closing
from typing import Any

import pytest
from django.conf import settings as project
from django.db import connection
from hypothesis import Phase
from hypothesis import settings as hypothesis_settings
from playwright.sync_api import Browser, sync_playwright

from tests.second_database import is_for_both
from tests.world import simulator, still, world
from tools import emptied_tables, installed_browser

__all__ = ["simulator", "still", "world"]

# A password is hashed slowly, so that it cannot be guessed. Nobody guesses in tests; one of them asks for the real one.
QUICK_HASHER = "django.contrib.auth.hashers.MD5PasswordHasher"
# For minutes: begun first, they wait beside the others and not after them.
WAITING = ("tests/tools/test_soak.py", "tests/running/test_kill_points.py")
IN_CI = os.environ.get("CI", "").lower() in {"1", "true"}
IS_MIGRATED = "MIGRATED" in os.environ  # DATABASE_URL is a database the migrations have run on
IS_SECOND_DATABASE = "SECOND_DATABASE" in os.environ

# Explaining a failure traces every line, which takes minutes under Python 3.11: it would end as a time-out.
PHASES = [phase for phase in Phase if phase != Phase.explain]
# A generated example that fails must fail again: the same examples on every run in CI, and no clock in the way.
hypothesis_settings.register_profile("ci", derandomize=True, deadline=None, print_blob=True, phases=PHASES)
hypothesis_settings.register_profile("dev", deadline=None, phases=PHASES)
hypothesis_settings.load_profile("ci" if IN_CI else "dev")


def pytest_configure() -> None:
    project.PASSWORD_HASHERS = [QUICK_HASHER, *project.PASSWORD_HASHERS]
    emptied_tables.let_flush_empty_tables()
    project.WHITENOISE_AUTOREFRESH = True  # a file is looked up when asked for: each client is an application


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Generator[None, object, object]:
    """What is read until the first test stays: the garbage collector need not walk through it again and again.

    Later it looks less often than it would, which saves every tenth second; what forms circles goes all the same.
    """
    gc.disable()
    collected = yield
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
    gc.enable()
    return collected


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> Iterator[None]:
    """Leave out what a bare ``pytest`` on SQLite cannot run, and what need not run on the second database."""
    if IS_SECOND_DATABASE:
        left_out = [item for item in items if not is_for_both(item)]
        items[:] = [item for item in items if is_for_both(item)]
        config.hook.pytest_deselected(items=left_out)
    if connection.vendor != "postgresql" and os.environ.get("EXPECT_DATABASE") != "postgresql":
        for item in items:
            if item.get_closest_marker("services"):
                item.add_marker(pytest.mark.skip(reason="NEEDS POSTGRESQL AND REDIS: run `make test`"))
    yield  # to pytest-django, which puts tests without a database last
    items.sort(key=lambda item: not item.nodeid.startswith(WAITING))


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Begin with a copy of the database that was migrated for this run, where there is one.

    SQLite's is kept in a file, as the portal does: in memory, threads lock each other out at once.
    """
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        copy = tmp_path_factory.mktemp("database") / "test.sqlite3"
        database["TEST"]["NAME"] = str(copy)
        if IS_MIGRATED:
            with closing(sqlite3.connect(database["NAME"])) as migrated, closing(sqlite3.connect(copy)) as own:
                migrated.backup(own)
    elif IS_MIGRATED:
        database["TEST"]["TEMPLATE"] = database["NAME"]


@pytest.fixture(scope="session")
def django_db_keepdb(django_db_keepdb: bool) -> bool:
    """A copied file is taken as it is; a copy on a server is made anew, and dropped in the end."""
    return django_db_keepdb or (IS_MIGRATED and connection.vendor == "sqlite")


@pytest.fixture(scope="session")
def django_db_use_migrations(django_db_use_migrations: bool) -> bool:
    return django_db_use_migrations and not IS_MIGRATED


@pytest.fixture(autouse=True)
def at_ease(settings: Any) -> None:
    """Nobody needs a second factor and no log-in ends by itself, but in the tests about that."""
    settings.MFA_REQUIRED = False
    settings.SESSION_IDLE_SECONDS = settings.SESSION_COOKIE_AGE = 10 * 365 * 24 * 3600
    if IS_MIGRATED:
        settings.MIGRATION_MODULES = {}  # taken away only for making the database; what asks for migrations finds them


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The machine's Chromium under Playwright. Use it with ``live_server`` and the marker ``browser``."""
    path = installed_browser.find()
    if path is None:
        missing = "NO CHROMIUM on this machine: tried " + ", ".join(installed_browser.NAMES)
        pytest.fail(missing) if IN_CI else pytest.skip(missing)
    with pytest.MonkeyPatch.context() as environment:
        # Playwright keeps an event loop in this thread; Django would refuse every query of the tests beside it.
        environment.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        with sync_playwright() as playwright:
            started = playwright.chromium.launch(executable_path=path, args=installed_browser.FLAGS)
            yield started
            started.close()
