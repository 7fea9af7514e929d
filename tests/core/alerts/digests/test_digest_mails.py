"""Digests by a real mail server: at eight on everybody's own clock, with what needs them, and none twice."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as project
from django.test import Client

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Organization, User
from core.alerts import tasks as alerts_tasks
from core.alerts.audience import preferences
from core.alerts.audience.preferences import Choice
from core.alerts.models import Mail, Preference, Rhythm, Subscription, Topic
from core.alerts.raised import close_alerts, raise_alert
from core.common import clock
from orders.models import Order
from tests.factories import CartFactory, MerchantFactory, OrderFactory, make_person
from tests.mail_content import words_of
from tests.mail_sink import Sink, html_of, text_of
from tests.subscribers import ADDRESS, make_subscription

pytestmark = pytest.mark.django_db
URGENT, SOON = "order.not_released", "grant.lapsing"


@pytest.fixture
def cart(acme: Organization, still: time_machine.Traveller) -> Cart:
    merchant = MerchantFactory(organization=acme, name="Blue Mug Co")
    return CartFactory(merchant=merchant, name="Amazon US", live_at=clock.now() - timedelta(days=90))


def choose(person: User | str, house: Organization, rhythm: Rhythm, *times: str, zone: str = "UTC") -> Preference:
    whose = {"address": person} if isinstance(person, str) else {"user": person}
    choice = Choice(rhythm, [], times, zone)
    return preferences.keep(preferences.find(house, **whose), choice, now=clock.now())


def refuse(cart: Cart, **fields: object) -> Order:
    order: Order = OrderFactory(cart=cart, status="error", **fields)
    raise_alert(URGENT, order, f"Order {order.number}: no SKU.", now=clock.now(), path=order.get_absolute_url())
    return order


def sweep_every_half_hour(still: time_machine.Traveller, until: datetime) -> None:
    while clock.now() < until:
        alerts_tasks.mail_due()
        still.shift(timedelta(minutes=30))


def arrivals(address: str) -> list[datetime]:
    return list(Mail.objects.filter(to=address, cause="digest").order_by("pk").values_list("created_at", flat=True))


def test_eight_in_the_morning_is_eight_on_two_clocks_of_which_one_is_set_back(
    acme: Organization, cart: Cart, mail_sink: Sink, still: time_machine.Traveller
) -> None:
    """Clocks went back in Berlin on 25 October 2026 and in New York a week later."""
    still.move_to(datetime(2026, 10, 24, 0, 10, tzinfo=UTC))
    berlin, york = make_person(acme), make_person(acme, Role.STAFF)
    choose(berlin, acme, Rhythm.DIGEST, "08:00", zone="Europe/Berlin")
    choose(york, acme, Rhythm.DIGEST, "08:00", zone="America/New_York")
    refuse(cart)

    sweep_every_half_hour(still, datetime(2026, 10, 26, 14, tzinfo=UTC))

    def hours(person: User) -> list[str]:
        return [f"{at:%d %H}" for at in arrivals(person.email)]

    assert hours(berlin) == ["24 06", "25 07", "26 07"]
    assert hours(york) == ["24 12", "25 12", "26 12"]
    assert len(mail_sink.to(berlin.email)) == 3, "and nothing at once besides"


def test_a_time_that_a_day_skips_or_has_twice_is_one_digest() -> None:
    berlin = preferences.zone_named("Europe/Berlin", Organization())
    spring, autumn = datetime(2026, 3, 28, 12, tzinfo=UTC), datetime(2026, 10, 24, 12, tzinfo=UTC)

    def next_two(times: list[str], after: datetime) -> list[datetime | None]:
        first = preferences.next_time(times, berlin, after=after)
        assert first is not None
        return [first, preferences.next_time(times, berlin, after=first)]

    assert next_two(["02:30"], spring) == [
        datetime(2026, 3, 29, 1, 30, tzinfo=UTC),
        datetime(2026, 3, 30, 0, 30, tzinfo=UTC),
    ]
    assert next_two(["02:30"], autumn) == [
        datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        datetime(2026, 10, 26, 1, 30, tzinfo=UTC),
    ]
    assert preferences.next_time([], berlin, after=spring) is None


def test_a_digest_says_what_needs_somebody_what_is_late_and_what_is_usual(
    acme: Organization, cart: Cart, mail_sink: Sink, still: time_machine.Traveller
) -> None:
    person = make_person(acme)
    choose(person, acme, Rhythm.DIGEST, "08:00")
    now = clock.now() + timedelta(minutes=1)
    for weeks in (1, 2, 2, 3, 3, 3, 4, 4, 4, 4):
        OrderFactory(cart=cart, status="confirmed", downloaded_at=now - timedelta(weeks=weeks, hours=3))
    for hours in (2, 30):
        refuse(cart, ship_by=now + timedelta(hours=hours), downloaded_at=now - timedelta(hours=1))
    OrderFactory(cart=cart, status="at_wms", ship_by=now - timedelta(hours=1), downloaded_at=now - timedelta(days=9))
    gone = refuse(cart, downloaded_at=now - timedelta(days=9), ship_by=None)
    close_alerts(gone, now=clock.now())
    Preference.objects.update(digest_due_at=now)
    still.move_to(now)

    alerts_tasks.mail_due()
    alerts_tasks.mail_due()

    (message,) = mail_sink.to(person.email)
    text = text_of(message)
    assert message["Subject"] == "The warehouse refused an order: 2 alerts; 1 order is late"
    assert "The warehouse refused an order: 2 alerts" in text
    assert "Our team · Blue Mug Co · holds up 2 orders · ship by" in text
    assert "Past their ship-by time: 1\nTo ship within 24 hours: 1" in text
    assert "Orders that came in: 2, usually 3" in text, "2.5 on average"
    assert "Alerts that closed: 1" in text
    assert f"{project.PUBLIC_URL}/alerts/notifications/" in text
    assert words_of(html_of(message)) == text.split()


def test_a_quiet_day_brings_no_digest(acme: Organization, cart: Cart, still: time_machine.Traveller) -> None:
    person = make_person(acme)
    choose(person, acme, Rhythm.NOW, "08:00")
    still.shift(timedelta(days=1))

    alerts_tasks.mail_due()

    assert arrivals(person.email) == []
    assert Preference.objects.filter(digest_due_at__gt=clock.now()).exists()


def test_everybody_is_told_when_and_of_what_they_chose(
    acme: Organization, cart: Cart, mail_sink: Sink, still: time_machine.Traveller
) -> None:
    at_once, urgent, picky = make_person(acme), make_person(acme, Role.ADMIN), make_person(acme, Role.STAFF)
    make_subscription(cart, [Topic.ATTENTION])
    choose(urgent, acme, Rhythm.URGENT, "08:00")
    browser = Client()
    browser.force_login(picky)
    wanted = [each for each in offered_by(browser, "/alerts/notifications/") if each != URGENT]
    said = {"rhythm": "now", "digest_at": "", "zone": "", "wanted": wanted}
    assert browser.post("/alerts/notifications/", {**said, "rhythm": "digest"}).status_code == 422, (
        "a digest has a time"
    )
    assert browser.post("/alerts/notifications/", {**said, "digest_at": "8 o'clock"}).status_code == 422
    assert browser.post("/alerts/notifications/", said).status_code == 302
    subscription_link = f"/alerts/choose/{subscription_token(cart)}/"
    some = [each for each in offered_by(Client(), subscription_link) if each != URGENT]
    told = {**said, "rhythm": "digest", "digest_at": "8:00, 16:00", "wanted": some}
    answer = Client().post(subscription_link, told)
    assert b"Saved." in answer.content
    assert Preference.objects.get(address=ADDRESS).digest_at == ["08:00", "16:00"]

    refuse(cart)
    raise_alert(SOON, cart, "The authorization expires in 20 days.", now=clock.now())
    alerts_tasks.mail_due()

    subjects = {
        who: [mail["Subject"] for mail in mail_sink.to(who)] for who in (at_once.email, urgent.email, picky.email)
    }
    assert subjects[at_once.email] == ["The warehouse refused an order, and 1 more thing"]
    assert [subject.partition(": ")[2] for subject in subjects[urgent.email]] == ["no SKU."]
    assert subjects[picky.email] == ["The authorization expires in 20 days."]
    assert len(mail_sink.to(ADDRESS)) == 0
    still.shift(timedelta(days=1))
    alerts_tasks.mail_due()
    assert "The authorization expires in 20 days." in text_of(mail_sink.to(urgent.email)[-1])
    assert "The authorization expires in 20 days." in text_of(mail_sink.to(ADDRESS)[-1])
    assert "no SKU" not in text_of(mail_sink.to(ADDRESS)[-1])
    assert mail_sink.to(ADDRESS)[-1]["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_mail_server_that_is_away_for_two_hours_loses_nothing_and_doubles_nothing(
    acme: Organization, cart: Cart, mail_sink: Sink, still: time_machine.Traveller
) -> None:
    person, reader = make_person(acme), make_person(acme, Role.STAFF)
    choose(reader, acme, Rhythm.DIGEST, "08:00")
    still.move_to(clock.now().replace(hour=7, minute=30))
    Preference.objects.update(digest_due_at=clock.now() + timedelta(minutes=30))
    mail_sink.standing = {"greeting": "421 4.3.2 Going down"}
    refuse(cart)
    sweep_every_half_hour(still, clock.now() + timedelta(hours=2))
    assert mail_sink.messages == []

    mail_sink.standing = {}
    sweep_every_half_hour(still, clock.now() + timedelta(hours=2))

    assert len(mail_sink.to(reader.email)) == 1
    subjects = [mail["Subject"] for mail in mail_sink.to(person.email)]
    assert len(subjects) == len(set(subjects))
    assert any("no SKU." in subject for subject in subjects)
    assert not Mail.objects.unfinished().exists()


def offered_by(browser: Client, address: str) -> list[str]:
    """Return the causes that a page offers."""
    choices = browser.get(address).context["form"].fields["wanted"].choices
    return [name for _, group in choices for name, _ in group]


def subscription_token(cart: Cart) -> str:
    subscription = Subscription.objects.get(cart_id=cart.pk)
    return str(subscription.path.rstrip("/").rpartition("/")[2])
