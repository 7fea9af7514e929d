"""Messages reach their endpoint at least once with one id, signed; and an endpoint that hangs delays nobody."""

import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import pytest
import time_machine
from standardwebhooks.webhooks import WebhookVerificationError

from core.accounts.models import Organization
from core.activity.event_log import record
from core.alerts.models import Alert, Mail
from core.alerts.tasks import mail_due
from core.common import clock
from core.webhooks import attempts, delivery_run, endpoint_records, tasks
from core.webhooks.delivery_run import WAITS, DeliveryRun
from core.webhooks.models import Delivery, Endpoint
from tests.core.webhooks.conftest import AddEndpoint, sweep
from tests.core.webhooks.receiver import Receiver, receiving
from tests.factories import OrderFactory, make_person

pytestmark = pytest.mark.django_db
Still = time_machine.Traveller


def happen(organization: Organization, times: int = 1) -> None:
    order = OrderFactory(cart__merchant__organization=organization)
    for _ in range(times):
        record("order.held", order, now=clock.now(), reason="No address")


def later(still: Still, wait: timedelta) -> None:
    still.shift(wait * 1.15)  # beyond the jitter


def test_a_delivery_is_signed_as_the_standard_says(
    add: AddEndpoint, receiver: Receiver, acme: Organization, still: Still
) -> None:
    endpoint = add(receiver.url)
    happen(acme)
    tasks.webhooks_due.run()

    (got,) = receiver.got
    (secret,) = endpoint.secrets(clock.now())
    told = got.verify(secret)
    assert told["type"] == "order.held"
    assert told["timestamp"].startswith("2026-11-20T12:00:00")
    assert got.headers["content-type"] == "application/json"
    assert "." not in got.id
    delivery = Delivery.objects.get()
    assert (delivery.is_done, delivery.status, delivery.tries) == (True, 204, 1)
    with pytest.raises(WebhookVerificationError):
        got.verify(endpoint.seal("x").hex())


def test_both_secrets_sign_while_one_replaces_the_other(
    add: AddEndpoint, receiver: Receiver, acme: Organization, still: Still
) -> None:
    endpoint, person = add(receiver.url), make_person(acme)
    (old,) = endpoint.secrets(clock.now())
    endpoint_records.rotate(endpoint, by=person, now=clock.now())
    endpoint.refresh_from_db()
    new, _ = endpoint.secrets(clock.now())
    happen(acme)
    sweep()
    assert receiver.got[0].verify(old) == receiver.got[0].verify(new)

    still.shift(timedelta(hours=25))
    happen(acme)
    sweep()
    assert receiver.got[1].verify(new)
    with pytest.raises(WebhookVerificationError):
        receiver.got[1].verify(old)


def test_what_fails_is_tried_again_by_the_schedule_with_the_same_id(
    add: AddEndpoint, receiver: Receiver, acme: Organization, still: Still
) -> None:
    endpoint = add(receiver.url)
    (secret,) = endpoint.secrets(clock.now())
    happen(acme)
    for wait in WAITS:
        receiver.answer(500)
        sweep()
        sweep()  # too early
        later(still, wait)
    sweep()

    assert len(receiver.got) == len(WAITS) + 1
    assert len({got.id for got in receiver.got}) == len({got.body for got in receiver.got}) == 1
    moments = [int(got.headers["webhook-timestamp"]) for got in receiver.got]
    assert moments == sorted(set(moments))  # of each attempt, not of the message
    assert all(got.headers["webhook-signature"].startswith("v1,") for got in receiver.got)
    assert receiver.got[-1].verify(secret)
    assert Delivery.objects.get().is_done


def test_after_the_last_attempt_a_person_is_asked_and_may_send_it_again(
    add: AddEndpoint, receiver: Receiver, acme: Organization, still: Still
) -> None:
    add(receiver.url)
    happen(acme)
    for wait in [*WAITS, timedelta(0)]:
        receiver.answer(503)
        sweep()
        later(still, wait)
    sweep()

    delivery = Delivery.objects.get()
    assert (delivery.is_stuck, delivery.tries) == (True, len(WAITS) + 1)
    assert Alert.objects.get(closed_at=None).cause == "webhooks.failing"
    delivery.reopen(now=clock.now())
    sweep()
    assert Delivery.objects.get().is_done
    assert not Alert.objects.filter(closed_at=None).exists()


@pytest.mark.parametrize("status", [301, 302, 307, 400, 401, 404, 422, 500])
def test_only_2xx_is_a_yes_and_nobody_is_followed(
    add: AddEndpoint, receiver: Receiver, acme: Organization, status: int
) -> None:
    with receiving() as elsewhere:
        add(receiver.url)
        happen(acme)
        receiver.answer(status, location=elsewhere.url)
        sweep()

        assert elsewhere.got == []
    delivery = Delivery.objects.get()
    assert (delivery.is_waiting, delivery.status, delivery.attempts) == (True, status, 1)


@pytest.mark.parametrize("how", ["seconds", "date", "garbage"])
def test_an_endpoint_says_when_to_come_again(
    add: AddEndpoint, receiver: Receiver, acme: Organization, still: Still, how: str
) -> None:
    add(receiver.url)
    happen(acme)
    until = clock.now() + timedelta(hours=2)
    said = {"seconds": "7200", "date": format_datetime(until, usegmt=True), "garbage": "soon"}
    receiver.answer(429, retry_after=said[how])
    sweep()

    due = Delivery.objects.get().due_at
    assert due < clock.now() + timedelta(minutes=1) if how == "garbage" else due == until


