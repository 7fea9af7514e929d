"""Somebody of the world's 3PL at the doors, and the form of Ship and Close as they fill it in."""

from collections.abc import Sequence
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.alerts.mail import alert_mails
from orders.models import Order, OrderStatus
from shipping import tasks
from shipping.carriers.tracking_numbers import ups_number
from shipping.models import Warehouse
from tests import factories
from tests.world import World

CLOSE = reverse("shipping:close")


@pytest.fixture
def staff(world: World) -> Client:
    client = Client()
    client.force_login(factories.make_person(world.organization, Role.STAFF))
    return client


def filled_in(world: World, orders: Sequence[Order], **changes: Any) -> dict[str, Any]:
    # Other numbers of these tests begin at 9,000,000, where no order is.
    tracking = {f"tracking_{order.pk}": ups_number("999AA1", order.pk) for order in orders}
    fields = {"carrier": "UPS", "scac": "UPSN", "service": "Ground", "shipped_on": world.now.date().isoformat()}
    return {"order": [order.pk for order in orders], **fields, **tracking, **changes}


def shown(client: Client, order: Order) -> str:
    answer = client.get(order.get_absolute_url())
    assert answer.status_code == 200
    return answer.content.decode()


def press(client: Client, order: Order, button: str, **fields: str) -> str:
    answer = client.post(reverse(f"orders:{button}", args=[order.pk]), fields, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def seen_to(client: Client, order: Order) -> str:
    """Somebody presses the button of the first alert above the order."""
    page = client.get(order.get_absolute_url()).context
    bars = [page["problem"], *page["alert_bars"]]
    return press(client, order, "seen_to", seen=next(bar.action_value for bar in bars if bar and bar.action_value))


def workers(world: World, times: int = 5) -> None:
    """What beat and the workers do meanwhile."""
    assert world.cart.grant_id
    for _ in range(times):
        world.later(minutes=3)
        world.download()
        tasks.recall_due()
        tasks.release_due()
        for warehouse_id in Warehouse.objects.values_list("pk", flat=True):
            tasks.hand_over(warehouse_id=warehouse_id)
        tasks.cancel_orders(grant_id=world.cart.grant_id)
        tasks.confirm_packages(grant_id=world.cart.grant_id)
        alert_mails.write_alerts(now=world.now)


def is_done(world: World, number: str) -> bool:
    return world.order(number).status == OrderStatus.CONFIRMED
