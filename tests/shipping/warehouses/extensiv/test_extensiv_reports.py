"""The adapter of 3PL Warehouse Manager against its simulator: what it hears of shipments, stock and products."""

from datetime import timedelta
from decimal import Decimal

import pytest

from shipping.warehouses.base import GivenBack, MethodChoice
from shipping.warehouses.extensiv import system as extensiv
from shipping.warehouses.extensiv.system import Extensiv
from simulator.extensiv.site import WarehouseSite
from simulator.extensiv.warehouse_world import Credentials, shelf
from tests.shipping.warehouses.extensiv.played_extensiv import (
    NOON,
    Counted,
    Hands,
    connected,
    delivery,
    hands,
    shipped,
    site,
    staff,
    wms,
)
from tests.simulator.extensiv.warehouse_client import WarehouseClient

__all__ = ["hands", "site", "wms"]  # fixtures


# -- what it shipped ---------------------------------------------------------------------------------------------------
def test_ship_and_close_there_is_a_shipment_here(site: WarehouseSite, wms: Extensiv, hands: Hands) -> None:
    number = wms.create(delivery())
    hands.now += timedelta(hours=3)
    staff(site, number, "close", carrier="FedEx", scac="FDEG", service="2Day", tracking=" 794 ", charge="3.50")

    (report,) = shipped(wms)

    assert (report.order_number, report.is_last) == ("113-1", True)
    assert report.shipped_at == NOON + timedelta(hours=3)
    (package,) = report.packages
    assert (package.carrier, package.service, package.scac, package.tracking_number) == ("FedEx", "2Day", "FDEG", "794")
    assert package.lines is None  # nobody packed it box by box
    assert [(each.amount, each.currency) for each in report.charges] == [(Decimal("3.5"), "")]


def test_boxes_tell_what_is_in_them(site: WarehouseSite, wms: Extensiv) -> None:
    number = wms.create(delivery())
    first, second = (each["readOnly"]["orderItemId"] for each in site.world.orders[int(number)]["orderItems"])
    staff(site, number, "pack", tracking="1Z1", contents={first: 2})
    staff(site, number, "pack", tracking="1Z2", contents={second: 1})
    staff(site, number, "close")

    (report,) = shipped(wms)

    told = {
        each.tracking_number: [(line.reference, line.units) for line in each.lines or []] for each in report.packages
    }
    assert told == {"1Z1": [("line-1", 2)], "1Z2": [("line-2", 1)]}


def test_a_box_without_a_number_of_its_own_has_the_orders(site: WarehouseSite, wms: Extensiv) -> None:
    number = wms.create(delivery())
    staff(site, number, "pack")
    staff(site, number, "close", tracking="1Z9")

    assert [each.tracking_number for each in shipped(wms)[0].packages] == ["1Z9"]


def test_only_what_is_closed_of_this_customer_is_told(site: WarehouseSite, wms: Extensiv) -> None:
    other = connected(site, account="5")
    staff(site, other.create(delivery()), "close", tracking="1Z5")
    wms.create(delivery("113-open"))
    wms.recall(wms.create(delivery("113-gone")), order_number="113-gone")

    assert shipped(wms) == []


def test_the_same_report_has_the_same_reference_and_closed_again_another(
    site: WarehouseSite, wms: Extensiv, hands: Hands
) -> None:
    number = wms.create(delivery())
    staff(site, number, "close", tracking="1Z1")
    first = shipped(wms)[0].reference
    assert shipped(wms)[0].reference == first

    api = WarehouseClient(site)
    etag = api.http.get(f"/orders/{number}").headers["etag"]
    api.act(int(number), "unconfirmer", {}, etag)
    hands.now += timedelta(minutes=5)
    staff(site, number, "close", tracking="1Z2")

    assert shipped(wms)[0].reference != first


