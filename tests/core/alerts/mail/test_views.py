"""The page of sent mail, and the alert about mail that is refused for good."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from core.accounts.access import Role
from core.accounts.models import Organization, User
from core.activity.models import Event
from core.alerts import tasks as alerts_tasks
from core.alerts.mail import outbox, refused_mail, subject_words
from core.alerts.models import Alert, Mail
from core.alerts.raised import raise_alert
from core.common import clock, links
from core.common.errands import ErrandState
from tests.factories import OrganizationFactory, make_person
from tests.mail_sink import Sink

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]

LIST = "/alerts/mail/"
NOBODY = "550 No such person"


@pytest.fixture
def acme(db: None) -> Organization:
    return OrganizationFactory(name="Northwind 3PL")


@pytest.fixture
def person(acme: Organization) -> User:
    return make_person(acme)


@pytest.fixture
def owner(person: User) -> Client:
    return logged_in(person)


def logged_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def owe(acme: Organization, to: str = "jo@seller.example", subject: str = "Connect Amazon.de", **fields: Any) -> Mail:
    said: dict[str, Any] = {"text": "Hello.", "cause": "setup_link.sent", "now": clock.now()} | fields
    return outbox.owe(organization_id=acme.pk, to=to, subject=subject, **said)


def send(**later: float) -> None:
    outbox.send_due(now=clock.now() + timedelta(**later))


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def refused(acme: Organization, sink: Sink, **fields: Any) -> Mail:
    mail = owe(acme, **fields)
    sink.recipient.append(NOBODY)
    send()
    mail.refresh_from_db()
    assert mail.state == ErrandState.STUCK
    return mail


def open_alerts() -> list[Alert]:
    return list(Alert.objects.filter(cause="mail.refused", closed_at=None))


# -- The page --------------------------------------------------------------------------------------------------------
def test_mail_is_shown_with_what_became_of_it(owner: Client, acme: Organization, mail_sink: Sink) -> None:
    refused(acme, mail_sink, subject="The refused one")
    owe(acme, subject="The sent one", text="What it said.")
    send()
    owe(acme, subject="The waiting one")

    page = text(owner.get(LIST))

    places = [page.index(f">{words}</strong>") for words in ("The waiting one", "The sent one", "The refused one")]
    assert places == sorted(places)
    assert all(word in page for word in ("Waiting</span>", "Sent</span>", "Refused</span>"))
    assert "The mail server refused the email (550)." in page
    assert "What it said." in page
    assert "jo@seller.example" in page
    assert page.count("Send again<") == 1


def test_mail_is_found_by_address_and_subject(owner: Client, acme: Organization) -> None:
    owe(acme, to="ann@one.example", subject="First")
    owe(acme, to="bob@two.example", subject="Second")

    def found(words: str) -> list[str]:
        return [row.mail.subject for row in owner.get(LIST, {"q": words}).context["rows"]]

    assert found("ANN@") == ["First"]
    assert found("econ") == ["Second"]
    assert found("nothing") == []
    assert len(found("\0")) == 2


def test_a_personal_link_is_not_shown(owner: Client, acme: Organization, settings: Any) -> None:
    settings.EMBEDDED = False
    link = links.make()
    mail = owe(acme, text="Open {link} soon.", link=link, link_path="/setup/{token}/")

    for path in (LIST, reverse("alerts:mail_look", args=[mail.pk])):
        page = text(owner.get(path))
        assert "Open [personal link] soon." in page
        assert links.token(link) not in page
        assert link.nonce not in page
        assert link.digest not in page


def test_the_embedded_run_shows_the_link_because_its_mail_goes_nowhere(
    owner: Client, acme: Organization, settings: Any
) -> None:
    settings.EMBEDDED = True
    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"
    link = links.make()
    mail = owe(acme, text="Open {link} soon.", link=link, link_path="/setup/{token}/")
    address = f"{settings.PUBLIC_URL}/setup/{links.token(link)}/"

    assert f'Open <a href="{address}">{address}</a> soon.' in text(owner.get(LIST))
    assert f'<a href="{address}">' in text(owner.get(reverse("alerts:mail_look", args=[mail.pk])))
    settings.VAULT_KEYS = ["k9:" + "A" * 43]
    assert "Open [personal link] soon." in text(owner.get(LIST))
    assert "read it under" in text(owner.get(reverse("alerts:alerts")))


def test_mail_that_goes_to_no_mailbox_is_not_called_sent(
    owner: Client, acme: Organization, mail_sink: Sink, settings: Any
) -> None:
    owe(acme)
    outbox.send_due(now=clock.now())
    assert "</svg> Sent</span>" in text(owner.get(LIST)).replace("</svg>Sent", "</svg> Sent")

    settings.EMAIL_BACKEND = "django.core.mail.backends.filebased.EmailBackend"

    page = text(owner.get(LIST))
    assert "Kept here" in page
    assert "it goes to no mailbox" in page
    assert "Sent</span>" not in page


def test_staff_see_the_setup_links_they_send_and_no_other_mail(acme: Organization) -> None:
    link = owe(acme, subject="Connect Amazon.com")
    other = owe(acme, subject="An invitation", cause="person.invited")
    staff = logged_in(make_person(acme, Role.STAFF))

    page = text(staff.get(LIST))

    assert "Connect Amazon.com" in page
    assert "An invitation" not in page
    assert staff.get(reverse("alerts:mail_look", args=[link.pk])).status_code == 200
    assert staff.get(reverse("alerts:mail_look", args=[other.pk])).status_code == 404


@pytest.mark.parametrize(("role", "answer"), [(Role.ADMIN, 200), (Role.VIEWER, 403)])
def test_only_who_manages_people_reads_mail(acme: Organization, mail_sink: Sink, role: Role, answer: int) -> None:
    mail = refused(acme, mail_sink)
    client = logged_in(make_person(acme, role))

    assert client.get(LIST).status_code == answer
    assert ("Sent mail" in text(client.get(reverse("alerts:alerts")))) == (answer == 200)
    for route in ("alerts:send_again", "alerts:give_up"):
        assert client.post(reverse(route, args=[mail.pk])).status_code == (302 if answer == 200 else 403)


def test_a_stranger_finds_none_of_it(acme: Organization, mail_sink: Sink) -> None:
    mail = refused(acme, mail_sink)
    stranger = logged_in(make_person(OrganizationFactory()))

    assert stranger.get(LIST).context["rows"] == []
    for route in ("alerts:send_again", "alerts:give_up"):
        assert stranger.post(reverse(route, args=[mail.pk])).status_code == 404
    mail.refresh_from_db()
    assert mail.state == ErrandState.STUCK


def test_strange_texts_do_nothing(owner: Client, acme: Organization) -> None:
    mail = owe(acme, subject="<script>alert(1)</script>", text="<script>alert(2)</script> 🦄")

    look = owner.get(reverse("alerts:mail_look", args=[mail.pk]))

    assert f'<iframe class="mail-look" sandbox loading="lazy" src="/alerts/mail/{mail.pk}/look/"' in text(
        owner.get(LIST)
    )
    for page in (owner.get(LIST), look):
        assert "<script>alert" not in page.content.decode()
    assert "&lt;script&gt;alert(2)&lt;/script&gt; 🦄" in text(look)
    assert look["X-Frame-Options"] == "SAMEORIGIN"
    policy = look["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy


def test_more_mail_makes_no_more_queries(owner: Client, acme: Organization, django_assert_max_num_queries: Any) -> None:
    def load() -> int:
        with django_assert_max_num_queries(15) as asked:
            owner.get(LIST)
        return len(asked)

    owe(acme)
    few = load()
    for _ in range(20):
        owe(acme)

    assert load() == few


# -- Doing something about it ----------------------------------------------------------------------------------------
def test_sent_again_it_arrives_and_its_alert_closes(owner: Client, acme: Organization, mail_sink: Sink) -> None:
    mail = refused(acme, mail_sink)
    assert len(open_alerts()) == 1

    said = owner.post(reverse("alerts:send_again", args=[mail.pk]), follow=True)
    assert "On its way again." in text(said)
    assert len(open_alerts()) == 1  # it has not arrived yet
    send(seconds=1)

    assert [each["Subject"] for each in mail_sink.messages] == ["Connect Amazon.de"]
    assert open_alerts() == []
    assert Event.objects.get(kind="mail.sent_again").details == {"about": "setup_link.sent"}


def test_refused_again_the_alert_stays_one(acme: Organization, person: User, mail_sink: Sink) -> None:
    mail = refused(acme, mail_sink)
    refused_mail.send_again(mail, by=person, now=clock.now())
    mail_sink.recipient.append(NOBODY)
    send(seconds=1)

    (alert,) = open_alerts()
    assert alert.times == 2


@pytest.mark.parametrize("action", [refused_mail.send_again, refused_mail.give_up])
def test_what_is_not_refused_is_left_alone(acme: Organization, person: User, mail_sink: Sink, action: Any) -> None:
    stale = refused(acme, mail_sink)
    refused_mail.send_again(stale, by=person, now=clock.now())
    send(seconds=1)

    assert not action(stale, by=person, now=clock.now())
    assert Mail.objects.get().state == ErrandState.DONE
    assert len(mail_sink.messages) == 1


def test_given_up_it_is_owed_no_more(owner: Client, acme: Organization, mail_sink: Sink) -> None:
    mail = refused(acme, mail_sink)

    owner.post(reverse("alerts:give_up", args=[mail.pk]))
    send(seconds=1)

    assert Mail.objects.get().state == ErrandState.DROPPED
    assert mail_sink.messages == []
    assert open_alerts() == []
    assert "Not sent</span>" in text(owner.get(LIST))


# -- The alert -------------------------------------------------------------------------------------------------------
def test_an_alert_names_what_it_was_about_and_not_the_address(
    acme: Organization, person: User, mail_sink: Sink
) -> None:
    refused(acme, mail_sink)

    (alert,) = open_alerts()
    assert alert.message == "An email was not delivered: “Connect Amazon.de”. The mail server refused the email (550)."
    assert alert.organization == acme
    assert alert.path == LIST
    alerts_tasks.mail_due()
    assert [each["Subject"].strip() for each in mail_sink.to(person.email)] == [subject_words.headline(alert.message)]
    assert "seller.example" not in str(mail_sink.messages)


def test_many_mails_to_one_address_raise_one_alert(acme: Organization, mail_sink: Sink) -> None:
    refused(acme, mail_sink)
    refused(acme, mail_sink, to="JO@seller.example")
    refused(acme, mail_sink, to="ann@seller.example")

    assert len(open_alerts()) == 2


def test_another_mail_that_arrives_there_closes_it(acme: Organization, mail_sink: Sink) -> None:
    refused(acme, mail_sink)
    owe(acme, to="somebody@else.example")
    owe(OrganizationFactory())
    send(seconds=1)
    assert len(open_alerts()) == 1

    owe(acme, to="Jo@Seller.example")
    send(seconds=2)

    assert open_alerts() == []


def test_a_mail_whose_link_ended_needs_nobody_any_more(acme: Organization, mail_sink: Sink) -> None:
    link = links.make()
    refused(acme, mail_sink, text="{link}", link=link, link_path="/setup/{token}/")
    assert len(open_alerts()) == 1

    outbox.drop(link, "A newer link was sent.", now=clock.now())
    send(seconds=1)

    assert open_alerts() == []


def test_a_refused_mail_about_a_refused_mail_raises_nothing(acme: Organization, person: User, mail_sink: Sink) -> None:
    """Else each alert would be mailed, refused, and raise the next one, for ever."""
    refused(acme, mail_sink, to=person.email)
    mail_sink.recipient = [NOBODY] * 10

    for _ in range(5):
        alerts_tasks.mail_due()

    assert len(open_alerts()) == 1
    assert Mail.objects.count() == 2


def test_an_address_nothing_reaches_makes_no_storm(acme: Organization, person: User, mail_sink: Sink) -> None:
    mail_sink.recipient = [NOBODY] * 50
    raise_alert("orders.not_downloaded", acme, "Orders cannot be downloaded.", now=clock.now())

    for _ in range(10):
        alerts_tasks.mail_due()

    assert len(open_alerts()) == 1
    assert Mail.objects.count() == 2
