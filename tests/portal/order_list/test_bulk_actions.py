"""What is done to many orders at once: those ticked, or all that match."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from integration_manager.portal.order_list import bulk_actions, order_filters, order_search, tab_counts
from orders.models import Order, OrderStatus
from tests.factories import CartMethodFactory, OrderFactory

pytestmark = pytest.mark.django_db
LIST = "/orders/"


def told(page: Any) -> str:
    return " ".join(str(message) for message in page.context["messages"])


def hold_all(client: Client, query: str) -> Any:
    """Hold all that match, as the page shows them."""
    matching = client.get(LIST + query).context["matching"]
    chosen = {"action": "hold", "all_matching": "yes", "matching": matching}
    return client.post(reverse("orders:act") + query, chosen, follow=True)


@pytest.mark.parametrize("many", [2, 60])
def test_all_that_match_are_those_the_page_was_about(owner: Client, cart: Cart, many: int) -> None:
    orders = [OrderFactory(cart=cart, number=f"113-{number}", recipient=None) for number in range(many)]
    chosen = {"action": "hold", "all_matching": "yes", "matching": owner.get(LIST, {"tab": "new"}).context["matching"]}
    act = reverse("orders:act") + "?tab=new"
    Order.objects.filter(pk=orders[0].pk).update(status=OrderStatus.AT_WMS)
    OrderFactory(cart=cart, number="114-1")

    page = owner.post(act, chosen, follow=True)
    silent = owner.post(act, {"action": "hold", "all_matching": "yes"}, follow=True)

    assert not Order.objects.filter(status=OrderStatus.HELD).exists()
    for refused in (page, silent):
        assert told(refused) == (
            f"Nothing was done: the list has changed since you opened it, and {many} orders match now. "
            "Check the list, then select them again."
        )


def test_nobody_chooses_all_of_which_nobody_knows_how_many(
    owner: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order_search, "MOST_SEARCHED", 3)
    monkeypatch.setattr(tab_counts, "MOST_SEARCHED", 3)
    for number in range(4):
        OrderFactory(cart=cart, number=f"11{number}")

    for tab in ("new", "all"):
        assert "data-all-matching" not in owner.get(LIST, {"q": "11", "tab": tab}).content.decode()


def test_all_that_match_are_held_not_only_those_on_the_page(owner: Client, cart: Cart) -> None:
    for number in range(60):
        OrderFactory(cart=cart, number=f"113-{number}", recipient=None)
    OrderFactory(cart=cart, number="114-1")

    page = hold_all(owner, "?tab=new&q=113")

    assert Order.objects.filter(status=OrderStatus.HELD).count() == 60
    assert page.redirect_chain == [("/orders/?tab=new&q=113", 302)]
    assert [str(message) for message in page.context["messages"]] == [
        "60 orders held. They stay here until somebody releases them."
    ]


def test_more_than_can_be_done_at_once_is_said_and_left(
    owner: Client, cart: Cart, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(3):
        OrderFactory(cart=cart, number=f"113-{number}")
    few = {"hold": bulk_actions.Action("hold", "Hold", bulk_actions.ACTIONS["hold"].run, 2)}
    monkeypatch.setattr(bulk_actions, "ACTIONS", few)

    page = owner.post(reverse("orders:act") + "?tab=new", {"action": "hold", "all_matching": "yes"}, follow=True)

    assert not Order.objects.filter(status=OrderStatus.HELD).exists()
    assert [str(message) for message in page.context["messages"]] == [
        "“Hold” works on up to 2 orders at a time. Narrow the list, or choose fewer."
    ]


@pytest.mark.parametrize("action", ["ship", "hold"])
def test_more_ticked_than_can_be_done_at_once_is_said_before_one_is_looked_at(
    owner: Client, cart: Cart, action: str
) -> None:
    order, most = OrderFactory(cart=cart), 1_000
    gone = range(order.pk + 1, order.pk + 1 + most)

    page = owner.post(reverse("orders:act"), {"action": action, "chosen": [order.pk, *gone]}, follow=True)

    assert [str(message) for message in page.context["messages"]] == [
        f"“{bulk_actions.ACTIONS[action].label}” works on up to {most:,} orders at a time. "
        "Narrow the list, or choose fewer."
    ]
    order.refresh_from_db()
    assert order.status == OrderStatus.NEW


def test_all_that_match_are_only_those_one_may_see(stranger: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)

    stranger.post(reverse("orders:act") + "?tab=all", {"action": "hold", "all_matching": "yes"})

    order.refresh_from_db()
    assert order.status == OrderStatus.NEW


def test_all_of_a_ship_method_that_the_menu_is_too_short_for_are_only_those(owner: Client, cart: Cart) -> None:
    for place in range(order_filters.LONGEST_METHODS):
        CartMethodFactory(cart=cart, name=f"A{place:03}")
    CartMethodFactory(cart=cart, name="Zeppelin")
    wanted = OrderFactory(cart=cart, service="Zeppelin")
    for _ in range(5):
        OrderFactory(cart=cart, service="A000")

    hold_all(owner, "?tab=all&method=Zeppelin")

    assert [each.pk for each in Order.objects.filter(status=OrderStatus.HELD)] == [wanted.pk]
