"""Reading a page as everybody does: in the light and in the dark, at a desk and on a phone, with a screen reader."""

import os
from collections.abc import Callable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import ConsoleMessage, Page

SHOTS = os.environ.get("SHOTS")  # a folder to keep pictures in
DESK, PHONE = 1280, 375
WCAG = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "resultTypes": ["violations"],  # listing all that is right takes as long as looking
}
FIELDS_OFF_CARD = """
[...document.querySelectorAll(".card select, .card input")]
    .filter(field => field.getBoundingClientRect().right > field.closest(".card").getBoundingClientRect().right)
    .map(field => field.name)
"""
Look = Callable[..., Page]


def read(page: Page, name: str) -> None:
    """Fail when somebody cannot read the page as it stands: both themes, both widths."""
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        for theme in ("light", "dark"):
            page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            found = Axe().run(page, options=WCAG)
            if SHOTS:
                page.screenshot(path=Path(SHOTS) / f"{name}-{theme}-{width}.png", full_page=True)

            assert found.violations_count == 0, f"{name}, {theme}, {width}: {found.generate_report()}"
            overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
            assert overflow <= 0, f"{name}, {theme}, {width}: {overflow} pixels wider than the screen"
            assert page.evaluate(FIELDS_OFF_CARD) == [], f"{name}, {theme}, {width}: fields stick out"
    page.set_viewport_size({"width": DESK, "height": 900})
    page.emulate_media(color_scheme="light")


def is_complaint(message: ConsoleMessage) -> bool:
    """An answer that asks to correct something is none."""
    return message.type == "error" and "status of 4" not in message.text
