"""What a rule left out, taken after all by a person."""

from datetime import timedelta

import pytest

from carts.models import Cart
from core.activity.models import Event
from orders.actions import accept
from orders.actions.accept import NotTaken
from orders.models import HeldFor, ItemFilter, Order, OrderFilter, OrderStatus
from tests.orders.later_documents import changed, expedited, moved
from tests.world import World

MUG, POT = "MUG-BLUE-11", "POT-1"
BOTH = [{"sku": MUG, "quantity": 2}, {"sku": POT, "quantity": 3}]


def owner(world: World) -> dict[str, object]:
    return {"organization": world.organization, "merchant": world.merchant, "cart": world.cart}


@pytest.fixture
def skipped(world: World) -> Order:
    """An order that a filter left out."""
    OrderFilter.objects.create(**owner(world), field="service", effect="restricted", values=["Standard"])
    number = world.order_placed(lines=BOTH)
    world.download()
    order = world.order(number)
    assert order.status == OrderStatus.SKIPPED
    return order


def take(world: World, order: Order) -> Order:
    accept.take(order, by=world.person, now=world.now)
    return world.order(order.number)


def test_a_skipped_order_is_taken_and_flows(world: World, skipped: Order) -> None:
    taken = take(world, skipped)
    world.deliver()

    assert (taken.status, taken.reason, taken.taken_at) == (OrderStatus.NEW, "", world.now)
    assert world.order(skipped.number).status == OrderStatus.AT_WMS
    told = Event.objects.get(kind="order.taken")
    assert (told.actor, told.details["reason"]) == (world.person, skipped.reason)


def test_a_later_download_does_not_skip_it_again(world: World, skipped: Order) -> None:
    take(world, skipped)

    assert changed(world, skipped, moved()).status == OrderStatus.NEW


def test_what_is_not_taken_is_skipped_again(world: World, skipped: Order) -> None:
    assert changed(world, skipped, moved()).status == OrderStatus.SKIPPED


def test_one_from_before_the_earliest_date_is_taken(world: World) -> None:
    Cart.objects.update(earliest_order_at=world.now + timedelta(days=1))
    number = world.order_placed()
    world.download()
    skipped = world.order(number)
    assert skipped.status == OrderStatus.SKIPPED

    assert take(world, skipped).status == OrderStatus.NEW
    assert changed(world, skipped, expedited).status == OrderStatus.NEW


def test_what_is_wrong_with_it_still_holds_it(world: World, skipped: Order) -> None:
    order = changed(world, skipped, lambda document: document.pop("recipient"))

    taken = take(world, order)

    assert (taken.status, taken.held_for) == (OrderStatus.HELD, HeldFor.ADDRESS)


@pytest.mark.parametrize(
    ("status", "why"), [("CANCELLED", "canceled on Amazon.com"), ("SHIPPED", "shipped on Amazon.com")]
)
def test_what_is_over_there_is_not_taken(world: World, status: str, why: str) -> None:
    Cart.objects.update(earliest_order_at=world.now + timedelta(days=1))
    number = world.order_placed()
    world.download()
    order = changed(world, world.order(number), lambda each: each["fulfillment"].update(fulfillmentStatus=status))
    assert order.status == OrderStatus.SKIPPED

    with pytest.raises(NotTaken, match=why):
        take(world, order)

    assert world.order(number).taken_at is None


def test_what_the_marketplace_fulfils_is_not_taken(world: World) -> None:
    number = world.order_placed()
    world.download()
    order = changed(world, world.order(number), lambda each: each["fulfillment"].update(fulfilledBy="AMAZON"))
    assert order.status == OrderStatus.SKIPPED

    with pytest.raises(NotTaken, match="fulfilled by Amazon"):
        take(world, order)


def test_taking_twice_says_that_it_is_taken(world: World, skipped: Order) -> None:
    take(world, skipped)

    with pytest.raises(NotTaken, match="It is new, not skipped"):
        take(world, skipped)

    assert Event.objects.filter(kind="order.taken").count() == 1


# -- Lines -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def in_part(world: World) -> Order:
    """An order that goes without its pot."""
    ItemFilter.objects.create(**owner(world), values=[POT])
    number = world.order_placed(lines=BOTH)
    world.download()
    order = world.order(number)
    assert order.lines.get(sku=POT).left_out
    return order


def test_lines_left_out_go_too_and_stay_taken(world: World, in_part: Order) -> None:
    assert accept.take_lines(in_part, by=world.person, now=world.now) == 1

    order = changed(world, in_part, moved())
    world.deliver()

    assert not order.lines.filter(left_out=True).exists()
    assert world.order(in_part.number).status == OrderStatus.AT_WMS


def test_lines_of_what_went_stay_left_out(world: World, in_part: Order) -> None:
    world.deliver()

    assert accept.take_lines(in_part, by=world.person, now=world.now) == 0
    assert in_part.lines.get(sku=POT).left_out


def test_with_no_line_left_out_nothing_is_taken_and_filters_go_on_having_their_say(world: World) -> None:
    number = world.order_placed(lines=BOTH)
    world.download()

    assert accept.take_lines(world.order(number), by=world.person, now=world.now) == 0

    assert world.order(number).taken_at is None
