"""What the packer, the carrier and the confirmation need: read, kept, shown, handed over, told."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.marketplaces.order_needs import LineFacts
from core.activity.models import Event
from orders.models import HeldFor, Order, OrderFilter, OrderStatus, Recipient
from orders.tasks import import_due
from shipping.delivery import handover
from shipping.models import PackageLine, Route
from shipping.warehouses.base import Delivery
from tests.factories import MethodRuleFactory, ShipMethodFactory
from tests.journeys.staff import CLOSE, filled_in, press, shown, staff
from tests.shipping.close.close_form import errors
from tests.world import World

__all__ = ["staff"]
GIFT = "Happy birthday, Ada!"
CODES = ["AZ:ABCDEF0123456789AB", "AZ:BCDEF0123456789ABC"]


def handed(order: Order) -> Delivery:
    """What a warehouse behind a wire is told of it."""
    order.refresh_from_db()
    return handover.delivery(order.releases.get())


# -- Gifts -----------------------------------------------------------------------------------------------------------
def test_a_gift_is_named_at_its_line_read_in_the_dialog_and_handed_to_the_warehouse(
    world: World, staff: Client
) -> None:
    lines = [{"sku": "MUG-BLUE-11", "gift_message": GIFT, "gift_wrap": "Premium wrap"}, {"sku": "TEAPOT-BLUE"}]
    order = world.at_warehouse(lines=lines)

    page = shown(staff, order)
    assert "Premium wrap" in page
    assert "Gift message" in page
    assert GIFT not in page
    assert GIFT in staff.post(reverse("orders:look", args=[order.pk])).content.decode()
    dialog = staff.get(CLOSE, {"order": order.pk})
    assert GIFT in dialog.content.decode()
    assert "no-store" in dialog["Cache-Control"]
    assert Event.objects.filter(kind="recipient.looked_at", subject_id=order.pk).count() == 2

    mug, teapot = handed(order).lines
    assert (mug.gift, mug.gift_message, mug.gift_wrap) == (True, GIFT, "Premium wrap")
    assert not teapot.gift
    assert GIFT not in repr(handed(order))


def test_a_gift_message_is_sealed_and_stays_when_amazon_hides_it(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "gift_message": GIFT}])
    line = order.lines.get()
    assert GIFT.encode() not in bytes(order.recipient.sealed or b"")
    assert GIFT not in str(line.details)

    world.simulator.ship(order.number)
    stored = world.simulator.world.orders[order.number].document
    stored["orderItems"][0]["fulfillment"].pop("packing")
    world.later(minutes=10)
    world.download()

    assert Recipient.objects.get(order=order).unseal().handling.of_line(line.reference).gift_message == GIFT


def test_a_gift_is_seen_in_the_list_known_to_rules_and_stays_one_when_amazon_hides_the_wish(
    world: World, staff: Client
) -> None:
    gift = world.at_warehouse(prime=True, lines=[{"sku": "MUG-BLUE-11", "gift_wrap": "Premium wrap"}])
    plain = world.at_warehouse()
    assert (gift.program_names, plain.program_names) == (["Prime", "Gift"], [])
    page = staff.get(reverse("orders:orders"), {"tab": "all"}).content.decode()
    assert page.count('<span class="tag">Gift</span>') == 1
    assert handed(gift).programs == ["PRIME"]

    stored = world.simulator.world.orders[gift.number].document
    stored["orderItems"][0]["fulfillment"].pop("packing")
    world.simulator.request_cancel(gift.number)
    world.later(minutes=10)
    world.download()

    assert world.order(gift.number).program_names == ["Prime", "Gift"]


# -- Programs --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("program", "reason"),
    [
        ("IN_STORE_PICK_UP", "In-store pick-up"),
        ("AMAZON_EASY_SHIP", "Easy Ship"),
        ("DELIVERY_BY_AMAZON", "Delivery by Amazon"),
        ("FBM_SHIP_PLUS", "FBM Ship+"),
    ],
)
def test_what_must_not_ship_like_any_other_is_held_until_somebody_ships_it_all_the_same(
    world: World, staff: Client, program: str, reason: str
) -> None:
    number = world.order_placed(programs=[program])
    world.download()
    world.deliver()

    order = world.order(number)
    assert (order.status, order.held_for) == (OrderStatus.HELD, HeldFor.PROGRAM)
    assert order.reason.startswith(f"{reason}: ")
    page = shown(staff, order)
    assert reason in page
    assert "Ship it anyway" in page

    press(staff, order, "let_go")
    world.deliver()
    assert world.order(number).is_at_warehouse
    world.simulator.request_cancel(number)  # its document changes, and nothing holds it for its program again
    world.later(minutes=5)
    world.download()
    assert world.order(number).held_for != HeldFor.PROGRAM


def test_letting_a_program_go_lets_nothing_else_go(world: World, staff: Client) -> None:
    number = world.order_placed(programs=["IN_STORE_PICK_UP"], overrides={"recipient": None})
    world.download()

    press(staff, world.order(number), "let_go")

    assert world.order(number).held_for == HeldFor.ADDRESS


@pytest.mark.parametrize("program", ["PREMIUM", "AMAZON_HAUL", "AMAZON_BAZAAR", "INVOICE_BY_AMAZON", "BRAND_NEW_THING"])
def test_other_programs_are_named_and_go(world: World, staff: Client, program: str) -> None:
    order = world.at_warehouse(programs=[program], prime=True)

    assert order.is_at_warehouse
    assert order.program_words == ["PRIME", program]
    assert handed(order).programs == ["PRIME", program]
    assert order.program_names[-1] in shown(staff, order)


def test_a_preorder_goes_by_itself_when_its_date_has_come(world: World) -> None:
    begins = (world.now + timedelta(days=3)).isoformat()
    window = {"shipByWindow": {"earliestDateTime": begins, "latestDateTime": begins}}
    number = world.order_placed(programs=["PREORDER"], overrides={"fulfillment": window})
    world.download()
    import_due()
    assert world.order(number).reason == "Pre-order: not to be shipped before 23 Nov 2026"

    world.later(days=3)
    import_due()
    world.deliver()

    assert world.order(number).is_at_warehouse


def test_a_filter_and_a_ship_method_rule_ask_for_a_program(world: World) -> None:
    OrderFilter.objects.create(
        organization=world.organization, merchant=world.merchant, cart=world.cart, field="program", values=["PREMIUM"]
    )
    left_out = world.order_placed(programs=["PREMIUM"])
    order = world.at_warehouse(programs=["AMAZON_HAUL"])
    slow = ShipMethodFactory(warehouse=order.releases.get().warehouse, label="Slow boat")
    MethodRuleFactory(cart=world.cart, ship_method=slow, program="AMAZON_HAUL")

    haul, other = world.at_warehouse(programs=["AMAZON_HAUL"]), world.at_warehouse()

    assert world.order(left_out).reason == "Left out by the filter “Program is PREMIUM”"
    assert (haul.releases.get().ship_method, other.releases.get().ship_method) == (slow, None)


# -- Transparency ----------------------------------------------------------------------------------------------------
def transparent(world: World, units: int = 2) -> Order:
    line = {"sku": "MUG-BLUE-11", "quantity": units, "programs": ["TRANSPARENCY"]}
    return world.at_warehouse(lines=[line, {"sku": "TEAPOT-BLUE"}])


def test_transparency_codes_are_asked_for_told_and_seen_at_amazon(world: World, staff: Client) -> None:
    order = transparent(world)
    mug = order.lines.get(sku="MUG-BLUE-11")
    field = f"codes_{mug.pk}_{order.pk}"
    assert "Transparency" in shown(staff, order)
    assert field in staff.get(CLOSE, {"order": order.pk}).content.decode()

    without = staff.post(CLOSE, filled_in(world, [order]))
    assert errors(without) == {field: ["2 units of MUG-BLUE-11 need one Transparency code each, and none is here."]}
    twice = staff.post(CLOSE, filled_in(world, [order], **{field: f"{CODES[0]} {CODES[0]}"}))
    assert errors(twice) == {field: ["A code is here twice: each unit has its own."]}

    staff.post(CLOSE, filled_in(world, [order], **{field: "\n".join(CODES)}))
    world.confirm()

    assert PackageLine.objects.get(line=mug).codes == CODES
    assert world.order(order.number).status == OrderStatus.CONFIRMED
    (package,) = world.simulator.order(order.number)["packages"]
    told = {item["orderItemId"]: item.get("transparencyCodes") for item in package["packageItems"]}
    assert told[mug.reference] == CODES
    assert [codes for reference, codes in told.items() if reference != mug.reference] == [None]


def test_codes_belong_to_the_package_their_units_are_in(world: World, staff: Client) -> None:
    order = transparent(world)
    mug = order.lines.get(sku="MUG-BLUE-11")
    two: dict[str, Any] = {
        f"packages_{order.pk}": 2,
        f"units_{mug.pk}_{order.pk}": 1,
        f"codes_{mug.pk}_{order.pk}": CODES[0],
        f"tracking_{order.pk}_2": "1Z999AA10123456784",
        f"codes_{mug.pk}_{order.pk}_2": CODES[1],
    }

    staff.post(CLOSE, filled_in(world, [order], **two))
    world.confirm()

    packages = world.simulator.order(order.number)["packages"]
    items = [item for package in packages for item in package["packageItems"] if item["orderItemId"] == mug.reference]
    assert [item["transparencyCodes"] for item in items] == [[CODES[0]], [CODES[1]]]


# -- The carrier, the customs, the confirmation ----------------------------------------------------------------------
def test_what_the_carrier_and_the_customs_need_is_shown_and_handed_over(world: World, staff: Client) -> None:
    line = {
        "sku": "MUG-BLUE-11",
        "constraints": ["signatureConfirmation", "recipientAgeVerification"],
        "ioss_number": "IM4420001201",
        "condition_note": "The box has a dent",
        "serial_numbers": True,
        "customized_url": "https://amazon.example/custom/1",
    }
    original = world.at_warehouse()
    order = world.at_warehouse(
        lines=[line],
        address={"addressType": "PICKUP_POINT"},
        overrides={"associatedOrders": [{"orderId": original.number, "associationType": "REPLACEMENT_ORIGINAL_ID"}]},
    )

    page = shown(staff, order)
    for words in ("Signature required", "Age check at the door", "IM4420001201", "The box has a dent"):
        assert words in page
    for words in ("Serial numbers", "Customized", "Pick-up point", "Replaces", original.get_absolute_url()):
        assert words in page
    assert "amazon.example" not in page
    told = handed(order)
    assert told.door == ["Signature required", "Age check at the door"]
    assert told.recipient.kind == "pickup_point"
    (mug,) = told.lines
    assert mug.customization_url == "https://amazon.example/custom/1"
    assert mug.facts == LineFacts(
        condition_note="The box has a dent",
        constraints=("signature", "age"),
        serial_numbers=True,
        ioss_number="IM4420001201",
    )
    assert told.handling.related[0].number == original.number


def test_the_ship_from_location_of_the_carts_warehouse_is_told_with_each_package(world: World) -> None:
    order = world.at_warehouse()
    Route.objects.filter(cart=world.cart).update(ship_from="057d3fcc-b750-419f-bbcd-4d340c60c430")

    assert handed(order).ship_from == "057d3fcc-b750-419f-bbcd-4d340c60c430"

    world.ship(order)
    world.confirm()

    assert [entry["supply_source"] for entry in world.told()] == ["057d3fcc-b750-419f-bbcd-4d340c60c430"]


def test_cash_on_delivery_is_marked_and_elsewhere_than_in_japan_amazon_is_told_nothing_of_it(
    world: World, staff: Client
) -> None:
    order = world.at_warehouse(lines=[{"sku": "MUG-BLUE-11", "constraints": ["cashOnDelivery"]}])
    assert "Cash on delivery" in shown(staff, order)
    assert handed(order).is_collected

    world.ship(order)
    world.confirm()

    assert [entry["collected"] for entry in world.told()] == [""]
    assert world.order(order.number).status == OrderStatus.CONFIRMED
