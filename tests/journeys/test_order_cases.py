"""Cases from the field, smallest inputs: what an order says beside what was bought, hides, or lacks."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.alerts.models import Alert
from orders.models import Order, OrderFilter, OrderStatus, Recipient
from tests.journeys.staff import CLOSE, filled_in, shown, staff
from tests.orders.later_documents import Document, changed
from tests.world import World

__all__ = ["staff"]  # a fixture
GIFT = "Happy birthday, Ada!"


def brought(world: World, **wish: Any) -> Order:
    number = world.order_placed(**wish)
    world.download()
    world.deliver()
    return world.order(number)


# -- What the packer, the carrier and the confirmation need ----------------------------------------------------------
def test_case_6_transparency_is_flagged_and_a_code_of_each_unit_goes_with_the_tracking(
    world: World, staff: Client
) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "quantity": 2, "programs": ["TRANSPARENCY"]}])
    codes = ["AZ:ABCDEF0123456789AB", "AZ:BCDEF0123456789ABC"]
    assert "Transparency" in shown(staff, order)

    field = f"codes_{order.lines.get().pk}_{order.pk}"
    staff.post(CLOSE, filled_in(world, [order], **{field: "\n".join(codes)}))
    world.confirm()

    [package] = world.simulator.order(order.number)["packages"]
    assert [item["transparencyCodes"] for item in package["packageItems"]] == [codes]


def test_case_7_a_gift_is_at_the_line_in_the_dialog_and_sealed(world: World, staff: Client) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "gift_message": GIFT, "gift_wrap": "Premium wrap"}])

    page = shown(staff, order)
    assert "Premium wrap" in page
    assert GIFT not in page
    assert GIFT in staff.post(reverse("orders:look", args=[order.pk])).content.decode()
    assert GIFT in staff.get(CLOSE, {"order": order.pk}).content.decode()
    recipient = Recipient.objects.get(order=order)
    assert GIFT.encode() not in bytes(recipient.sealed or b"") + bytes(recipient.source or b"")


def test_case_8_a_store_pick_up_is_held_with_the_reason(world: World) -> None:
    order = brought(world, programs=["IN_STORE_PICK_UP"])

    assert order.status == OrderStatus.HELD
    assert "the buyer collects it at the store" in order.reason


def test_case_23_a_pick_up_point_and_the_order_it_replaces_are_shown(world: World, staff: Client) -> None:
    original = world.at_warehouse()
    order = world.at_warehouse(
        address={"addressType": "PICKUP_POINT"},
        overrides={"associatedOrders": [{"orderId": original.number, "associationType": "REPLACEMENT_ORIGINAL_ID"}]},
    )

    page = shown(staff, order)

    assert "Pick-up point" in page
    assert original.get_absolute_url() in page


def test_case_24_a_ship_from_location_is_told_and_cash_on_delivery_is_marked(world: World, staff: Client) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "constraints": ["cashOnDelivery"]}])
    setup = staff.get(reverse("carts:settings", args=[world.cart.pk])).content.decode()

    assert "Cash on delivery" in shown(staff, order)
    assert "Ship-from location" in setup


# -- A field that vanishes is no change ------------------------------------------------------------------------------
def test_case_11_a_phone_that_amazon_hides_is_no_change(world: World) -> None:
    order = world.at_warehouse()

    def hide(document: Document) -> None:
        document["recipient"]["deliveryAddress"].pop("phone")

    changed(world, order, hide)

    assert not Alert.objects.filter(closed_at=None).exists()
    address, _ = Recipient.objects.get(order=order).open()
    assert address is not None
    assert address.phone


# -- Strict where it ships, lenient where it does not matter ---------------------------------------------------------
def test_case_13_a_line_without_sku_is_held_and_named(world: World) -> None:
    order = brought(world, overrides={"orderItems": [{"product": {"sellerSku": None}}]})

    assert (order.status, order.reason) == (OrderStatus.HELD, "Line 1 has no SKU")


def test_case_17_an_address_with_its_second_line_alone_can_be_edited(world: World, staff: Client) -> None:
    german = {"addressLine1": None, "addressLine2": "Hauptstr. 1", "countryCode": "DE", "postalCode": "10115"}
    order = brought(world, address={**german, "city": "Berlin", "stateOrRegion": None})
    assert order.status == OrderStatus.AT_WMS
    url = reverse("orders:edit_address", args=[order.pk])
    page = staff.post(url)
    form = {name: page.context["form"][name].value() or "" for name in page.context["form"].fields}

    answer = staff.post(url, {"save": "1", "seen": page.context["seen"], **form, "phone": "+49 30 1234567"})

    assert answer.status_code == 302
    address, _ = Recipient.objects.get(order=order).open()
    assert address is not None
    assert address.phone == "+49 30 1234567"


def test_case_18_a_filter_for_uk_takes_what_goes_to_gb(world: World) -> None:
    OrderFilter.objects.create(
        organization=world.organization,
        merchant=world.merchant,
        cart=world.cart,
        field="country",
        effect="required",
        values=["UK"],
    )

    there, elsewhere = brought(world, address={"countryCode": "GB"}), brought(world)

    assert there.status != OrderStatus.SKIPPED
    assert elsewhere.status == OrderStatus.SKIPPED


@pytest.mark.parametrize("amount", [24.99, "24.99123", "many"])
def test_case_19_an_amount_that_cannot_be_read_is_empty_and_the_order_flows(world: World, amount: object) -> None:
    order = brought(world, overrides={"proceeds": {"grandTotal": {"amount": amount, "currencyCode": "USD"}}})

    assert (order.status, order.total) == (OrderStatus.AT_WMS, None)
