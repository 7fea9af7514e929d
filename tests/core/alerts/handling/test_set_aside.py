"""What people make of alerts, on the page: alike ones in one row, given to somebody, resting, dismissed, back."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.models import Event
from core.alerts import tasks as alerts_tasks
from core.alerts.models import Alert
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock
from orders.models import Order
from tests.factories import CartFactory, MerchantFactory, OrderFactory, make_person
from tests.mail_sink import Sink
from tests.order_pages import ClientFor

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]
CAUSE = "order.not_released"
ALERTS = "/alerts/"


def refuse(cart: Cart, reason: str = "it has no SKU “MUG”.", **fields: Any) -> Alert:
    """The warehouse refuses an order."""
    order = OrderFactory(cart=cart, status="error", **fields)
    raise_alert(CAUSE, order, f"Order {order.number}: {reason}", now=clock.now(), path=order.get_absolute_url())
    return Alert.objects.get(subject_id=order.pk, closed_at=None)


def alert_subject(alert: Alert) -> Order:
    return Order.objects.get(pk=alert.subject_id)


def handle(client: Client, alert: Alert, deed: str, **said: str) -> Any:
    return client.post(f"{reverse('alerts:handle')}?alert={alert.pk}", {"deed": deed, **said}, follow=True)


def menu_count(client: Client) -> int:
    (count,) = [int(str(item.count)) for item in client.get(ALERTS).context["nav"] if item.label == "Alerts"]
    return count


def test_alike_alerts_are_one_row_with_their_merchants_and_what_they_hold_up(
    owner: Client, acme: Organization, cart: Cart, still: time_machine.Traveller
) -> None:
    lamps = CartFactory(merchant=MerchantFactory(organization=acme, name="Green Lamp Ltd"))
    soonest = clock.now() + timedelta(hours=3)
    for hours in (9, 3, 6):
        refuse(cart, ship_by=clock.now() + timedelta(hours=hours))
    refuse(lamps, "it has no SKU “LAMP”.", ship_by=None)
    refuse(lamps, "its address is incomplete.", ship_by=None)

    page = owner.get(ALERTS)

    many, one = page.context["groups"]
    assert (many.count, many.held.count, many.held.ship_by) == (4, 4, soonest)
    assert [(each.name, each.count) for each in many.merchants] == [("Blue Mug Co", 3), ("Green Lamp Ltd", 1)]
    assert (one.count, one.held.count, one.newest.severity) == (1, 1, ("Urgent", "bad"))
    assert "Retry all" in page.content.decode()
    chosen = owner.get(f"{reverse('alerts:handle')}?{many.choice.query}")
    assert chosen.context["listing"].total == 4
    of_lamps = owner.get(f"{reverse('alerts:handle')}?{many.merchants[1].choice.query}")
    assert [alert.merchant.name for alert in of_lamps.context["listing"].rows] == ["Green Lamp Ltd"]
    assert owner.get(f"{ALERTS}?show=warehouse").context["groups"] == []
    assert len(owner.get(f"{ALERTS}?show=us").context["groups"]) == 2


def test_a_dismissed_alert_is_quiet_until_it_comes_back(
    owner: Client, acme: Organization, cart: Cart, mail_sink: Sink, still: time_machine.Traveller
) -> None:
    alert = refuse(cart)
    assert menu_count(owner) == 1
    assert b"house-alert" in owner.get(ALERTS).content.split(b"data-calm")[0], "the tab's icon turned"

    assert handle(owner, alert, "dismiss", because=" ").status_code == 422, "not without a reason"
    handle(owner, alert, "dismiss", because="The seller withdrew it.")
    alerts_tasks.mail_due()
    raise_alert(CAUSE, alert_subject(alert), alert.message, now=clock.now())

    assert (menu_count(owner), mail_sink.messages) == (0, [])
    assert b"house-alert" not in owner.get(ALERTS).content.split(b"data-calm")[0]
    assert (
        "The seller withdrew it." in owner.get(f"{reverse('alerts:handle')}?alert={alert.pk}&aside=1").content.decode()
    )
    assert Event.objects.get(kind="alerts.dismissed").details["because"] == "The seller withdrew it."

    close_alerts(alert_subject(alert), now=clock.now())
    raise_alert(CAUSE, alert_subject(alert), alert.message, now=clock.now())
    alerts_tasks.mail_due()

    assert menu_count(owner) == 1
    assert mail_sink.messages, "what comes back is told"


def test_a_snoozed_alert_rests_and_is_told_again(
    owner: Client, cart: Cart, mail_sink: Sink, still: time_machine.Traveller
) -> None:
    alert = refuse(cart)
    alerts_tasks.mail_due()
    told = len(mail_sink.messages)
    handle(owner, alert, "snooze", until="4h")
    assert (menu_count(owner), owner.get(f"{ALERTS}?show=aside").context["groups"][0].newest) == (0, alert)

    still.shift(timedelta(hours=3, minutes=59))
    alerts_tasks.mail_due()
    assert (menu_count(owner), len(mail_sink.messages)) == (0, told)
    still.shift(timedelta(minutes=2))
    alerts_tasks.mail_due()

    assert (menu_count(owner), len(mail_sink.messages)) == (1, 2 * told)


def test_an_alert_is_somebodys(owner: Client, client_for: ClientFor, acme: Organization, cart: Cart) -> None:
    alert, person = refuse(cart), make_person(acme, Role.STAFF)
    refuse(cart, "its address is incomplete.")
    theirs = Client()
    theirs.force_login(person)

    handle(owner, alert, "assign", person=str(person.pk))
    handle(owner, alert, "assign", person=str(make_person(acme, Role.SELLER, merchant=cart.merchant).pk))

    assert [group.newest for group in theirs.get(f"{ALERTS}?show=mine").context["groups"]] == [alert]
    assert owner.get(f"{ALERTS}?show=mine").context["groups"] == []
    handle(owner, alert, "assign", person="")
    assert theirs.get(f"{ALERTS}?show=mine").context["groups"] == []


def test_nobody_handles_what_is_not_theirs(stranger: Client, seller: Client, cart: Cart) -> None:
    alert = refuse(cart)

    handle(stranger, alert, "dismiss", because="Not mine.")
    assert handle(seller, alert, "dismiss", because="Mine.").status_code == 403

    assert Alert.objects.calling().get() == alert
    assert stranger.get(f"{reverse('alerts:handle')}?cause={CAUSE}").context["listing"].total == 0
