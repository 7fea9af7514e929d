"""What an edited order goes by, and what a warehouse that has it gets to know."""

import pytest

from core.activity.models import Event
from core.common.errands import ErrandState
from core.common.remote import Rejected, Unavailable
from orders.actions import holds
from orders.actions.address_edit import EditedMeanwhile, NotEditable
from orders.models import HeldFor, Order, OrderStatus
from shipping.delivery import amendment, recall, releases, retry
from shipping.models import ChosenMethod, Release, Route, ShipMethod, Warehouse, is_with_warehouse
from shipping.warehouses.base import Delivery
from tests import factories
from tests.address_edits import NEW_STREET, edit
from tests.shipping.played_warehouse import Distant
from tests.world import World


@pytest.fixture
def given(monkeypatch: pytest.MonkeyPatch) -> list[Delivery]:
    """What a distant warehouse was given."""
    given: list[Delivery] = []
    create = Distant.create

    def keep(self: Distant, delivery: Delivery) -> str:
        given.append(delivery)
        return create(self, delivery)

    monkeypatch.setattr(Distant, "create", keep)
    return given


# -- The ship method -------------------------------------------------------------------------------------------------
def test_one_order_goes_by_what_was_chosen_for_it_and_others_as_they_did(world: World) -> None:
    Route.objects.create(
        organization=world.organization,
        merchant=world.merchant,
        cart=world.cart,
        warehouse=Warehouse.objects.get(),
        reject_unmapped=True,
    )
    first, second = world.order_placed(), world.order_placed()
    world.download()
    world.deliver()
    assert {each.held_for for each in Order.objects.all()} == {HeldFor.UNMAPPED}
    method = ShipMethod.objects.get(label="UPS 2nd Day Air")

    assert amendment.change_method(world.order(first), method, seen=None, by=world.person, now=world.now)
    world.deliver()

    assert world.order(first).status == OrderStatus.AT_WMS
    assert world.order(second).held_for == HeldFor.UNMAPPED
    assert Release.objects.get().ship_method == method
    event = Event.objects.get(kind="order.edited")
    assert event.details == {"fields": "ship method", "to": "UPS 2nd Day Air"}


def test_at_the_portals_own_warehouse_it_changes_at_once(world: World) -> None:
    order = world.at_warehouse()
    method = ShipMethod.objects.get(label="UPS 2nd Day Air")

    assert amendment.change_method(order, method, seen=None, by=world.person, now=world.now)
    assert not amendment.change_method(order, method, seen=method.pk, by=world.person, now=world.now)
    edit(world, order, city="Sparks")

    release = Release.objects.get()
    assert (release.ship_method, release.state, release.number) == (method, ErrandState.DONE, "")
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_the_second_to_choose_a_method_is_told(world: World) -> None:
    order = factories.OrderFactory(cart=world.cart)
    ground, air = (ShipMethod.objects.get(label=label) for label in ("UPS Ground", "UPS 2nd Day Air"))
    amendment.change_method(order, ground, seen=None, by=world.person, now=world.now)

    with pytest.raises(EditedMeanwhile):
        amendment.change_method(order, air, seen=None, by=world.person, now=world.now)
    assert amendment.change_method(order, None, seen=ground.pk, by=world.person, now=world.now)

    assert not ChosenMethod.objects.exists()


# -- At a warehouse behind a wire ------------------------------------------------------------------------------------
def test_what_a_warehouse_has_comes_back_and_goes_anew_under_the_next_number(
    world: World, distant: type[Distant], given: list[Delivery]
) -> None:
    order = world.at_warehouse()

    for street in (NEW_STREET, "10 Elm Street"):
        edit(world, order, line1=street)
        assert world.order(order.number).status == OrderStatus.AT_WMS
        world.later(minutes=1)
        assert world.deliver().released == 1

    assert distant.recalled == [f"WMS-{order.number}", f"WMS-{order.number}-R2"]
    assert [each.reference for each in given] == [order.number, f"{order.number}-R2", f"{order.number}-R3"]
    assert [each.recipient.line1 for each in given][1:] == [NEW_STREET, "10 Elm Street"]
    release = Release.objects.get()
    assert (release.reference, release.replaces) == (f"WMS-{order.number}-R3", "")
    assert is_with_warehouse(world.order(order.number))