def test_pages_step_over_nothing_while_orders_are_touched(
    site: WarehouseSite, wms: Extensiv, hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extensiv, "ORDERS_PAGE", 3)
    numbers = []
    for number in range(10):
        hands.now += timedelta(seconds=number % 2)  # two share a moment
        numbers.append(wms.create(delivery(f"113-{number}")))
        staff(site, numbers[-1], "close", tracking=f"1Z{number}")

    seen, page = set(), wms.shipped_since("")
    while True:
        seen |= {each.order_number for each in page.shipments}
        if not page.has_more:
            break
        hands.now += timedelta(seconds=1)
        etag = WarehouseClient(site).http.get(f"/orders/{numbers[0]}").headers["etag"]
        WarehouseClient(site).act(int(numbers[0]), "routing", {"trailerNumber": "7"}, etag, "PUT")  # moves to the end
        page = wms.shipped_since(page.cursor)

    assert seen == {f"113-{number}" for number in range(10)}


def test_a_page_of_one_moment_ends(site: WarehouseSite, wms: Extensiv, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extensiv, "ORDERS_PAGE", 2)
    for number in range(7):
        staff(site, wms.create(delivery(f"113-{number}")), "close", tracking=f"1Z{number}")

    seen, page, asked = set(), wms.shipped_since(""), 1
    while page.has_more:
        seen |= {each.order_number for each in page.shipments}
        page, asked = wms.shipped_since(page.cursor), asked + 1
        assert asked < 20
    seen |= {each.order_number for each in page.shipments}

    assert len(seen) == 7
    assert shipped(wms, page.cursor)  # the next look begins at that moment: told twice, never missed


# -- what it has -------------------------------------------------------------------------------------------------------
def test_what_can_be_sold_is_what_is_free_less_what_waits(site: WarehouseSite, wms: Extensiv) -> None:
    site.world.on_hand[shelf(4, 1, "BLUE-MUG-11OZ")] = 10
    site.world.on_hand[shelf(4, 1, "RED-MUG-11OZ")] = 1
    wms.create(delivery(units=4))
    wms.create(delivery("113-2", units=2))  # of RED there is none left for it

    levels = {level.product_code: level.available for level in wms.stock()}

    assert levels == {"BLUE-MUG-11OZ": 4, "RED-MUG-11OZ": 0}


def test_another_customers_stock_of_the_same_sku_is_not_counted(site: WarehouseSite, wms: Extensiv) -> None:
    site.world.on_hand[shelf(4, 1, "BLUE-MUG-11OZ")] = 7

    assert {each.product_code: each.available for each in wms.stock()}["BLUE-MUG-11OZ"] == 7


def test_products_come_with_their_other_names(site: WarehouseSite, wms: Extensiv) -> None:
    site.world.items[4]["BLUE-MUG-11OZ"].update(upc="012345678905", aliases=["MUG-B"])

    found = {each.product_code: each for each in wms.items()}

    assert found["BLUE-MUG-11OZ"].aliases == ("012345678905", "MUG-B")
    assert found["RED-MUG-11OZ"].aliases == ()


def test_carriers_and_services_are_ship_methods_to_choose_from(wms: Extensiv) -> None:
    found = {choice.label: choice for choice in wms.ship_methods()}

    assert found["UPS 2nd Day Air"] == MethodChoice("UPS 2nd Day Air", "UPS", "UPSN", "2nd Day Air")


def test_bytes_are_counted_as_they_come(site: WarehouseSite, wms: Extensiv) -> None:
    for number in range(40):
        staff(site, wms.create(delivery(f"113-{number}")), "close", tracking=f"1Z{number}")
    counted = wms.meter
    assert isinstance(counted, Counted)
    before = counted.received

    assert len(shipped(wms)) == 40

    assert counted.received - before < 40 * 6_000  # gzip, and only what changed
    assert counted.sent > 0


def test_credentials_of_one_customer_see_no_other(site: WarehouseSite, wms: Extensiv) -> None:
    wms.create(delivery())
    site.world.credentials["five"] = Credentials("five", "secret", [5])
    stranger = connected(site, client_id="five", client_secret="secret", account="5")

    assert stranger.find("113-1") is None
    assert stranger.recall(str(next(iter(site.world.orders))), order_number="113-1") is GivenBack.UNKNOWN
