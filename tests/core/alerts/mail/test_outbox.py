"""Mail: owed by a row, sent to a real server at least once, and to nobody who should not have it."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine

from core.accounts.access import Role
from core.accounts.models import Membership, Organization
from core.alerts import tasks as alerts_tasks
from core.alerts.mail import alert_mails, outbox
from core.alerts.models import Mail
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock, links
from core.common.claims import CLAIM
from core.common.errands import ErrandState
from tests.factories import AlertFactory, MerchantFactory, OrganizationFactory, UserFactory, make_person
from tests.mail_sink import Sink, text_of

pytestmark = pytest.mark.django_db
ANNA = "anna@northwind.example"


@pytest.fixture
def house() -> Organization:
    return OrganizationFactory(name="Northwind 3PL")


def owe(house: Organization, to: str = ANNA, **fields: Any) -> Mail:
    given = {"subject": "A subject", "text": "A text.\n", "cause": "setup_link.sent", "now": clock.now(), **fields}
    return outbox.owe(organization_id=house.pk, to=to, **given)


def sweep() -> None:
    alerts_tasks.mail_due()


def later(still: time_machine.Traveller, **time: float) -> None:
    still.shift(timedelta(**time))


# -- Sent, once ------------------------------------------------------------------------------------------------------
def test_a_mail_is_sent_once(house: Organization, still: time_machine.Traveller, mail_sink: Sink) -> None:
    mail = owe(house)

    sweep()
    later(still, days=1)
    sweep()

    (message,) = mail_sink.to(ANNA)
    assert (message["Subject"], text_of(message)) == ("A subject", "A text.\n")
    assert message["Message-ID"] == mail.message_id
    assert message["Auto-Submitted"] == "auto-generated"
    mail.refresh_from_db()
    assert (mail.state, mail.sent_at) == (ErrandState.DONE, clock.now() - timedelta(days=1))


def test_a_server_that_is_down_loses_nothing_and_costs_no_attempt(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, settings: Any
) -> None:
    mails = [owe(house, f"person{number}@northwind.example") for number in range(3)]
    up, settings.EMAIL_PORT = settings.EMAIL_PORT, 1

    for _ in range(30):
        sweep()
        later(still, days=1)
    settings.EMAIL_PORT = up
    for _ in mails:
        sweep()

    # In what order is nobody's promise: each waits a length of its own after a failure.
    assert sorted(mail.rcpt_tos for mail in mail_sink.envelopes) == [[mail.to] for mail in mails]
    assert {message["Message-ID"] for message in mail_sink.messages} == {mail.message_id for mail in mails}


def test_a_server_that_refuses_our_name_is_no_fault_of_the_mail(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, settings: Any
) -> None:
    mail = owe(house)
    settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD = "portal", "wrong"

    sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (ErrandState.DUE, 0)
    assert "cannot be used" in mail.last_error

    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    later(still, minutes=1)
    sweep()
    assert len(mail_sink.envelopes) == 1


@pytest.mark.parametrize("at", ["recipient", "data"])
@pytest.mark.parametrize(("answer", "attempts"), [("451 4.2.1 Come again later", 1), ("451 4.7.1 Greylisted", 0)])
def test_a_server_that_asks_to_come_again_is_asked_again_with_the_same_mail(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, at: str, answer: str, attempts: int
) -> None:
    greylisted, other = owe(house), owe(house, "other@northwind.example")
    getattr(mail_sink, at).append(answer)

    sweep()
    greylisted.refresh_from_db()
    assert (greylisted.state, greylisted.attempts) == (ErrandState.DUE, attempts)
    assert [envelope.rcpt_tos for envelope in mail_sink.envelopes] == [[other.to]], "it holds up no other"

    later(still, minutes=1)
    sweep()
    (message,) = mail_sink.to(ANNA)
    assert message["Message-ID"] == greylisted.message_id


@pytest.mark.parametrize("at", ["recipient", "data"])
def test_a_server_that_says_never_is_believed(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, at: str
) -> None:
    mail = owe(house)
    getattr(mail_sink, at).append("550 5.1.1 No such user")

    sweep()
    later(still, days=2)
    sweep()

    mail.refresh_from_db()
    assert mail.state == ErrandState.STUCK
    assert "550" in mail.last_error
    assert ANNA not in mail.last_error
    assert mail_sink.envelopes == []


def test_a_server_that_breaks_off_is_asked_again(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    mail = owe(house)
    mail_sink.data.append("421 Shutting down")

    sweep()
    mail.refresh_from_db()
    assert mail.state == ErrandState.DUE
    later(still, minutes=1)
    sweep()

    assert len(mail_sink.to(ANNA)) == 1


def test_the_mail_of_a_killed_worker_goes_again_under_the_same_name(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    mail = owe(house)
    assert mail.take(clock.now())  # and then the worker is gone

    sweep()
    assert mail_sink.envelopes == []
    later(still, seconds=CLAIM.total_seconds())
    sweep()

    (message,) = mail_sink.to(ANNA)
    assert message["Message-ID"] == mail.message_id


def test_a_folder_that_cannot_be_written_to_is_a_server_that_is_away(
    house: Organization, still: time_machine.Traveller, settings: Any, tmp_path: Path
) -> None:
    mail = owe(house)
    in_the_way = tmp_path / "mail"
    in_the_way.write_text("no folder")
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    settings.EMAIL_FILE_PATH = str(in_the_way / "below")

    sweep()
    mail.refresh_from_db()
    assert (mail.state, mail.attempts) == (ErrandState.DUE, 0)

    in_the_way.unlink()
    later(still, minutes=1)
    sweep()
    (written,) = (in_the_way / "below").iterdir()
    assert mail.message_id in written.read_text()


def test_organizations_take_turns(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PAGE", 5)
    for number in range(outbox.PAGE + 2):
        owe(house, f"person{number}@northwind.example")
    later(still, minutes=1)
    owe(OrganizationFactory(), "late@elsewhere.example")

    assert outbox.send_due(now=clock.now()).sent == outbox.PAGE

    assert ["late@elsewhere.example"] in [envelope.rcpt_tos for envelope in mail_sink.envelopes[:2]]


def test_many_alerts_of_one_house_do_not_silence_another(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(alert_mails, "PAGE", 5)
    make_person(house)
    AlertFactory.create_batch(alert_mails.PAGE + 5, organization=house)  # type: ignore[attr-defined]
    later(still, minutes=1)
    other = make_person(OrganizationFactory())
    AlertFactory(organization=other.memberships.get().organization)

    sweep()

    assert len(mail_sink.to(other.email)) == 1


# -- What is in a mail -----------------------------------------------------------------------------------------------
def test_other_alphabets_survive(house: Organization, mail_sink: Sink, settings: Any) -> None:
    settings.DEFAULT_FROM_EMAIL = "Integration Manager <portal@northwind.example>"
    Organization.objects.update(name="Lagerhaus Süd, Reno", reply_to="desk@northwind.example")
    owe(house, subject="Größe fehlt – 煎茶 100g", text="Für „Blaue Tasse“: 煎茶.\n")

    sweep()

    (message,) = mail_sink.messages
    assert message["Subject"] == "Größe fehlt – 煎茶 100g"
    assert text_of(message) == "Für „Blaue Tasse“: 煎茶.\n"
    assert message["From"] == '"Lagerhaus Süd, Reno" <portal@northwind.example>'
    assert message["Reply-To"] == "desk@northwind.example"


def test_a_subject_cannot_bring_headers_of_its_own(house: Organization, mail_sink: Sink) -> None:
    owe(house, subject="Hello\r\nBcc: thief@evil.example\r\n\r\nBody")

    sweep()

    (message,) = mail_sink.messages
    assert message["Subject"] == "Hello Bcc: thief@evil.example Body"
    assert message["Bcc"] is None
    assert mail_sink.envelopes[0].rcpt_tos == [ANNA]


@pytest.mark.parametrize(
    "address", [f"{ANNA}\nBcc: thief@evil.example", f"{ANNA}, thief@evil.example", "not an address", "@"]
)
def test_an_address_that_is_not_one_is_never_sent_to(house: Organization, mail_sink: Sink, address: str) -> None:
    bad, good = owe(house, address), owe(house, "good@northwind.example")

    sweep()

    bad.refresh_from_db()
    assert bad.state == ErrandState.STUCK
    assert [envelope.rcpt_tos for envelope in mail_sink.envelopes] == [[good.to]]


def test_a_personal_link_is_made_when_the_mail_is_sent_and_kept_nowhere(
    house: Organization, mail_sink: Sink, settings: Any
) -> None:
    link = links.make()
    mail = owe(house, text="Open {link}\n", link=link, link_path="/setup/{token}/")

    sweep()

    (message,) = mail_sink.messages
    assert text_of(message) == f"Open {settings.PUBLIC_URL}/setup/{links.token(link)}/\n"
    mail.refresh_from_db()
    assert links.token(link) not in str(vars(mail))


def test_a_link_that_ended_is_not_sent(house: Organization, mail_sink: Sink) -> None:
    link = links.make()
    mail = owe(house, text="{link}", link=link, link_path="/setup/{token}/")

    outbox.drop(link, "A newer link was sent.", now=clock.now())
    sweep()

    mail.refresh_from_db()
    assert (mail.state, mail_sink.envelopes) == (ErrandState.DROPPED, [])


def test_a_link_whose_key_is_gone_is_for_a_person(house: Organization, mail_sink: Sink, settings: Any) -> None:
    mail = owe(house, text="{link}", link=links.make(), link_path="/setup/{token}/")
    settings.VAULT_KEYS = ["k9:" + "A" * 43 + "="]

    sweep()

    mail.refresh_from_db()
    assert (mail.state, mail_sink.envelopes) == (ErrandState.STUCK, [])


# -- Alerts become mail ----------------------------------------------------------------------------------------------
def alert(house: Organization, message: str, now: datetime | None = None) -> None:
    raise_alert("orders.not_downloaded", house, message, now=now or clock.now(), path="/carts/7/")


def test_an_alert_is_mailed_once_to_everybody_who_can_mend_it_and_to_nobody_else(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    told = [make_person(house, role) for role in (Role.OWNER, Role.ADMIN, Role.STAFF)]
    make_person(house, Role.VIEWER)
    make_person(house, Role.SELLER, merchant=MerchantFactory(organization=house))
    make_person(OrganizationFactory())
    Membership.objects.create(organization=house, user=UserFactory(), role=Role.OWNER, mailed=False)
    Membership.objects.create(organization=house, user=UserFactory(is_active=False), role=Role.OWNER)

    alert(house, "Orders cannot be downloaded.")
    sweep()
    later(still, minutes=1)
    alert(house, "Orders cannot be downloaded.")
    sweep()

    assert sorted(envelope.rcpt_tos for envelope in mail_sink.envelopes) == sorted([each.email] for each in told)
    assert mail_sink.messages[0]["Subject"] == "Orders cannot be downloaded."
    assert "/carts/7/" in text_of(mail_sink.messages[0])


def test_alerts_that_came_together_become_one_mail(house: Organization, mail_sink: Sink) -> None:
    person = make_person(house)
    for number in range(alert_mails.IN_FULL + 3):
        AlertFactory(organization=house, cause=f"cause.{number}", message=f"Thing {number} is wrong.")

    sweep()

    (message,) = mail_sink.to(person.email)
    assert message["Subject"] == f"Cause 0, and {alert_mails.IN_FULL + 2} more things"
    assert f"Thing {alert_mails.IN_FULL - 1} is wrong." in text_of(message)
    assert "3 more alerts are open." in text_of(message)


def test_an_alert_that_closed_before_anybody_was_told_is_not_mailed(house: Organization, mail_sink: Sink) -> None:
    make_person(house)
    alert(house, "A passing thing.")
    close_alerts(house, now=clock.now())

    sweep()

    assert mail_sink.envelopes == []


def test_an_alert_that_comes_back_is_mailed_again(
    house: Organization, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    person = make_person(house)
    for _ in range(2):
        alert(house, "It is broken.")
        sweep()
        close_alerts(house, now=clock.now())
        later(still, hours=1)

    assert len(mail_sink.to(person.email)) == 2


def test_two_sweeps_at_once_write_one_mail(
    house: Organization, mail_sink: Sink, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = make_person(house)
    alert(house, "It is broken.")
    write = alert_mails._write

    def overtaken(*given: Any) -> int:
        monkeypatch.setattr(alert_mails, "_write", write)
        alert_mails.write_alerts(now=clock.now())  # another worker, between reading and writing
        return write(*given)

    monkeypatch.setattr(alert_mails, "_write", overtaken)
    sweep()

    assert len(mail_sink.to(person.email)) == 1
