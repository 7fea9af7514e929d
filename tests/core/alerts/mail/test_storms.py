"""A storm of alerts: one mail with a count, silence, and what is left when it calms."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
import time_machine

from carts.models import Cart
from core.accounts.models import User
from core.alerts import tasks as alerts_tasks
from core.alerts.mail import alert_mails, storms
from core.alerts.models import Alert, Mail, Storm
from core.alerts.raised import close_alerts, raise_alert, raise_alerts
from core.common import clock
from tests.factories import CartFactory, MerchantFactory, OrderFactory, make_person
from tests.mail_sink import Sink, text_of
from tests.subscribers import make_subscription

pytestmark = pytest.mark.django_db
CAUSE = "order.not_released"


@pytest.fixture
def cart(still: time_machine.Traveller) -> Cart:
    return CartFactory()


@pytest.fixture
def person(cart: Cart) -> User:
    return make_person(cart.organization)


def break_(cart: Cart, times: int, cause: str = CAUSE) -> None:
    for _ in range(times):
        order = OrderFactory(cart=cart)
        raise_alert(cause, order, f"Order {order.number}: the warehouse said no.", now=clock.now())


def sweep() -> None:
    alerts_tasks.mail_due()


def subjects(to: str) -> list[str]:
    return list(Mail.objects.filter(to=to).order_by("pk").values_list("subject", flat=True))


def test_as_many_as_anybody_reads_are_told_one_by_one(cart: Cart, person: User) -> None:
    break_(cart, storms.MOST)
    sweep()

    assert subjects(person.email) == [f"The warehouse refused an order: {storms.MOST} alerts"]
    assert not Storm.objects.exists()


@pytest.mark.parametrize(
    ("message", "subject"),
    [
        ("Order 7: the warehouse said no. Correct the address, then release it.", "Order 7: the warehouse said no."),
        ("Amazon.de of Blue Mug Co: 3 e.g. missing", "Amazon.de of Blue Mug Co: 3 e.g. missing"),
        (f"{'Blue Mug Company, ' * 9}is missing something.", f"{'Blue Mug Company, ' * 4}Blue…"),
        (f"{'x' * 90} y.", f"{'x' * 77}…"),
    ],
)
def test_a_mail_about_one_alert_has_a_short_subject(cart: Cart, person: User, message: str, subject: str) -> None:
    raise_alert(CAUSE, OrderFactory(cart=cart), message, now=clock.now())
    sweep()

    assert subjects(person.email) == [subject]
    assert message in Mail.objects.get(to=person.email).text


def test_one_more_is_a_storm_told_by_its_number_and_a_link(cart: Cart, person: User, mail_sink: Sink) -> None:
    break_(cart, storms.MOST + 1)
    sweep()

    (message,) = mail_sink.to(person.email)
    assert message["Subject"] == "21 alerts within an hour: The warehouse refused an order"
    text = text_of(message)
    assert "/alerts/?cause=order.not_released" in text
    assert text.count("the warehouse said no") == alert_mails.OF_STORM, "those that are due first"
    assert not Alert.objects.filter(mailed_at=None).exists()


def test_it_is_a_storm_too_when_they_come_one_after_the_other(
    cart: Cart, person: User, still: time_machine.Traveller
) -> None:
    for _ in range(storms.MOST + 5):
        break_(cart, 1)
        sweep()
        still.shift(timedelta(minutes=2))

    told = subjects(person.email)
    assert len(told) == storms.MOST + 1
    assert told[-1] == "21 alerts within an hour: The warehouse refused an order"


def test_the_same_number_over_a_longer_time_is_no_storm(
    cart: Cart, person: User, still: time_machine.Traveller
) -> None:
    for _ in range(storms.MOST + 5):
        break_(cart, 1)
        sweep()
        still.shift(timedelta(minutes=4))

    assert len(subjects(person.email)) == storms.MOST + 5


def test_what_comes_and_goes_all_the_time_is_a_storm(cart: Cart, person: User) -> None:
    for _ in range(storms.MOST + 5):
        raise_alert("cart.checks", cart, "Flickers.", now=clock.now())
        sweep()
        close_alerts(cart, now=clock.now())

    assert len(subjects(person.email)) == storms.MOST + 1


def test_a_storm_silences_its_cause_and_no_other(cart: Cart, person: User) -> None:
    break_(cart, storms.MOST + 1)
    sweep()
    break_(cart, 5)
    raise_alert("grant.ended", cart, "Authorize us again.", now=clock.now())
    sweep()

    assert subjects(person.email)[1:] == ["Authorize us again."]


def test_it_lasts_as_long_as_more_come(cart: Cart, person: User, still: time_machine.Traveller) -> None:
    for _ in range(5):
        break_(cart, storms.MOST + 1)
        sweep()
        still.shift(timedelta(minutes=50))

    assert len(subjects(person.email)) == 1


def test_when_it_calms_what_is_left_is_told_and_then_each_alert_again(
    cart: Cart, person: User, still: time_machine.Traveller, mail_sink: Sink
) -> None:
    break_(cart, storms.MOST + 10)
    sweep()
    solved = Alert.objects.order_by("pk")[:27]
    Alert.objects.filter(pk__in=[alert.pk for alert in solved]).update(closed_at=clock.now())
    still.shift(timedelta(hours=1, seconds=1))
    sweep()
    break_(cart, 1)
    sweep()

    _, calmed, single = mail_sink.to(person.email)
    assert calmed["Subject"] == "3 alerts are still open: The warehouse refused an order"
    assert "3 of its 30 alerts are still open" in text_of(calmed)
    assert single["Subject"] == Alert.objects.latest("pk").message


def test_a_storm_that_left_nothing_ends_in_silence(cart: Cart, person: User, still: time_machine.Traveller) -> None:
    break_(cart, storms.MOST + 1)
    sweep()
    Alert.objects.update(closed_at=clock.now())
    still.shift(timedelta(hours=1, seconds=1))
    sweep()

    assert len(subjects(person.email)) == 1
    assert Storm.objects.get().calmed_at == clock.now()


def test_a_storm_of_one_merchant_does_not_silence_the_other_ones_list(cart: Cart, person: User) -> None:
    quiet = CartFactory(merchant=MerchantFactory(organization=cart.organization))
    make_subscription(cart.merchant, address="stormy@elsewhere.example")
    make_subscription(quiet.merchant, address="quiet@elsewhere.example")
    break_(cart, storms.MOST + 1)
    sweep()
    break_(quiet, 1)
    break_(cart, 1)
    sweep()

    assert len(subjects(person.email)) == 1
    assert len(subjects("stormy@elsewhere.example")) == 1
    (told,) = subjects("quiet@elsewhere.example")
    assert told.endswith("the warehouse said no.")


def test_the_rest_of_a_storm_holds_up_no_other_cause(cart: Cart, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(alert_mails, "PAGE", 5)
    break_(cart, 30)
    raise_alert("grant.ended", cart, "Authorize us again.", now=clock.now())
    sweep()

    assert "Authorize us again." in Mail.objects.get(to=person.email).text


def test_two_workers_tell_of_one_storm(cart: Cart, person: User, monkeypatch: pytest.MonkeyPatch) -> None:
    break_(cart, storms.MOST + 1)
    monkeypatch.setattr(alert_mails, "PAGE", 5)  # each finds other alerts of it
    begin = storms._begin

    def overtaken(*given: object) -> bool:
        return begin(*given) and begin(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(storms, "_begin", overtaken)
    sweep()

    assert Storm.objects.count() == 1
    assert subjects(person.email) == [], "the second time another worker was first"


@pytest.mark.one_database  # long, and others ask the same of both
def test_ten_thousand_equal_errors_are_one_mail_for_each_person(cart: Cart, person: User, mail_sink: Sink) -> None:
    class Order(SimpleNamespace):
        """Something an alert can be about."""

    of = {"organization_id": cart.organization_id, "merchant_id": cart.merchant_id}
    said = [(Order(pk=number, **of), f"Order {number}: the warehouse said no.", "") for number in range(10_000)]
    raise_alerts(CAUSE, said, now=clock.now())
    for _ in range(60):
        sweep()

    (message,) = mail_sink.to(person.email)
    assert message["Subject"] == "10000 alerts within an hour: The warehouse refused an order"
    assert not Alert.objects.filter(mailed_at=None).exists()
