"""A browser of somebody who is logged in already."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from playwright.sync_api import Browser
from pytest_django.live_server_helper import LiveServer

from core.accounts.models import User
from tests.browser.page_text import Look, looking
from tests.world import World


class House(Protocol):
    """What a file's own fixture ``house`` makes: what its pages show, and who looks at them."""

    user: User


@pytest.fixture
def look(chromium: Browser, live_server: LiveServer, house: House) -> Iterator[Look]:
    """Opens a page as somebody of the house."""
    with looking(chromium, live_server.url, house.user) as look:
        yield look


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer, world: World) -> Iterator[Look]:
    """Opens a page as somebody of the world's 3PL, for journeys down to the simulated Amazon and back."""
    with looking(chromium, live_server.url, world.person) as look:
        yield look
