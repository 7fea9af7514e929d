"""Mail about orders that came in and orders that failed to: owed with the page that brings them, many in one mail."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError

from carts.marketplaces.amazon import adapter
from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Membership
from core.alerts import tasks as alerts_tasks
from core.alerts.audience import subscriptions
from core.alerts.mail import notices
from core.alerts.models import Mail, Notice, Subscription, Topic
from core.common import clock
from orders.download import import_mail, storage
from orders.download.order_documents import ReadDocument
from orders.download.verdict import Verdict
from orders.models import HeldFor, Order, OrderStatus
from tests.factories import CartFactory, make_person
from tests.subscribers import ADDRESS, make_subscription
from tests.world import SELLER, US, World, source

UNREADABLE = {"orderItems": [{"orderItemId": "1", "quantityOrdered": -3}]}


def told(to: str = ADDRESS) -> list[Mail]:
    return list(Mail.objects.filter(to=to).order_by("pk"))


def sweep(world: World, **later: float) -> None:
    world.later(**(later or {"minutes": 1}))
    alerts_tasks.mail_due()


def bulk(world: World, number: int) -> list[str]:
    numbers = world.simulator.bulk_orders(number, seller_id=SELLER, marketplace_id=US, spread=timedelta(minutes=1))
    world.later(minutes=20)
    world.download()
    return numbers


# -- What is told ----------------------------------------------------------------------------------------------------
def test_orders_that_came_in_are_told_by_their_numbers(world: World) -> None:
    make_subscription(world.cart, [Topic.CREATED], person=world.person)
    numbers = [world.order_placed() for _ in range(3)]
    world.download()
    sweep(world)

    (mail,) = Mail.objects.all()
    assert mail.subject == f"Amazon.com of {world.merchant}: 3 orders came in"
    assert all(number in mail.text for number in numbers)
    assert f"/orders/?tab=all&cart={world.cart.pk}" in mail.text
    assert mail.cause == "orders.created"
    assert not Notice.objects.exists()


def test_orders_are_told_by_contents_and_day_the_most_urgent_first(world: World) -> None:
    make_subscription(world.cart, [Topic.CREATED])
    numbers = [world.order_placed() for _ in range(3)]
    world.download()
    sweep(world)

    (mail,) = told()
    for number in numbers:
        line = world.order(number).lines.first()
        assert line
        assert f"{number}: {line.ordered} × {line.sku}" in mail.text
    assert ", ship by " in mail.text
    assert "/orders/" not in mail.text, "whoever has no account here gets no page that asks for one"


def test_nothing_of_the_buyers_is_in_the_mail(world: World) -> None:
    make_subscription(world.cart)
    fine, failed = world.order_placed(), world.order_placed(overrides=UNREADABLE)
    world.download()
    sweep(world)

    address, buyer = world.order(fine).recipient.open()
    assert address
    assert buyer
    (mail,) = told()
    assert failed in mail.text
    for personal in (buyer.name, address.name, address.line1, address.city, address.postal_code):
        assert personal
        assert personal not in mail.text + mail.subject


@pytest.mark.parametrize(
    ("overrides", "reason"),
    [
        (UNREADABLE, "The order could not be read: "),
        ({"recipient": None}, "Amazon.com sent no address"),
        ({"fulfillment": {"fulfilledBy": "MERCHANT", "fulfillmentStatus": "ODD"}}, "Amazon.com says “ODD”"),
    ],
)
def test_orders_that_failed_are_told_with_the_reason(world: World, overrides: dict[str, Any], reason: str) -> None:
    make_subscription(world.cart, [Topic.FAILED])
    number = world.order_placed(overrides=overrides)
    world.order_placed()
    world.download()
    sweep(world)

    (mail,) = told()
    assert mail.subject == f"Amazon.com of {world.merchant}: 1 order failed to import"
    assert f"{number}: {reason}" in mail.text
    assert mail.cause == "orders.failed"


def test_both_go_in_one_mail_the_failed_ones_first(world: World) -> None:
    make_subscription(world.cart)
    fine, failed = world.order_placed(), world.order_placed(overrides=UNREADABLE)
    world.download()
    sweep(world)

    (mail,) = told()
    assert mail.subject.endswith("1 order came in, 1 order failed to import")
    assert mail.text.index(failed) < mail.text.index(fine)
    assert mail.text.count(failed) == 1


def test_an_order_that_fails_later_is_told_once(world: World) -> None:
    make_subscription(world.cart, [Topic.FAILED])
    good = _new(world)
    for minutes in (1, 2):
        later = good.changed_at + timedelta(minutes=minutes)
        paper = source(good) | UNREADABLE | {"lastUpdatedTime": later.isoformat()}
        storage.store_page({US: world.cart}, [adapter._document(paper)], now=world.now)
    sweep(world)

    assert world.order(good.number).held_for == HeldFor.STRANGE
    (mail,) = told()
    assert mail.text.count(good.number) == 1


def _new(world: World) -> Order:
    number = world.order_placed()
    world.download()
    return world.order(number)


@pytest.mark.parametrize("status", ["SHIPPED", "CANCELLED", "UNSHIPPED"])
def test_what_is_not_ours_to_ship_is_no_news(world: World, status: str) -> None:
    """Shipped there, canceled, or left out by a rule of the cart."""
    make_subscription(world.cart)
    if status == "UNSHIPPED":
        Cart.objects.filter(pk=world.cart.pk).update(earliest_order_at=world.now + timedelta(days=1))
    world.order_placed(overrides={"fulfillment": {"fulfilledBy": "MERCHANT", "fulfillmentStatus": status}})
    world.download()
    sweep(world)

    assert Order.objects.count() == 1
    assert told() == []


def test_downloading_again_tells_nothing_again(world: World) -> None:
    make_subscription(world.cart)
    world.order_placed()
    world.download()
    world.download()
    sweep(world)
    world.download()
    sweep(world, hours=1)

    assert len(told()) == 1


# -- Many in one -----------------------------------------------------------------------------------------------------
def test_fifty_are_listed_and_the_rest_is_counted(world: World) -> None:
    make_subscription(world.cart, [Topic.CREATED])
    numbers = bulk(world, notices.LISTED + 10)
    sweep(world)

    (mail,) = told()
    assert sum(number in mail.text for number in numbers) == notices.LISTED
    assert "\nand 10 more\n" in mail.text
    assert "60 orders came in" in mail.subject


def test_a_download_of_several_pages_owes_one_row_a_party_and_one_mail(world: World) -> None:
    make_subscription(world.cart, [Topic.CREATED])
    make_subscription(world.organization, [Topic.CREATED], address="whole@elsewhere.example")
    bulk(world, 250)

    assert [notice.count for notice in Notice.objects.all()] == [250, 250]
    assert {len(notice.items) for notice in Notice.objects.all()} == {notices.LISTED}
    sweep(world)
    assert ["250 orders came in" in mail.subject for mail in Mail.objects.all()] == [True, True]


def test_no_more_than_one_mail_in_a_quarter_of_an_hour(world: World) -> None:
    make_subscription(world.cart, [Topic.CREATED])
    for _ in range(4):
        world.order_placed()  # five minutes
        world.download()
        sweep(world)

    first, second = told()
    assert "1 order came in" in first.subject
    assert second.created_at - first.created_at >= notices.EVERY
    assert "3 orders came in" in second.subject


def test_who_stands_on_several_lists_is_told_once(world: World) -> None:
    for place in (world.organization, world.merchant, world.cart):
        make_subscription(place, [Topic.CREATED])
    number = world.order_placed()
    world.download()
    sweep(world)

    (mail,) = told()
    assert mail.text.count(number) == 1


def test_the_list_of_another_cart_or_3pl_hears_nothing(world: World) -> None:
    make_subscription(CartFactory(merchant=world.merchant))
    make_subscription(CartFactory().organization)
    make_subscription(world.cart, [Topic.ATTENTION])
    world.order_placed()
    world.download()

    assert not Notice.objects.exists()


# -- Owed ------------------------------------------------------------------------------------------------------------
def test_a_page_that_is_not_stored_owes_nothing_and_one_that_is_owes_all(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_subscription(world.cart, [Topic.CREATED])
    world.order_placed()
    announced = []

    def announce_and_break(*given: Any, **named: Any) -> int:
        announced.append(announcing_before(*given, **named))
        raise IntegrityError

    announcing_before = import_mail.announce
    monkeypatch.setattr(import_mail, "announce", announce_and_break)
    with pytest.raises(IntegrityError):
        world.download()
    assert announced == [1]
    assert not Order.objects.exists()
    assert not Notice.objects.exists()

    monkeypatch.setattr(import_mail, "announce", announcing_before)
    world.download()
    assert Notice.objects.get().count == Order.objects.count() == 1


def test_two_workers_write_one_mail(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    make_subscription(world.cart)
    world.order_placed()
    world.download()
    world.later(minutes=1)
    write = notices._write

    def overtaken(subscription: Subscription, now: Any) -> int:
        monkeypatch.setattr(notices, "_write", write)
        notices.write_notices(now=now)  # another worker, between reading and writing
        return write(subscription, now)

    monkeypatch.setattr(notices, "_write", overtaken)
    notices.write_notices(now=clock.now())

    assert len(told()) == 1


def test_who_may_not_know_any_more_is_not_told_what_was_gathered(world: World) -> None:
    gone, seller, wishless = (make_person(world.organization, Role.VIEWER) for _ in range(3))
    subscribed = [make_subscription(world.cart, [Topic.CREATED], person=person) for person in (gone, seller, wishless)]
    stopped = make_subscription(world.cart)
    world.order_placed()
    world.download()
    assert Notice.objects.count() == 4

    Membership.objects.filter(user=gone).delete()
    elsewhere = CartFactory(merchant__organization=world.organization).merchant
    Membership.objects.filter(user=seller).update(role=Role.SELLER, merchant=elsewhere)
    Subscription.objects.filter(pk=subscribed[2].pk).update(wants_created=False, wants_attention=True)
    subscriptions.stop(stopped, now=world.now)
    sweep(world)

    assert not Mail.objects.exclude(cause="subscription.added").exists()
    assert not Notice.objects.exists()


def test_where_nobody_wants_to_know_it_costs_one_statement(world: World, django_assert_num_queries: Any) -> None:
    document = adapter._document(source(_new(world)))
    cart = Cart.objects.select_related("merchant").get(pk=world.cart.pk)
    found = ReadDocument(document, cart, "", b"", verdict=Verdict(OrderStatus.NEW))

    with django_assert_num_queries(1):
        assert import_mail.announce([found] * 5, [], pull=None, now=clock.now()) == 0
