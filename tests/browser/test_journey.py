"""The main job as a newcomer does it: the whole product in its own process, a real browser, real clicks."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, Page, expect

from integration_manager.management.embedded import free_port
from shipping.carriers.tracking_numbers import ups_number
from tests.running import processes

pytestmark = [pytest.mark.browser, pytest.mark.embedded, pytest.mark.timeout(300)]
ROOT = Path(__file__).parents[2]
STARTING = 90  # seconds


@dataclass
class Portal:
    """``make run``, without make."""

    url: str
    simulator_url: str
    process: "subprocess.Popen[str]"
    email: str
    password: str

    def journal(self, kind: str) -> list[dict[str, object]]:
        entries: list[dict[str, object]] = httpx.get(f"{self.simulator_url}/_journal?kind={kind}").json()["entries"]
        return entries


def environment(data: Path, port: int, simulator_port: int) -> dict[str, str]:
    """A newcomer's: nothing of ours is set."""
    ours = ("DATABASE_URL", "REDIS_URL", "DJANGO", "AMAZON_", "EXPECT_", "EMBEDDED", "PYTEST")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {"DATA_DIR": str(data), "PORT": str(port), "SIMULATOR_PORT": str(simulator_port)}


def start(data: Path, port: int, simulator_port: int) -> Portal:
    process = subprocess.Popen(
        [sys.executable, "-u", "manage.py", "portal"],
        cwd=ROOT,
        env=environment(data, port, simulator_port),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout
    said = ""
    for line in process.stdout:
        said += line
        if "Stop with" in line:
            break
    email, password = re.search(r"Log in as +(\S+)", said), re.search(r"Password +(\S+)", said)
    assert email, said
    assert password, said
    urls = f"http://127.0.0.1:{port}", f"http://127.0.0.1:{simulator_port}"
    return Portal(*urls, process, email[1], password[1])


def stop(portal: Portal) -> str:
    """Ctrl-C. Returns what it said at last."""
    portal.process.send_signal(signal.SIGINT)
    said, _ = portal.process.communicate(timeout=30)
    return said


@contextmanager
def running(data: Path, port: int, simulator_port: int) -> Iterator[Portal]:
    portal = start(data, port, simulator_port)
    try:
        yield portal
    finally:
        if portal.process.poll() is None:
            portal.process.kill()
            portal.process.wait()


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Portal]:
    """One for all who leave it running."""
    with running(tmp_path_factory.mktemp("portal") / "var", free_port(), free_port()) as portal:
        yield portal


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(20_000)
    yield context.new_page()
    context.close()


def log_in(page: Page, portal: Portal) -> None:
    page.goto(portal.url)
    page.get_by_label("Email").fill(portal.email)
    page.get_by_label("Password", exact=True).fill(portal.password)
    page.get_by_role("button", name="Log in").click()
    expect(page.get_by_role("heading", name="Dashboard")).to_be_visible()


def connect(page: Page) -> None:
    """New cart → Grant us API access → the simulated Seller Central → Test → Go live."""
    page.get_by_role("navigation", name="Main").get_by_role("link", name="Carts").click()
    page.get_by_role("link", name="New cart").first.click()
    page.locator("#id_merchant").select_option(label="Blue Mug Co")
    page.get_by_label("Find a marketplace").fill("united states")
    page.get_by_role("radio", name="United States").check()
    page.get_by_role("button", name="Create cart").click()
    page.get_by_role("button", name="Grant us API access").click()
    expect(page.get_by_text("Simulated Seller Central").first).to_be_visible()
    page.get_by_label("Seller account").select_option("A1BLUEMUGCO01")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Confirm").click()
    expect(page.get_by_text("A1BLUEMUGCO01").first).to_be_visible()
    page.get_by_role("button", name="Test", exact=True).click()
    page.get_by_role("button", name="Go live", exact=True).click()
    expect(page.get_by_text("Live", exact=True).first).to_be_visible()


def ship_two(page: Page, portal: Portal) -> list[str]:
    """Wait for orders to appear by themselves, choose two, ship and close them. Returns their numbers."""
    rows = page.locator("table tbody tr", has_text="At the warehouse")
    for _ in range(30):
        page.goto(f"{portal.url}/orders/?tab=all")
        if rows.count() >= 2:
            break
        page.wait_for_timeout(1000)
    expect(rows.nth(1)).to_be_visible()
    numbers = [rows.nth(place).locator("a").first.inner_text() for place in range(2)]
    for number in numbers:
        page.get_by_role("checkbox", name=f"Select {number}").check()
    page.get_by_role("button", name="Ship and Close").click()
    page.get_by_label("Carrier", exact=True).fill("UPS")
    page.get_by_label("SCAC", exact=True).fill("UPSN")
    page.get_by_label("Service", exact=True).fill("Ground")
    page.get_by_role("button", name="Set all 2 orders").click()
    expect(page.get_by_label(f"Carrier of {numbers[0]}")).to_have_value("UPS")
    for place, number in enumerate(numbers):
        page.get_by_label(f"Tracking number of {number}").fill(ups_number("999AA1", place))
    page.locator("#ship").click()
    shipped, anyway = page.get_by_text("2 orders shipped."), page.get_by_role("button", name="Ship anyway")
    expect(shipped.or_(anyway).first).to_be_visible()
    if anyway.is_visible():  # one of them was promised sooner than by Ground
        anyway.click()
    expect(shipped).to_be_visible()
    return numbers


def wait_until_confirmed(page: Page, portal: Portal, numbers: list[str]) -> None:
    confirmed = page.locator("table tbody tr", has_text="Confirmed")
    for _ in range(30):
        page.goto(f"{portal.url}/orders/?tab=confirmed")
        if confirmed.count() >= len(numbers):
            break
        page.wait_for_timeout(1000)
    for number in numbers:
        expect(confirmed.filter(has_text=number)).to_be_visible()


def test_a_newcomer_connects_a_cart_ships_two_orders_and_amazon_knows(portal: Portal, page: Page) -> None:
    log_in(page, portal)
    connect(page)
    numbers = ship_two(page, portal)

    wait_until_confirmed(page, portal, numbers)

    told = portal.journal("confirmation")
    assert sorted(str(entry["order_id"]) for entry in told) == sorted(numbers)
    assert {entry["carrier"] for entry in told} == {"UPS"}


def test_stopping_and_starting_again_keeps_everything(page: Page, tmp_path: Path) -> None:
    data, ports = tmp_path / "var", (free_port(), free_port())
    data.mkdir()
    processes.copy_migrated(data / "portal.sqlite3")  # what migrates first is the newcomer's
    with running(data, *ports) as portal:
        log_in(page, portal)
        connect(page)
        assert "Stopped." in stop(portal)

    with running(data, *ports) as again:
        assert again.password == portal.password
        page.goto(f"{again.url}/carts/")
        expect(page.get_by_text("Live", exact=True).first).to_be_visible()
        numbers = ship_two(page, again)
        wait_until_confirmed(page, again, numbers)


def test_a_taken_port_is_named_with_the_way_out(portal: Portal, tmp_path: Path) -> None:
    port = int(portal.url.rpartition(":")[2])

    second = subprocess.run(
        [sys.executable, "manage.py", "portal"],
        cwd=ROOT,
        env=environment(tmp_path / "other", port, free_port()),
        capture_output=True,
        text=True,
        timeout=STARTING,
        check=False,
    )

    assert second.returncode == 1
    assert f"Port {port}" in second.stderr
    assert f"make run PORT={port + 1}" in second.stderr
