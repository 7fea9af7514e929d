"""What 3PL staff do all day, in a real browser, down to what the simulated Amazon heard of it."""

from collections import Counter
from decimal import Decimal

import pytest
from django.db.models import Sum
from django.urls import reverse
from playwright.sync_api import expect

from core.alerts.models import Alert
from orders.models import Order, OrderStatus
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Charge, Route
from shipping.routing import routes_for
from tests.browser.page_text import Look, assert_readable
from tests.journeys.staff import workers
from tests.world import SELLER, US, World

pytestmark = [pytest.mark.browser, pytest.mark.journey, pytest.mark.django_db(transaction=True)]


def test_a_method_nobody_mapped_holds_orders_alerts_and_lets_them_flow_once_it_is_mapped(
    world: World, visit: Look
) -> None:
    Route.objects.filter(pk=routes_for([world.cart])[world.cart.pk].pk).update(reject_unmapped=True)
    waiting = [world.order_placed(service_level="SECOND_DAY") for _ in range(3)]
    other = world.order_placed(service_level="FREE_ECONOMY")
    workers(world, times=1)

    page = visit("/orders/")
    expect(page.locator(".tabs a[aria-current]")).to_have_text("Needs attention 4")
    expect(page.locator("tbody tr", has_text="Ship method “SecondDay” is not mapped")).to_have_count(3)
    page.goto(reverse("alerts:alerts"))
    page.get_by_role("link", name="Show 2").click()  # alike: two methods of one cart
    expect(page.get_by_text("Ship method “SecondDay” is not mapped").first).to_be_visible()
    page.goto(reverse("alerts:mails"))
    expect(page.locator("tbody tr", has_text=world.person.email)).to_have_count(1)

    page.goto(world.order(waiting[0]).get_absolute_url())
    page.get_by_role("link", name="Map ship method").click()
    expect(page.get_by_role("link", name="Ship methods", exact=True)).to_have_attribute("aria-current", "page")
    page.get_by_label("SecondDay").select_option("UPS 2nd Day Air")
    page.get_by_role("button", name="See what it would do").click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("3 held orders are on their way.")).to_be_visible()

    workers(world, times=1)
    page.goto("/orders/?tab=wms")
    expect(page.locator("tbody tr")).to_have_count(3)
    assert {world.order(number).status for number in waiting} == {OrderStatus.AT_WMS}
    assert world.order(other).status == OrderStatus.HELD
    page.goto(reverse("alerts:alerts"))
    expect(page.locator("section", has=page.locator("#open")).locator("tbody tr")).to_have_count(1)
    expect(page.locator("section", has=page.locator("#open"))).to_contain_text("FreeEconomy")
    assert Alert.objects.filter(closed_at=None).count() == 1


def test_fifty_orders_are_chosen_at_once_shipped_charged_and_confirmed_each_once(world: World, visit: Look) -> None:
    numbers = world.simulator.bulk_orders(50, 1, SELLER, US)
    workers(world, times=1)
    page = visit("/orders/?tab=wms")
    boxes = page.locator("tbody input[type=checkbox]")
    boxes.first.click()
    boxes.last.click(modifiers=["Shift"])
    expect(page.locator("[data-count]")).to_have_text("50 selected")
    page.get_by_role("button", name="Ship and Close").click()

    page.get_by_label("Carrier", exact=True).fill("UPS")
    page.get_by_label("SCAC", exact=True).fill("UPSN")
    page.get_by_label("Service", exact=True).fill("Ground")
    page.get_by_role("button", name="Set all 50 orders").click()
    expect(page.get_by_label(f"Carrier of {numbers[-1]}")).to_have_value("UPS")
    page.get_by_text("Paste a column of tracking numbers").first.click()
    column = "\n".join(ups_number("999AA1", place) for place in range(50))
    page.get_by_role("textbox", name="Paste a column of tracking numbers").fill(column)
    page.get_by_role("button", name="Fill in the rows").click()
    in_order: list[str] = page.locator("#close input[name=order]").evaluate_all("all => all.map(x => x.value)")
    last = Order.objects.get(pk=in_order[-1])
    expect(page.get_by_label(f"Tracking number of {last.number}")).to_have_value(ups_number("999AA1", 49))

    page.get_by_label("What for, charge 1").fill("Freight")
    page.get_by_label("Amount, charge 1").fill("99.99")
    page.get_by_label("How, charge 1").select_option("divided")
    page.get_by_role("button", name="Add a charge").click()
    page.get_by_label("What for, charge 2").fill("Packing")
    page.get_by_label("Amount, charge 2").fill("0.35")
    page.get_by_label("How, charge 2").select_option("each")
    expect(page.locator("#grid tbody tr", has_text="Freight $2.00")).to_have_count(49)
    expect(page.locator("#grid tbody tr", has_text="Freight $1.99")).to_have_count(1)
    expect(page.locator("#grid tbody tr", has_text="Packing $0.35")).to_have_count(50, timeout=20_000)
    page.locator("#ship").click()
    expect(page.get_by_text("50 orders shipped. Their tracking is on its way to the cart.")).to_be_visible()
    assert_readable(page)

    for _ in range(20):
        workers(world, times=1)
        if not Order.objects.exclude(status=OrderStatus.CONFIRMED).exists():
            break
    page.goto("/orders/?tab=confirmed")
    expect(page.locator(".tabs a[aria-current]")).to_have_text("Confirmed 50")
    sums = dict(Charge.objects.values_list("label").annotate(sum=Sum("amount")).order_by())
    assert sums == {"Freight": Decimal("99.99"), "Packing": Decimal("17.50")}
    told = world.told()
    assert Counter(entry["order_id"] for entry in told) == dict.fromkeys(numbers, 1)
    by_number = {str(pk): number for pk, number in Order.objects.values_list("pk", "number")}
    assert {entry["order_id"]: entry["tracking"] for entry in told} == {
        by_number[pk]: ups_number("999AA1", place) for place, pk in enumerate(in_order)
    }
