"""A program reads orders as the page shows them, and nobody else's; who gets one, only with the scope for it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext

from core.accounts.models import Organization
from core.activity.models import Event
from core.api.scopes import Scope
from core.common import clock
from orders.models import Order, OrderStatus
from tests.api_client import Program
from tests.core.api.test_keys import problem
from tests.factories import CartFactory, MerchantFactory, OrderFactory, PackageFactory
from tests.organization import acme

__all__ = ["acme"]
pytestmark = pytest.mark.django_db


def order_of(acme: Organization, **fields: Any) -> Order:
    return OrderFactory(cart__merchant__organization=acme, **fields)


def numbers(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.content
    return [row["number"] for row in answer.json()["data"]]


def test_an_order_is_read_with_its_lines_and_packages(acme: Organization) -> None:
    order = order_of(acme, lines={"MUG-BLUE": 2, "MUG-RED": 1})
    package = PackageFactory(shipment__order=order)

    read = Program(acme, Scope.ORDERS_READ).get(f"orders/ord_{order.pk}").json()

    assert (read["id"], read["number"], read["status"]) == (f"ord_{order.pk}", order.number, order.status)
    assert [(line["sku"], line["ordered"], line["to_ship"]) for line in read["lines"]] == [
        ("MUG-BLUE", 2, 2),
        ("MUG-RED", 1, 1),
    ]
    assert [each["tracking_number"] for each in read["packages"]] == [package.tracking_number]
    assert read["cart"] == {"id": f"cart_{order.cart_id}", "name": order.cart.name}
    assert "Jane" not in str(read)
    assert "Reno" not in str(read)


def test_the_same_order_has_the_same_tag_until_it_changes(acme: Organization) -> None:
    order, program = order_of(acme), Program(acme)
    tag = program.get(f"orders/ord_{order.pk}").headers["ETag"]

    again = program.get(f"orders/ord_{order.pk}", If_None_Match=tag)
    assert (again.status_code, again.content) == (304, b"")
    Order.objects.filter(pk=order.pk).update(reason="Changed")
    assert program.get(f"orders/ord_{order.pk}", If_None_Match=tag).status_code == 200


def test_orders_are_found_by_what_the_page_finds_them_by(acme: Organization) -> None:
    new = order_of(acme)
    held = order_of(acme, status=OrderStatus.HELD, held_for="person")
    prime = order_of(acme, cart=new.cart, is_prime=True)
    program = Program(acme)

    assert set(numbers(program.get("orders"))) == {new.number, held.number, prime.number}
    assert numbers(program.get("orders?status=held")) == [held.number]
    assert numbers(program.get("orders?held=person")) == [held.number]
    assert numbers(program.get("orders?prime=yes")) == [prime.number]
    assert numbers(program.get(f"orders?number={new.number}")) == [new.number]
    assert set(numbers(program.get(f"orders?cart=cart_{new.cart_id}"))) == {new.number, prime.number}
    assert numbers(program.get(f"orders?merchant=mer_{held.merchant_id}")) == [held.number]
    assert numbers(program.get("orders?cart=cart_999999")) == []


@pytest.mark.parametrize(
    "query", ["status=lost", "status=", "cart=12", "cart=ord_1", "merchant=mer_0", "changed_since=yesterday", "due=x"]
)
def test_a_filter_nobody_knows_is_refused_and_named(acme: Organization, query: str) -> None:
    (fault,) = problem(Program(acme).get(f"orders?{query}"), 422, "invalid")["errors"]

    assert (fault["pointer"], fault["in"]) == (f"#/{query.partition('=')[0]}", "query")


def test_a_moment_without_a_zone_is_no_moment(acme: Organization) -> None:
    document = problem(Program(acme).get("orders?changed_since=2026-11-29T08:00:00"), 422, "invalid")

    assert "zone" in document["detail"]


def test_what_changed_since_is_whatever_changed_in_any_way(acme: Organization) -> None:
    now, program = clock.now(), Program(acme)
    with time_machine.travel(now - timedelta(days=2)):
        held, moved, noted, _ = (order_of(acme) for _ in range(4))
    with time_machine.travel(now - timedelta(hours=3)):
        held.advance(frm=[OrderStatus.NEW], to=OrderStatus.HELD, now=clock.now(), held_for="person")
    with time_machine.travel(now - timedelta(hours=2)):
        Order.objects.filter(pk=moved.pk).update(edited_at=clock.now())
    with time_machine.travel(now - timedelta(hours=1)):
        noted.reason = "Now read"
        Order.objects.bulk_update([noted], ["reason"])
    since = (now - timedelta(hours=4)).strftime("%Y-%m-%dT%H:%M:%SZ")

    assert numbers(program.get(f"orders?changed_since={since}")) == [held.number, moved.number, noted.number]
    assert len(numbers(program.get("orders?changed_since=1970-01-01T00:00:00Z"))) == 4
    assert numbers(program.get("orders?changed_since=9999-12-31T23:59:59Z")) == []


def test_pages_show_each_order_once_though_others_come_in(acme: Organization) -> None:
    cart, program = CartFactory(merchant__organization=acme), Program(acme)
    every = {OrderFactory(cart=cart).number for _ in range(5)}
    first = program.get("orders?limit=2").json()
    OrderFactory(cart=cart)
    second = program.get(f"orders?limit=2&cursor={first['next_cursor']}").json()
    third = program.get(f"orders?limit=2&cursor={second['next_cursor']}").json()

    seen = [row["number"] for page in (first, second, third) for row in page["data"]]
    assert sorted(seen) == sorted(every)
    assert third["next_cursor"] is None


def test_a_list_asks_the_database_as_often_however_long_it_is(acme: Organization) -> None:
    cart, program = CartFactory(merchant__organization=acme), Program(acme, Scope.ORDERS_READ)

    def statements() -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert program.get("orders").status_code == 200
        return len(asked)

    for _ in range(2):
        PackageFactory(shipment__order=OrderFactory(cart=cart))
    few = statements()
    for _ in range(6):
        PackageFactory(shipment__order=OrderFactory(cart=cart, lines={"A": 1, "B": 2}))
    assert statements() == few
    assert few <= 14


def test_who_gets_an_order_is_read_with_a_scope_and_each_look_is_an_event(acme: Organization) -> None:
    order = order_of(acme)
    program = Program(acme, Scope.BUYERS_READ)

    read = program.get(f"orders/ord_{order.pk}/recipient").json()

    assert (read["address"]["name"], read["address"]["city"]) == ("Jane Doe", "Reno")
    look = Event.objects.get(kind="recipient.looked_at")
    assert (look.subject_id, look.details) == (order.pk, {"key": program.key.public_id})
    problem(Program(acme, Scope.ORDERS_READ).get(f"orders/ord_{order.pk}/recipient"), 403, "wrong_scope")


def test_what_was_erased_is_told_as_erased_and_is_no_look(acme: Organization) -> None:
    order = order_of(acme)
    order.recipient.sealed, order.recipient.erased_at = None, clock.now()
    order.recipient.save(update_fields=["sealed", "erased_at"])

    read = Program(acme).get(f"orders/ord_{order.pk}/recipient").json()

    assert (read["address"], read["buyer"], bool(read["erased_at"])) == (None, None, True)
    assert not Event.objects.filter(kind="recipient.looked_at").exists()


def test_a_key_of_one_cart_or_warehouse_sees_only_its_orders(acme: Organization) -> None:
    mine, other = order_of(acme), order_of(acme)
    Order.objects.filter(pk=other.pk).update(released_to=77)

    assert numbers(Program(acme, cart_id=mine.cart_id).get("orders")) == [mine.number]
    assert numbers(Program(acme, warehouse_id=77).get("orders")) == [other.number]
    problem(Program(acme, warehouse_id=77).get(f"orders/ord_{mine.pk}"), 404, "not_found")


def test_a_key_of_one_merchant_reads_what_a_seller_sees(acme: Organization) -> None:
    mine, other = MerchantFactory(organization=acme), MerchantFactory(organization=acme)
    ours, theirs = OrderFactory(cart__merchant=mine), OrderFactory(cart__merchant=other)
    program = Program(acme, merchant=mine)

    assert numbers(program.get("orders")) == [ours.number]
    assert numbers(program.get(f"orders?merchant=mer_{other.pk}")) == []
    problem(program.get(f"orders/ord_{theirs.pk}"), 404, "not_found")
    for path in ("warehouses", "ship-methods", "carriers", "events"):
        assert program.get(path).json()["data"] == []
