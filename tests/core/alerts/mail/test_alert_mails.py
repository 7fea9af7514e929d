"""What a mail about an alert says: whose order, what is in it, until when, and a link that whoever gets it can open."""

from datetime import timedelta
from html import unescape
from typing import Any

import pytest
import time_machine
from django.conf import settings as project
from django.test import Client

from carts.models import Cart
from core.alerts import tasks as alerts_tasks
from core.alerts.audience import outside
from core.alerts.models import Alert, Mail, Subscription
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock
from orders.models import Order, OrderStatus
from shipping.cancellation import order_hold
from tests.factories import CartFactory, OrderFactory, PackageFactory, ReleaseFactory, make_person
from tests.mail_content import links_of
from tests.mail_sink import Sink, html_of, text_of
from tests.subscribers import ADDRESS, make_subscription

pytestmark = pytest.mark.django_db
REFUSED = "order.not_released"


@pytest.fixture
def cart(still: time_machine.Traveller) -> Cart:
    return CartFactory(merchant__name="Blue Mug Co", merchant__organization__name="Northwind 3PL", name="Amazon.com")


def order_of(cart: Cart, number: str, **hours: float) -> Order:
    due = clock.now() + timedelta(**hours)
    return OrderFactory(cart=cart, number=number, ship_by=due, lines={"MUG-BLUE": 2, "MUG-RED": 1})


def refuse(order: Order) -> None:
    message = f"Order {order.number}: the warehouse said no."
    raise_alert(REFUSED, order, message, now=clock.now(), path=order.get_absolute_url())


def test_the_facts_of_the_order_stand_in_the_mail_and_nothing_of_the_buyer(cart: Cart, mail_sink: Sink) -> None:
    person = make_person(cart.organization)
    order = order_of(cart, "112-1", hours=5)
    refuse(order)

    alerts_tasks.mail_due()

    (message,) = mail_sink.to(person.email)
    text = text_of(message)
    assert message["From"].startswith("Northwind 3PL <")
    assert "Order: 112-1\nMerchant: Blue Mug Co · Amazon.com\nItems: 2 × MUG-BLUE, 1 × MUG-RED\n" in text
    assert "Ship by: Fri 20 Nov, 17:00 UTC" in text
    assert f"Open the order: {project.PUBLIC_URL}{order.get_absolute_url()}" in text
    assert "Northwind 3PL</header>" in html_of(message)
    address, buyer = order.recipient.open()
    assert address
    assert buyer
    for personal in (buyer.name, address.line1, address.city):
        assert personal not in text


def test_what_is_due_first_stands_first(cart: Cart, mail_sink: Sink) -> None:
    person = make_person(cart.organization)
    for number, hours in (("112-LATE", 30), ("112-SOON", 2), ("112-MID", 9)):
        refuse(order_of(cart, number, hours=hours))
    raise_alert("cart.checks", cart, "It lacks a role.", now=clock.now())

    alerts_tasks.mail_due()

    text = text_of(mail_sink.to(person.email)[0])
    places = [text.index(words) for words in ("112-SOON", "112-MID", "112-LATE", "It lacks a role.")]
    assert places == sorted(places)


def test_an_outsider_gets_a_link_that_opens_without_an_account(cart: Cart, mail_sink: Sink) -> None:
    make_subscription(cart)
    order = order_of(cart, "112-1", hours=5)
    refuse(order)

    alerts_tasks.mail_due()

    (message,) = mail_sink.to(ADDRESS)
    (link, _) = links_of(html_of(message))
    page = Client().get(link.removeprefix(project.PUBLIC_URL))
    shown = page.content.decode()
    assert page.status_code == 200
    assert "Order 112-1: the warehouse said no." in shown
    assert "2 × MUG-BLUE, 1 × MUG-RED" in shown
    assert "<form" not in shown
    assert "/orders/" not in text_of(message), "nothing there asks for a log-in"
    stored = Mail.objects.get(to=ADDRESS)
    assert link not in stored.text, "no row gives the link away"
    assert link not in stored.subject


def test_the_page_an_outsider_opens_shows_the_order_as_it_stands_now_and_its_times_in_the_mails_zone(
    cart: Cart, mail_sink: Sink
) -> None:
    cart.organization.time_zone = "America/Los_Angeles"
    cart.organization.save()
    make_subscription(cart)
    order = order_of(cart, "112-1", hours=5)
    refuse(order)
    alerts_tasks.mail_due()
    (message,) = mail_sink.to(ADDRESS)
    (link, _) = links_of(html_of(message))
    Order.objects.update(status=OrderStatus.SHIPPED)
    PackageFactory(shipment__order=order, carrier="UPS", service="Ground", tracking_number="1Z999AA10123456784")

    shown = unescape(Client().get(link.removeprefix(project.PUBLIC_URL)).content.decode())

    assert "Ship by: Fri 20 Nov, 09:00 PST" in text_of(message)
    assert "Shipped" in shown
    assert "UPS Ground, 1Z999AA10123456784" in shown
    assert "You can open this page until" in shown
    assert "PST" in shown
    assert "UTC" not in shown
    address, buyer = order.recipient.open()
    assert address
    assert buyer
    for personal in (buyer.name, address.name, address.line1, address.city):
        assert personal not in shown


def test_whoever_held_an_order_is_not_mailed_about_that_and_everybody_else_is(cart: Cart, mail_sink: Sink) -> None:
    maria, jo = make_person(cart.organization), make_person(cart.organization)
    order = order_of(cart, "112-1", hours=5)
    Order.objects.update(status=OrderStatus.AT_WMS)
    ReleaseFactory(order=order, warehouse__organization=cart.organization)
    order.refresh_from_db()

    order_hold.hold(order, by=maria, now=clock.now())
    alerts_tasks.mail_due()

    assert mail_sink.to(maria.email) == []
    assert len(mail_sink.to(jo.email)) == 1
    assert Alert.objects.get(closed_at=None).by == maria


@pytest.mark.parametrize("ended", ["time", "stopped", "gone", "forged", "another", "not theirs"])
def test_a_link_that_ended_shows_the_same_page_whatever_the_reason(
    cart: Cart, still: time_machine.Traveller, ended: str
) -> None:
    subscription = make_subscription(cart)
    refuse(order_of(cart, "112-1", hours=5))
    other = CartFactory()
    refuse(order_of(other, "999-9", hours=5))
    mine, theirs = Alert.objects.order_by("pk")
    address = outside.url(subscription.pk, mine.pk)
    match ended:
        case "time":
            still.shift(outside.LASTS + timedelta(seconds=1))
        case "stopped":
            Subscription.objects.update(stopped_at=clock.now())
        case "gone":
            Subscription.objects.all().delete()
        case "forged":
            address = address[:-2] + "x/"
        case "another":
            address = outside.url(subscription.pk, theirs.pk)
        case "not theirs":
            Alert.objects.filter(pk=mine.pk).update(cause="order.not_released", merchant=None)

    answer = Client().get(address.removeprefix(project.PUBLIC_URL))
    nothing = Client().get("/alerts/outside/nothing/")

    assert (answer.status_code, answer.content) == (404, nothing.content)


def test_what_closes_at_once_is_not_mailed_beside_what_follows(cart: Cart, mail_sink: Sink, still: Any) -> None:
    """A cancel at the bench raises one alert, and closes it for another that says what to do."""
    person = make_person(cart.organization)
    order = order_of(cart, "112-1", hours=5)
    raise_alert("order.cancel_at_warehouse", order, "Order 112-1: canceled.", now=clock.now())
    alerts_tasks.mail_due()
    still.shift(timedelta(seconds=5))
    close_alerts(order, "order.cancel_at_warehouse", now=clock.now())
    raise_alert("order.off_the_bench", order, "Order 112-1: pull it from packing at Reno.", now=clock.now())
    for _ in range(30):
        alerts_tasks.mail_due()
        still.shift(timedelta(seconds=5))

    assert [message["Subject"] for message in mail_sink.to(person.email)] == [
        "Order 112-1: pull it from packing at Reno."
    ]


def test_what_stays_is_mailed_a_minute_later(cart: Cart, mail_sink: Sink, still: Any) -> None:
    person = make_person(cart.organization)
    order = order_of(cart, "112-1", hours=5)
    raise_alert("order.cancel_at_warehouse", order, "Order 112-1: call them.", now=clock.now())

    alerts_tasks.mail_due()
    assert mail_sink.to(person.email) == []
    still.shift(timedelta(minutes=1, seconds=1))
    alerts_tasks.mail_due()

    assert [message["Subject"] for message in mail_sink.to(person.email)] == ["Order 112-1: call them."]
