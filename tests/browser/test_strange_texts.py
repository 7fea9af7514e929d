"""Texts of buyers and sellers that would like to be more than texts, on every page they come to: harmless."""

import csv
from pathlib import Path
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from carts.models import Cart
from core.accounts.models import Merchant
from core.common import one_line
from orders.models import HeldFor, OrderStatus
from shipping.models import Package, ShipMethod, Warehouse
from tests.browser.page_text import Look, assert_readable
from tests.journeys.staff import workers
from tests.world import World

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

SCRIPT = "<script>alert(1)</script>"
STRANGE = f"=1+1 🦄 אבג أهلاً \u202egnp.exe\u202c {SCRIPT}\"'><img src=x onerror=alert(2)> {{{{ 7|add:7 }}}} \x00%n"
KEPT = STRANGE.replace("\x00", "")
NAMED = one_line.fold(KEPT)  # in a name nothing turns the direction of what stands beside it
NUMBER = "<script>alert(4)<|script>&%2e'\"{{7*7}}"  # what a number may hold, and none of Amazon's does
TRACKING = f"{SCRIPT} 🦄 '\";--"
ADDRESS = (
    "name", "companyName", "addressLine1", "addressLine2", "addressLine3", "city", "districtOrCounty", "stateOrRegion",
    "postalCode", "phone",
)  # fmt: skip


def strange(number: str = "") -> dict[str, Any]:
    """An order with such a text wherever Amazon has one."""
    address = dict.fromkeys(ADDRESS, STRANGE)
    document: dict[str, Any] = {
        "recipient": {
            "deliveryAddress": address,
            "deliveryPreference": {"dropOffLocation": STRANGE, "addressInstruction": STRANGE},
        },
        "buyer": {
            "buyerName": STRANGE, "buyerEmail": STRANGE, "buyerCompanyName": STRANGE,
            "buyerPurchaseOrderNumber": STRANGE,
        },
        "fulfillment": {"fulfillmentServiceLevel": STRANGE[:60]},
    }  # fmt: skip
    line = {"sku": STRANGE, "title": STRANGE, "gift_message": STRANGE, "quantity": 2}
    return {"lines": [line], "overrides": document} | ({"order_id": number} if number else {})


def look_around(page: Page, *, says: str = "", readable: bool = True) -> None:
    if says:
        expect(page.locator("main")).to_contain_text(says)
    assert page.locator("main script, main img[src=x]").count() == 0
    if readable:
        assert_readable(page)


def test_nothing_comes_of_strange_texts_on_their_way_from_the_buyer_to_the_carrier(
    world: World, visit: Look, tmp_path: Path
) -> None:
    Merchant.objects.filter(pk=world.merchant.pk).update(name=KEPT[:100])
    Cart.objects.filter(pk=world.cart.pk).update(name=KEPT[:60])
    Warehouse.objects.update(name=KEPT[:60])
    ShipMethod.objects.filter(label="UPS Ground").update(label=KEPT[:60])
    plain = world.order_placed(**strange())
    numbered = world.order_placed(**strange(NUMBER))
    asked = world.order_placed(**strange(f"{NUMBER}-asked"))
    workers(world, times=1)
    world.simulator.request_cancel(asked, reason=STRANGE)
    workers(world, times=1)
    assert {world.order(each).status for each in (plain, numbered)} == {OrderStatus.AT_WMS}
    assert world.order(asked).held_for == HeldFor.BUYER

    page = visit("/orders/?tab=all")
    look_around(page, says=NAMED[:20])
    expect(page.get_by_role("link", name=NUMBER, exact=True)).to_be_visible()
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as taken:
        page.get_by_role("link", name="Export as CSV").click()
    taken.value.save_as(tmp_path / "orders.csv")
    rows = list(csv.DictReader((tmp_path / "orders.csv").open(encoding="utf-8-sig", newline="")))
    assert {row["Order"] for row in rows} == {plain, NUMBER, asked}
    assert {row["Ship method"][:5] for row in rows} == {"'=1+1"}
    assert {row["Merchant"][:5] for row in rows} == {"'=1+1"}

    look_around(visit(world.order(plain).get_absolute_url()), says=KEPT)
    look_around(visit(world.order(asked).get_absolute_url(), theme="dark", width=375), says=KEPT)

    page = visit("/orders/?tab=wms")
    page.get_by_label(f"Select {NUMBER}", exact=True).check()
    page.get_by_role("button", name="Ship and Close").click()
    look_around(page)
    page.get_by_text("Carrier and service").click()
    for field in ("Carrier", "Service"):
        page.get_by_label(f"{field} of {NUMBER}", exact=True).fill(NAMED[5:60])
    # A sign that shows nothing is no part of a number.
    page.get_by_label(f"Tracking number of {NUMBER}").fill(
        TRACKING.replace("🦄", "🦄\u202e")
    )  # shows nothing: is left out
    page.get_by_label("What for, charge 1").fill(KEPT[:40])
    page.get_by_label("Amount, charge 1").fill("1.00")
    page.get_by_label("Amount, charge 1").blur()
    expect(page.locator("#grid tbody tr")).to_have_count(1)
    look_around(page, readable=False)
    page.locator("#ship").click()
    page.get_by_role("button", name="Ship anyway").click()
    expect(page.get_by_text("1 order shipped.")).to_be_visible()
    look_around(page)
    workers(world, times=2)

    (told,) = world.told()
    assert (told["order_id"], told["tracking"]) == (NUMBER, TRACKING)
    assert world.order(NUMBER).status == OrderStatus.CONFIRMED
    for path, says in (
        (world.order(NUMBER).get_absolute_url(), TRACKING),
        (reverse("shipping:correct", args=[Package.objects.get().pk]), NUMBER),
        (reverse("orders:cancel", args=[world.order(asked).pk]), asked),
        (reverse("shipping:methods", args=[world.cart.pk]), one_line.fold(KEPT[:60])),
        (reverse("alerts:alerts"), asked),
        (reverse("alerts:mails"), asked),
    ):
        page = visit(path, theme="dark", width=375)
        for summary in page.locator("main details > summary").all():
            summary.click()
        look_around(page, says=says, readable="cancel" not in path and "methods" not in path)
