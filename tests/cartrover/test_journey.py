"""From a shop's own program to the warehouse and back, in the words of CartRover."""

from typing import Any

from carts.models import Cart
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.close import ship_and_close
from shipping.close.ship_and_close import Closing
from shipping.delivery import recall, releases
from shipping.shipments.shipped_packages import Parcel
from tests.cartrover.client import OldClient, order
from tests.factories import make_person

TRACKING = "1Z999AA10000000001"


def ship(cart: Cart, *parcels: Parcel) -> None:
    made = Order.objects.select_related("cart").get(cart=cart)
    by = make_person(cart.organization)
    closing = Closing(made, list(parcels) or [Parcel("UPS", "UPSN", "Ground", TRACKING)], clock.now())
    ship_and_close.ship_and_close([closing], by=by, now=clock.now())


def listed(shop: OldClient, status: str) -> list[Any]:
    return [each["cust_ref"] for each in shop.get(f"cart/orders/list/{status}")["response"]]


def test_an_order_is_pushed_shipped_fetched_and_acknowledged(cart: Cart, shop: OldClient) -> None:
    made = shop.post("cart/orders/cartrover", [order()])
    stored = Order.objects.get(cart=cart)
    assert made == {"success_code": True, "cust_ref": "WEB-1001", "order_number": str(stored.pk)}
    assert listed(shop, "new") == ["WEB-1001"]

    releases.release_orders(now=clock.now())
    assert listed(shop, "at_wms") == ["WEB-1001"]
    assert shop.get("cart/orders/status/WEB-1001")["response"]["order_status"] == "at_wms"
    assert shop.post("cart/orders/update/WEB-1001", {"order_status": "confirmed"})["success_code"] is False

    ship(cart)
    status = shop.get("cart/orders/status/WEB-1001")["response"]
    assert status["order_status"] == "shipped"
    (shipment,) = status["shipments"]
    assert (shipment["carrier"], shipment["tracking_no"]) == ("UPS", TRACKING)
    assert [(each["item"], each["quantity"]) for each in shipment["items"]] == [("MUG-BLUE", "2")]
    assert listed(shop, "shipped") == listed(shop, "shipped_or_confirmed") == ["WEB-1001"]

    strange = {"order_status": "confirmed", "shipments": [{"tracking_no": "1Z-NOT-OURS"}]}
    assert "1Z-NOT-OURS" in shop.post("cart/orders/update/WEB-1001", strange)["message"]
    taken = {"order_status": "confirmed", "shipments": [{"tracking_no": TRACKING}]}
    for _ in range(2):  # an answer that was lost: the client says it again
        assert shop.post("cart/orders/update/WEB-1001", taken)["success_code"] is True
    stored.refresh_from_db()
    assert stored.status == OrderStatus.CONFIRMED
    assert listed(shop, "confirmed") == ["WEB-1001"]
    assert listed(shop, "shipped") == []


def test_an_order_is_canceled_before_it_goes_out(cart: Cart, shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order())

    assert shop.post("cart/orders/cancel/cartrover", {"cust_ref": "WEB-1001"})["success_code"] is True
    assert listed(shop, "canceled") == ["WEB-1001"]
    assert shop.get("cart/orders/WEB-1001")["response"]["cancel_date"]


def test_an_order_is_canceled_while_the_warehouse_has_it(cart: Cart, shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order())
    releases.release_orders(now=clock.now())
    assert "wms_cancel" in shop.post("cart/orders/cancel/cartrover", {"cust_ref": "WEB-1001"})["message"]

    assert shop.get("cart/orders/wms_cancel/WEB-1001")["response"]["success"] is True
    recall.recall_orders(now=clock.now())
    assert shop.get("cart/orders/status/WEB-1001")["response"]["order_status"] == "canceled"


def test_what_was_shipped_is_not_canceled(cart: Cart, shop: OldClient) -> None:
    shop.post("cart/orders/cartrover", order())
    releases.release_orders(now=clock.now())
    ship(cart)

    said = shop.get("cart/orders/wms_cancel/WEB-1001")
    assert said["success_code"] is True
    assert said["response"] == {"success": False, "message": "It has already been shipped, at least in part."}
