"""Reading a page as everybody does: in the light and in the dark, at a desk and on a phone, with a screen reader."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Dialog, Page

from core.accounts.models import User
from tests import axe_rules

SHOTS = os.environ.get("SHOTS")  # a folder to keep pictures in
DESK, PHONE = 1280, 375
TELL_BREACHES = "document.addEventListener('securitypolicyviolation', e => console.error('CSP ' + e.violatedDirective))"
FIELDS_OFF_CARD = """
[...document.querySelectorAll(".card select, .card input")]
    .filter(field => field.checkVisibility())
    .map(field => [field.name, ...[field, field.closest(".card")].map(each => each.getBoundingClientRect().right)])
    .filter(([, right, edge]) => right > edge)
"""
TOO_WIDE = """
[...document.querySelectorAll("main *, header h1")]
    .filter(each => each.getBoundingClientRect().right > window.innerWidth + 1)
    .map(each => `${each.tagName}.${each.className}: ${each.textContent.trim().slice(0, 40)}`)
"""
Look = Callable[..., Page]


@contextmanager
def looking(chromium: Browser, server: str, user: User) -> Iterator[Look]:
    """Hands out what opens pages as somebody who is logged in.

    Fails when the browser complained about anything, a dialog opened or the content policy was broken.
    """
    contexts: list[BrowserContext] = []
    complaints: list[str] = []
    client = Client()
    client.force_login(user)
    session = client.cookies[settings.SESSION_COOKIE_NAME].value

    def refuse(dialog: Dialog) -> None:
        complaints.append(f"A dialog opened: {dialog.message}")
        dialog.dismiss()

    def open_page(
        path: str, *, width: int = DESK, theme: str = "light", javascript: bool = True, zone: str = "UTC"
    ) -> Page:
        context = chromium.new_context(
            base_url=server,
            viewport={"width": width, "height": 900},
            color_scheme="dark" if theme == "dark" else "light",
            reduced_motion="reduce",  # a picture taken halfway between two colors shows neither
            java_script_enabled=javascript,
            timezone_id=zone,
            permissions=["clipboard-read", "clipboard-write"],
        )
        contexts.append(context)
        context.add_cookies([{"name": settings.SESSION_COOKIE_NAME, "value": session, "url": server}])
        context.add_init_script(TELL_BREACHES)
        page = context.new_page()
        page.on("console", lambda message: complaints.append(message.text) if is_complaint(message) else None)
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("dialog", refuse)
        page.goto(path)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert complaints == []


def read(page: Page, name: str) -> None:
    """Fail when somebody cannot read the page as it stands: both themes, both widths."""
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{theme}-{width}.png", full_page=True)
            assert_readable(page, f"{name}, {theme}, {width}", colors_only=theme == "dark")
    page.set_viewport_size({"width": DESK, "height": 900})
    page.emulate_media(color_scheme="light")


def assert_readable(page: Page, name: str = "", *, colors_only: bool = False) -> None:
    """As it stands: axe finds nothing, and nothing is wider than the screen or sticks out of its card."""
    name = name or page.url
    found = axe_rules.broken(page, colors_only=colors_only)
    assert found == [], f"{name}: {found}"
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0, f"{name} is {overflow} too wide: {page.evaluate(TOO_WIDE)[:5]}"
    off = page.evaluate(FIELDS_OFF_CARD)
    assert off == [], f"{name}: fields stick out of their card: {off}"


def is_complaint(message: ConsoleMessage) -> bool:
    """An answer that asks to correct something is none."""
    return message.type == "error" and "status of 4" not in message.text
