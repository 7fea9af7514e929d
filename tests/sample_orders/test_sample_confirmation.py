"""All samples that ship: packed in one form of Ship and Close, told to Amazon word for word, and confirmed."""

from decimal import Decimal
from typing import Any

from django.test import Client

from carts import connections
from carts.models import Cart
from core.ui.formats import tell_money
from orders.models import Order, OrderStatus
from shipping.confirmation import shipment_upload
from tests.journeys.staff import CLOSE, filled_in, shown, staff
from tests.sample_orders.samples import Sample, bring, by_region, let_go_and_deliver, now_here
from tests.world import World

__all__ = ["staff"]  # a fixture


def packed(world: World, orders: dict[Sample, Order]) -> dict[str, Any]:
    """The form as the packer fills it in, each tracking number as it was pasted or scanned."""
    form = filled_in(world, list(orders.values()))
    for sample, order in orders.items():
        ships = sample.right["ships"]
        own = {"carrier": ships["carrier"], "service": ships["service"], "tracking": ships["typed"]}
        form |= {f"packages_{order.pk}": 1} | {f"{field}_{order.pk}": value for field, value in own.items()}
        for sku, codes in sample.right.get("codes", {}).items():
            form[f"codes_{order.lines.get(sku=sku).pk}_{order.pk}"] = "\n".join(codes)
    return form


def confirm(world: World) -> None:
    grant = world.cart.grant
    assert grant is not None
    with connections.marketplace(grant) as marketplace:
        shipment_upload.confirm_packages(list(Cart.objects.filter(grant=grant)), marketplace, now=world.now)


def shipped(world: World, staff: Client) -> dict[Sample, Order]:
    orders = let_go_and_deliver(world)
    answer = staff.post(CLOSE, packed(world, orders))
    dialog = answer.context["dialog"]
    assert dialog.errors == {}
    # They go by Ground or the like, whatever was asked for, and by carriers of the country: that alone is asked about.
    assert {each.field for each in dialog.warnings} <= {"service", "carrier"}
    assert staff.post(CLOSE, packed(world, orders) | {"anyway": dialog.warned}).status_code == 302
    for _ in range(3):  # Amazon takes only so many in a minute
        by_region(world, confirm)
        world.later(minutes=1)
    return orders


def test_each_is_told_word_for_word_and_confirmed(world: World, staff: Client) -> None:
    orders = shipped(world, staff)

    names = ("carrier_code", "carrier", "tracking", "packageReferenceId", "collected", "edit", "items")
    told = {entry["order_id"]: {name: entry[name] for name in names} for entry in world.told()}
    assert told == {
        sample.number: {
            "carrier_code": sample.right["ships"]["code"],
            "carrier": sample.right["ships"]["name"],
            "tracking": sample.right["ships"]["tracking"],
            "packageReferenceId": sample.right.get("package", "1"),
            "collected": sample.right.get("collected", ""),
            "edit": False,
            "items": sample.open_units,
        }
        for sample in orders
    }
    assert len(world.told()) == len(orders)
    assert {order.status for sample, order in now_here().items() if sample.ships} == {OrderStatus.CONFIRMED}


def test_amazon_then_shows_each_as_shipped_and_nothing_here_differs(world: World, staff: Client) -> None:
    for sample, order in shipped(world, staff).items():
        theirs = world.simulator.order(sample.number)
        *others, package = theirs["packages"]
        assert others == sample.order.get("packages", [])
        assert theirs["fulfillment"]["fulfillmentStatus"] == "SHIPPED"
        assert package["shippingService"] == sample.right["ships"]["service"]
        skus = {line.reference: line.sku for line in order.lines.all()}
        codes = {skus[each["orderItemId"]]: each.get("transparencyCodes") for each in package["packageItems"]}
        assert {sku: said for sku, said in codes.items() if said} == sample.right.get("codes", {})

    world.later(minutes=20)
    by_region(world, World.download)

    for sample, order in now_here().items():
        if sample.ships:
            assert (sample, order.status, order.differences.count()) == (sample, OrderStatus.CONFIRMED, 0)
            assert all(line.fulfilled_there == line.wanted for line in order.lines.all())


def test_the_page_of_each_tells_its_amount_in_its_own_currency(world: World, staff: Client) -> None:
    for sample, order in bring(world).items():
        total, currency = sample.right["total"].split()
        assert tell_money(Decimal(total), currency) in shown(staff, order), sample
