"""A browser of somebody who is logged in already."""

from collections.abc import Iterator
from typing import Protocol

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from integration_manager.accounts.models import User
from tests.browser.reading import DESK, PHONE, Look, is_complaint


class House(Protocol):
    """What a file's own fixture ``house`` makes: what its pages show, and who looks at them."""

    user: User


@pytest.fixture
def look(chromium: Browser, live_server: LiveServer, house: House) -> Iterator[Look]:
    """Opens a page as somebody of the house. Fails when the browser complained about anything."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    client = Client()
    client.force_login(house.user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def open_page(path: str, *, width: int = DESK, javascript: bool = True) -> Page:
        assert width in (DESK, PHONE)
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            reduced_motion="reduce",  # a picture taken halfway between two colors shows neither
            java_script_enabled=javascript,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.goto(live_server.url + path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []
