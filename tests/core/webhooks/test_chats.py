"""Alerts told to a chat: together what came together, a storm once, only what is the merchant's, nothing else."""

from datetime import timedelta

import pytest
import time_machine
from django.conf import settings as project
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from core.activity.event_log import record
from core.alerts import tasks as alerts_tasks
from core.alerts.mail import storms
from core.alerts.raised import raise_alert
from core.common import clock
from core.webhooks import tasks as webhooks_tasks
from core.webhooks.models import Delivery
from tests.core.webhooks.conftest import AddEndpoint
from tests.core.webhooks.receiver import Receiver
from tests.factories import CartFactory, MerchantFactory, OrderFactory

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("still")]
URGENT, SOON = "order.not_released", "grant.lapsing"


@pytest.fixture
def cart(acme: Organization) -> Cart:
    return CartFactory(merchant=MerchantFactory(organization=acme, name="Blue Mug Co"))


def refuse(cart: Cart, number: str) -> None:
    order = OrderFactory(cart=cart, number=number)
    message = f"Order {number}: no SKU <!channel>."
    raise_alert(URGENT, order, message, now=clock.now(), path=order.get_absolute_url())
    record("order.held", order, now=clock.now(), reason="No SKU")


def sweep() -> None:
    alerts_tasks.mail_due()
    webhooks_tasks.webhooks_due.run()


def test_a_chat_is_told_alerts_and_a_storm_once(
    add: AddEndpoint, receiver: Receiver, cart: Cart, still: time_machine.Traveller
) -> None:
    add(receiver.url, shape="slack")
    receiver.answer(503)
    refuse(cart, "111-1")
    raise_alert(SOON, cart, "The authorization expires in 20 days.", now=clock.now())
    sweep()
    still.shift(timedelta(minutes=1))
    sweep()
    sweep()

    first, again = receiver.got
    assert first.told == again.told, "what was not taken is sent once more, and then no more"
    lines = again.told["text"].splitlines()
    assert lines[0] == "*Northwind 3PL: 2 things need attention*"
    (order_line,) = [line for line in lines if "111-1" in line]
    assert "&lt;!channel&gt;" in order_line, "nobody is called by a name"
    assert order_line.startswith("• The warehouse refused an order. Order 111-1: no SKU ")
    assert f"<{project.PUBLIC_URL}/orders/" in order_line
    assert order_line.endswith("|Correct it>")

    for number in range(storms.MOST + 5):
        refuse(cart, f"222-{number}")
    sweep()
    refuse(cart, "333-1")
    sweep()
    assert len(receiver.got) == 3
    assert "26 alerts within an hour: The warehouse refused an order." in receiver.got[-1].told["text"]


def test_a_merchants_chat_hears_of_that_merchant_and_of_what_is_urgent_if_it_wants_no_more(
    add: AddEndpoint, receiver: Receiver, cart: Cart, acme: Organization
) -> None:
    other = CartFactory(merchant=MerchantFactory(organization=acme, name="Green Lamp Ltd"))
    add(receiver.url, shape="teams", merchant=cart.merchant, urgent_only=True)
    refuse(other, "222-1")
    raise_alert(SOON, cart, "The authorization expires in 20 days.", now=clock.now())
    sweep()
    assert not Delivery.objects.exists()

    refuse(cart, "111-1")
    sweep()

    (got,) = receiver.got
    (attachment,) = got.told["attachments"]
    assert attachment["contentType"] == "application/vnd.microsoft.card.adaptive"
    texts = [block["text"] for block in attachment["content"]["body"] if block["type"] == "TextBlock"]
    assert texts[0] == "Northwind 3PL: 1 thing needs attention"
    assert texts[1].startswith("The warehouse refused an order. Order 111-1: no SKU <!channel>. Ship by ")
    (buttons,) = [block for block in attachment["content"]["body"] if block["type"] == "ActionSet"]
    assert [each["title"] for each in buttons["actions"]] == ["Correct it"]


def test_a_chat_is_set_up_and_tried_on_its_page(owner: Client, receiver: Receiver) -> None:
    answer = owner.post(reverse("webhooks:new"), {"shape": "slack", "url": receiver.url})
    page = answer["Location"]
    owner.post(f"{page}test/")
    webhooks_tasks.webhooks_due.run()

    assert receiver.got[0].told == {"text": "*This is a test. Nothing happened.*"}
    assert b"Replay" not in owner.get(page).content
