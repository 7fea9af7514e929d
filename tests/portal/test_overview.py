"""A merchant's overview for somebody without an account: by the link in their mails, for as long as the 3PL wants."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Merchant
from core.alerts import tasks as alerts_tasks
from core.alerts.models import Subscription, Topic
from core.common import clock
from orders.models import Order, OrderStatus
from tests.factories import OrderFactory, StockLevelFactory
from tests.mail_sink import Sink, mail_sink, text_of

pytestmark = pytest.mark.django_db
__all__ = ["mail_sink"]  # fixtures
ADDRESS = "ops@bluemug.example"


def test_an_address_on_a_merchants_list_follows_its_orders_by_the_link_in_its_mail(
    owner: Client, cart: Cart, others_order: Order, mail_sink: Sink, django_assert_max_num_queries: Any
) -> None:
    now = clock.now()
    mine = OrderFactory(cart=cart, status=OrderStatus.AT_WMS, ship_by=now - timedelta(hours=1))
    StockLevelFactory(merchant=cart.merchant, on_hand=0, observed_at=now)
    place = reverse("subscriptions:merchant", args=[cart.merchant_id])
    of_cart = owner.get(reverse("subscriptions:cart", args=[cart.pk])).context["form"]
    assert Topic.OVERVIEW not in dict(of_cart.fields["topics"].choices)
    assert owner.post(place, {"address": ADDRESS, "topics": ["overview"]}).status_code == 302
    alerts_tasks.mail_due()

    (message,) = mail_sink.to(ADDRESS)
    (link,) = re.findall(r"See how your orders are doing: https?://[^/]+(/\S+)", text_of(message))
    with django_assert_max_num_queries(20):
        page = Client().get(link)

    said = page.content.decode()
    numbers = {each.label: each.number for each in page.context["numbers"]}
    (waiting,) = page.context["waiting"]
    assert (numbers["New"], waiting.number, waiting.overdue, waiting.who) == (0, 1, 1, cart.organization.name)
    assert (page.context["stock"]["out"], page.context["figures"].late) == (1, 1)
    assert mine.number in said
    assert others_order.number not in said
    _, buyer = mine.recipient.open()
    assert buyer
    assert buyer.name not in said
    assert "<form" not in said
    assert "<a " not in said
    assert Client().post(link).status_code == 405

    assert "leaves" not in said
    Merchant.objects.filter(pk=cart.merchant_id).update(leaves_at=now + timedelta(days=21))
    leaving = f"<strong>Blue Mug Co leaves {cart.organization}.</strong> Nothing is sent or read for them any more"
    assert leaving in Client().get(link).content.decode()

    found = Subscription.objects.get(address=ADDRESS)
    owner.post(reverse("subscriptions:subscription", args=[found.pk]), {"topics": ["attention"]})
    assert Client().get(link).status_code == 404
    owner.post(reverse("subscriptions:subscription", args=[found.pk]), {"topics": ["overview"]})
    assert Client().get(link).status_code == 200
    Client().post(found.path)  # they unsubscribe
    assert Client().get(link).content == Client().get(reverse("subscriptions:overview", args=["x" * 43])).content
