"""Endpoints through their doors: added, tried, turned off and on, replayed, removed."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Organization
from core.activity.event_log import record
from core.activity.models import Event
from core.common import clock
from core.webhooks.models import Delivery, Endpoint
from tests.core.webhooks.conftest import AddEndpoint, sweep
from tests.core.webhooks.receiver import Receiver
from tests.factories import OrderFactory
from tests.organization import ClientFor

pytestmark = pytest.mark.django_db


def page_of(client: Client, endpoint: Endpoint) -> str:
    return client.get(endpoint.get_absolute_url()).content.decode()


def press(client: Client, button: str, endpoint: Endpoint, **sent: Any) -> str:
    answer = client.post(reverse(f"webhooks:{button}", args=[endpoint.pk]), sent, follow=True)
    assert answer.status_code == 200
    return answer.content.decode()


def test_an_owner_adds_an_endpoint_tries_it_and_sees_what_it_answered(owner: Client, receiver: Receiver) -> None:
    assert "No endpoints yet" in owner.get("/webhooks/").content.decode()
    shown = owner.post("/webhooks/new/", {"url": receiver.url}, follow=True).content.decode()
    assert "The endpoint was added" in shown
    endpoint = Endpoint.objects.get()

    press(owner, "test", endpoint)
    sweep()

    secret = re.search(r"whsec_[A-Za-z0-9+/=]+", press(owner, "secret", endpoint))
    assert secret
    assert "whsec_" not in page_of(owner, endpoint)
    assert receiver.got[0].verify(secret[0])["type"] == "webhook.test"
    shown = page_of(owner, endpoint)
    assert "Taken" in shown
    assert "204" in shown
    assert receiver.got[0].id in shown
    assert "127.0.0.1" in owner.get("/webhooks/").content.decode()
    assert "webhook.secret_shown" in set(Event.objects.values_list("kind", flat=True))


@pytest.mark.parametrize(
    "url",
    [
        "",
        "ftp://wms.example/",
        "http://wms.example/hooks",
        "https://user:key@wms.example/",
        "https://127.0.0.1/",
        "https://2130706433/",
        "https://[::ffff:169.254.169.254]/",
        "https://localhost:8443/",
        "https://wms.example:22/",
        "https://wms.example/a b",
        "https://wms.example/#there",
    ],
)
def test_an_address_that_is_not_sent_to_is_refused_with_a_sentence(owner: Client, url: str) -> None:
    answer = owner.post("/webhooks/new/", {"url": url})

    assert answer.status_code == 422
    assert 'class="errorlist' in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_the_portal_does_not_call_itself(owner: Client, loopback: None, settings: Any) -> None:
    answer = owner.post("/webhooks/new/", {"url": f"{settings.PUBLIC_URL}/orders/"})

    assert "own address" in answer.content.decode()


def test_two_secrets_are_valid_for_a_day_or_until_somebody_ends_the_former(owner: Client, add: AddEndpoint) -> None:
    endpoint = add("https://wms.example/hooks")
    press(owner, "rotate", endpoint)
    assert len(set(re.findall(r"whsec_[\w+/=]+", press(owner, "secret", endpoint)))) == 2

    press(owner, "end_former", endpoint)
    assert len(set(re.findall(r"whsec_[\w+/=]+", press(owner, "secret", endpoint)))) == 1


def test_what_it_missed_while_it_was_off_is_replayed_and_nothing_else(
    owner: Client, add: AddEndpoint, receiver: Receiver, acme: Organization, still: time_machine.Traveller
) -> None:
    endpoint = add(receiver.url)
    order = OrderFactory(cart__merchant__organization=acme)
    record("order.held", order, now=clock.now(), reason="before")
    sweep()
    press(owner, "turn_off", endpoint)
    still.shift(timedelta(hours=1))
    record("order.held", order, now=clock.now(), reason="meanwhile")
    sweep()
    press(owner, "turn_on", endpoint)
    sweep()
    assert [got.told["data"]["reason"] for got in receiver.got] == ["before"]

    press(owner, "replay", endpoint, hours="24", what="missing")
    sweep()
    sweep()
    assert [got.told["data"]["reason"] for got in receiver.got] == ["before", "meanwhile"]

    press(owner, "replay", endpoint, hours="24", what="all")
    sweep()
    sweep()
    assert sorted(got.told["data"]["reason"] for got in receiver.got) == ["before"] * 2 + ["meanwhile"] * 2
    assert len({got.id for got in receiver.got}) == 2
    endpoint.refresh_from_db()
    assert endpoint.replay_since is None


def test_a_replay_goes_no_further_back_than_it_was_asked_to(
    owner: Client, add: AddEndpoint, receiver: Receiver, acme: Organization, still: time_machine.Traveller
) -> None:
    order = OrderFactory(cart__merchant__organization=acme)
    for _ in range(4):
        record("order.held", order, now=clock.now(), reason="x")
        still.shift(timedelta(hours=5))
    endpoint = add(receiver.url)
    press(owner, "replay", endpoint, hours="6", what="missing")
    sweep()

    assert Delivery.objects.filter(endpoint=endpoint, event__isnull=False).count() == 1


def test_one_message_is_sent_again_with_its_id(
    owner: Client, add: AddEndpoint, receiver: Receiver, acme: Organization
) -> None:
    endpoint = add(receiver.url)
    press(owner, "test", endpoint)
    sweep()
    delivery = Delivery.objects.get()
    owner.post(reverse("webhooks:send_again", args=[endpoint.pk, delivery.pk]))
    sweep()

    assert [got.id for got in receiver.got] == [delivery.message_id] * 2
    delivery.refresh_from_db()
    assert (delivery.is_done, delivery.tries) == (True, 2)


def test_a_removed_endpoint_is_gone_with_its_secrets(owner: Client, add: AddEndpoint, receiver: Receiver) -> None:
    endpoint = add(receiver.url)
    press(owner, "test", endpoint)
    press(owner, "remove", endpoint)
    sweep()

    assert receiver.got == []
    assert owner.get(endpoint.get_absolute_url()).status_code == 404
    endpoint.refresh_from_db()
    assert bytes(endpoint.secret) == b""


@pytest.mark.parametrize("role", [Role.STAFF, Role.VIEWER])
def test_who_may_not_change_settings_sees_no_webhooks(client_for: ClientFor, add: AddEndpoint, role: Role) -> None:
    endpoint = add("https://wms.example/hooks")
    client = client_for(role)

    assert client.get("/webhooks/").status_code == 403
    assert client.post(reverse("webhooks:secret", args=[endpoint.pk])).status_code == 403
