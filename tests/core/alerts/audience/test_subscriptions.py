"""The lists of who is told: put on, changed, taken off, and ended by the link in the mail."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from carts.models import Cart
from core.accounts.access import Role
from core.accounts.models import Membership, User
from core.activity.models import Event
from core.alerts import tasks as alerts_tasks
from core.alerts.mail import alert_mails
from core.alerts.models import Mail, Notice, Subscription, Topic
from core.alerts.raised import raise_alert
from core.common import clock
from core.common.errands import ErrandState
from tests.factories import CartFactory, MerchantFactory, OrganizationFactory, make_person
from tests.mail_sink import Sink, text_of
from tests.subscribers import ADDRESS, make_subscription

pytestmark = [pytest.mark.django_db, pytest.mark.one_database]


@pytest.fixture
def cart(still: time_machine.Traveller) -> Cart:
    return CartFactory()


@pytest.fixture
def owner(cart: Cart) -> User:
    return make_person(cart.organization)


@pytest.fixture
def client(owner: User) -> Client:
    return logged_in(owner)


def logged_in(person: User) -> Client:
    client = Client()
    client.force_login(person)
    return client


def put(client: Client, address: str, /, **said: Any) -> Any:
    return client.post(address, {"topics": ["attention"], **said}, follow=True)


def lists(cart: Cart) -> dict[str, str]:
    return {
        "organization": reverse("subscriptions:organization"),
        "merchant": reverse("subscriptions:merchant", args=[cart.merchant_id]),
        "cart": reverse("subscriptions:cart", args=[cart.pk]),
    }


def text(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


# -- Put on the list -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("where", ["organization", "merchant", "cart"])
def test_an_address_is_put_on_a_list_and_told_at_once_how_to_leave_it(
    client: Client, cart: Cart, mail_sink: Sink, where: str
) -> None:
    said = put(client, lists(cart)[where], address=" Ops@Elsewhere.Example ", topics=["created", "failed"])
    alerts_tasks.mail_due()

    subscription = Subscription.objects.get()
    assert subscription.address == ADDRESS
    assert subscription.merchant == (None if where == "organization" else cart.merchant)
    assert subscription.cart_id == (cart.pk if where == "cart" else None)
    assert subscription.topics == [Topic.CREATED, Topic.FAILED]
    assert f"{ADDRESS} was added to the list." in text(said)
    assert "Orders that came in, orders that failed to import" in text(said)
    (message,) = mail_sink.to(ADDRESS)
    house = cart.organization.name
    assert f"about {house}" not in f"{message['Subject']} {text_of(message)}"  # of itself
    assert re.search(r"/alerts/stop/[\w-]{43}/", text_of(message))
    event = Event.objects.get(kind="subscription.added")
    assert (event.subject_kind, ADDRESS in str(event.details)) == (where, False)


def test_a_person_is_put_on_a_list_without_a_mail(client: Client, cart: Cart) -> None:
    viewer = make_person(cart.organization, Role.VIEWER)
    put(client, lists(cart)["cart"], person=viewer.pk)

    assert Subscription.objects.get().user == viewer
    assert not Mail.objects.exists()


def test_an_address_of_somebody_who_logs_in_here_is_that_person(client: Client, cart: Cart) -> None:
    viewer = make_person(cart.organization, Role.VIEWER)
    put(client, lists(cart)["cart"], address=viewer.email.upper())

    subscription = Subscription.objects.get()
    assert (subscription.user, subscription.address) == (viewer, "")


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        ({}, "Choose a person or enter an email address, but not both."),
        ({"address": ADDRESS, "topics": []}, "Choose at least one thing to be told about."),
        ({"address": "nonsense"}, "Enter an email address like name@example.com."),
        ({"address": ADDRESS, "topics": ["everything"]}, "This choice isn&#x27;t offered any more."),
    ],
)
def test_what_cannot_be_is_said(client: Client, cart: Cart, said: dict[str, Any], sentence: str) -> None:
    answer = put(client, lists(cart)["cart"], **said)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert not Subscription.objects.exists()


def test_nobody_stands_on_a_list_twice(client: Client, cart: Cart) -> None:
    put(client, lists(cart)["cart"], address=ADDRESS)
    again = put(client, lists(cart)["cart"], address=ADDRESS.upper())
    put(client, lists(cart)["merchant"], address=ADDRESS)

    assert "is already on this list" in text(again)
    assert Subscription.objects.count() == 2, "the merchant's list is another one"


def test_a_seller_is_offered_for_their_own_merchant_alone(client: Client, cart: Cart) -> None:
    seller = make_person(cart.organization, Role.SELLER, merchant=cart.merchant)
    other = CartFactory(merchant=MerchantFactory(organization=cart.organization))
    for address in (lists(cart)["organization"], *list(lists(other).values())[1:]):
        chosen = put(client, address, person=seller.pk)
        written = put(client, address, address=seller.email)

        assert "This choice isn&#x27;t offered any more" in text(chosen)
        assert "can only be told about their own merchant" in text(written)
    assert not Subscription.objects.exists()

    put(client, lists(cart)["merchant"], person=seller.pk)
    put(client, lists(cart)["cart"], person=seller.pk)
    assert Subscription.objects.filter(user=seller).count() == 2


@pytest.mark.parametrize("role", [Role.STAFF, Role.VIEWER, Role.SELLER])
def test_only_who_manages_people_sees_the_lists(cart: Cart, role: Role) -> None:
    subscription = make_subscription(cart)
    client = logged_in(make_person(cart.organization, role, merchant=cart.merchant if role == Role.SELLER else None))
    addresses = [*lists(cart).values(), reverse("subscriptions:subscription", args=[subscription.pk])]

    assert {client.get(address).status_code for address in addresses} == {403}
    assert ADDRESS not in text(client.get(cart.get_absolute_url()))
    assert client.post(reverse("subscriptions:remove", args=[subscription.pk])).status_code == 403


def test_a_stranger_finds_no_list(cart: Cart) -> None:
    subscription = make_subscription(cart)
    stranger = logged_in(make_person(OrganizationFactory()))

    for name, address in lists(cart).items():
        if name != "organization":
            assert stranger.get(address).status_code == put(stranger, address, address=ADDRESS).status_code == 404
    for route in ("subscriptions:subscription", "subscriptions:remove"):
        assert stranger.post(reverse(route, args=[subscription.pk]), {"topics": ["created"]}).status_code == 404
    assert ADDRESS not in text(stranger.get(reverse("subscriptions:organization")))
    assert Subscription.objects.get() == subscription


# -- The page --------------------------------------------------------------------------------------------------------
def test_a_list_names_who_is_told_anyway_and_by_wider_lists(client: Client, cart: Cart, owner: User) -> None:
    quiet = make_person(cart.organization, Role.STAFF)
    Membership.objects.filter(user=quiet).update(mailed=False)
    make_subscription(cart.organization, address="whole@elsewhere.example")
    make_subscription(cart.merchant, address="seller@elsewhere.example")
    make_subscription(CartFactory(merchant=cart.merchant), address="other@elsewhere.example")

    shown = text(client.get(lists(cart)["cart"]))
    assert owner.email in shown
    assert f'{quiet.email}</a> <span class="muted">turned off' in shown
    assert "whole@elsewhere.example" in shown
    assert "seller@elsewhere.example" in shown
    assert "other@elsewhere.example" not in shown
    whole = text(client.get(lists(cart)["organization"]))
    assert lists(cart)["merchant"] in whole


def test_the_lists_are_found_where_one_looks_for_them(client: Client, cart: Cart) -> None:
    pages = {
        reverse("people:people"): "organization",
        reverse("merchants:merchant", args=[cart.merchant_id]): "merchant",
        reverse("carts:settings", args=[cart.pk]): "cart",
    }
    for page, name in pages.items():
        assert f'href="{lists(cart)[name]}"' in text(client.get(page))


def test_more_parties_make_no_more_queries(client: Client, cart: Cart, django_assert_max_num_queries: Any) -> None:
    def load() -> int:
        with django_assert_max_num_queries(20) as asked:
            client.get(lists(cart)["organization"])
        return len(asked)

    make_subscription(cart)
    make_subscription(cart.organization)
    few = load()
    for number in range(10):
        make_subscription(CartFactory(merchant=cart.merchant), address=f"{number}@elsewhere.example")
        make_subscription(cart.organization, person=make_person(cart.organization, Role.VIEWER))

    assert load() == few


# -- Changed and taken off -------------------------------------------------------------------------------------------
def test_what_a_party_is_told_is_changed(client: Client, cart: Cart) -> None:
    subscription = make_subscription(cart, [Topic.CREATED])
    address = reverse("subscriptions:subscription", args=[subscription.pk])

    assert "Choose at least one thing" in text(client.post(address, {}))
    said = client.post(address, {"topics": ["failed", "attention"]}, follow=True)
    same = client.post(address, {"topics": ["attention", "failed"]}, follow=True)

    assert "Saved." in text(said)
    assert "Nothing was changed." in text(same)
    subscription.refresh_from_db()
    assert subscription.topics == [Topic.FAILED, Topic.ATTENTION]
    assert Event.objects.get(kind="subscription.changed").details["subscription"] == subscription.pk


def test_taken_off_nothing_more_is_sent(client: Client, cart: Cart) -> None:
    subscription = make_subscription(cart)
    raise_alert("cart.checks", cart, "Wrong.", now=clock.now())
    alert_mails.write_alerts(now=clock.now())
    client.post(reverse("subscriptions:remove", args=[subscription.pk]))
    alerts_tasks.mail_due()

    assert not Subscription.objects.exists()
    assert Mail.objects.get(to=ADDRESS).state == ErrandState.DROPPED


def test_who_is_removed_from_the_organization_leaves_its_lists(client: Client, cart: Cart) -> None:
    person = make_person(cart.organization, Role.VIEWER)
    make_subscription(cart, person=person)
    make_subscription(cart)
    membership = Membership.objects.get(user=person)
    client.post(reverse("people:remove", args=[membership.pk]))

    assert Subscription.objects.get().address == ADDRESS


# -- Ended by the link -----------------------------------------------------------------------------------------------
def link_in(message: Any) -> str:
    found = re.search(r"/alerts/stop/[\w-]+/", text_of(message))
    assert found
    return found.group()


@pytest.fixture
def link(cart: Cart, mail_sink: Sink) -> str:
    """The link in a mail about an alert, to an address that stands on two lists."""
    make_subscription(cart.organization, [Topic.CREATED])
    make_subscription(cart, [Topic.ATTENTION])
    raise_alert("cart.checks", cart, "Wrong.", now=clock.now())
    alerts_tasks.mail_due()
    (message,) = mail_sink.to(ADDRESS)
    return link_in(message)


def test_opening_the_link_changes_nothing_and_its_button_ends_all(cart: Cart, link: str) -> None:
    nobody = Client()
    opened = nobody.get(link)
    assert cart.organization.name in text(opened)
    assert ADDRESS not in text(opened)
    assert opened["Referrer-Policy"] == "no-referrer"
    assert not Subscription.objects.exclude(stopped_at=None).exists()

    assert "You're unsubscribed" in text(nobody.post(link))
    assert not Subscription.objects.filter(stopped_at=None).exists()
    assert "You're unsubscribed" in text(nobody.get(link))
    raise_alert("cart.drift", cart, "Wrong again.", now=clock.now())
    alerts_tasks.mail_due()
    assert Mail.objects.filter(to=ADDRESS).count() == 1
    assert Event.objects.filter(kind="subscription.stopped", actor=None).count() == 2


def test_the_button_of_the_mail_program_ends_it_too(mail_sink: Sink, link: str, settings: Any) -> None:
    (message,) = mail_sink.to(ADDRESS)
    assert message["List-Unsubscribe"].strip() == f"<{settings.PUBLIC_URL}{link}>"
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"

    strict = Client(enforce_csrf_checks=True)
    answer = strict.post(link, "List-Unsubscribe=One-Click", content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 200
    assert not Subscription.objects.filter(stopped_at=None).exists()


def test_what_is_owed_when_somebody_ends_it_is_not_sent(cart: Cart, mail_sink: Sink, link: str) -> None:
    mail_sink.data.append("451 Come again later")
    raise_alert("cart.drift", cart, "Wrong again.", now=clock.now())
    alerts_tasks.mail_due()
    Client().post(link)

    assert list(Mail.objects.order_by("pk").values_list("state", flat=True)) == [ErrandState.DONE, ErrandState.DROPPED]
    assert not Notice.objects.exists()


def test_a_link_that_is_none_says_the_same_whatever_the_reason(cart: Cart, client: Client, link: str) -> None:
    subscription = Subscription.objects.get(cart_id=cart.pk)
    client.post(reverse("subscriptions:remove", args=[subscription.pk]))

    gone, made_up = Client().get(link), client.get(f"/alerts/stop/{'x' * 43}/")
    assert (gone.status_code, gone.content) == (404, made_up.content)
    assert Client().post(link).status_code == 404


def test_who_ended_it_is_told_again_when_put_on_the_list_again(client: Client, cart: Cart, link: str) -> None:
    Client().post(link)
    assert "Unsubscribed" in text(client.get(lists(cart)["cart"]))
    put(client, lists(cart)["cart"], address=ADDRESS, topics=["failed"])

    subscription = Subscription.objects.get(cart_id=cart.pk)
    assert (subscription.stopped_at, subscription.topics) == (None, [Topic.FAILED])
    assert Mail.objects.latest("pk").cause == "subscription.added"


def test_a_link_whose_key_is_gone_is_made_anew(cart: Cart, mail_sink: Sink, link: str, settings: Any) -> None:
    settings.VAULT_KEYS = ["k9:" + "A" * 43 + "="]
    raise_alert("cart.drift", cart, "Wrong again.", now=clock.now())
    alerts_tasks.mail_due()

    fresh = link_in(mail_sink.to(ADDRESS)[1])
    assert fresh != link
    assert Client().get(fresh).status_code == 200


def test_an_end_counts_for_one_organization(cart: Cart, link: str) -> None:
    other = make_subscription(OrganizationFactory())
    Client().post(link)

    other.refresh_from_db()
    assert other.stopped_at is None


# -- In words --------------------------------------------------------------------------------------------------------
def test_sent_mail_says_what_each_was_about(client: Client, cart: Cart, owner: User) -> None:
    raise_alert("order.not_released", cart, "Not taken.", now=clock.now() - timedelta(minutes=1))
    alerts_tasks.mail_due()

    shown = text(client.get(reverse("alerts:mails")))
    assert "The warehouse refused an order" in shown
    assert "order.not_released" not in shown


def test_the_page_of_alerts_shows_one_cause_alone(client: Client, cart: Cart) -> None:
    raise_alert("order.not_released", cart, "Not taken.", now=clock.now())
    raise_alert("grant.ended", cart, "Authorize again.", now=clock.now())

    shown = text(client.get(reverse("alerts:alerts"), {"cause": "grant.ended"}))
    assert "Authorize again." in shown
    assert "Not taken." not in shown
    assert client.get(reverse("alerts:alerts"), {"cause": "\0<script>"}).status_code == 200
