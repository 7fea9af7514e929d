"""Which orders are meant where more match than are done with at once."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.common import clock
from integration_manager.portal.order_list import chosen_orders, order_search
from orders.models import Order, OrderStatus
from orders.statuses import OPEN
from tests.factories import OrderFactory

pytestmark = pytest.mark.django_db
LIST = "/orders/"


@pytest.fixture
def many(cart: Cart, monkeypatch: pytest.MonkeyPatch) -> list[Order]:
    """130 orders, the most urgent first, of which fifty-five are taken at once."""
    monkeypatch.setattr(chosen_orders, "MOST", 55)
    now = clock.now()
    return [
        OrderFactory(cart=cart, number=f"{place:03}", ship_by=now + timedelta(minutes=place), recipient=None)
        for place in range(130)
    ]


def held() -> list[str]:
    return sorted(Order.objects.filter(status=OrderStatus.HELD).values_list("number", flat=True))


def hold(client: Client, page: Any) -> Any:
    chosen = {"action": "hold", "all_matching": "yes", "matching": page.context["matching"]}
    return client.post(page.context["act_url"], chosen, follow=True)


def test_the_first_of_many_are_taken_and_the_list_says_so_before(owner: Client, many: list[Order]) -> None:
    page = owner.get(LIST, {"tab": "new"})
    assert "or select the first 55 of 130 that match" in page.content.decode()

    hold(owner, page)

    assert held() == [f"{place:03}" for place in range(55)]


def test_the_next_are_taken_from_the_page_they_begin_on(owner: Client, many: list[Order]) -> None:
    first = owner.get(LIST, {"tab": "new"})
    second = owner.get(LIST + first.context["next_matching"])
    assert [order.number for order in second.context["listing"].rows][:2] == ["055", "056"]
    assert second.context["listing"].first == 56
    assert "or select the next 55 of 130 that match" in second.content.decode()

    hold(owner, second)

    assert held() == [f"{place:03}" for place in range(55, 110)]
    last = owner.get(LIST + second.context["next_matching"])
    assert last.context["next_matching"] == ""


def test_what_comes_among_the_first_meanwhile_is_not_taken(owner: Client, many: list[Order], cart: Cart) -> None:
    page = owner.get(LIST, {"tab": "new"})
    OrderFactory(cart=cart, number="urgent", ship_by=clock.now() - timedelta(hours=1))

    refused = hold(owner, page)

    assert held() == []
    assert "the list has changed since you opened it" in str(next(iter(refused.context["messages"])))


def test_what_comes_behind_them_meanwhile_changes_nothing(owner: Client, many: list[Order], cart: Cart) -> None:
    page = owner.get(LIST, {"tab": "new"})
    OrderFactory(cart=cart, number="later", ship_by=clock.now() + timedelta(days=9))

    hold(owner, page)

    assert len(held()) == 55


def test_of_a_search_the_first_are_taken_too(
    owner: Client, many: list[Order], cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    Order.objects.update(is_prime=True)
    page = owner.get(LIST, {"tab": "new", "prime": "yes", "sort": "-placed"})

    hold(owner, page)

    assert len(held()) == 55
    assert "099" in held()
    assert "000" not in held()


def test_acting_on_a_later_page_comes_back_to_it(owner: Client, many: list[Order]) -> None:
    first = owner.get(LIST, {"tab": "new"})
    second = owner.get(LIST + first.context["listing"].query_older)
    chosen = [second.context["listing"].rows[0].pk]

    done = owner.post(second.context["act_url"], {"action": "hold", "chosen": chosen}, follow=True)

    assert "after=" in done.redirect_chain[0][0]
    assert reverse("orders:orders") in done.redirect_chain[0][0]


def test_open_orders_by_their_promise_are_read_off_an_index(cart: Cart) -> None:
    if connection.vendor != "postgresql":
        return  # SQLite does not see that one list of statuses is part of another, and sorts the open ones
    for state in order_search.STATES:
        if set(state.statuses) <= set(OPEN):
            found = Order.objects.filter(organization=cart.organization, status__in=state.statuses)
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL enable_seqscan = off")
                cursor.execute("SET LOCAL enable_sort = off")
            assert "orders_open_by_ship_by" in found.order_by("ship_by", "pk").explain()
