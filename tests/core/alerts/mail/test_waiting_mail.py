"""A mail server that refuses us costs no mail an attempt, is told of once, and everything flows after the repair."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from core.accounts.models import Organization
from core.alerts import tasks as alerts_tasks
from core.alerts.mail import outbox
from core.alerts.models import Alert, Mail
from core.alerts.own_alerts import MAIL_REFUSED, MAIL_WAITS
from core.common import clock
from core.common.errands import ErrandState
from tests.factories import OrganizationFactory, make_person
from tests.mail_sink import Sink

pytestmark = pytest.mark.django_db

OURS = [
    ("greeting", "554 No SMTP service here"),
    ("greeting", "421 4.7.0 Too many connections from your address"),
    ("ehlo", "550 5.7.1 Bad HELO"),
    ("login", "535 5.7.8 Authentication credentials invalid"),
    ("login", "454 4.7.0 Temporary authentication failure"),
    ("login", "534 5.7.9 Authentication mechanism is too weak"),
    ("login", "432 4.7.12 A password transition is needed"),
    ("sender", "530 5.7.0 Must issue a STARTTLS command first"),
    ("sender", "530 Authentication required"),
    ("sender", "550 5.1.8 Sender address rejected"),
    ("sender", "553 5.7.1 Sender address rejected: not owned by user"),
    ("sender", "550 No"),
    ("sender", "451 4.3.2 System not accepting network messages"),
    ("recipient", "554 5.7.1 Relay access denied"),
    ("recipient", "454 4.7.1 Relay access denied"),
    ("recipient", "550 relay not permitted"),
    ("recipient", "550 5.7.60 Client does not have permissions to send as this sender"),
    ("recipient", "503 5.5.4 Authenticate first"),
    ("recipient", "421 4.7.0 Try again later"),
    ("recipient", "530 5.7.1 Authentication required"),
    ("data", "554 5.7.1 Message rejected by policy"),
    ("data", "550 5.7.26 Unauthenticated mail is not accepted"),
    ("data", "421 4.7.28 Too much mail"),
    ("data", "535 Authentication required"),
]


@pytest.fixture
def house() -> Organization:
    return OrganizationFactory(name="Northwind 3PL")


def owe(house: Organization, count: int = 4) -> list[Mail]:
    return [
        outbox.owe(
            organization_id=house.pk,
            to=f"person{number}@northwind.example",
            subject="A subject",
            text="A text.\n",
            cause="setup_link.sent",
            now=clock.now(),
        )
        for number in range(count)
    ]


def sweep_for(still: time_machine.Traveller, **time: float) -> None:
    """The sweep of the mail, as often as it takes for each to have its turn."""
    alerts_tasks.mail_due()
    still.shift(timedelta(**time) / 2)
    for _ in range(3):
        alerts_tasks.mail_due()
    still.shift(timedelta(**time) / 2)
    for _ in range(3):
        alerts_tasks.mail_due()


def told() -> list[Alert]:
    return list(Alert.objects.filter(cause=MAIL_WAITS, closed_at=None))


@pytest.mark.parametrize(("stage", "answer"), OURS)
def test_a_server_that_refuses_us_is_told_of_once_and_everything_flows_after_the_repair(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, settings: Any, stage: str, answer: str
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = ("portal", "right") if stage == "login" else ("", "")
    person = make_person(house)
    mails = owe(house)
    mail_sink.standing[stage] = answer

    sweep_for(still, minutes=55)
    assert told() == []
    sweep_for(still, minutes=20)

    for mail in mails:
        mail.refresh_from_db()
        assert (mail.state, mail.attempts) == (ErrandState.DUE, 0)
        assert mail.to not in mail.last_error
    (alert,) = told()
    assert alert.organization_id == house.pk
    assert " ".join(answer.split()[:1]) in alert.message
    assert "waiting since 2026-11-20 12:00" in alert.message
    assert not Alert.objects.filter(cause=MAIL_REFUSED).exists()

    mail_sink.standing.clear()
    sweep_for(still, minutes=3)

    assert sorted(each.rcpt_tos[0] for each in mail_sink.envelopes) == sorted(
        [*(mail.to for mail in mails), person.email]
    )
    assert told() == []


def test_the_alert_says_what_to_do(house: Organization, still: time_machine.Traveller, mail_sink: Sink) -> None:
    owe(house, 1)
    for stage, answer, remedy in [
        ("recipient", "554 5.7.1 Relay access denied", "Let this server send through it"),
        ("sender", "550 5.1.8 Sender address rejected", "Check DEFAULT_FROM_EMAIL"),
        ("sender", "530 Authentication required", "user name and the password in EMAIL_URL"),
        ("sender", "530 5.7.10 Encryption needed", "smtp+tls://"),
    ]:
        mail_sink.standing = {stage: answer}
        sweep_for(still, minutes=70)

        (alert,) = told()
        assert remedy in alert.message
        assert "1 email has been waiting" in alert.message


@pytest.mark.parametrize("away", ["nobody listens", "no encryption offered", "wrong password"])
def test_a_server_that_cannot_be_used_at_all_is_told_of_too(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, settings: Any, away: str
) -> None:
    (mail,) = owe(house, 1)
    port = settings.EMAIL_PORT
    if away == "nobody listens":
        settings.EMAIL_PORT = 1
    elif away == "no encryption offered":
        settings.EMAIL_USE_TLS = True
    else:
        settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"

    sweep_for(still, hours=1)
    assert len(told()) == 1
    mail.refresh_from_db()
    assert mail.attempts == 0

    settings.EMAIL_PORT, settings.EMAIL_USE_TLS = port, False
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    sweep_for(still, minutes=1)
    assert len(mail_sink.to(mail.to)) == 1
    assert told() == []


@pytest.mark.parametrize("stage", ["greeting", "login", "sender"])
def test_many_mails_knock_once_a_minute(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, settings: Any, stage: str
) -> None:
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = ("portal", "right") if stage == "login" else ("", "")
    owe(house, 20)
    mail_sink.standing[stage] = "535 5.7.8 No"

    for _ in range(12):
        alerts_tasks.mail_due()
        still.shift(timedelta(seconds=5))

    assert mail_sink.talks <= 2


def test_who_may_send_to_some_addresses_alone_sends_to_those(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    owe(house, 10)
    mail_sink.standing["recipient"], mail_sink.only = "554 5.7.1 Relay access denied", "@northwind.example"
    near = outbox.owe(
        organization_id=house.pk, to="near@own.example", subject="S", text="T", cause="setup_link.sent", now=clock.now()
    )

    sweep_for(still, minutes=5)

    assert [each.rcpt_tos for each in mail_sink.envelopes] == [[near.to]]


def test_the_address_alone_is_refused_where_the_address_is_at_fault(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    mails = owe(house)
    mail_sink.recipient.append("550 5.1.1 No such user")

    sweep_for(still, hours=2)

    mails[0].refresh_from_db()
    assert mails[0].state == ErrandState.STUCK
    assert len(mail_sink.envelopes) == len(mails) - 1
    assert told() == []


def test_every_house_whose_mail_waits_is_told_and_no_other(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    other, quiet = OrganizationFactory(), OrganizationFactory()
    owe(house)
    owe(other, 1)
    mail_sink.standing["sender"] = "550 5.7.1 No"

    sweep_for(still, hours=2)

    assert {alert.organization_id for alert in told()} == {house.pk, other.pk}
    assert quiet.pk not in {alert.organization_id for alert in told()}


def test_a_mail_that_is_no_longer_owed_waits_no_longer(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    (mail,) = owe(house, 1)
    mail_sink.standing["sender"] = "550 5.7.1 No"
    sweep_for(still, hours=1)
    assert len(told()) == 1

    mail.refresh_from_db()
    assert mail.stop("A newer link was sent.", now=clock.now())
    Mail.objects.exclude(pk=mail.pk).delete()
    sweep_for(still, minutes=1)

    assert told() == []
