"""A seller takes the authorization back, and gives it again from Amazon's side: nothing is lost, one mail is sent."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from typing import Any

import httpx
import pytest
from django.test import Client
from django.urls import reverse

from carts import tasks
from carts.alerts import CREDENTIALS_REFUSED
from carts.consent import grants
from carts.models import Cart, Grant
from core.alerts.models import Alert
from core.alerts.tasks import mail_due
from core.common.errands import ErrandState
from core.common.remote import RemoteError
from integration_manager.celery import app
from inventory.tasks import publish_due
from orders.models import Order, OrderStatus
from orders.tasks import import_due
from shipping.tasks import confirm_due, release_due
from tests import factories
from tests.mail_sink import Sink, mail_sink, text_of
from tests.world import SELLER, World

__all__ = ["mail_sink"]

Work = Callable[[], None]
SWEEPS = (import_due, release_due, confirm_due, publish_due, tasks.check_due, tasks.remind_due, mail_due)


@pytest.fixture
def work(
    world: World,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[Any]],
) -> Iterator[Work]:
    """Let every sweep find what is due, and the worker do what they ring for. As in production, but here and now."""
    app.conf.task_always_eager = True

    def once() -> None:
        for sweep in SWEEPS:
            with django_capture_on_commit_callbacks(execute=True):
                sweep()

    yield once
    app.conf.task_always_eager = False


@pytest.fixture
def owed(world: World) -> Order:
    """An order that was shipped, and whose tracking Amazon does not know yet."""
    order = world.at_warehouse()
    world.ship(order)
    return order


def open_alerts(cause: str = "grant.ended") -> list[Alert]:
    return list(Alert.objects.filter(closed_at=None, cause=cause))


def calls(world: World) -> int:
    return len(world.simulator.journal("call"))


def hours(world: World, work: Work, number: int) -> None:
    for _ in range(number):
        world.later(hours=1)
        work()


def renew_at_amazon(world: World) -> httpx.Response:
    """What the seller's browser does after Re-authorize in Manage Your Apps: it has no session here."""
    ours, amazon = Client(), httpx.Client(transport=httpx.WSGITransport(app=world.simulator))
    asked = {"login_uri": grants.login_uri("amazon"), "selling_partner_id": SELLER}
    to_us = amazon.get("http://simulator.test/apps/authorize/start", params=asked)
    to_amazon = ours.get(httpx.URL(to_us.headers["location"]).raw_path.decode())
    back = amazon.get(to_amazon["location"])
    amazon.close()
    done: Any = ours.get(httpx.URL(back.headers["location"]).raw_path.decode(), follow=True)
    return done


def test_a_seller_who_takes_the_authorization_back_and_renews_it_at_amazon_loses_nothing(
    world: World, owed: Order, work: Work, mail_sink: Sink
) -> None:
    work()
    assert world.told(), "before, tracking goes out by itself"
    late = world.at_warehouse()
    world.ship(late, tracking="1Z999LATE")
    world.simulator.revoke(SELLER)

    work()
    (alert,) = open_alerts()
    assert alert.subject_id == world.cart.grant_id
    (message,) = mail_sink.to(world.person.email)
    assert alert.message.startswith(message["Subject"])
    assert "has to authorize us again" in alert.message

    made = calls(world)
    hours(world, work, 30)
    assert calls(world) == made, "nobody asks with an authorization that has ended"
    assert len(mail_sink.envelopes) == 1
    assert len(open_alerts()) == 1
    assert world.confirmation(late).state == ErrandState.DUE

    staff = Client()
    staff.force_login(world.person)
    page = staff.get(world.cart.get_absolute_url()).content.decode()
    assert "Needs authorization" in page

    done = renew_at_amazon(world)
    assert done.status_code == 200
    work()
    assert [one["order_id"] for one in world.told()] == [owed.number, late.number]
    assert world.order(late.number).status == OrderStatus.CONFIRMED
    assert not Alert.objects.filter(closed_at=None).exists()
    assert Grant.objects.get().state == Grant.State.CONNECTED


