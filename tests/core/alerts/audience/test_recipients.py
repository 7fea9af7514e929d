"""Who is told: members anyway, subscriptions on top, each thing once, and nobody who may not know."""

from collections.abc import Callable, Collection

import pytest
import time_machine

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Membership, Organization
from core.activity.event_log import Subject
from core.alerts import tasks as alerts_tasks
from core.alerts.models import Alert, Mail, Topic
from core.alerts.raised import raise_alert
from core.common import clock
from tests.factories import (
    CartFactory,
    GrantFactory,
    MerchantFactory,
    OrderFactory,
    OrganizationFactory,
    make_person,
)
from tests.mail_sink import Sink, text_of
from tests.subscribers import make_subscription

pytestmark = pytest.mark.django_db
WHOLE, SELLER, CART, OTHER = (f"{name}@elsewhere.example" for name in ("whole", "seller", "cart", "other"))


@pytest.fixture
def cart(still: time_machine.Traveller) -> Cart:
    return CartFactory()


@pytest.fixture
def subscriptions(cart: Cart) -> None:
    """One of the organization, of the merchant, of the cart, and of another cart of the merchant."""
    make_subscription(cart.organization, address=WHOLE)
    make_subscription(cart.merchant, address=SELLER)
    make_subscription(cart, address=CART)
    make_subscription(CartFactory(merchant=cart.merchant), address=OTHER)


def sweep() -> None:
    alerts_tasks.mail_due()


def told() -> list[str]:
    return sorted(Mail.objects.values_list("to", flat=True))


# -- By what it is about ---------------------------------------------------------------------------------------------
@pytest.mark.usefixtures("subscriptions")
def test_an_alert_about_an_order_is_told_by_the_lists_of_its_cart_merchant_and_organization(cart: Cart) -> None:
    raise_alert("order.not_released", OrderFactory(cart=cart), "Not taken.", now=clock.now())
    sweep()

    assert told() == sorted([WHOLE, SELLER, CART])


@pytest.mark.usefixtures("subscriptions")
@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ("cart", [WHOLE, SELLER, CART]),
        ("grant", [WHOLE, SELLER, CART, OTHER]),  # the whole account: every cart of the merchant
        ("organization", [WHOLE]),
        ("another merchant's cart", [WHOLE]),
        ("another 3PL's cart", []),
    ],
)
def test_who_is_told_follows_from_what_it_is_about(cart: Cart, about: str, expected: Collection[str]) -> None:
    subjects: dict[str, Callable[[], Subject]] = {
        "cart": lambda: cart,
        "grant": lambda: GrantFactory(merchant=cart.merchant),
        "organization": lambda: cart.organization,
        "another merchant's cart": lambda: CartFactory(merchant=MerchantFactory(organization=cart.organization)),
        "another 3PL's cart": CartFactory,
    }
    subject = subjects[about]()
    raise_alert("cart.checks", subject, "Wrong.", now=clock.now())
    sweep()

    assert told() == sorted(expected)


def test_a_refused_mail_is_the_3pls_own_business(cart: Cart) -> None:
    make_subscription(cart.merchant, address=SELLER)
    make_subscription(cart.organization, address=WHOLE)
    raise_alert("mail.refused", OrderFactory(cart=cart), "An email was not delivered.", now=clock.now())
    sweep()

    assert told() == [WHOLE]


def test_who_wants_something_else_is_not_told(cart: Cart) -> None:
    make_subscription(cart, [Topic.CREATED, Topic.FAILED])
    raise_alert("cart.checks", cart, "Wrong.", now=clock.now())
    sweep()

    assert told() == []
    assert Alert.objects.get().mailed_at