def test_a_warehouse_that_is_away_between_the_two_gets_it_once(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = world.at_warehouse()
    edit(world, order, line1=NEW_STREET)
    distant.answers.append(Unavailable("The warehouse is away."))
    world.deliver()
    assert len(given) == 1
    create = distant.create
    lost = iter([Unavailable("The answer was lost.")])

    def lose(self: Distant, delivery: Delivery) -> str:
        for error in lost:
            raise error
        return create(self, delivery)

    monkeypatch.setattr(distant, "create", lose)
    for minutes in (1, 5):
        world.later(minutes=minutes)
        world.deliver()

    assert distant.recalled == [f"WMS-{order.number}"]
    assert Release.objects.get().reference == f"WMS-{order.number}-R2"


def test_too_late_for_the_warehouse_is_a_persons_business_and_it_may_still_ship(
    world: World, distant: type[Distant], given: list[Delivery]
) -> None:
    order = world.at_warehouse()
    edit(world, order, line1=NEW_STREET)
    distant.answers.append(Rejected("It is packed."))

    world.deliver()

    fresh = world.order(order.number)
    assert (fresh.status, len(given)) == (OrderStatus.AT_WMS, 1)
    assert "still has the previous version" in fresh.reason
    assert Event.objects.get(kind="order.not_changed").details["reason"] == "It is packed."
    assert retry.settle_by_hand(fresh, by=world.person, now=world.now)
    assert not retry.settle_by_hand(fresh, by=world.person, now=world.now)
    release = Release.objects.get()
    assert (release.state, release.number_there, release.replaces) == (ErrandState.DONE, order.number, "")
    assert world.deliver().released == 0


def test_what_the_warehouse_refuses_anew_is_an_error_and_not_there(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    order = world.at_warehouse()
    edit(world, order, line1=NEW_STREET)

    def refuse(self: Distant, delivery: Delivery) -> str:
        raise Rejected("No such street.")

    with monkeypatch.context() as patch:
        patch.setattr(distant, "create", refuse)
        world.deliver()
    fresh = world.order(order.number)
    assert (fresh.status, fresh.reason) == (OrderStatus.ERROR, "No such street.")
    assert not is_with_warehouse(fresh)

    edit(world, fresh, line1="10 Elm Street")
    world.deliver()

    assert world.order(order.number).status == OrderStatus.AT_WMS
    assert len(distant.recalled) == 1


def test_an_edit_while_it_is_handed_over_waits_for_that(
    world: World, distant: type[Distant], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.order_placed()
    world.download()
    said: list[str] = []

    def create(self: Distant, delivery: Delivery) -> str:
        with pytest.raises(NotEditable) as refused:
            edit(world, world.order(number), city="Sparks")
        said.append(str(refused.value))
        return "WMS-1"

    monkeypatch.setattr(distant, "create", create)
    world.deliver()

    assert said == [amendment.BUSY]
    assert world.order(number).edited_at is None


def test_an_edit_after_a_lost_answer_asks_the_unsure_one_back(
    world: World, distant: type[Distant], given: list[Delivery], monkeypatch: pytest.MonkeyPatch
) -> None:
    number = world.order_placed()
    world.download()

    def lose(self: Distant, delivery: Delivery) -> str:
        raise Unavailable("The answer was lost.")

    with monkeypatch.context() as patch:
        patch.setattr(distant, "create", lose)
        world.deliver()
    edit(world, world.order(number), line1=NEW_STREET)
    world.later(minutes=1)
    world.deliver()

    assert distant.recalled == [""]  # no reference of theirs is known: they are asked by the order's number
    assert [(each.reference, each.recipient.line1) for each in given] == [(f"{number}-R2", NEW_STREET)]


def test_an_edit_of_a_held_order_reaches_the_warehouse_when_it_is_let_go(
    world: World, distant: type[Distant], given: list[Delivery]
) -> None:
    order = world.at_warehouse()
    Order.objects.filter(pk=order.pk).update(status=OrderStatus.HELD, held_for=HeldFor.BUYER)
    edit(world, order, line1=NEW_STREET)
    assert releases.release_orders(now=world.now).released == 0

    holds.let_go(world.order(order.number), by=world.person, now=world.now)
    world.deliver()

    assert given[-1].recipient.line1 == NEW_STREET
    assert world.order(order.number).status == OrderStatus.AT_WMS


def test_an_edit_that_meets_a_cancel_brings_back_what_is_there(world: World, distant: type[Distant]) -> None:
    order = world.at_warehouse()
    edit(world, order, line1=NEW_STREET)
    world.simulator.cancel(order.number)
    world.later(minutes=5)
    world.download()

    world.deliver()
    recall.recall_orders(now=world.now)

    assert distant.recalled == [f"WMS-{order.number}"]
    assert distant.created == [order.number]
    assert world.order(order.number).status == OrderStatus.CANCELED
