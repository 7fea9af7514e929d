"""Retrying many alerts at once: counted first, gone through in steps, canceled midway, recorded."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.models import Organization
from core.activity.models import Event
from core.alerts import tasks as alerts_tasks
from core.alerts.models import RetryPlan
from core.alerts.raised import close_alerts, raise_alert
from core.alerts.retries import retry_plans
from core.common import clock
from orders.models import Order
from shipping.models import Release
from tests.factories import OrderFactory, ReleaseFactory, WarehouseFactory

pytestmark = pytest.mark.django_db
CAUSE = "order.not_released"
MANY = 30


@pytest.fixture
def refused(acme: Organization, cart: Cart) -> list[Order]:
    """Orders that the warehouse refused, all for one reason."""
    warehouse, orders = WarehouseFactory(organization=acme), []
    for _ in range(MANY):
        order = OrderFactory(cart=cart, status="error")
        ReleaseFactory(order=order, warehouse=warehouse, state="stuck", last_error="No SKU.")
        raise_alert(CAUSE, order, f"Order {order.number}: no SKU.", now=clock.now())
        orders.append(order)
    return orders


def plan_by(client: Client, expected: int, because: str = "other", words: str = "The SKU is there now.") -> Any:
    page = client.get(f"{reverse('alerts:new_retry')}?cause={CAUSE}")
    assert page.context["count"] == page.context["form"].initial["expected"]
    said = {"because": because, "words": words, "expected": str(expected)}
    return client.post(f"{reverse('alerts:new_retry')}?cause={CAUSE}", said)


def sent_again() -> int:
    return Release.objects.filter(state="due").count()


def test_a_retry_sends_again_what_it_counted_and_says_who_asked_why(owner: Client, refused: list[Order]) -> None:
    Release.objects.filter(order=refused[0]).update(state="done")  # nothing is refused of it any more
    assert plan_by(owner, MANY - 1).status_code == 422, "not another number than the page said"
    assert plan_by(owner, MANY, because="").status_code == plan_by(owner, MANY, words="").status_code == 422
    answer = plan_by(owner, MANY)
    close_alerts(refused[1], now=clock.now())  # solved before its turn comes
    later = OrderFactory(cart=refused[0].cart, status="error")
    ReleaseFactory(order=later, warehouse=WarehouseFactory(organization=later.organization), state="stuck")
    raise_alert(CAUSE, later, f"Order {later.number}: no SKU.", now=clock.now())

    alerts_tasks.retry_due()

    page = owner.get(answer.url)
    plan = page.context["plan"]
    assert (plan.total, plan.retried, plan.left, plan.unreached) == (MANY, MANY - 2, 1, 1)
    assert (page.context["status"][0], sent_again()) == ("Done", MANY - 2)
    assert Release.objects.get(order=later).is_stuck, "what came later was not asked for"
    begun = Event.objects.get(kind="alerts.retry_begun")
    assert (begun.details["count"], begun.details["because"]) == (MANY, "The SKU is there now.")
    assert Event.objects.get(kind="alerts.retry_ended").details["retried"] == MANY - 2


def test_a_retry_ends_midway_when_somebody_cancels_it(
    owner: Client, stranger: Client, refused: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_plans, "STEPS", 1)
    plan = RetryPlan.objects.get(pk=plan_by(owner, MANY).url.rstrip("/").rpartition("/")[2])
    alerts_tasks.retry_due()
    assert b"25 of 30" in owner.get(reverse("alerts:retry", args=[plan.pk])).content

    assert stranger.post(reverse("alerts:cancel_retry", args=[plan.pk])).status_code == 404
    owner.post(reverse("alerts:cancel_retry", args=[plan.pk]))
    alerts_tasks.retry_due()

    page = owner.get(reverse("alerts:retry", args=[plan.pk]))
    plan = page.context["plan"]
    assert (page.context["status"][0], plan.retried, plan.unreached, sent_again()) == ("Canceled", 25, 5, 25)
    assert plan.ended_at
    assert not RetryPlan.objects.owed().exists()
    assert Event.objects.get(kind="alerts.retry_canceled").details["retried"] == 25
    assert not Event.objects.filter(kind="alerts.retry_ended").exists()


def test_a_worker_that_died_midway_sends_nothing_twice(
    owner: Client, refused: list[Order], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(retry_plans, "STEPS", 1)
    plan_by(owner, MANY, because="It was corrected at the warehouse.", words="")
    assert RetryPlan.objects.get().because == "It was corrected at the warehouse."
    alerts_tasks.retry_due()
    Release.objects.filter(state="due").update(state="done")
    RetryPlan.objects.update(seen_to=0, retried=0, state="running", claimed_until=clock.now() - timedelta(hours=1))

    alerts_tasks.retry_due()
    alerts_tasks.retry_due()

    plan = RetryPlan.objects.get()
    assert (plan.is_done, plan.retried, plan.left, sent_again()) == (True, 5, 25, 5)