def test_410_turns_it_off_at_once_and_says_so(
    add: AddEndpoint, receiver: Receiver, acme: Organization, still: Still
) -> None:
    endpoint = add(receiver.url)
    happen(acme, times=3)
    for _ in range(3):
        receiver.answer(410)
    sweep()
    happen(acme)
    sweep()

    endpoint.refresh_from_db()
    assert "410" in endpoint.disabled_because
    assert len(receiver.got) <= 3
    assert Alert.objects.get(closed_at=None).cause == "webhooks.turned_off"


def test_days_of_failing_turn_it_off_with_an_alert_and_a_mail(
    add: AddEndpoint, receiver: Receiver, acme: Organization, still: Still
) -> None:
    endpoint = add(receiver.url)
    for _ in range(6):
        happen(acme)
        receiver.answers = [(500, {})] * 50
        sweep()
        still.shift(timedelta(days=1))
    sweep()
    mail_due.run()

    endpoint.refresh_from_db()
    assert not endpoint.is_on
    assert [alert.cause for alert in Alert.objects.filter(closed_at=None)] == ["webhooks.turned_off"]
    assert Mail.objects.filter(cause="webhooks.turned_off").exists()
    assert "5 days" in Alert.objects.get(closed_at=None).message


def test_a_worker_lost_between_sending_and_writing_it_down_sends_it_again_with_its_id(
    add: AddEndpoint, receiver: Receiver, acme: Organization, still: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    add(receiver.url)
    happen(acme)
    with monkeypatch.context() as killed:
        killed.setattr(DeliveryRun, "_settle", lambda *_: None)
        sweep()
    sweep()
    assert len(receiver.got) == 1  # its claim is still somebody's

    still.shift(timedelta(minutes=2))
    sweep()

    assert len(receiver.got) == 2
    assert len({got.id for got in receiver.got}) == 1
    assert Delivery.objects.get().is_done


def test_an_endpoint_that_hangs_delays_nobody(
    add: AddEndpoint, receiver: Receiver, acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attempts, "SECONDS", 8.0)
    all_there, in_time = threading.Event(), []
    with receiving() as hanging:
        # It answers nobody before the other one has everything.
        hanging.before = lambda: in_time.append(all_there.wait(6))
        receiver.before = lambda: all_there.set() if len(receiver.got) >= 39 else None
        add(hanging.url)
        add(receiver.url)
        happen(acme, times=40)
        sweep()

        assert len(receiver.got) == 40
        assert all(in_time)
        assert len(hanging.got) == 40


def test_what_happens_meanwhile_is_sent_while_another_hangs(
    add: AddEndpoint, receiver: Receiver, acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(delivery_run, "LOOK", 0.02)
    there = threading.Event()
    receiver.before = there.set
    with receiving() as hanging:
        hanging.before = lambda: there.wait(6)
        add(hanging.url, types=["order.held"])
        add(receiver.url, types=["webhook.none"])
        happen(acme)
        looked = DeliveryRun._look

        def look(run: DeliveryRun, **how: Any) -> bool:
            if run._under_way and not Delivery.objects.filter(type="late").exists():
                other = Endpoint.objects.get(url=receiver.url)
                late = {"organization": acme, "endpoint": other, "message_id": "msg_1a2b3c", "type": "late"}
                Delivery.objects.create(**late, body="{}", made_at=clock.now(), due_at=clock.now())
            return looked(run, **how)

        monkeypatch.setattr(DeliveryRun, "_look", look)
        sweep()

    assert [got.id for got in receiver.got] == ["msg_1a2b3c"]
    assert Delivery.objects.filter(state="done").count() == 2


def test_a_receiver_that_never_ends_its_answer_has_taken_the_message(
    add: AddEndpoint, receiver: Receiver, acme: Organization, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("core.common.bounded_http.BEGINNING", 0.2)
    add(receiver.url)
    happen(acme)
    receiver.answer(200, transfer_encoding="chunked")  # and then nothing more
    sweep()

    assert Delivery.objects.get().is_done


def test_a_paused_portal_sends_nothing(add: AddEndpoint, receiver: Receiver, acme: Organization, settings: Any) -> None:
    add(receiver.url)
    happen(acme)
    settings.PAUSED = True
    sweep()
    assert receiver.got == []

    settings.PAUSED = False
    sweep()
    assert len(receiver.got) == 1


def test_waits_differ_a_little_from_message_to_message() -> None:
    waits = {
        delivery_run.jittered(timedelta(hours=1), Delivery(message_id=f"msg_{number:06x}", attempts=0))
        for number in range(0, 1000, 50)
    }

    assert len(waits) > 10
    assert min(waits) >= timedelta(minutes=54)
    assert max(waits) <= timedelta(minutes=66)


def test_the_schedule_is_the_standards() -> None:
    hours = [round(wait / timedelta(hours=1), 4) for wait in WAITS]

    assert hours == [0.0014, 0.0833, 0.5, 2, 5, 10, 14, 20, 24]
    assert datetime.now(UTC)
