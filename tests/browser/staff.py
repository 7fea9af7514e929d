"""A browser of somebody of the world's 3PL, for journeys that go through screens to the simulated Amazon and back."""

from collections.abc import Callable, Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, Dialog, Page
from pytest_django.live_server_helper import LiveServer

from integration_manager.alerts import mailing
from shipping import tasks
from tests.world import World

WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # listing all that is right takes as long as looking
}
TELL_BREACHES = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
Visit = Callable[..., Page]


@pytest.fixture
def visit(chromium: Browser, live_server: LiveServer, world: World) -> Iterator[Visit]:
    """Opens a page. Fails when the browser complained, a dialog opened or the content policy was broken."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    client = Client()
    client.force_login(world.person)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def refuse(dialog: Dialog) -> None:
        complaints.append(f"A dialog opened: {dialog.message}")
        dialog.dismiss()

    def open_page(path: str, *, width: int = 1280, theme: str = "light") -> Page:
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
        )
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": live_server.url}])
        context.add_init_script(TELL_BREACHES)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", refuse)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


TOO_WIDE = """
[...document.querySelectorAll("main *, header h1")]
    .filter(each => each.getBoundingClientRect().right > window.innerWidth + 1)
    .map(each => `${each.tagName}.${each.className}: ${each.textContent.trim().slice(0, 40)}`)
"""


def assert_readable(page: Page) -> None:
    """By everybody, and no wider than the screen."""
    found = Axe().run(page, options=WCAG)
    assert found.violations_count == 0, f"{page.url}: {found.generate_report()}"
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{page.url} is {overflow} too wide: {page.evaluate(TOO_WIDE)[:5]}"


def workers(world: World, times: int = 1) -> None:
    """What beat and the workers do meanwhile."""
    assert world.cart.grant_id
    for _ in range(times):
        world.later(minutes=3)
        world.download()
        tasks.recall_due()
        tasks.release_due()
        tasks.cancel_orders(grant_id=world.cart.grant_id)
        tasks.confirm_packages(grant_id=world.cart.grant_id)
        mailing.write_alerts(now=world.now)
