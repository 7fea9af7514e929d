"""Pages that follow by themselves: asked again they say what is new, nothing while nothing is, and nobody too much."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from carts.models import Cart, Grant
from core.accounts import sessions
from core.activity.event_log import record
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.alerts import NOT_RELEASED
from shipping.cancellation import order_hold
from shipping.reconcile import reconciliations
from tests.factories import AlertFactory, OrderFactory, OrganizationFactory, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
LIST = "/orders/?tab=all"


def opened(client: Client, url: str) -> str:
    """Open a page, and return the tag it follows by."""
    page = client.get(url)
    assert page.status_code == 200
    found = re.search(r'data-live-tag="&quot;(\w+)&quot;"', page.content.decode())
    assert found, url
    return f'"{found.group(1)}"'


def ask(client: Client, url: str, tag: str, *shown: Order) -> Any:
    """Ask whether a page has something new, as static/live.js does."""
    rows = ",".join(str(order.pk) for order in shown)
    return client.get(url, headers={"X-Live": "1", "If-None-Match": tag, "X-Live-Shown": rows})


def happen(order: Order, status: OrderStatus = OrderStatus.CONFIRMED) -> None:
    Order.objects.filter(pk=order.pk).update(status=status, reason="Tracking sent")
    record("order.moved", order, now=clock.now(), frm=order.status, to=status, reason="Tracking sent")


def test_a_page_that_follows_asks_once_about_its_alerts(owner: Client, cart: Cart) -> None:
    for dismissed_at in (None, None, clock.now()):
        AlertFactory(organization=cart.organization, dismissed_at=dismissed_at)
    owner.get(LIST)

    with CaptureQueriesContext(connection) as asked:
        page = owner.get(LIST).content.decode()

    assert '<span class="count tone-bad" title="2 open">2</span>' in page
    assert sum('FROM "alerts_alert" WHERE' in each["sql"].partition("(SELECT")[0] for each in asked) == 1


PAGES = {
    "dashboard": lambda order: "/",
    "list": lambda order: LIST,
    "board": lambda order: reverse("orders:board"),
    "order": lambda order: order.get_absolute_url(),
    "cart": lambda order: order.cart.get_absolute_url(),
    "reconciliation": lambda order: reverse("shipping:reconcile", args=[order.cart_id]),
    "alerts": lambda order: reverse("alerts:alerts"),
}


@pytest.mark.parametrize("name", PAGES)
def test_while_nothing_is_new_a_page_is_not_made_again(
    owner: Client, cart: Cart, name: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    order = OrderFactory(cart=cart)
    url = PAGES[name](order)
    tag = opened(owner, url)

    with django_assert_max_num_queries(9):  # who asks, 3 or 4 of them
        answer = ask(owner, url, tag, order)

    assert (answer.status_code, answer.content, answer["ETag"]) == (304, b"", tag)
    raise_alert(NOT_RELEASED, order, "It was refused.", now=clock.now())
    news = ask(owner, url, tag, order)
    assert news.status_code == 200
    assert 'data-live="menu-alerts"' in news.content.decode()
    assert ask(owner, url, news["ETag"], order).status_code == 304
    close_alerts(order, now=clock.now())
    assert ask(owner, url, news["ETag"], order).status_code == 200


@pytest.mark.parametrize("many", [1, 30])
def test_an_answer_costs_the_same_however_much_is_in_view(
    owner: Client, cart: Cart, many: int, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    orders = [OrderFactory(cart=cart) for _ in range(many)]
    tag = opened(owner, "/orders/?tab=new")
    for order in orders:
        happen(order)

    with django_assert_max_num_queries(22):
        answer = ask(owner, "/orders/?tab=new", tag, *orders).content.decode()

    assert answer.count("Confirmed</span>") >= many


def test_rows_in_view_follow_also_when_they_left_the_tab_and_new_ones_are_only_counted(
    owner: Client, cart: Cart
) -> None:
    first, second = OrderFactory(cart=cart, number="1"), OrderFactory(cart=cart, number="2")
    tag = opened(owner, "/orders/?tab=new")
    happen(first)
    for number in ("3", "4"):
        record("order.downloaded", OrderFactory(cart=cart, number=number), now=clock.now(), cart=str(cart))

    answer = ask(owner, "/orders/?tab=new", tag, first, second).content.decode()

    assert f'data-live="order-{first.pk}"' in answer
    assert "Tracking sent" in answer
    assert "2 new orders" in answer
    assert answer.count('data-live="order-') == 2 + len(["tabs", "news"])


def test_orders_of_the_next_page_are_not_new(owner: Client, cart: Cart) -> None:
    now = clock.now()
    orders = [OrderFactory(cart=cart, placed_at=now - timedelta(minutes=minutes)) for minutes in range(60)]
    tag = opened(owner, "/orders/?tab=new")
    happen(orders[0])

    answer = ask(owner, "/orders/?tab=new", tag, *orders[:50]).content.decode()

    assert "new order" not in answer


def test_a_list_that_chose_its_tab_by_itself_keeps_it(owner: Client, cart: Cart) -> None:
    OrderFactory(cart=cart, status=OrderStatus.CONFIRMED)

    page = owner.get("/orders/").content.decode()

    assert 'data-live-address="?tab=all"' in page


def test_a_seller_is_not_told_that_anything_happened_to_others(
    owner: Client, seller: Client, cart: Cart, others_order: Order
) -> None:
    mine = OrderFactory(cart=cart)
    for url in ("/", LIST, mine.get_absolute_url(), reverse("alerts:alerts"), reverse("menu")):
        first = owner.get(url, headers={"X-Live": "1"})["ETag"]
        tag = seller.get(url, headers={"X-Live": "1"})["ETag"]
        assert tag != first
        happen(others_order)
        raise_alert(NOT_RELEASED, others_order, "It was refused.", now=clock.now())

        assert ask(seller, url, tag, mine, others_order).status_code == 304
        close_alerts(others_order, now=clock.now())

    tag = opened(seller, LIST)
    happen(mine)
    answer = ask(seller, LIST, tag, mine, others_order).content.decode()
    assert f'data-live="order-{mine.pk}"' in answer
    assert f'data-live="order-{others_order.pk}"' not in answer


def test_strangers_and_who_is_logged_out_are_told_nothing(owner: Client, stranger: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    tag = opened(owner, order.get_absolute_url())

    assert ask(stranger, order.get_absolute_url(), tag).status_code == 404
    assert ask(Client(), order.get_absolute_url(), tag).status_code == 302
    assert "order-" + str(order.pk) not in ask(stranger, LIST, tag, order).content.decode()


def test_another_organization_meanwhile_is_said_and_not_shown(cart: Cart) -> None:
    person = make_person(cart.organization)
    other = OrganizationFactory()
    client = Client()
    client.force_login(person)

    answer = client.get(LIST, headers={"X-Live": "1", "X-Working-In": str(other.pk)})

    assert answer.status_code == 409


def test_what_is_to_be_told_once_is_told_on_a_page(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart)
    tag = opened(owner, LIST)
    owner.post(reverse("orders:hold", args=[order.pk]))

    assert "Held. It stays here" not in ask(owner, order.get_absolute_url(), tag).content.decode()
    assert "Held. It stays here" in owner.get(order.get_absolute_url()).content.decode()


def test_a_page_left_open_keeps_nobody_logged_in(cart: Cart, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.SESSION_IDLE_SECONDS = 1800
    person = make_person(cart.organization)
    client = Client()
    client.force_login(person)
    session = client.session
    session[sessions.SEEN] = session[sessions.BEGAN] = (clock.now() - timedelta(minutes=29)).timestamp()
    session.save()
    seen = session[sessions.SEEN]

    client.get(LIST, headers={"X-Live": "1"})
    assert client.session[sessions.SEEN] == seen

    client.get(LIST)
    assert client.session[sessions.SEEN] > seen


def test_an_order_follows_until_it_is_confirmed(owner: Client, cart: Cart) -> None:
    order = OrderFactory(cart=cart, status=OrderStatus.SHIPPED, shipped_at=clock.now())
    tag = opened(owner, order.get_absolute_url())
    happen(order)

    answer = ask(owner, order.get_absolute_url(), tag)

    assert answer.status_code == 200
    assert "Confirmed" in answer.content.decode().split('data-live="order-state"')[1][:300]
    held = OrderFactory(cart=cart)
    before = opened(owner, held.get_absolute_url())
    order_hold.hold(held, by=make_person(cart.organization), now=clock.now())
    assert ask(owner, held.get_absolute_url(), before).status_code == 200


def test_a_cart_tells_that_its_download_is_queued_runs_and_what_it_brought(owner: Client, cart: Cart) -> None:
    url, now = cart.get_absolute_url(), clock.now()
    grants = Grant.objects.filter(carts=cart)
    Cart.objects.filter(pk=cart.pk).update(state=Cart.State.LIVE, live_at=now - timedelta(days=1))
    tag = opened(owner, url)
    owner.post(reverse("carts:download", args=[cart.pk]))
    assert "Queued" in owner.get(url).content.decode()

    grants.update(pulling_until=now + timedelta(minutes=10))
    running = ask(owner, url, tag)
    assert "Orders are being downloaded now." in running.content.decode()

    later = now + timedelta(minutes=1)
    for status in (OrderStatus.NEW, OrderStatus.NEW, OrderStatus.SKIPPED):
        OrderFactory(cart=cart, status=status, downloaded_at=later)
    grants.update(pulling_until=None, pulled_at=later)
    done = ask(owner, url, running["ETag"]).content.decode()
    assert "3 new orders, 1 of them skipped." in done

    grants.update(pull_error="Amazon answered 500.", pull_failed_at=later)
    failing = ask(owner, url, running["ETag"]).content.decode()
    assert "Failing" in failing
    assert "Failed" in failing


def test_a_comparison_shows_its_end_without_a_reload(owner: Client, cart: Cart) -> None:
    url = reverse("shipping:reconcile", args=[cart.pk])
    tag = opened(owner, url)
    reconciliations.begin(cart, by=None, now=clock.now())

    answer = ask(owner, url, tag)

    assert "In progress" in answer.content.decode()


def test_without_javascript_there_is_a_link_to_refresh(owner: Client, cart: Cart) -> None:
    page = owner.get(LIST).content.decode()

    assert '<noscript><p class="live-refresh"><a href="/orders/?tab=all">Refresh</a></p></noscript>' in page