@pytest.mark.parametrize("fault", ["429", "503", "token_expired", "401", "403"])
@pytest.mark.parametrize("operation", ["confirmShipment", "searchOrders", "getOrder"])
def test_nothing_else_that_amazon_says_ends_an_authorization(
    world: World, owed: Order, work: Work, operation: str, fault: str
) -> None:
    world.simulator.fail(operation, fault, times=2)

    hours(world, work, 2)

    assert Grant.objects.get().state == Grant.State.CONNECTED
    assert open_alerts() == []


@pytest.mark.parametrize("fault", ["429", "503_html", "timeout", "empty"])
def test_a_token_server_that_is_away_ends_nothing_and_loses_nothing(
    world: World, owed: Order, work: Work, fault: str
) -> None:
    world.later(hours=2)
    world.simulator.fail("token", fault, times=3)

    hours(world, work, 6)

    assert open_alerts() == []
    assert world.order(owed.number).status == OrderStatus.CONFIRMED


def test_our_own_wrong_secret_is_told_once_to_every_house_and_blames_no_seller(
    world: World, owed: Order, work: Work, mail_sink: Sink
) -> None:
    neighbour = factories.make_person(factories.CartFactory(state=Cart.State.PAUSED, grant=None).organization)
    factories.make_person(factories.OrganizationFactory())  # no cart, no mail
    world.later(hours=2)
    world.simulator.fail("token", "invalid_client", times=10_000)

    hours(world, work, 20)

    assert Grant.objects.get().state == Grant.State.CONNECTED
    assert world.confirmation(owed).state == ErrandState.DUE
    assert world.confirmation(owed).attempts == 0, "waiting for us costs nothing"
    assert {alert.cause for alert in Alert.objects.all()} == {CREDENTIALS_REFUSED}
    assert len(open_alerts(CREDENTIALS_REFUSED)) == 2
    assert len(mail_sink.to(world.person.email)) == len(mail_sink.to(neighbour.email)) == 1
    assert len(mail_sink.envelopes) == 2
    assert "AMAZON_LWA_CLIENT_SECRET" in text_of(mail_sink.messages[0])

    world.simulator.faults.waiting.clear()
    hours(world, work, 1)
    assert not Alert.objects.filter(closed_at=None).exists()
    assert world.order(owed.number).status == OrderStatus.CONFIRMED


def test_a_wrong_secret_is_not_tried_by_every_worker_again(world: World, owed: Order, work: Work) -> None:
    world.later(hours=2)
    world.simulator.fail("token", "invalid_client", times=10_000)
    before = calls(world)

    for _ in range(10):
        work()
        world.later(seconds=5)

    assert calls(world) == before + 1


def test_staff_who_test_the_cart_see_whose_fault_it_is(world: World, owed: Order) -> None:
    staff = Client()
    staff.force_login(world.person)
    world.later(hours=2)
    world.simulator.fail("token", "invalid_client", times=2)

    answer = staff.post(reverse("carts:test", args=[world.cart.pk]), follow=True)

    assert "The people who run this portal have to fix this" in answer.content.decode()


def test_what_the_old_authorization_left_behind_is_not_shown_after_it_ended_or_was_renewed(
    world: World, client: Client
) -> None:
    client.force_login(world.person)
    address = world.cart.get_absolute_url()
    client.post(reverse("carts:test", args=[world.cart.pk]))
    assert "Amazon accepts the seller&#x27;s authorization." in client.get(address).content.decode()

    world.later(hours=1)  # the access token is at its end
    world.simulator.revoke(SELLER)
    with pytest.raises(RemoteError):
        world.download()
    ended = client.get(address).content.decode()
    world.renew()
    renewed = client.get(address).content.decode()

    assert "Amazon accepts the seller&#x27;s authorization." not in ended
    assert "Test again" in ended
    assert "The last download failed." not in renewed
