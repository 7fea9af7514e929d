"""A second warehouse, added by clicks: 3PL Warehouse Manager, connected, matched, and chosen for a cart.

With PICTURES naming a folder it leaves the pictures of docs/3pl-warehouse-manager.md there, and says how long it took.
"""

import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_journey import Portal, connect, log_in, page, running
from tests.running import processes
from tools.children import free_port

__all__ = ["page"]  # a fixture
pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.timeout(300)]
PICTURES = os.environ.get("PICTURES", "")


@pytest.fixture
def portal(tmp_path: Path) -> Iterator[Portal]:
    """One that need not migrate first: a newcomer's does that."""
    processes.copy_migrated(tmp_path / "portal.sqlite3")
    with running(tmp_path, free_port(), free_port()) as portal:
        yield portal


def picture(page: Page, name: str) -> None:
    if PICTURES:
        page.screenshot(path=Path(PICTURES) / f"{name}.png", full_page=True)


def test_a_second_warehouse_is_added_by_clicks_and_gets_a_carts_orders(portal: Portal, page: Page) -> None:
    log_in(page, portal)
    connect(page)
    begun = time.monotonic()

    page.goto(f"{portal.url}/shipping/warehouses/")
    page.get_by_role("link", name="Add a warehouse").click()
    page.get_by_label("Name", exact=True).fill("Columbus")
    page.locator("#id_kind").select_option("extensiv")
    page.get_by_role("button", name="Add", exact=True).click()
    for label, value in (
        ("Client ID", "demo-client"),
        ("Client secret", "demo-secret"),
        ("User login", "1"),
        ("Facility ID", "2"),
        ("Address", f"{portal.simulator_url}/wms"),
    ):
        page.get_by_label(label, exact=True).fill(value)
    page.get_by_role("button", name="Save and test").click()
    expect(page.get_by_role("link", name="Match merchants and customers")).to_be_visible(timeout=60_000)
    picture(page, "warehouse-connection")

    page.get_by_role("link", name="Match merchants and customers").click()
    expect(page.get_by_label("Blue Mug Co")).to_have_value("4")  # suggested by its name
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("checkbox", name="UPS Ground").check()
    page.get_by_role("button", name="Add the chosen ones").click()
    for _ in range(30):  # a worker compares the goods
        page.reload()
        if page.get_by_role("heading", name="Goods").count():
            break
        page.wait_for_timeout(1000)
    picture(page, "warehouse-mapping")

    page.goto(f"{portal.url}/carts/")
    page.get_by_role("link", name="United States").or_(page.get_by_role("link", name="Amazon")).first.click()
    page.get_by_role("navigation", name="About this cart").get_by_role("link", name="Settings").click()
    page.get_by_label("Warehouse", exact=True).select_option(label="Columbus")
    page.get_by_role("button", name="Save settings").click()
    took = time.monotonic() - begun
    page.goto(f"{portal.url}/shipping/warehouses/")
    page.get_by_role("link", name="Columbus", exact=True).click()

    expect(page.get_by_text("1 cart sends its orders here.")).to_be_visible()
    picture(page, "warehouse-status")
    if PICTURES:
        print(f"A second warehouse by clicks: {took:.1f} s")