# -- Once ------------------------------------------------------------------------------------------------------------
def test_who_stands_on_several_lists_is_told_once_of_everything(cart: Cart, mail_sink: Sink) -> None:
    person = make_person(cart.organization, Role.STAFF)
    make_subscription(cart.merchant, person=person)
    make_subscription(cart.merchant, address=CART)
    make_subscription(cart, address=CART.upper())
    raise_alert("cart.checks", cart, "One thing.", now=clock.now())
    raise_alert("cart.drift", cart, "Another thing.", now=clock.now())
    sweep()

    assert told() == sorted([person.email, CART])
    for address in (person.email, CART):
        (message,) = mail_sink.to(address)
        assert message["Subject"] == "A cart is missing something it needs, and 1 more thing"
        assert text_of(message).count("One thing.") == 1


def test_of_several_merchants_one_mail_tells_what_is_theirs(cart: Cart, mail_sink: Sink) -> None:
    other = CartFactory(merchant=MerchantFactory(organization=cart.organization))
    make_subscription(cart.merchant)
    make_subscription(other.merchant)
    make_subscription(other.merchant, address=OTHER)
    raise_alert("cart.checks", cart, "At the first.", now=clock.now())
    raise_alert("cart.checks", other, "At the second.", now=clock.now())
    sweep()

    (both,) = mail_sink.to("ops@elsewhere.example")
    assert "At the first." in text_of(both)
    assert "At the second." in text_of(both)
    (one,) = mail_sink.to(OTHER)
    assert one["Subject"] == "At the second."
    assert "At the first." not in text_of(one)


# -- Who may know ----------------------------------------------------------------------------------------------------
def test_a_seller_is_told_of_their_own_merchant_alone(cart: Cart) -> None:
    """Whatever the lists say: somebody may have become the seller of another merchant since."""
    organization = cart.organization
    mine = make_person(organization, Role.SELLER, merchant=cart.merchant)
    strange = make_person(organization, Role.SELLER, merchant=MerchantFactory(organization=organization))
    for person in (mine, strange):
        make_subscription(cart.merchant, person=person)
        make_subscription(cart, person=person)
    make_subscription(organization, person=mine)
    raise_alert("cart.checks", cart, "Wrong.", now=clock.now())
    raise_alert("cart.checks", organization, "Wrong everywhere.", now=clock.now())
    sweep()

    assert told() == [mine.email]
    assert "everywhere" not in Mail.objects.get().text


def test_who_left_or_may_not_log_in_is_told_nothing(cart: Cart) -> None:
    gone, closed, elsewhere = (make_person(cart.organization, Role.VIEWER) for _ in range(3))
    for person in (gone, closed, elsewhere):
        make_subscription(cart, person=person)
    Membership.objects.filter(user=gone).delete()
    Membership.objects.filter(user=elsewhere).update(organization=OrganizationFactory())
    closed.is_active = False
    closed.save(update_fields=["is_active"])
    raise_alert("cart.checks", cart, "Wrong.", now=clock.now())
    sweep()

    assert told() == []


def test_who_wants_none_of_it_may_still_be_told_about_one_cart(cart: Cart) -> None:
    person = make_person(cart.organization, Role.STAFF)
    Membership.objects.filter(user=person).update(mailed=False)
    make_subscription(cart, person=person)
    raise_alert("cart.checks", cart, "Wrong here.", now=clock.now())
    raise_alert("cart.checks", cart.organization, "Wrong elsewhere.", now=clock.now())
    sweep()

    assert Mail.objects.get().subject == "Wrong here."


def test_each_mail_says_why_it_came(cart: Cart) -> None:
    Organization.objects.filter(pk=cart.organization_id).update(name="Northwind 3PL")
    person = make_person(cart.organization)
    make_subscription(cart)
    raise_alert("cart.checks", cart, "Wrong.", now=clock.now())
    sweep()

    texts = {mail.to: mail.text for mail in Mail.objects.all()}
    assert "on the team of Northwind 3PL" in texts[person.email]
    assert "{link}" not in texts[person.email]
    assert (
        "Northwind 3PL put you on its list. To unsubscribe or choose what you get: {link}"
        in texts["ops@elsewhere.example"]
    )
