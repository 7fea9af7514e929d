"""An order changed at the marketplace after it left, or after a person edited it: seen, and not overwritten."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from carts.marketplaces.amazon import adapter
from carts.marketplaces.values import Address
from core.activity.models import Event
from core.alerts.models import Alert
from orders.differences import settlement
from orders.differences.settlement import NotSettled
from orders.download import order_documents, storage
from orders.models import Difference, Order, OrderStatus, Recipient
from shipping.delivery import take_over
from shipping.delivery.take_over import Telling
from shipping.models import Release
from shipping.shipments.shipped_packages import Parcel
from tests.orders.later_documents import changed, expedited, extra, more, moved, without
from tests.world import SELLER, US, World, source

MUG, POT = "MUG-BLUE-11", "POT-1"
TWO = [{"sku": MUG, "quantity": 2}, {"sku": POT, "quantity": 1}]


def open_kinds(order: Order) -> list[str]:
    return [each.kind for each in settlement.still_open(order)]


def ids(order: Order) -> set[int]:
    return {each.pk for each in settlement.still_open(order)}


def alert(order: Order) -> Alert | None:
    found: Alert | None = Alert.objects.filter(cause="order.differs", subject_id=order.pk, closed_at=None).first()
    return found


def street(order: Order) -> str:
    address, _ = Recipient.objects.select_related("order").get(order=order).open()
    assert address
    return address.line1


def keep(world: World, order: Order) -> int:
    return settlement.keep(order, ids(order), digest=order.digest, by=world.person, now=world.now)


def take(world: World, order: Order) -> Telling:
    return take_over.take(order, ids(order), digest=order.digest, by=world.person, now=world.now)


# -- Before it left --------------------------------------------------------------------------------------------------
def test_before_it_left_the_new_document_applies_and_says_what_changed(world: World) -> None:
    number = world.order_placed(lines=TWO)
    world.download()
    order = changed(world, world.order(number), moved())
    order = changed(world, order, expedited)
    order = changed(world, order, more(5))

    assert street(order) == "9 Other Street"
    assert order.service == "Expedited"
    assert order.lines.get(sku=MUG).ordered == 5
    assert not Difference.objects.exists()
    said = [event.details.get("what") for event in Event.objects.filter(kind="order.changed").order_by("pk")]
    assert said == [
        "the address changed: street",
        "the ship method Standard is now Expedited",
        f"2 × {MUG} is now 5",
    ]


def test_a_line_that_is_gone_before_it_left_is_canceled_and_not_deleted(world: World) -> None:
    number = world.order_placed(lines=TWO)
    world.download()

    order = changed(world, world.order(number), without(1))

    gone = order.lines.get(sku=POT)
    assert (gone.ordered, gone.wanted) == (1, 0)


# -- After it left ---------------------------------------------------------------------------------------------------
def test_after_it_left_nothing_is_overwritten_and_a_person_is_asked(world: World) -> None:
    order = world.at_warehouse(lines=TWO)
    was = street(order)

    for change in (moved(), expedited, more(5), extra()):
        order = changed(world, order, change)

    assert (street(order), order.service, order.lines.get(sku=MUG).ordered) == (was, "Standard", 2)
    assert order.lines.get(reference="777").left_out
    assert open_kinds(order) == ["address", "service", "quantity", "line"]
    told = alert(order)
    assert told
    assert told.message == (
        f"Order {order.number} was changed on Amazon.com: the address changed: street; the ship method Standard is now "
        f"Expedited; 2 × {MUG} is now 5; 1 × MUG-RED-11 is new. Choose on its page which version applies."
    )


def test_nothing_personal_is_in_what_is_kept_of_a_changed_address(world: World) -> None:
    order = world.at_warehouse()

    changed(world, order, moved("42 Secret Street"))

    kept = [f"{each.was} {each.now}" for each in Difference.objects.all()]
    kept += [str(event.details) for event in Event.objects.all()] + [each.message for each in Alert.objects.all()]
    assert Difference.objects.count() == 1
    assert not any("Secret" in text for text in kept)


def test_what_differed_is_over_when_the_marketplace_takes_it_back(world: World) -> None:
    order = world.at_warehouse()
    before = source(order)["recipient"]["deliveryAddress"]["addressLine1"]
    order = changed(world, order, moved())

    order = changed(world, order, moved(before))

    assert open_kinds(order) == []
    assert alert(order) is None


def test_an_address_the_marketplace_does_not_show_any_more_is_kept_and_no_difference(world: World) -> None:
    order = world.at_warehouse()
    was = street(order)

    order = changed(world, order, lambda document: document.pop("recipient"))

    assert (street(order), open_kinds(order)) == (was, [])


def test_units_canceled_are_no_difference(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": MUG, "quantity": 3}])
    world.simulator.cancel_units(order.number, {MUG: 2})
    world.later(minutes=5)

    world.download()

    assert open_kinds(order) == []
    assert order.lines.get().wanted == 1


def test_a_whole_cancel_ends_the_question(world: World) -> None:
    order = world.at_warehouse()
    order = changed(world, order, moved())
    world.simulator.cancel(order.number)
    world.later(minutes=5)

    world.download()

    assert (open_kinds(order), alert(order)) == ([], None)


def test_after_an_edit_address_and_service_differ_and_quantities_apply(world: World) -> None:
    number = world.order_placed(lines=TWO)
    world.download()
    order = world.order(number)
    sealed = order_documents.seal(order, Address(name="Jane", line1="1 Edited Street", country="US"), None)
    Recipient.objects.filter(order=order).update(sealed=sealed)
    Order.objects.filter(pk=order.pk).update(edited_at=world.now)

    order = changed(world, order, more(5))
    assert open_kinds(order) == []  # the marketplace said nothing new about the address
    assert (street(order), order.lines.get(sku=MUG).ordered) == ("1 Edited Street", 5)

    order = changed(world, order, moved())
    order = changed(world, order, expedited)
    assert open_kinds(order) == ["address", "service"]
    assert (street(order), order.service) == ("1 Edited Street", "Standard")


def test_an_address_that_a_person_wrote_is_enough_to_go(world: World) -> None:
    number = world.order_placed()
    world.download()
    Order.objects.update(edited_at=world.now)

    order = changed(world, world.order(number), lambda document: document.pop("recipient"))

    assert order.status == OrderStatus.NEW


# -- Settling --------------------------------------------------------------------------------------------------------
def test_ours_is_kept_and_not_asked_about_again_until_the_marketplace_says_something_new(world: World) -> None:
    order = world.at_warehouse()
    was = street(order)
    order = changed(world, order, moved())

    assert keep(world, order) == 1
    assert alert(order) is None

    order = changed(world, order, expedited)
    assert open_kinds(order) == ["service"]
    order = changed(world, order, moved("10 Third Street"))
    assert open_kinds(order) == ["service", "address"]
    assert street(order) == was


def test_theirs_is_taken_and_whoever_packs_it_sees_it(world: World) -> None:
    order = world.at_warehouse(lines=TWO)
    for change in (moved(), expedited, more(5), extra(), without(1)):
        order = changed(world, order, change)

    assert take(world, order) == Telling.HERE

    order = world.order(order.number)
    lines = {line.sku: (line.wanted, line.left_out) for line in order.lines.all()}
    assert (street(order), order.service) == ("9 Other Street", "Expedited")
    assert lines == {MUG: (5, False), POT: (0, False), "MUG-RED-11": (1, False)}
    assert (open_kinds(order), alert(order)) == ([], None)
    settled = Difference.objects.filter(settled_at__isnull=False)
    assert {each.settled_by for each in settled} == {world.person}


def test_the_alert_stays_until_the_last_one_is_settled(world: World) -> None:
    order = world.at_warehouse()
    order = changed(world, order, moved())
    order = changed(world, order, expedited)
    first, last = sorted(ids(order))

    settlement.keep(order, {first}, digest=order.digest, by=world.person, now=world.now)
    assert alert(order)
    settlement.keep(order, {last}, digest=order.digest, by=world.person, now=world.now)
    assert alert(order) is None


def test_the_second_of_two_clicks_settles_nothing(world: World) -> None:
    order = changed(world, world.at_warehouse(), moved())
    chosen = ids(order)

    assert settlement.keep(order, chosen, digest=order.digest, by=world.person, now=world.now) == 1
    assert take_over.take(order, chosen, digest=order.digest, by=world.person, now=world.now) == Telling.NOBODY

    assert street(order) != "9 Other Street"
    assert Event.objects.filter(kind="order.kept_ours").count() == 1


def test_what_was_shown_before_another_change_is_not_taken_unseen(world: World) -> None:
    shown = changed(world, world.at_warehouse(), moved())
    order = changed(world, shown, moved("10 Third Street"))

    with pytest.raises(NotSettled, match="changed it again"):
        take_over.take(shown, ids(order), digest=shown.digest, by=world.person, now=world.now)

    assert open_kinds(order) == ["address"]


def test_what_is_in_packages_is_never_lowered(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": MUG, "quantity": 4}])
    line = order.lines.get()
    world.ship(order, parcels=[Parcel("UPS", "UPSN", "Ground", "1Z999AA10000001", {line.pk: 3})])
    order = changed(world, world.order(order.number), more(2))

    take(world, order)

    order = world.order(order.number)
    assert order.lines.get().ordered == 3
    assert order.status == OrderStatus.SHIPPED  # nothing is left of it


def test_an_order_that_grew_after_it_was_shipped_is_at_the_warehouse_again(world: World) -> None:
    order = world.at_warehouse(lines=[{"sku": MUG, "quantity": 1}])
    world.ship(order)
    order = changed(world, world.order(order.number), more(2))
    assert order.status == OrderStatus.SHIPPED

    take(world, order)

    order = world.order(order.number)
    assert (order.status, order.reason, order.shipped_at) == (OrderStatus.AT_WMS, "1 unit still to be shipped", None)


def test_taking_the_ship_method_takes_what_it_is_mapped_to(world: World) -> None:
    order = changed(world, world.at_warehouse(), expedited)
    release = Release.objects.get(order=order)
    method = release.warehouse.ship_methods.get(label="UPS 2nd Day Air")
    world.cart.methods.update_or_create(
        name="Expedited",
        defaults={"organization": world.organization, "merchant": world.merchant, "ship_method": method},
    )

    take(world, order)

    release.refresh_from_db()
    assert release.ship_method == method


# -- Many ------------------------------------------------------------------------------------------------------------
def test_a_page_of_differences_takes_the_same_number_of_statements(world: World) -> None:
    def statements(count: int) -> int:
        world.simulator.bulk_orders(count, seller_id=SELLER, marketplace_id=US)
        world.later(minutes=5)
        world.download()
        world.deliver()
        known = set(Difference.objects.values_list("order", flat=True))
        orders = list(Order.objects.filter(status=OrderStatus.AT_WMS).exclude(pk__in=known))
        world.later(minutes=1)
        documents = []
        for order in orders:
            document: dict[str, Any] = source(order) | {"lastUpdatedTime": world.now.isoformat()}
            moved()(document)
            expedited(document)
            more(7)(document)
            documents.append(adapter._document(document))
        with CaptureQueriesContext(connection) as captured:
            storage.store_page({US: world.cart}, documents, now=world.now)
        assert Difference.objects.filter(order__in=orders).count() == 3 * count
        return len(captured)

    assert statements(3) == statements(25)  # of more, SQLite takes the changes in two
